#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""review parts, the default: what an update publishes at once, what waits, and decisions about single rows.

    top_builddir=DIR tests/update/parts_test.py [WORD]...     only tests whose name contains a WORD

On folders of the test's own, without a network. The last line is `N passed, N failed[, N skipped]`.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stage  # noqa: E402  (of tests/)
from stage import CTL  # noqa: E402
from review_test import FIRST, Place, changed, endpoints, has, same  # noqa: E402

# Of the same month: two names open, one closes, one address joins, a Default name is raised.
MONTH = [
    endpoints(1, "Optimize", ["mail.example"], ["52.96.2.0/24", "52.96.8.0/24"]),
    endpoints(2, "Allow", ["*.files.example", "new.example", "newer.example", "www.example"], ["52.104.100.0/24"], area="SharePoint"),
    endpoints(3, "Default", ["*.cdn.office.example", "a.static.example", "b.static.example"], area="Common"),
]
LATER = MONTH + [endpoints(9, "Default", ["later.example"])]


def rows(place, generation):
    """The rows of a generation, verb and pattern, each with its flag `held`."""
    found = {}
    for line in place.generation(generation, "table.txt").splitlines():
        if line.startswith("#"):
            continue
        words = line.split()
        found[words[1]] = words[0] + (" held" if "held" in words else "")
    return found


def begin(*lines):
    place = Place(*lines)
    place.take(FIRST, want=0)
    place.take(MONTH, want=1)
    return place


def test_the_safe_part_is_in_use_and_the_whole_waits():
    with begin() as place:
        same((place.link("current"), place.link("previous"), place.link("pending")), (2, 1, 3))
        same(rows(place, 2), {
            "mail.example": "optimize", "52.96.2.0/24": "optimize", "52.96.8.0/24": "optimize", "*.files.example": "allow",
            "52.104.100.0/24": "allow", "www.example": "default held", "*.cdn.office.example": "default",
            "a.static.example": "default", "b.static.example": "default"})
        same(rows(place, 3)["www.example"], "allow")
        assert "held" not in " ".join(rows(place, 3).values())
        has(place.generation(2, "held.txt"), "waiting worldwide new.example\n", "waiting worldwide newer.example\n",
            "waiting worldwide www.example\n")
        place.version -= 100
        has(place.take(MONTH, want=1).stderr, "nothing new: the result is generation 3, which waits for approval")
        same((place.link("current"), place.link("pending")), (2, 3))


def test_what_only_differs_in_its_label_is_not_published():
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(changed(s4=endpoints(4, "Allow", ["new.example"])), want=1)
        same((place.link("current"), place.link("pending")), (1, 2))


def test_what_opens_with_original_addresses_is_said():
    was = [endpoints(1, "Allow", ["h.example"]), endpoints(2, "Optimize", [], ["52.96.0.0/14"])]
    now = [endpoints(2, "Optimize", ["h.example"], ["52.96.0.0/14"])]
    opens = "Bypassed now with other original addresses: h.example port 443."
    with Place("review auto", "shrink_limit 100%") as place:
        place.take(was, want=0)
        done = place.take(now, want=0)
        has(done.stdout + done.stderr, opens)
        has(place.generation(2, "review.txt"), opens, "closes      1 name together with some addresses\n")
        assert "Nothing is bypassed" not in place.generation(2, "review.txt"), "it opens h.example"
    with Place("review parts", "shrink_limit 100%") as place:
        place.take(was, want=0)
        place.take(now, want=1)
        has(place.generation(place.link("pending"), "review.txt"), opens)
        for number in place.generations():
            text = place.generation(number, "review.txt")
            assert number == 1 or "Nothing is bypassed" not in text or opens not in text, text


def test_approve_publishes_the_whole():
    with begin() as place:
        place.ctl("approve", place.waiting(), want=0)
        same((place.link("current"), place.link("pending")), (3, 0))
        place.take(LATER, want=0)
        same(place.link("current"), 4)


