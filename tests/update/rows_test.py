#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Decisions about single rows: approve --only and reject --only.

    top_builddir=DIR tests/update/rows_test.py [WORD]...     only tests whose name contains a WORD

Whatever is decided, a name that is bypassed in use and in the newest list is not inspected; what is not decided waits as
before. Rows are named as people find them. No network. The last line is `N passed, N failed[, N skipped]`.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stage  # noqa: E402  (of tests/)
from stage import CTL  # noqa: E402
from review_test import Place, endpoints, has, on_terminal, paste, same  # noqa: E402
from parts_test import rows  # noqa: E402

MAIL = endpoints(1, "Optimize", ["mail.example"], ["52.96.2.0/24"])
OWN = [MAIL, endpoints(31, "Optimize", ["<tenant>.sharepoint.com", "<tenant>-my.sharepoint.com"], ["52.104.0.0/14"], area="SharePoint"),
       endpoints(50, "Default", ["*.microsoft.example"], area="Common")]
ALL = [MAIL, endpoints(31, "Optimize", ["*.sharepoint.com"], ["52.104.0.0/14"], area="SharePoint"),
       endpoints(50, "Default", ["*.microsoft.example"], area="Common"),
       endpoints(64, "Allow", ["defender.microsoft.example", "ccs.login.example"], area="Common")]
ROW, MY, WILD = "<tenant>.sharepoint.com", "<tenant>-my.sharepoint.com", "*.sharepoint.com"


def begin(*lines, later=ALL):
    place = Place("tenant contoso", *lines)
    place.take(OWN, want=0)
    place.take(later, want=1)
    return place


def lookup(place, *words):
    return stage.run(CTL, "lookup", *words).stdout


def verdict(place, name, link="current"):
    return lookup(place, "-t", place.path(f"state/{link}/image"), name).split()[1]


def own(place, link="current"):
    """What the own SharePoint gets: the site, the personal sites, what only the wildcard covers."""
    return [verdict(place, f"contoso{part}.sharepoint.com", link) for part in ("", "-my", "-admin")]


KEPT, WHOLE = ["bypass", "bypass", "inspect"], ["bypass"] * 3


# ---- rows that only make sense together --------------------------------------------------------------------------------


def test_a_row_that_makes_room_is_not_approved_alone():
    for words in ([ROW], [ROW, MY], [MY, "defender.microsoft.example"]):
        with begin() as place:
            done = place.ctl("approve", place.newest(), "--only", *words, want=2)
            has(done.stderr, f"only makes room for '{WILD}'", f"name '{WILD}' as well")
            same((own(place), place.link("current"), place.link("pending")), (KEPT, 2, 3))


def test_the_wildcard_is_approved_with_the_rows_it_replaces():
    for words in ([WILD], [WILD, ROW], [WILD, ROW, MY]):
        with begin() as place:
            place.ctl("approve", place.newest(), "--only", *words, want=0)
            same(own(place), WHOLE)
            current = rows(place, place.link("current"))
            same((current[WILD], ROW in current, MY in current), ("optimize", False, False))
            same(rows(place, place.link("pending"))["defender.microsoft.example"], "allow")
            same(own(place, "pending"), WHOLE)


def test_each_of_several_rows_that_take_over_must_be_decided():
    later = [MAIL, endpoints(31, "Optimize", ["*-my.sharepoint.com", "*.sharepoint.com"], ["52.104.0.0/14"], area="SharePoint"), OWN[2]]
    with begin(later=later) as place:
        place.ctl("approve", place.newest(), "--only", WILD, want=0)
        same(own(place), WHOLE)
        place.ctl("approve", place.newest(), "--only", "*-my.sharepoint.com")
        same((own(place), place.link("pending")), (WHOLE, 0))


def test_addresses_that_make_room():
    with Place("tenant contoso", "growth_limit 10%") as place:
        place.take(OWN, want=0)
        place.take([MAIL, endpoints(31, "Optimize", [ROW, MY], ["52.104.0.0/13"], area="SharePoint"), OWN[2]], want=1)
        has(place.generation(place.link("pending"), "waiting.txt"), " 52.104.0.0/14\n", " 52.104.0.0/13\n")
        has(place.ctl("approve", place.newest(), "--only", "52.104.0.0/14", want=2).stderr, "only makes room for '52.104.0.0/13'")
        same(verdict(place, "52.104.0.1"), "bypass")
        place.ctl("approve", place.newest(), "--only", "52.104.0.0/13", want=1)
        same(verdict(place, "52.104.0.1"), "bypass")
        place.ctl("approve", place.waiting(), want=0)
        same((verdict(place, "52.104.0.1"), place.link("pending")), ("bypass", 0))


