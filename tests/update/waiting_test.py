#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What waits for a decision, and what is told about it: it is not lost, not approved unseen, and never without a next step.

    top_builddir=DIR tests/update/waiting_test.py [WORD]...     only tests whose name contains a WORD

On folders of the test's own, without a network. The last line is `N passed, N failed[, N skipped]`.
"""
import datetime
import json
import os
import random
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stage  # noqa: E402  (of tests/)
from stage import CTL, run  # noqa: E402
from parts_test import LATER, MONTH, begin, rows  # noqa: E402
from review_test import FIRST, Place, changed, endpoints, has, on_terminal, same, teller  # noqa: E402

WRONG = [endpoints(1, "Optimize", ["mail.example"], ["52.96.2.0/24"])]  # half of the document


def opened(place, old, new):
    """The patterns that one generation bypasses and another does not, from their tables: a truth of its own."""
    def bypassed(number):
        return {pattern for pattern, verb in rows(place, number).items() if verb.split()[0] in ("optimize", "allow")}
    return bypassed(new) - bypassed(old)


def links(place):
    return place.link("current"), place.link("pending")


def held(place):
    told = json.loads(place.ctl("status", "--json").stdout)["held"]
    return told["waiting"], told["rejected"]


# ---- gates -------------------------------------------------------------------------------------------------------------

GATES = {
    "must_not_bypass new.example": "'new.example' must not be bypassed, but would be by 'new.example' (Allow, worldwide)",
    "canary new.example Optimize": "canary 'new.example' would be Allow, but must be Optimize",
}


def test_publish_asks_the_gates_of_what_waits():
    for gate, reason in GATES.items():
        with begin() as place:
            teller(place, "default_canaries off", gate)
            has(place.ctl("publish").stderr, f"held: {reason}\n", "generation 3 no longer waits: replaced by generation 4\n")
            same(links(place), (2, 4))
            assert reason in place.reasons(4), place.reasons(4)
            has(place.ctl("diff", want=1).stdout, f"held: {reason}\n")
            has(place.ctl("status", want=1).stdout, reason)
            has(place.read("told"), f"held: {reason}\n")
            done = place.ctl("publish")
            assert "rebuilt" in done.stderr and "replaced" not in done.stderr, done.stderr
            same(links(place), (2, 4))
            place.ctl("approve", "4", want=0)
            same(links(place), (4, 0))


def test_an_import_asks_them_as_well():
    with begin() as place:
        place.configure("must_not_bypass new.example")
        place.version -= 100
        has(place.take(MONTH, want=1).stderr, f"held: {GATES['must_not_bypass new.example']}\n")
        same(links(place), (2, 4))


def test_approve_needs_a_reason_that_was_shown():
    for mode in ("parts", "widening"):
        for gate, reason in GATES.items():
            with Place(f"review {mode}") as place:
                place.take(FIRST, want=0)
                place.take(MONTH, want=1)
                waiting = place.link("pending")
                place.configure("default_canaries off", f"review {mode}", gate)
                for word in (str(waiting), place.waiting()):
                    has(place.ctl("approve", word, want=2).stderr,
                        f"{reason}: this was not among the reasons when generation {waiting} began to wait; "
                        "'m365ctl publish' puts it there, --force approves it all the same")
                same(place.link("pending"), waiting)
                place.ctl("publish")
                waiting = place.link("pending")
                assert reason in place.reasons(waiting), place.reasons(waiting)
                place.ctl("approve", str(waiting), want=0)
                same(links(place), (waiting, 0))


def test_a_terminal_is_not_asked_about_an_unknown_gate():
    with begin() as place:
        place.configure("must_not_bypass new.example")
        code, seen = on_terminal(place, "approve", b"yes\n")
        same((code, "Type 'yes'" in seen), (2, False))
        has(seen, "this was not among the reasons when generation 3 began to wait")
        code, seen = on_terminal(place, "reject", b"yes\n")
        same((code, place.link("pending")), (0, 0))


def test_approve_with_force_needs_none():
    with begin() as place:
        place.configure("must_not_bypass new.example")
        place.ctl("approve", "3", "--force", want=0)
        same(links(place), (3, 0))


def test_a_gate_that_held_it_from_the_start_was_shown():
    with Place("must_not_bypass new.example") as place:
        place.take(FIRST, want=0)
        place.take(MONTH, want=1)
        place.ctl("approve", place.waiting(), want=0)
        same(place.link("pending"), 0)
        has(place.ctl("publish", want=1).stderr, f"in use against a gate: {GATES['must_not_bypass new.example']}\n")


def test_status_knows_a_gate_against_what_is_in_use():
    """As `publish` found it, until `publish` finds none, or something else is in use. A dry run ends as the real one does."""
    gate = "must_not_bypass new.example"
    against = f"generation 3 is in use against a gate: {GATES[gate]}"
    with begin() as place:
        place.ctl("approve", "3", want=0)
        place.configure(gate)
        has(place.ctl("publish", "--dry-run", want=1).stderr, f"in use against a gate: {GATES[gate]}\n")
        assert "against a gate" not in place.ctl("status").stdout, "a dry run wrote it"
        for _ in range(2):
            has(place.ctl("publish", want=1).stderr, f"in use against a gate: {GATES[gate]}\n")
            has(place.ctl("status", want=1).stdout, f"attention   {against}; 'm365ctl publish -c {place.conf}' asks the gates again\n")
        assert any(said.startswith(against) for said in json.loads(place.ctl("status", "--json", want=1).stdout)["attention"])
        place.configure()
        place.ctl("publish", "--dry-run", want=0)
        place.ctl("publish", want=0)
        assert "against a gate" not in place.ctl("status").stdout
        place.configure(gate)
        place.ctl("publish", want=1)
        place.write("local.d/closed.rules", "inspect new.example\n")
        place.ctl("publish", want=0)
        assert "against a gate" not in place.ctl("status").stdout


def test_one_rule_is_not_many():
    with Place("shrink_limit 100%") as place:
        place.take([endpoints(1, "Allow", ["a.example"])], want=0)
        has(place.ctl("status").stdout, ", 1 rule, by import\n")
        has(place.ctl("history").stdout, "     1 rule\n")
        place.take([endpoints(1, "Allow", ["a.example"]), endpoints(2, "Default", ["b.example"])], want=0)
        has(place.ctl("status").stdout, ", 2 rules, by import\n")


def test_what_waits_is_described_as_it_is():
    """Rebuilt with other documents, or with those in use."""
    with begin() as place:
        place.write("local.d/ours.rules", "inspect secret.files.example\n")
        has(place.ctl("publish", "--dry-run", want=0).stderr, "generation 3, which waits, would be rebuilt; compared")
        has(place.ctl("publish", want=0).stderr, "generation 3, which waits, is rebuilt\n")
    with Place("review widening") as place:
        place.take(FIRST, want=0)
        place.take(MONTH, want=1)
        place.write("local.d/ours.rules", "inspect secret.files.example\n")
        has(place.ctl("publish", want=0).stderr, "generation 2, which waits with other documents, is rebuilt\n")


# ---- held rows while nothing waits -------------------------------------------------------------------------------------


def test_rows_wait_again_when_a_wrong_document_is_rejected():
    with begin() as place:
        has(place.take(WRONG, want=1).stderr, "generation 3 no longer waits: replaced by generation 4\n")
        done = place.ctl("reject", "4", want=0)
        has(done.stderr, "generation 5 waits for approval")
        same((links(place), held(place)), ((2, 5), (3, 0)))
        same(opened(place, 2, 5), {"new.example", "newer.example", "www.example"})
        has(place.ctl("status", want=1).stdout, "generation 5 waits for a decision")
        has(place.ctl("reject", place.newest(), "--only", "www.example", want=0).stdout, "rejected by ")
        place.ctl("approve", place.newest(), "--only", "new.example", want=0)
        same(rows(place, place.link("current"))["new.example"], "allow")


def test_rows_wait_again_after_an_approval_was_rolled_back():
    with begin() as place:
        place.ctl("approve", "3", want=0)
        place.ctl("rollback", want=0)
        same((links(place), held(place)), ((2, 4), (3, 0)))
        same(place.generation(4, "table.txt"), place.generation(3, "table.txt"))
        for words in (("publish",), ("import", "--version", str(place.version), place.path("document.json"))):
            place.ctl(*words)
            same((place.link("current"), held(place)), (2, (3, 0)))
        place.ctl("approve", place.newest(), "--only", "new.example", want=0)
        same((rows(place, place.link("current"))["new.example"], held(place)), ("allow", (2, 0)))


def test_rows_wait_again_after_the_rest_was_rejected():
    """Approved, the rest rejected, rolled back: what was approved waits again, and what was rejected does not."""
    rejects = (["reject"], ["reject", "--only", "newer.example", "www.example"])
    for words in rejects:
        with begin() as place:
            place.ctl("approve", "3", "--only", "new.example", want=0)
            place.ctl(words[0], place.newest(), *words[1:], want=0)
            same((place.link("pending"), held(place)), (0, (0, 2)))
            has(place.ctl("rollback", want=0).stderr, "waits for approval", "held: ")
            same((place.link("current"), held(place)), (2, (1, 2)))
            waiting = rows(place, place.link("pending"))
            same((waiting["new.example"], "newer.example" in waiting, waiting["www.example"]), ("allow", False, "default held"))
            for again in (["publish"], ["import", "--version", str(place.version), place.path("document.json")]):
                place.ctl(*again)
                same((place.link("current"), held(place)), (2, (1, 2)))
            place.ctl("reject", place.waiting(), want=0)
            same((links(place), held(place)), ((2, 0), (0, 3)))
            assert "builds it again" not in place.ctl("status").stdout
            place.ctl("publish", want=0)
            same((links(place), held(place)), ((2, 0), (0, 3)))


def test_whatever_was_decided_what_waits_is_in_a_table():
    """After every step of random decisions; a seed makes the same again."""
    worked = set()
    for seed in range(int(os.environ.get("COUNT", "6"))):
        with begin() as place:
            chance, done = random.Random(seed), []
            for _ in range(8):
                name = chance.choice(["new.example", "newer.example", "www.example"])
                words = chance.choice([["approve", place.newest(), "--only", name], ["reject", place.newest(), "--only", name], ["rollback"],
                                       ["reject", place.newest()], ["publish"], ["approve", place.newest()], ["import", "document.json"]])
                words = ["import", "--version", str(place.version), place.path("document.json")] if words[0] == "import" else words
                done.append((words, place.ctl(*words).returncode))
                worked |= {(words[0], "--only" in words)} if done[-1][1] == 0 else set()
                waiting = held(place)[0]
                assert (waiting > 0) == (place.link("pending") != 0), (seed, done, waiting, links(place), place.ctl("history").stdout)
                assert "builds it again" not in place.ctl("status").stdout, (seed, done)
    assert len(worked) == 7 or seed < 5, f"only these worked: {sorted(worked)}"  # each kind of decision


def test_a_folder_without_what_waits_is_mended():
    """As an older version left it."""
    for words in (("publish",), ("import",)):
        with begin() as place:
            os.unlink(place.kept("pending"))
            text = place.ctl("status", want=1).stdout
            has(text, "attention   3 rows are held and wait for a decision, but no table does: "
                f"'m365ctl publish -c {place.conf}' builds it again\n")
            if words == ("import",):
                place.take(FIRST, version=2026010200)
            else:
                place.ctl(*words, want=0)
            same(place.link("current"), 2)
            assert place.link("pending") != 0
            same(held(place), (3, 0))


def test_nothing_is_published_by_that():
    with begin() as place:
        place.write("local.d/ours.rules", "inspect secret.files.example\n")
        place.take(WRONG, want=1)
        place.ctl("reject", "4", want=0)
        same(place.link("current"), 2)
        same(rows(place, place.link("pending"))["secret.files.example"], "inspect")


# ---- superseded --------------------------------------------------------------------------------------------------------


def test_an_import_says_what_no_longer_waits():
    with begin() as place:
        has(place.take(LATER, want=1).stderr, "generation 3 no longer waits: replaced by generation 5\n")
        has(place.ctl("approve", "3", want=2).stderr, "generation 3 does not wait for approval, generation 5 does")
    with Place("review widening") as place:
        place.take(FIRST, want=0)
        assert "no longer waits" not in place.take(MONTH, want=1).stderr
        has(place.take(LATER, want=1).stderr, "generation 2 no longer waits: replaced by generation 3\n")


# ---- rolled back -------------------------------------------------------------------------------------------------------


def test_a_rollback_renews_the_reasons():
    with begin() as place:
        place.take(changed(s2=endpoints(2, "Allow", ["*.files.example"], ["52.104.100.0/24"], area="SharePoint"),
                           s9=endpoints(9, "Default", ["later.example"])), want=0)
    with Place() as place:
        place.take(FIRST, want=0)
        place.take(changed(s8=endpoints(8, "Allow", ["one.example"])), want=1)
        place.ctl("approve", "2", want=0)
        place.take(changed(s8=endpoints(8, "Allow", ["one.example", "two.example"])), want=1)
        was = place.link("pending")
        same([reason.count("one.example") for reason in place.reasons(was)], [0])
        has(place.ctl("rollback", want=0).stderr, f"generation {was} no longer waits: replaced by ")
        waiting = place.link("pending")
        same((place.link("current"), opened(place, 1, waiting)), (1, {"one.example", "two.example"}))
        reasons = " ".join(place.reasons(waiting))
        has(reasons, "one.example", "two.example")
        text = place.ctl("diff", want=1).stdout
        has(text, "opens       2 names\n", f"held: {place.reasons(waiting)[0]}\n")
        has(place.ctl("status", want=1).stdout, place.reasons(waiting)[0])


def test_the_same_document_does_not_bring_back_what_was_rolled_back():
    with begin() as place:
        place.write("local.d/ours.rules", "inspect qux.example\n")
        place.ctl("publish", want=0)
        left = place.link("current")
        same(rows(place, left)["qux.example"], "inspect")
        place.ctl("rollback", want=0)
        for _ in range(2):
            place.ctl("import", "--version", str(place.version), place.path("document.json"), want=1)
            same((place.link("current"), held(place)), (2, (3, 0)))
            has(" ".join(place.reasons(place.link("pending"))), f"what opens nothing of it was in use as generation {left}, and was rolled back")
        place.take(LATER, want=1)
        same(rows(place, place.link("current"))["qux.example"], "inspect")


def test_a_rollback_says_which_lines_are_not_in_use():
    with Place("tenant contoso") as place:
        place.take(FIRST, want=0)
        place.write("local.d/ours.rules", "inspect mail.example\nallow partner.example\n")
        place.ctl("publish", want=0)
        said = place.ctl("rollback", want=0).stderr
        for line in ("inspect mail.example", "allow partner.example"):
            has(said, f"'{line}' of 'ours' is still in its file, and not in use: take it out, or the next new document uses it\n")
        place.take(LATER[:1] + FIRST[1:] + LATER[3:], want=1)
        same(rows(place, place.link("current"))["mail.example"], "inspect")
        os.unlink(place.path("local.d", "ours.rules"))
        place.ctl("publish", want=0)
        said = place.ctl("rollback", want=0).stderr
        has(said, "'inspect mail.example' of 'ours' is in use, but no longer in its file: put it back, or the next new document drops it\n")
        place.ctl("publish", "--force", want=0)
        place.configure("tenant fabrikam")
        place.ctl("publish", want=0)
        has(place.ctl("rollback", want=0).stderr, "m365.conf says something else than what is in use, and so will the next new document: ")
    with begin() as place:
        place.ctl("rollback", want=0)
        said = place.ctl("rollback", "2", want=0).stderr
        assert "its file" not in said and "m365.conf says" not in said, said
    with Place() as place:
        place.write("local.d/ours.rules", "".join(f"inspect n{i}.example\n" for i in range(8)))
        os.rename(place.path("local.d", "ours.rules"), place.path("local.d", "ours.later"))
        place.take(FIRST, want=0)
        os.rename(place.path("local.d", "ours.later"), place.path("local.d", "ours.rules"))
        place.ctl("publish", want=0)
        said = place.ctl("rollback", want=0).stderr
        same(said.count("is still in its file"), 5)
        has(said, f"and 3 more lines, as 'm365ctl publish -c {place.conf} --dry-run' says\n")


def test_publish_after_that_needs_force():
    with begin() as place:
        place.write("local.d/ours.rules", "inspect qux.example\n")
        place.ctl("publish", want=0)
        left = place.link("current")
        place.ctl("rollback", want=0)
        has(place.ctl("publish", want=1).stderr, f"generation {left}, which a person rejected or rolled back; 'm365ctl rollback -c {place.conf} {left}' returns to it")
        place.ctl("publish", "--force", want=0)
        same(rows(place, place.link("current"))["qux.example"], "inspect")


def test_the_document_that_was_rolled_back_is_not_used_in_parts():
    with begin() as place:
        place.ctl("rollback", want=0)
        same(place.link("current"), 1)
        waiting = place.link("pending")
        has(" ".join(place.reasons(waiting)), "new.example", "generation 2, and was rolled back")
        place.version -= 100
        place.take(MONTH)
        place.ctl("publish")
        same((place.link("current"), opened(place, 1, place.link("pending"))),
             (1, {"new.example", "newer.example", "www.example", "52.96.8.0/24"}))
        place.take(LATER, want=1)
        assert place.link("current") > 2, place.link("current")


# ---- who decided -------------------------------------------------------------------------------------------------------


def lookup(place, *words):
    return run(CTL, "lookup", "-t", place.kept("current", "image"), *words).stdout


def test_a_rejected_row_says_who_and_why_everywhere():
    """At once, and after a later document."""
    with begin() as place:
        place.ctl("reject", "3", "--by", "alice", "--note", "not ours", want=0)
        for _ in range(2):
            day = place.read("state", "rejected").split()[1]
            who = f"was rejected on {day} by alice: not ours\n"
            same(held(place), (0, 3))
            text = place.ctl("status").stdout
            has(text, "3 rows were rejected, the oldest since ",
                f"'m365ctl table -c {place.conf}' has them, 'm365ctl approve -c {place.conf} {place.newest()} --only PATTERN' uses one after all\n")
            assert "wait for a decision" not in text, text
            has(place.ctl("table", want=0).stdout, f", rejected {day} by alice: allow    new.example ")
            has(lookup(place, "--explain", "new.example"), f"what the newest sources say {who}",
                f"to use it after all: m365ctl approve -c FILE {place.newest()} --only 'new.example'\n")
            told = json.loads(lookup(place, "--json", "--explain", "new.example"))["held"][0]
            same((told["state"], told["rejected"]), ("rejected", {"day": day, "by": "alice", "note": "not ours"}))
            has(place.ctl("blame", "new.example", want=1).stdout, f"'new.example' from worldwide\n    what the newest sources say {who}")
            assert "held since" not in place.ctl("blame", "mail.example", want=0).stdout
            place.take(LATER, want=0)
        place.ctl("approve", place.newest(), "--only", "new.example", want=0)
        same((rows(place, place.link("current"))["new.example"], held(place)), ("allow", (0, 2)))


def test_each_row_has_the_note_of_its_own_decision():
    with begin() as place:
        place.ctl("reject", place.newest(), "--by", "al ice", "--note", "CHG-1: www.example stays", "--only", "new.example", want=0)
        place.ctl("reject", place.newest(), "--by", "bob", "--only", "www.example", want=0)
        has(lookup(place, "--explain", "new.example"), " by al_ice: CHG-1: www.example stays\n")
        has(lookup(place, "--explain", "www.example"), " by bob\n")
        has(lookup(place, "--explain", "newer.example"), "waits for a decision, in generation ", f"approve -c FILE {place.newest()} --only", f"reject -c FILE {place.newest()} --only")
        has(place.ctl("blame", "newer.example", want=1).stdout, "what the newest sources say waits for a decision, in generation ")


def test_status_has_the_last_decision():
    with begin() as place:
        place.ctl("rollback", "--by", "carol", want=0)
        place.ctl("rollback", "2", "--by", "carol", want=0)
        place.ctl("reject", place.waiting(), "--by", "bob", want=0)
        time.sleep(1.1)
        place.ctl("approve", place.newest(), "--only", "new.example", "--by", "alice", "--note", "CHG-77", want=0)
        current = place.link("current")
        has(place.ctl("status").stdout, f"generation {current} approved-part by alice: only new.example: CHG-77\n")
        told = json.loads(place.ctl("status", "--json").stdout)["decision"]
        same((told["generation"], told["what"], told["by"]), (current, "approved-part", "alice"))
        line = place.ctl("history", want=0).stdout.splitlines()[0]
        has(line, " approved-part by alice: only new.example: CHG-77")
        assert " made by " not in line, line
        time.sleep(1.1)
        place.write("local.d/ours.rules", "inspect qux.example\n")
        place.ctl("publish", "--by", "dave", want=0)
        has(place.ctl("status").stdout, " approved-part by alice")


def test_a_table_that_waits_as_a_whole_says_why():
    with begin() as place:
        place.take(WRONG, want=1)
        reason = place.reasons(4)[0]
        has(reason, "shrink_limit")
        for command in ("approve", "reject"):
            has(place.ctl(command, place.newest(), "--only", "new.example", want=2).stderr,
                f"generation 4 waits as a whole, not row by row, because {reason}; decide about it without --only")
        has(lookup(place, "--explain", "new.example"), "waits for a decision\n", "    first decide about generation 4, which waits as a "
            "whole: m365ctl diff -c FILE, then m365ctl approve -c FILE 4 or m365ctl reject -c FILE 4\n")
        place.ctl("reject", "4", want=0)
        has(lookup(place, "--explain", "new.example"), f"to use it: m365ctl approve -c FILE {place.newest()} --only 'new.example'")
        place.ctl("approve", place.newest(), "--only", "new.example", want=0)


# ---- notices on machines that only import ------------------------------------------------------------------------------


def told(place):
    return [text.split()[0:2] for text in place.read("told").split("----\n")[:-1]] if os.path.exists(place.path("told")) else []


def test_undelivered_notices_are_told_by_import_and_publish():
    for words in (("publish",), ("import",)):
        with Place() as place:
            teller(place)
            place.write("deaf", "")
            place.take(FIRST, want=0)
            place.take(MONTH, want=1)
            has(place.ctl("status", want=1).stdout, "attention   2 notices were not delivered, the oldest 'published' about generation 1: "
                "see notice_command and feed in m365.conf; the next update, import or publish tries again\n")
            os.unlink(place.path("deaf"))
            if words == ("import",):
                place.version -= 100
                place.take(MONTH, want=1)
            else:
                place.ctl(*words, want=0)
            same(told(place), [["published", "1"], ["pending", "3"]])
            assert "not delivered" not in place.ctl("status", want=1).stdout
            assert "notice_again" not in place.read("state", "status")
            place.ctl("publish", want=0)
            same(len(told(place)), 2)


def test_a_person_does_not_wait_for_each_of_them():
    with Place() as place:
        teller(place)
        place.write("deaf", "")
        place.take(FIRST, want=0)
        place.take(MONTH, want=1)
        done = place.ctl("publish", want=0)
        same(done.stderr.count("was not delivered"), 1)
        has(place.read("state", "status"), "notice_again published 1 2 c, pending 3 1 c\n")


def test_import_and_publish_remind():
    for words in (("publish",), ("import",)):
        with begin() as place:
            teller(place)
            week = int(time.time()) - 8 * 86400
            place.write("state/status", f"notice_reminded 3 {week}\n")
            if words == ("import",):
                place.version -= 100
                place.take(MONTH, want=1)
            else:
                place.ctl(*words, want=0)
            same(told(place), [["reminder", "3"]])
            place.ctl("publish", want=0)
            same(len(told(place)), 1)


def test_an_import_is_not_an_answer_of_the_service():
    with Place() as place:
        day = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(50)
        place.take(FIRST, version=f"{day:%Y%m%d}00", want=0)
        done = place.ctl("status", want=1).stdout
        assert "has not answered" not in done and "last answer" not in done, done
        has(done, "\nattention   the document in use is 50 days old, and no update has brought one since\n")
        place.configure("notice_stale 60 days")
        place.ctl("status", want=0)


# ---- texts -------------------------------------------------------------------------------------------------------------


def test_only_what_waits_is_to_be_decided():
    with Place() as place:
        teller(place)
        place.take(FIRST, want=0)
        place.take(MONTH, want=1)
        place.ctl("reject", "3", want=0)
        place.ctl("rollback", want=0)
        texts = [text.split("\n", 1) for text in place.read("told").split("----\n")[:-1]]
        same([head.split()[0] for head, _ in texts], ["published", "pending", "rejected", "rolled-back"])
        for head, text in texts:
            same((text.startswith("decide by "), "m365ctl approve" in text), (head.startswith("pending"),) * 2)
        assert texts[0][1].startswith("opens       2 names, 2 address ranges (no table was in use before)\n"), texts[0][1]
        has(texts[0][1], "compared with the shipped table, which is not in use here, it closes ")


def test_a_notice_ends_with_what_expires():
    """That of the update, of the approval, and the reminder."""
    with Place() as place:
        teller(place)
        soon = (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(20)).isoformat()
        place.write("local.d/ours.rules", f"allow later.example expires={soon}\n")
        place.take(FIRST, want=0)
        place.take(MONTH, want=1)
        place.write("state/status", f"notice_reminded 3 {int(time.time()) - 8 * 86400}\n")
        place.ctl("publish", want=0)
        place.ctl("approve", "3", want=0)
        texts = place.read("told").split("----\n")[:-1]
        same([text.split()[0] for text in texts], ["published", "pending", "reminder", "published"])
        has(texts[1], "\nwhat opens nothing is in use already, as generation 2:\n")
        for text in texts:
            last = text.rstrip("\n").split("\n\n")[-1].splitlines()
            same((len(last), last[0].startswith("Local lines that expire within 30 days"), "later.example" in last[1]), (2, True, True))


# ---- names of files ----------------------------------------------------------------------------------------------------


def test_a_refused_document_has_the_name_that_was_given():
    record = {"id": 500, "endpointSetId": 149, "disposition": "Add", "version": "2020012800", "impact": "AddedUrl"}
    for document in ([record], [{**FIRST[0], "category": "Other"}], [FIRST[0], FIRST[0]]):
        with Place() as place:
            file = place.write("change-record.json", json.dumps(document))
            done = place.ctl("import", "--version", "2026010200", file, want=2)
            has(done.stderr, f"cannot load '{file}': ")
            assert "worldwide.json" not in done.stderr, done.stderr
            done = place.ctl("import", "--version", "2026010200", "-", want=2, input=json.dumps(document))
            has(done.stderr, "cannot load 'standard input': ")


def test_check_shows_the_version_in_use():
    with Place() as place:
        place.take(FIRST, version=2026010200, want=0)
        has(run(CTL, "check", "-c", place.conf).stdout, "worldwide.json: table, ", "; label 2026010200\n")


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), CTL))