def test_approve_only_publishes_these_rows():
    with begin() as place:
        done = place.ctl("approve", place.newest(), "--by", "alice", "--note", "CHG-1", "--only", "new.example", want=0)
        has(done.stdout, "approved by alice: new.example\n")
        current = place.link("current")
        same((rows(place, current)["new.example"], rows(place, current)["www.example"]), ("allow", "default held"))
        assert "newer.example" not in rows(place, current)
        has(dict(place.head(current))["note"], "only new.example: CHG-1")
        has(place.generation(3, "decision-1.txt"), "what approved-part", "by alice", "note only new.example: CHG-1")
        waiting = place.link("pending")
        same(rows(place, waiting)["newer.example"], "allow")
        place.ctl("approve", place.newest(), "--only", "newer.example", "www.example", want=0)
        current = place.link("current")
        same((rows(place, current)["www.example"], rows(place, current)["newer.example"], place.link("pending")), ("allow", "allow", 0))


def test_approve_only_of_what_is_not_held():
    with begin() as place:
        done = place.ctl("approve", place.newest(), "--only", "mail.example", want=2)
        has(done.stderr, "'mail.example' is not held; what is: 'new.example', 'newer.example', 'www.example'")
        same((place.link("current"), place.link("pending")), (2, 3))
    with Place("review widening") as place:
        place.take(FIRST, want=0)
        place.take(MONTH, want=1)
        has(place.ctl("approve", place.newest(), "--only", "new.example", want=2).stderr, "generation 2 waits as a whole, not row by row")
    with Place() as place:
        place.take(FIRST, want=0)
        has(place.ctl("approve", place.newest(), "--only", "new.example", want=2).stderr, "no row is held")
        has(place.ctl("reject", place.newest(), "--only", "new.example", want=1).stderr, "nothing waits for approval")


def test_the_addresses_of_a_set_come_with_its_name():
    """Without them the name would pass with any address."""
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(changed(s7=endpoints(7, "Optimize", ["bad.example", "other.example"], ["52.112.0.0/24"])), want=1)
        done = place.ctl("approve", place.newest(), "--only", "bad.example", want=0)
        has(done.stderr, "'52.112.0.0/24' is approved as well: it belongs to the same endpoint set")
        current = rows(place, place.link("current"))
        same((current["bad.example"], current["52.112.0.0/24"], "other.example" in current), ("optimize", "optimize", False))


def test_what_was_rejected_stays_out_in_every_mode():
    for mode in ("auto", "widening", "always"):
        with begin() as place:
            place.ctl("reject", place.waiting(), want=0)
            place.configure(f"review {mode}")
            place.take(LATER)
            for link in ("current", "pending"):
                number = place.link(link)
                if number == 0:
                    continue
                found = rows(place, number)
                assert "new.example" not in found and "newer.example" not in found, (mode, link, found)
                same(found["www.example"].split()[0], "default")
            place.configure("review parts")
            place.ctl("approve", place.newest(), "--only", "new.example")


def test_what_was_rejected_stays_out_of_what_waits_as_a_whole():
    with begin("shrink_limit 20%") as place:
        place.ctl("reject", place.waiting(), want=0)
        place.take([MONTH[1], endpoints(3, "Default", ["a.static.example"], area="Common")], want=1)
        found = rows(place, place.link("pending"))
        assert "new.example" not in found, found
        same(found["www.example"], "default held")


def test_publish_without_a_change_leaves_what_waits():
    with begin() as place:
        place.write("tell.sh", "exit 0\n")
        before = (place.link("current"), place.link("pending"))
        for _ in range(2):
            place.ctl("publish", want=0)
            same((place.link("current"), place.link("pending")), before)


def test_a_held_address_is_an_opening():
    with Place("growth_limit 1000%") as place:
        place.take(changed(s4=endpoints(4, "Allow", ["b.example"], area="Common")), want=0)
        place.take(changed(s4=endpoints(5, "Allow", ["b.example"], ["52.112.0.0/24"], area="Common")), want=1)
        has(place.ctl("diff", want=1).stdout, "OPENS ", "52.112.0.0/24")
        assert "opens nothing" not in place.ctl("diff", want=1).stdout