def test_a_rejected_wildcard_leaves_what_it_would_replace():
    with begin() as place:
        done = place.ctl("reject", place.newest(), "--only", WILD, want=0)
        has(done.stderr, f"'{ROW}' is rejected as well: it only makes room for '{WILD}'", f"'{MY}' is rejected as well")
        waiting = rows(place, place.link("pending"))
        same((waiting[ROW], waiting[MY], WILD in waiting), ("optimize held", "optimize held", False))
        same((own(place), own(place, "pending")), (KEPT, KEPT))
        shown = place.ctl("diff", want=1).stdout
        has(shown, "closes      nothing", "OPENS defender.microsoft.example")
        place.ctl("approve", place.waiting(), want=0)
        same((own(place), place.link("pending")), (KEPT, 0))
        place.take([*ALL, endpoints(90, "Default", ["later.example"])], want=0)
        same(own(place), KEPT)


def test_only_the_wildcard_is_on_the_list():
    """As an earlier version wrote the list."""
    with begin() as place:
        place.ctl("reject", place.waiting(), want=0)
        lines = place.read("state", "rejected").splitlines(keepends=True)
        place.write("state/rejected", "".join(line for line in lines if "<tenant>" not in line))
        place.take([*ALL, endpoints(90, "Default", ["later.example"])], want=0)
        same((own(place), place.link("pending")), (KEPT, 0))


def test_what_was_rejected_stays_in_every_mode():
    for mode in ("auto", "widening", "always"):
        with begin() as place:
            place.ctl("reject", place.waiting(), want=0)
            place.configure("tenant contoso", f"review {mode}")
            place.take([*ALL, endpoints(90, "Default", ["later.example"])])
            for link in ("current", "pending"):
                if place.link(link) != 0:
                    same((mode, link, own(place, link)), (mode, link, KEPT))


def test_a_row_that_goes_for_good_is_let_go():
    with begin() as place:
        place.ctl("reject", place.waiting(), want=0)
        later = [MAIL, endpoints(31, "Optimize", [MY], ["52.104.0.0/14"], area="SharePoint"), OWN[2]]
        place.take(later, want=0)
        same(own(place), ["inspect", "bypass", "inspect"])


def test_lookup_recommends_nothing_that_closes():
    with begin() as place:
        image = place.path("state/current/image")
        shown = lookup(place, "--explain", "-t", image, "contoso.sharepoint.com")
        has(shown, f"it only makes room for '{WILD}': m365ctl approve -c FILE 3 --only '{WILD}'")
        assert f"--only '{ROW}'" not in shown, shown
        shown = lookup(place, "--explain", "-t", image, "contoso-admin.sharepoint.com")
        has(shown, f"to use it: m365ctl approve -c FILE 3 --only '{WILD}'")


# ---- what is not decided -----------------------------------------------------------------------------------------------


def test_the_other_rows_stay_rejected():
    with begin() as place:
        place.ctl("reject", place.waiting(), want=0)
        shown = place.ctl("status").stdout
        has(shown, "held        5 rows were rejected")
        assert "wait for a decision" not in shown, shown
        done = place.ctl("approve", place.newest(), "--only", WILD, want=0)
        has(done.stderr, "is published", "2 other rows stay rejected")
        for word in ("nothing new", "rolled back"):
            assert word not in done.stderr, done.stderr
        has(place.ctl("approve", place.newest(), "--only", "ccs.login.example", want=0).stderr, "1 other row stays rejected")
        done = place.ctl("approve", place.newest(), "--only", "defender.microsoft.example", want=0)
        same((own(place), verdict(place, "defender.microsoft.example"), "rejected" in done.stderr), (WHOLE, "bypass", False))


def test_a_single_row_is_approved_after_all():
    later = [*OWN, endpoints(64, "Allow", ["defender.microsoft.example"], area="Common")]
    with begin(later=later) as place:
        place.ctl("reject", place.waiting(), want=0)
        has(place.ctl("approve", place.newest(), "--only", "defender.microsoft.example", want=0).stdout, "approved by ")
        same(verdict(place, "defender.microsoft.example"), "bypass")


