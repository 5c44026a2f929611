#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A generation of which a file is missing, is no regular file, or is not what was sealed: what each command makes of it.

    top_builddir=DIR tests/update/damage_test.py [WORD]...     only tests whose name contains a WORD

What waits and is damaged no longer waits; what is in use and is damaged is replaced by `publish`, which also puts an
urgent line into use; nothing opens by that. On folders of the test's own, without a network. The last line is
`N passed, N failed[, N skipped]`.
"""
import errno
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stage  # noqa: E402  (of tests/)
from stage import CTL  # noqa: E402
from review_test import FIRST, Place, changed, endpoints, has, same  # noqa: E402

MONTH = changed(s2=endpoints(2, "Allow", ["*.files.example", "new.example"], ["52.104.100.0/24", "52.104.200.0/24"], area="SharePoint"))
NEXT = changed(s2=endpoints(2, "Allow", ["*.files.example", "new.example", "newer.example"], ["52.104.100.0/24", "52.104.200.0/24"],
                            area="SharePoint"))
ROWS = ("gone", "link", "pipe", "folder", "junk", "empty", "large")  # in place of a list of rows
OTHERS = {"table.txt": ("gone", "junk"), "image": ("link", "empty"), "source.json": ("gone", "pipe", "junk"),
          "review.txt": ("gone", "folder", "empty", "large")}


def spoil(path, how):
    """Something else in place of a file."""
    good = path + ".good"
    os.rename(path, good)
    if how == "link":
        os.symlink(os.path.basename(good), path)
    elif how == "pipe":
        os.mkfifo(path)
    elif how == "folder":
        os.mkdir(path)
    elif how != "gone":
        with open(path, "wb") as file:
            file.write(b"" if how == "empty" else b"junk\n")
            if how == "large":
                file.truncate(300 << 20)


def begin(*lines):
    """Generation 2, the safe part of a document, is in use, and 3, the whole of it, waits."""
    place = Place(*lines)
    place.take(FIRST, want=0)
    place.take(MONTH, want=1)
    same((place.link("current"), place.link("pending")), (2, 3))
    return place


def verdict(place, host):
    return stage.run(CTL, "lookup", "-t", place.path("state", "current", "image"), host).stdout.split()[1]


def urgent(place):
    place.write("local.d/urgent.rules", "inspect mail.example\n")


def closed(place, *hosts):
    for host in hosts:
        same((host, verdict(place, host)), (host, "inspect"))


def each(rows):
    for name, hows in {rows: ROWS, **OTHERS}.items():
        for how in hows:
            with begin() as place:
                yield place, name, how


def test_publish_over_what_waits():
    for place, name, how in each("waiting.txt"):
        spoil(place.path("state", "pending", name), how)
        urgent(place)
        assert place.ctl("status").returncode != 0
        dry = place.ctl("publish", "--dry-run", want=0)
        assert dry.stderr.count("; it would no longer wait, and the next update fetches it again\n") == 1, dry.stderr
        done = place.ctl("publish", want=0)
        assert done.stderr.count("; it no longer waits, and the next update fetches it again\n") == 1, (name, how, done.stderr)
        closed(place, "mail.example", "new.example")
        assert "no longer waits, and" not in place.ctl("publish", want=0).stderr
        has(place.generation(place.link("pending"), "waiting.txt"), " worldwide new.example\n")


def test_import_over_what_waits():
    for place, name, how in each("waiting.txt"):
        spoil(place.path("state", "pending", name), how)
        done = place.take(NEXT, want=1)
        assert done.stderr.count("; it no longer waits, and the next update fetches it again\n") == 1, (name, how, done.stderr)
        same((place.link("current"), place.link("pending")), (2, 4))
        has(place.generation(4, "waiting.txt"), " worldwide new.example\n", " worldwide newer.example\n")
        closed(place, "new.example", "newer.example")


def test_a_decision_about_what_waits():
    for place, name, how in each("waiting.txt"):
        digits = place.waiting()
        spoil(place.path("state", "pending", name), how)
        for words in (["approve", digits], ["reject", digits], ["approve", "3", "--only", "new.example"], ["reject", "3", "--only", "new.example"]):
            has(place.ctl(*words, want=2).stderr, f"'m365ctl publish -c {place.conf}' sets it aside")
        same(place.link("current"), 2)
        place.ctl("rollback", want=0)
        same(place.link("current"), 1)
        closed(place, "new.example")
        place.ctl("publish", want=0)


def test_publish_over_what_is_in_use():
    for place, name, how in each("held.txt"):
        whole = name not in ("source.json", "review.txt")
        spoil(place.path("state", "current", name), how)
        urgent(place)
        same(place.ctl("status").returncode, 2)
        dry = place.ctl("publish", "--dry-run", want=0)
        done = place.ctl("publish", want=0)
        for said in (dry.stderr, done.stderr):
            has(said, "; publishing replaces it, from its own documents" if whole else
                "; its documents are damaged, too; publishing replaces it, with the older documents of generation 1\n")
        closed(place, "mail.example", "new.example")
        head = dict(place.head(place.link("current")))  # also after older documents, for what opens nothing of those that wait
        same((name, how, head["version"], "held" in head), (name, how, "Worldwide 2026010300", True))
        same(place.ctl("publish", want=0).stderr.count("damaged"), 0)
        has(place.generation(place.link("pending"), "waiting.txt"), " worldwide new.example\n")
        place.take(NEXT, want=1)
        closed(place, "mail.example", "new.example", "newer.example")


def test_import_over_what_is_in_use():
    for place, name, how in each("held.txt"):
        spoil(place.path("state", "current", name), how)
        done = place.take(NEXT, want=2)
        has(done.stderr, f"'m365ctl publish -c {place.conf}' repairs it")
        same((place.link("current"), place.link("pending")), (2, 3))


def test_held_rows_that_are_lost():
    """Nothing waits, so only the table in use tells what is held: a row that somebody rejected, and one beside it."""
    for how in ("gone", "junk"):
        with begin() as place:
            place.take(NEXT, want=1)
            place.ctl("reject", place.waiting(), want=0)
            place.take(FIRST, want=0)
            place.take(NEXT)
            before = place.generation(place.link("current"), "table.txt")
            spoil(place.path("state", "current", "held.txt"), how)
            has(place.ctl("publish", want=0).stderr, "; publishing replaces it, from its own documents; what would open next to its table stays held\n")
            same(place.generation(place.link("current"), "table.txt"), before)
            closed(place, "new.example", "newer.example")


def test_held_rows_without_a_witness():
    """What waits, or the list of what was rejected, is lost as well: the table in use is enough."""
    for rejects in (False, True):
        for what in ("pending", "gen-000003", "gen-000003/waiting.txt", "gen-000003/source.json", "rejected"):
            if what == "rejected" and not rejects or what == "pending" and rejects:
                continue
            with begin() as place:
                if rejects:
                    place.ctl("reject", place.waiting(), want=0)
                spoil(place.path("state", "current", "held.txt"), "gone")
                spoil(place.path("state", *what.split("/")), "gone")
                place.ctl("publish", want=0)
                closed(place, "new.example")
                same((rejects, what, place.ctl("status").returncode), (rejects, what, 1))


def test_older_documents_open_nothing():
    """What the last update closed stays closed as long as the table in use can be read."""
    for damaged, how in (("source.json", "gone"), ("source.json", "junk"), ("review.txt", "empty"), ("review.txt", "gone")):
        with Place("shrink_limit 100%") as place:
            place.take([*FIRST, endpoints(7, "Allow", ["x.example"], area="Common")], want=0)
            place.take(FIRST, want=0)
            same(verdict(place, "x.example"), "inspect")
            spoil(place.path("state", "current", damaged), how)
            place.write("local.d/urgent.rules", "inspect urgent.example\n")
            has(place.ctl("publish", want=0).stderr, "; publishing replaces it, with the older documents of generation 1; "
                "what would open next to its table stays held\n")
            closed(place, "x.example")
            assert "urgent.example" in place.read("state", "current", "table.txt")


def test_rollback_does_not_pass_over_what_is_damaged():
    with Place("shrink_limit 100%") as place:
        place.take([*FIRST, endpoints(7, "Allow", ["x.example"], area="Common")], want=0)
        place.take(FIRST, want=0)
        place.take([*FIRST, endpoints(8, "Default", ["y.example"], area="Common")], want=0)
        spoil(place.path("state", "gen-000002", "image"), "gone")
        has(place.ctl("rollback", want=2).stderr, "generation 2 was in use before, but is damaged: it has no image; name an older one, which ")
        closed(place, "x.example")
        place.ctl("rollback", "1", want=0)
        same(verdict(place, "x.example"), "bypass")


def test_a_table_without_its_held_rows():
    """With the table lost as well, only older documents are left, and what they would open is not guessed."""
    with begin() as place:
        spoil(place.path("state", "current", "held.txt"), "gone")
        spoil(place.path("state", "current", "image"), "junk")
        has(place.ctl("publish", want=0).stderr, "; its table is damaged, too; publishing replaces it, with the older documents of generation 1\n")
        closed(place, "new.example")


def test_transient_failures_are_no_damage():
    """What cannot be read at the moment still waits, or stays in use."""
    with begin() as place:
        for name in ("waiting.txt", "held.txt", "table.txt", "review.txt", "source.json"):
            for failure in ("EIO", "ENOMEM", "EACCES", "EMFILE"):
                before = stage.traced("-o", os.devnull, "-P", name, "-e", f"inject=openat:error={failure}")
                for words in (["publish"], ["publish", "--force"], ["approve", place.waiting()]):
                    done = place.ctl(*words, before=before, want=2)
                    has(done.stderr, os.strerror(getattr(errno, failure)))
                    assert "longer" not in done.stderr and "replaces" not in done.stderr and "sets it" not in done.stderr, done.stderr
                same((name, place.link("current"), place.link("pending")), (name, 2, 3))


def test_the_list_of_rejected_rows():
    """Without it, what a person rejected would be proposed again, so it is not passed over; but the remedy is named."""
    for how in ("link", "pipe", "folder", "junk", "large"):
        with begin() as place:
            place.ctl("reject", place.waiting(), want=0)
            spoil(place.path("state", "rejected"), how)
            for words in (["publish"], ["publish", "--force"]):
                has(place.ctl(*words, want=2).stderr, "; correct it, or remove the file: all rejected rows are then proposed again")
            has(place.take(NEXT, want=2).stderr, "; correct it, or remove the file: all rejected rows are then proposed again")
            closed(place, "new.example")
    with begin() as place:
        place.ctl("reject", place.waiting(), want=0)
        os.remove(place.path("state", "rejected"))
        place.take(NEXT, want=1)
        closed(place, "new.example")


def test_a_record_that_is_cut_off():
    """Before the line that says what is held: nothing is held no longer because of that."""
    for end, link in (("held ", "current"), ("waiting ", "pending"), ("result ", "current"), ("result ", "pending")):
        with begin() as place:
            text = place.read("state", link, "review.txt")
            before, _ = text.split("\n" + end)
            os.truncate(place.path("state", link, "review.txt"), len(before.encode()) + 1)
            urgent(place)
            has(place.ctl("publish", want=0).stderr, "is cut off; ", "publishing replaces it" if link == "current" else "it no longer waits")
            closed(place, "mail.example", "new.example")


def test_an_old_generation_that_was_rejected_is_damaged():
    """It is as if it had been removed: it neither stops a command nor forbids anything."""
    for how in ("gone", "pipe", "junk"):
        with begin() as place:
            place.ctl("reject", place.waiting(), want=0)
            spoil(place.path("state", "gen-000003", "review.txt"), how)
            urgent(place)
            place.ctl("publish", want=0)
            closed(place, "mail.example", "new.example")
            place.take(NEXT, want=1)


LOST = "the link '{}/current' is missing, although generation 2 was in use; "


def lost(place):
    """A copy of the folder that left links out: what was rejected, and what waits, are still there."""
    place.ctl("reject", place.waiting(), want=0)
    place.take(NEXT, want=1)
    for name in ("current", "previous"):
        os.remove(place.path("state", name))
    return LOST.format(place.state)


def test_a_lost_link_is_no_first_installation():
    for waits in (True, False):
        with begin() as place:
            said = lost(place)
            if not waits:
                os.remove(place.path("state", "pending"))
            table = place.generation(2, "table.txt")
            done = place.ctl("status", want=2)
            has(done.stdout, f"attention   {said}'m365ctl publish -c {place.conf}' repairs it\n")
            has(place.take(NEXT, want=2).stderr, f"{said}'m365ctl publish -c {place.conf}' repairs it; until then a helper that starts does not find it\n")
            if waits:
                has(place.ctl("approve", place.waiting(), want=2).stderr, f"{said}'m365ctl publish -c {place.conf}' repairs it\n")
            same(place.link("current"), 0)
            for words in (["--dry-run"], []):
                has(place.ctl("publish", *words, want=0).stderr, f"{said}publishing replaces it, from its own documents\n")
            same((place.link("current"), place.generation(5, "table.txt")), (5, table))
            closed(place, "new.example", "newer.example")
            place.take(NEXT, version=place.version)
            closed(place, "new.example", "newer.example")
            has(place.read("state", "rejected"), " worldwide new.example\n")


def test_rollback_without_the_link():
    with begin() as place:
        said = lost(place)
        done = place.ctl("rollback", want=0)
        has(done.stderr, said[:-2], "generation 2 is in use again\n")
        same(place.link("current"), 2)
        closed(place, "new.example", "newer.example")


def test_a_lost_link_and_older_damage():
    """What was in use is damaged as well: the documents of the one before."""
    with begin() as place:
        lost(place)
        os.remove(place.path("state", "pending"))
        spoil(place.path("state", "gen-000002", "source.json"), "pipe")
        has(place.ctl("publish", want=0).stderr, "its documents are damaged, too; publishing replaces it, with the older documents of generation 1\n")
        closed(place, "new.example", "newer.example")
        same(verdict(place, "mail.example"), "bypass")


def test_the_list_of_what_was_in_use_is_damaged_as_well():
    """The links still name the last two."""
    for name, said in (("source.json", "with the older documents of generation 1\n"), ("image", "from its own documents\n")):
        for how in ("pipe", "link", "folder"):
            with begin() as place:
                os.remove(place.path("state", "pending"))
                spoil(place.path("state", "published"), how)
                spoil(place.path("state", "current", name), "gone")
                has(place.ctl("publish", want=0).stderr, said)
                closed(place, "new.example")


def test_a_first_installation_is_still_one():
    with Place("review always") as place:
        place.take(FIRST, want=1)
        assert "missing" not in place.ctl("status", want=1).stdout
        place.ctl("approve", place.waiting(), want=0)
        same(place.link("current"), 1)


def test_publish_over_damage_after_a_rollback():
    """A local line was wrong, and was rolled back. Its documents are not to blame, and are what is left."""
    with Place("shrink_limit 100%") as place:
        place.take(FIRST, want=0)
        place.take(changed(s3=endpoints(3, "Default", ["www.example"], area="Common")), want=0)
        place.write("local.d/wrong.rules", "inspect a.files.example\n")
        place.ctl("publish", want=0)
        place.ctl("rollback", want=0)
        os.remove(place.path("local.d", "wrong.rules"))
        place.take(changed(s3=endpoints(3, "Default", ["a.static.example"], area="Common")), want=0)
        same((place.link("current"), place.link("previous")), (4, 2))
        spoil(place.path("state", "gen-000004", "source.json"), "gone")
        spoil(place.path("state", "gen-000004", "image"), "gone")
        urgent(place)
        for words in (["--dry-run"], []):
            done = place.ctl("publish", *words, want=0)
            has(done.stderr, "its documents are damaged, too; publishing replaces it, with the older documents of generation 2\n",
                "be published: Worldwide" if words else "generation 5 is published: Worldwide")
        same((place.link("current"), verdict(place, "a.files.example")), (5, "bypass"))
        closed(place, "mail.example")
        assert place.ctl("status").returncode != 2


def test_what_is_refused_is_named():
    """Only the documents of what was rolled back, or exactly that."""
    with Place("shrink_limit 100%") as place:
        place.take(FIRST, want=0)
        later = changed(s3=endpoints(3, "Default", ["www.example"], area="Common"))
        place.take(later, want=0)
        place.ctl("rollback", want=0)
        has(place.take(later, version=place.version, want=0).stderr, "nothing new: the result is generation 2, which a person rejected or rolled back")
        place.write("local.d/urgent.rules", "inspect urgent.example\n")
        has(place.take(later).stderr, "nothing new: the documents are those of generation 2, which a person rejected or rolled back")


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), CTL))