def test_reject_is_for_later_documents_too():
    with begin() as place:
        place.ctl("reject", "--by", "bob", place.waiting(), want=0)
        same((place.link("current"), place.link("pending")), (2, 0))
        for pattern in ("new.example", "newer.example", "www.example"):
            has(place.read("state", "rejected"), f" bob worldwide {pattern}\n")
        place.take(LATER, want=0)
        same((place.link("current"), place.link("pending")), (4, 0))
        same((rows(place, 4)["www.example"], rows(place, 4)["later.example"]), ("default held", "default"))
        has(place.generation(4, "held.txt"), " rejected worldwide new.example\n")
        place.ctl("approve", place.newest(), "--only", "new.example", want=0)
        same(rows(place, place.link("current"))["new.example"], "allow")
        assert " new.example\n" not in place.read("state", "rejected")
        has(place.read("state", "rejected"), " newer.example\n")


def test_reject_only_keeps_the_rest_waiting():
    with begin() as place:
        has(place.ctl("reject", place.newest(), "--by", "bob", "--only", "www.example", want=0).stdout, "rejected by bob: www.example\n")
        same(place.link("current"), 2)
        waiting = place.link("pending")
        same((rows(place, waiting)["www.example"], rows(place, waiting)["new.example"]), ("default held", "allow"))
        has(place.generation(3, "decision-1.txt"), "what rejected-part", "note only www.example")
        place.take(LATER, want=1)
        waiting = place.link("pending")
        same((rows(place, waiting)["www.example"], rows(place, waiting)["newer.example"]), ("default held", "allow"))
        place.ctl("approve", place.waiting(), want=0)
        same((rows(place, place.link("current"))["www.example"], place.link("pending")), ("default held", 0))
        place.ctl("reject", place.newest(), "--only", "new.example", want=1)
        place.ctl("approve", place.newest(), "--only", "www.example", want=0)
        same(rows(place, place.link("current"))["www.example"], "allow")


def test_reject_only_of_everything():
    with begin() as place:
        place.ctl("reject", place.newest(), "--only", "www.example", "new.example", "newer.example", want=0)
        same((place.link("current"), place.link("pending")), (2, 0))
        place.take(MONTH, want=0)
        same(place.link("pending"), 0)


def test_a_gate_holds_what_rows_make():
    with begin("must_not_bypass new.example") as place:
        done = place.ctl("approve", place.newest(), "--only", "new.example", want=1)
        has(done.stdout, "not in use, a gate holds it: new.example")
        assert "new.example" not in rows(place, place.link("current"))


def test_local_lines_do_not_ride_along():
    with Place() as place:
        place.write("local.d/ours.rules", "inspect secret.files.example\n")
        place.take(FIRST, want=0)
        place.write("local.d/ours.rules", "allow partner.example\n")
        place.take(changed(s9=endpoints(9, "Default", ["later.example"])), want=1)
        current = place.link("current")
        same((rows(place, current)["secret.files.example"], "partner.example" in rows(place, current)), ("inspect held", False))
        same(rows(place, current)["later.example"], "default")
        place.ctl("publish", want=0)
        current = place.link("current")
        same(("secret.files.example" in rows(place, current), rows(place, current)["partner.example"], place.link("pending")),
             (False, "allow", 0))


def test_publish_leaves_what_waits():
    with begin() as place:
        place.write("local.d/ours.rules", "inspect secret.files.example\n")
        place.ctl("publish", want=0)
        current, waiting = place.link("current"), place.link("pending")
        same((rows(place, current)["www.example"], rows(place, current)["secret.files.example"]), ("default held", "inspect"))
        same((rows(place, waiting)["www.example"], rows(place, waiting)["secret.files.example"]), ("allow", "inspect"))
        place.ctl("approve", place.waiting(), want=0)
        same(rows(place, place.link("current"))["secret.files.example"], "inspect")


def test_since_is_kept():
    with begin() as place:
        text = place.generation(2, "held.txt")
        first = text.split()[1]
        assert len(first) == 10, text
        place.take(LATER, want=1)
        same([line.split()[1] for line in place.generation(place.link("current"), "held.txt").splitlines()
              if line.startswith("held ")], [first] * 3)


def test_settings_do_not_ride_along():
    with Place("tenant contoso") as place:
        place.take(FIRST, want=0)
        place.configure("bypass Optimize,Allow,Default", "tenant contoso")
        place.take(changed(s9=endpoints(9, "Default", ["later.example"])), want=1)
        same((place.link("current"), place.link("pending")), (1, 2))


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), CTL))