def test_what_a_gate_holds_does_not_push_the_rest_away():
    with begin("must_not_bypass defender.microsoft.example") as place:
        before = place.link("current"), place.link("pending")
        done = place.ctl("approve", place.newest(), "--only", "defender.microsoft.example", want=1)
        has(done.stdout, "not in use, a gate holds it: defender.microsoft.example\n")
        has(done.stderr, "held: 'defender.microsoft.example' must not be bypassed")
        same((place.link("current"), place.link("pending")), before)
        has(place.ctl("diff", want=1).stdout, f"OPENS {WILD}", "OPENS ccs.login.example", "OPENS defender.microsoft.example")
        place.ctl("approve", place.newest(), "--only", "ccs.login.example", want=0)
        same((verdict(place, "ccs.login.example"), verdict(place, "defender.microsoft.example")), ("bypass", "inspect"))
        place.ctl("approve", place.newest(), "--only", "defender.microsoft.example", WILD, want=1)
        has(place.ctl("diff", want=1).stdout, f"OPENS {WILD}", "OPENS defender.microsoft.example")
        place.ctl("approve", place.waiting(), want=0)
        same((own(place), verdict(place, "defender.microsoft.example")), (WHOLE, "bypass"))


# ---- addresses that were rejected --------------------------------------------------------------------------------------

RANGE, OTHER = "52.112.0.0/24", "52.113.0.0/24"


def of_a_set(*ranges, first=OWN, urls=("a.example", "b.example")):
    """New names of a set with new addresses wait."""
    place = Place("tenant contoso")
    place.take(first, want=0)
    place.take([*OWN, endpoints(70, "Allow", list(urls), list(ranges), area="Common")], want=1)
    return place


def state(place):
    listed = place.read("state", "rejected") if os.path.exists(place.path("state", "rejected")) else ""
    return [verdict(place, name) for name in ("a.example", "b.example", "52.112.0.1", "52.113.0.1")], listed


def test_only_naming_an_address_lifts_its_rejection():
    for ranges in ([RANGE], ["10.0.0.0/8", "127.0.0.0/8"]):
        with of_a_set(*ranges) as place:
            place.ctl("reject", place.newest(), "--by", "bob", "--only", *ranges, want=0)
            before = state(place), place.link("current"), place.link("pending")
            day = place.read("state", "rejected").split()[1]
            for words in ([place.newest(), "--only", "a.example"], [place.newest(), "--only", "a.example", "b.example"], [place.waiting()],
                          [place.waiting(), "--force"]):
                done = place.ctl("approve", *words, want=2)
                has(done.stderr, f"'a.example' would pass with any address, because an address of its endpoint set is held: '{ranges[0]}' was "
                    f"rejected on {day} by bob; name it as well to approve both: m365ctl approve -c {place.conf} {place.newest()} --only ")
                same((done.stdout, (state(place), place.link("current"), place.link("pending"))), ("", before))


def test_the_refusal_names_a_command_that_works():
    with of_a_set(RANGE) as place:
        place.ctl("reject", place.newest(), "--only", RANGE, want=0)
        refused = place.ctl("approve", place.newest(), "--only", "a.example", want=2).stderr
        same(paste(refused, "approve both: ").returncode, 0)
        same(state(place), (["bypass", "inspect", "bypass", "inspect"], ""))
        place.ctl("approve", place.waiting(), want=0)
        same(state(place)[0], ["bypass", "bypass", "bypass", "inspect"])


def test_a_name_comes_with_the_addresses_that_were_not_rejected():
    for words in (["--only", "a.example", "b.example"], []):
        with of_a_set(RANGE, OTHER) as place:
            place.ctl("reject", place.newest(), "--only", RANGE, want=0)
            place.ctl("approve", place.waiting(), *words, want=0)
            found, listed = state(place)
            same((found, listed.split()[-1]), (["bypass", "bypass", "inspect", "bypass"], RANGE))
            assert "address-mismatch" in lookup(place, "-t", place.path("state/current/image"), "-F", "dst,sni", "203.0.113.9 a.example")


def test_a_set_does_not_lose_its_addresses_because_the_new_ones_were_rejected():
    first = [*OWN, endpoints(70, "Allow", ["a.example"], [RANGE], area="Common")]
    with of_a_set("10.0.0.0/8", first=first, urls=["a.example"]) as place:
        place.ctl("reject", place.newest(), "--only", "10.0.0.0/8", want=0)
        for words in ([], ["--only", RANGE]):
            has(place.ctl("approve", place.waiting(), *words, want=2).stderr, "'a.example' would pass with any address", "'10.0.0.0/8' was rejected on ")
        same(state(place)[0][2], "bypass")


def test_names_that_any_address_passes_with_hold_nothing_up():
    """The set had no addresses, so nothing gets wider."""
    first = [*OWN, endpoints(70, "Allow", ["a.example"], area="Common")]
    later = [*OWN, endpoints(70, "Allow", ["a.example"], ["10.0.0.0/8"], area="Common"), endpoints(71, "Allow", ["b.example"], area="Common")]
    with Place("tenant contoso") as place:
        place.take(first, want=0)
        place.take(later, want=1)
        place.ctl("reject", place.newest(), "--only", "10.0.0.0/8", want=0)
        place.ctl("approve", place.waiting(), want=0)
        same(state(place)[0][:2], ["bypass", "bypass"])


def test_a_rejected_row_stays_on_the_list_while_no_document_has_it():
    new, other = endpoints(71, "Allow", ["a.example"], area="Common"), endpoints(72, "Allow", ["b.example"], area="Common")
    for words in ([], ["--only", "b.example"]):
        with Place("tenant contoso") as place:
            place.take(OWN, want=0)
            place.take([*OWN, new], want=1)
            place.ctl("reject", place.newest(), "--only", "a.example", want=0)
            place.take([*OWN, other], want=1)
            place.ctl("approve", place.waiting(), *words, want=0)
            place.take([*OWN, new, other], want=0)
            same((state(place)[0][:2], place.link("pending")), (["inspect", "bypass"], 0))


def test_names_whose_addresses_were_rejected_stay_in_every_mode():
    """They would pass with any address, and nobody would be asked."""
    later = [*OWN, endpoints(70, "Allow", ["a.example", "b.example"], [RANGE], area="Common"), endpoints(90, "Default", ["later.example"])]
    for mode in ("auto", "widening", "always"):
        with of_a_set(RANGE) as place:
            place.ctl("reject", place.newest(), "--only", RANGE, want=0)
            place.configure("tenant contoso", f"review {mode}")
            place.take(later)
            if place.link("pending"):
                place.ctl("approve", place.waiting(), want=0)
            same((mode, state(place)[0]), (mode, ["inspect"] * 4))
            has(place.ctl("approve", place.newest(), "--only", "a.example", want=2).stderr, "'a.example' would pass with any address")
            place.ctl("approve", place.newest(), "--only", "a.example", RANGE)
            same((mode, state(place)), (mode, (["bypass", "inspect", "bypass", "inspect"], "")))


def with_rejected_line(line="allow partner.example"):
    """A line of local.d waited with a document, and was rejected."""
    place = Place("tenant contoso")
    place.take(OWN, want=0)
    place.write("local.d/ours.rules", line + "\n")
    place.take([*OWN, endpoints(72, "Default", ["b.example"], area="Common")], want=1)
    place.ctl("reject", place.newest(), "--by", "bob", "--only", "partner.example", want=0)
    return place


def test_publish_leaves_what_was_rejected():
    with with_rejected_line() as place:
        place.write("local.d/urgent.rules", "inspect evil.example\n")
        day = place.read("state", "rejected").split()[1]
        for words in (["--dry-run"], [], []):
            done = place.ctl("publish", *words, want=0)
            has(done.stderr, f"'partner.example' was rejected on {day} by bob; it stays as it is in use; "
                f"to use it after all: m365ctl approve -c {place.conf} --only 'partner.example'\n")
            same(verdict(place, "partner.example"), "inspect")
        assert "evil.example" in place.read("state", "current", "table.txt")
        has(place.read("state", "current", "held.txt"), " rejected ours partner.example\n")
        has(lookup(place, "-t", place.path("state/current/image"), "--explain", "partner.example"), "'partner.example' from ours ", f"rejected on {day} by bob")
        place.take([*OWN, endpoints(73, "Default", ["c.example"], area="Common")], want=0)
        same(verdict(place, "partner.example"), "inspect")
        place.ctl("approve", place.newest(), "--only", "partner.example", want=0)
        same((verdict(place, "partner.example"), os.path.exists(place.path("state", "rejected"))
              and place.read("state", "rejected")), ("bypass", ""))
        assert "rejected" not in place.ctl("publish", want=0).stderr


def test_publish_over_a_damaged_table_leaves_what_was_rejected():
    for damaged in ("image", "table.txt", "held.txt"):
        with with_rejected_line() as place:
            place.ctl("publish", want=0)
            os.truncate(place.path("state", "current", damaged), 10)
            done = place.ctl("publish", want=0)
            has(done.stderr, "publishing replaces it", "'partner.example' was rejected on ")
            same((verdict(place, "partner.example"), verdict(place, "b.example")), ("inspect", "inspect"))
            has(place.generation(place.link("current"), "held.txt"), " rejected ours partner.example\n")
            place.ctl("publish", "--force", want=0)
            same(verdict(place, "partner.example"), "bypass")


def test_ports_choose_among_rows_of_several_sources():
    """One name waits from the document and from a line of ours: each can be named by its ports."""
    name = "n.q.example"
    for word, opens in ((f"{name}:443", [443]), (f"{name}:8443", [8443]), (f"https://{name.upper()}:8443/x", [8443]),
                        (f"{name}:80,8000-8100", None), (f"{name}:999", None), (f"{name}:443,8443", [443, 8443]), (name, [443, 8443])):
        for decision in ("approve", "reject"):
            with Place("tenant contoso") as place:
                place.take(OWN, want=0)
                place.write("local.d/ours.rules", f"allow {name} tcp=8443\n")
                place.take([*OWN, endpoints(72, "Allow", [name], area="Common", tcp="443")], want=1)
                done = place.ctl(decision, place.newest(), "--only", word, want=2 if opens is None else 0)
                if opens is None:
                    has(done.stderr, f"no held row of '{name}' has a port of '{word}'; name it without ports, or see 'm365ctl diff")
                else:
                    told = " (ours)" if opens == [8443] else " (worldwide)" if opens == [443] else f" (ours), {name} (worldwide)"
                    has(done.stdout, f"{decision.removesuffix('e')}ed by ", f": {name}{told}\n")
                if decision == "approve":
                    for port in (443, 8443):
                        same((word, port, verdict(place, f"{name}:{port}")), (word, port, "bypass" if port in (opens or []) else "inspect"))
                else:
                    listed = place.read("state", "rejected") if os.path.exists(place.path("state", "rejected")) else ""
                    same((word, f" ours {name}" in listed, f" worldwide {name}" in listed), (word, 8443 in (opens or []), 443 in (opens or [])))


def test_addresses_that_move_do_not_leave_a_held_name_alone():
    """Without its name, an address that moves to another set would leave the name with any address."""
    first = [endpoints(1, "Allow", ["z.q.example"], area="Common"), endpoints(5, "Allow", ["h.q.example"], area="Common", ips=["40.0.0.0/24"])]
    second = [first[0], endpoints(8, "Allow", ["h.q.example"], area="Common", ips=["40.0.0.0/24", "41.0.0.0/24"])]
    with Place("tenant contoso") as place:
        place.take(first, want=0)
        place.take(second, want=1)
        done = place.ctl("approve", place.newest(), "--only", "40.0.0.0/24", want=2)
        has(done.stderr, "'h.q.example' would pass with any address, because the addresses of its endpoint set go, and it is held; "
            "name it as well, or alone\n")
        done = lookup(place, "-t", place.path("state", "current", "image"), "-F", "dst,sni,la,port", "h.q.example,h.q.example,20.9.9.9,443")
        has(done, " inspect ")
        place.ctl("approve", place.newest(), "--only", "40.0.0.0/24", "h.q.example", want=0)
        done = lookup(place, "-t", place.path("state", "current", "image"), "-F", "dst,sni,la,port", "h.q.example,h.q.example,20.9.9.9,443")
        has(done, " inspect ")


def test_publish_by_force_lifts_a_rejection():
    with with_rejected_line() as place:
        done = place.ctl("publish", "--force", "--note", "the partner waits", want=0)
        has(done.stderr, "in spite of: it has what a person rejected: 'partner.example' was rejected on ",
            "; it is used all the same, and no longer counts as rejected\n")
        same((verdict(place, "partner.example"), place.read("state", "rejected")), ("bypass", ""))
        has(place.generation(place.link("current"), "review.txt"), "reason it has what a person rejected: 'partner.example'")
        assert "rejected" not in place.ctl("publish", want=0).stderr


def test_a_rejected_line_that_closes_is_published():
    for line in ("inspect partner.example", "default partner.example", ""):
        with with_rejected_line() as place:
            place.write("local.d/ours.rules", line + "\n")
            assert "rejected" not in place.ctl("publish", want=0).stderr
            found = [one.split()[0] for one in place.read("state", "current", "table.txt").splitlines() if " partner.example " in one]
            same(found, line.split()[:1])


def test_publish_keeps_an_inspect_line_whose_removal_was_rejected():
    with Place("tenant contoso") as place:
        place.write("local.d/ours.rules", "inspect login.corp.example\nallow *.corp.example\n")
        place.take(OWN, want=0)
        place.ctl("publish", want=0)
        place.write("local.d/ours.rules", "allow *.corp.example\n")
        place.take([*OWN, endpoints(72, "Default", ["b.other.example"], area="Common")], want=1)
        place.ctl("reject", place.newest(), "--only", "login.corp.example", want=0)
        has(place.ctl("publish", want=0).stderr, "'login.corp.example' was rejected on ")
        same(verdict(place, "login.corp.example"), "inspect")


def test_what_comes_along_is_said():
    with of_a_set(RANGE) as place:
        done = place.ctl("approve", place.newest(), "--by", "bob", "--only", "a.example", want=0)
        same(done.stdout, f"approved by bob: a.example; and with that: {RANGE}\n")


# ---- rows that were rejected, and that a document drops ------------------------------------------------------------------

WIDE = endpoints(71, "Allow", ["*.q.example"], area="Common")


def raised(*lines):
    """a.q.example was to be raised from Default, and was rejected."""
    place = Place("tenant contoso", *lines)
    place.take([*OWN, endpoints(70, "Default", ["a.q.example"], area="Common")], want=0)
    place.take([*OWN, endpoints(70, "Allow", ["a.q.example"], area="Common")])
    place.ctl("reject", place.newest(), "--by", "bob", "--only", "a.q.example", want=0)
    return place, place.read("state", "rejected").split()[1]


def test_a_rejected_row_stays_when_the_document_drops_it():
    for between in ([], [OWN], [OWN, [*OWN, endpoints(90, "Default", ["later.example"])]]):
        place, day = raised()
        with place:
            for document in between:
                place.take(document, want=0)
                same(rows(place, place.link("current"))["a.q.example"], "default held")
            done = place.take([*OWN, WIDE], want=1)
            said = f"it would open more, which stays as it is in use until --only names it: 'a.q.example' was rejected on {day} by bob\n"
            for text in (done.stderr, place.ctl("diff", want=1).stdout):
                has(text, said)
            for link in ("current", "pending"):
                same(rows(place, place.link(link))["a.q.example"], "default held")
            place.ctl("approve", place.waiting(), want=0)
            same((verdict(place, "a.q.example"), verdict(place, "b.q.example")), ("inspect", "bypass"))
            place.take([*OWN, WIDE, endpoints(91, "Default", ["later.example"])], want=0)
            same(verdict(place, "a.q.example"), "inspect")
            place.ctl("approve", place.newest(), "--only", "a.q.example", want=0)
            same((verdict(place, "a.q.example"), place.read("state", "rejected")), ("bypass", ""))


def test_a_rejected_row_that_was_dropped_is_decided_with_the_wildcard():
    for words, found in ((["*.q.example"], "inspect"), (["*.q.example", "a.q.example"], "bypass")):
        place, _ = raised()
        with place:
            place.take([*OWN, WIDE], want=1)
            place.ctl("approve", place.waiting(), "--only", *words, want=0)
            same((verdict(place, "a.q.example"), verdict(place, "b.q.example")), (found, "bypass"))
    place, day = raised()
    with place:
        place.take([*OWN, WIDE], want=1)
        place.ctl("reject", place.waiting(), "--by", "eve", want=0)
        has(place.read("state", "rejected"), f"rejected {day} bob worldwide a.q.example\n", " eve worldwide *.q.example\n")
        place.take(OWN, want=0)
        same(rows(place, place.link("current"))["a.q.example"], "default held")


def test_a_rejected_row_that_was_dropped_stays_in_every_mode():
    for mode in ("auto", "widening", "always"):
        place, _ = raised()
        with place:
            place.configure("tenant contoso", f"review {mode}")
            place.take([*OWN, WIDE])
            if place.link("pending"):
                place.ctl("approve", place.waiting(), want=0)
            same((mode, verdict(place, "a.q.example"), verdict(place, "b.q.example")), (mode, "inspect", "bypass"))


def test_a_wildcard_over_what_was_rejected_says_so():
    """A new row that was rejected is not in use, so nothing keeps its name inspected once a wildcard is approved."""
    new = endpoints(70, "Allow", ["a.q.example"], area="Common")
    for later in ([WIDE], [WIDE, new]):
        for words in ([], ["--only", later[0]["urls"][0]]):
            with Place("tenant contoso") as place:
                place.take(OWN, want=0)
                place.take([*OWN, new], want=1)
                place.ctl("reject", place.newest(), "--by", "bob", "--only", "a.q.example", want=0)
                day = place.read("state", "rejected").split()[1]
                said = f"it opens what a person rejected ('inspect NAME' in local.d keeps a name closed): 'a.q.example' was rejected on {day} by bob\n"
                has(place.take([*OWN, *later], want=1).stderr, said)
                has(place.ctl("diff", want=1).stdout, said)
                has(place.ctl("status").stdout, said)
                if words:
                    code, seen = on_terminal(place, "approve", b"no\n", words=words)
                    has(seen.split("Type 'yes'")[0], said)
                    same(code, 1)
                place.write("local.d/ours.rules", "inspect a.q.example\n")
                place.ctl("publish", want=0)
                assert said not in place.ctl("diff", want=1).stdout
                place.ctl("approve", place.newest(), *words, want=0)
                same((verdict(place, "a.q.example"), verdict(place, "b.q.example")), ("inspect", "bypass"))


# ---- what a decision is about ------------------------------------------------------------------------------------------


def test_rows_need_a_generation_or_a_terminal():
    for command in ("approve", "reject"):
        with begin() as place:
            before = place.link("current"), place.link("pending")
            done = place.ctl(command, "--only", "ccs.login.example", want=2, input="yes\n")
            same(done.stdout, "")
            has(done.stderr, f"{command} --only needs to know what you looked at: see 'm365ctl diff -c {place.conf}', then run: "
                f"m365ctl {command} -c {place.conf} 3 --only 'ccs.login.example'\n")
            same((place.link("current"), place.link("pending")), before)
            same(paste(done.stderr, "then run: ").returncode, 0)
            assert place.link("pending") > 3


def test_rejected_rows_need_a_generation_or_a_terminal():
    for later in ([], [[*ALL, endpoints(90, "Default", ["later.example"])]]):
        with begin() as place:
            place.ctl("reject", place.waiting(), want=0)
            for document in later:
                place.take(document, want=0)
            done = place.ctl("approve", "--only", "ccs.login.example", want=2, input="yes\n")
            has(done.stderr, f"see 'm365ctl table -c {place.conf}', then run: m365ctl approve -c {place.conf} {place.newest()} --only 'ccs.login.example'\n")
            same(verdict(place, "ccs.login.example"), "inspect")
            place.ctl("reject", "--only", "ccs.login.example", want=1)
            same(paste(done.stderr, "then run: ").returncode, 0)
            same(verdict(place, "ccs.login.example"), "bypass")


def test_the_rows_of_another_generation_are_refused():
    """Between looking and deciding, the same pattern may come to mean something else."""
    with begin() as place:
        digest = place.waiting()
        wider = [*ALL[:3], endpoints(64, "Allow", ["defender.microsoft.example", "ccs.login.example"], area="Common", tcp="1-65535")]
        place.take(wider, want=1)
        for word in ("3", digest):
            for command in ("approve", "reject"):
                before = place.link("current"), place.link("pending")
                place.ctl(command, word, "--only", "ccs.login.example", want=2)
                same((place.link("current"), place.link("pending")), before)
        place.ctl("reject", place.waiting(), want=0)
        for word in ("2", "3", digest, "99"):
            done = place.ctl("approve", word, "--only", "ccs.login.example", want=2)
            has(done.stderr, f"if that is still what you want, run: m365ctl approve -c {place.conf} {place.newest()} --only 'ccs.login.example'\n")
        same(verdict(place, "ccs.login.example"), "inspect")
        place.ctl("approve", place.digest(int(place.newest()))[:12], "--only", "ccs.login.example", want=0)
        same(verdict(place, "ccs.login.example"), "bypass")


def test_rows_are_asked_about_on_a_terminal():
    with of_a_set(RANGE) as place:
        words = ("--only", "a.example")
        for answer in (b"no\n", b"\n", b"y\n", b"\x04"):
            code, seen = on_terminal(place, "approve", answer, words=words)
            same((code, place.link("current"), place.link("pending")), (1, 1, 2))
            has(seen, "nothing is decided")
        code, seen = on_terminal(place, "approve", b"yes\n", words=words)
        has(seen, "OPENS a.example:443  was no rule, now Allow (set 70)", RANGE, f"Type 'yes' to approve a.example; and with that: {RANGE} (generation 2): ")
        assert "OPENS b.example" not in seen, seen
        same((code, state(place)[0]), (0, ["bypass", "inspect", "bypass", "inspect"]))
        code, seen = on_terminal(place, "reject", b"no\n", words=("--only", "b.example"))
        same((code, place.link("pending") != 0), (1, True))
        has(seen, "Type 'yes' to reject b.example (generation ")
        same(on_terminal(place, "reject", b"yes\n", words=("--only", "b.example"))[0], 0)
        has(place.read("state", "rejected"), " b.example\n")
        code, seen = on_terminal(place, "approve", b"yes\n", words=("--only", "b.example"))
        has(seen, "OPENS b.example:443", "Type 'yes' to approve b.example (generation ")
        same((code, verdict(place, "b.example")), (0, "bypass"))


def test_the_answer_is_for_the_rows_that_were_shown():
    for command in ("approve", "reject"):
        with of_a_set(RANGE) as place:
            wider = [*OWN, endpoints(70, "Allow", ["a.example"], [RANGE], area="Common", tcp="1-65535")]
            code, _ = on_terminal(place, command, b"yes\n", lambda place=place, wider=wider: place.take(wider, want=1), ("--only", "a.example"))
            same((code, verdict(place, "a.example"), os.path.exists(place.path("state", "rejected"))), (2, "inspect", False))


def test_printed_commands_about_rows_work():
    with of_a_set(RANGE, urls=["a.example", "*.b.example"]) as place:
        image = place.path("state/current/image")
        shown = lookup(place, "--explain", "-t", image, "x.b.example").replace("-c FILE", f"-c {place.conf}")
        same(paste(shown.replace("; to keep", "\n"), "to use it: ").returncode, 0)
        same(verdict(place, "x.b.example"), "bypass")
        shown = lookup(place, "--explain", "-t", image, "a.example").replace("-c FILE", f"-c {place.conf}")
        same(paste(shown, "to keep what is in use: ").returncode, 0)
        shown = lookup(place, "--explain", "-t", image, "a.example").replace("-c FILE", f"-c {place.conf}")
        same(paste(shown, "to use it after all: ").returncode, 0)
        same(state(place)[0][0], "bypass")


# ---- how a row is named ------------------------------------------------------------------------------------------------


def test_a_row_is_named_as_people_find_it():
    later = [*OWN, endpoints(64, "Allow", ["defender.microsoft.example", "*.wild.example"], ["52.112.0.0/32", "2603:1040::/32"], area="Common")]
    forms = {
        "defender.microsoft.example": ["defender.microsoft.example:443", "Defender.Microsoft.EXAMPLE", "defender.microsoft.example.",
                                       "https://defender.microsoft.example/", "https://Defender.microsoft.example:443/a?b=c",
                                       "defender.microsoft.example/a", "defender.microsoft.example:80,443", "http://defender.microsoft.example#x"],
        "*.wild.example": ["*.wild.example:443", "*.Wild.Example."],
        "52.112.0.0/32": ["52.112.0.0", "52.112.0.0:443", "52.112.0.0/32:443"],
        "2603:1040::/32": ["[2603:1040::/32]:443", "2603:1040::/32", "[2603:1040::/32]"],
    }
    with begin(later=later) as place:
        named = [line.split()[4] for line in place.generation(place.link("pending"), "waiting.txt").splitlines() if line.startswith("held ")]
        for pattern, words in forms.items():
            assert pattern in named, named
            for word in words:
                with begin(later=later) as again:
                    verb = "approve" if word != words[0] else "reject"
                    done = again.ctl(verb, again.newest(), "--only", word, want=0).stdout
                    assert done.split(": ", 1)[1].split(";")[0].strip() == pattern, done


def test_what_is_no_row_is_refused():
    with begin() as place:
        for word in ("example", "defender.microsoft.example.com", "x.defender.microsoft.example:443", "https://", ":443", "[", "a" * 700, "~defender.*",
                     "https://:443/", "sharepoint.com", "", "."):
            has(place.ctl("approve", place.newest(), "--only", word, want=2).stderr, "is not held")
        same((place.link("current"), place.link("pending")), (2, 3))


def test_the_newest_document_counts_although_nothing_changes():
    """After a rejection the table may stay as it is, but the newest document is the one that is known."""
    was = [MAIL, endpoints(5, "Default", ["admin.example"])]
    raised = [MAIL, endpoints(5, "Allow", ["admin.example"])]
    with Place() as place:
        place.take(was, want=0)
        place.take(raised, want=1)
        place.ctl("reject", str(place.link("pending")), want=0)
        place.take(raised, version="2026060100", want=0)
        has(place.ctl("status").stdout, "versions  2026060100")
        same(verdict(place, "admin.example"), "inspect")
        place.take(was, version="2026070100", want=0)
        has(place.ctl("status").stdout, "versions  2026070100")
        done = place.ctl("approve", str(place.link("current")), "--only", "admin.example")
        same((done.returncode, verdict(place, "admin.example")), (2, "inspect"))


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), CTL))
