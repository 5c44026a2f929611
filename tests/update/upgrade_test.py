#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Upgrades from outside: state folders that another version of the program sealed.

    top_builddir=DIR tests/update/upgrade_test.py [WORD]...     only tests whose name contains a WORD

The folders come from tests/generations (old layouts), or are sealed here and then given an image of a layout that never
was. Helpers answer from them, commands lose nothing that was approved, the sealed files stay as they are, and a policy
that cannot be known is never guessed. A sealed line that today's lists refuse stops nothing. No network.
The last line is `N passed, N failed[, N skipped]`.
"""
import hashlib
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import ACL, CTL, SOURCE, URL, endpoint_set, run  # noqa: E402

OLD = os.path.join(SOURCE, "tests", "generations")
LAYOUT = 2  # of this program
ADDED = f"image.{LAYOUT}"
VERSION = "2026010100"
BASE = ("state state", "data data", "default_canaries off", "notice_stale 3650 days", "tenant contoso", "precedence highest")
LOCAL = 'inspect login.mail.example.net note="tenant restrictions"\nallow .partner.example tcp=443,8443\n'

# What the generations in tests/generations answer. With a guessed policy the lines 3 and 4 would be OK.
ANSWERS = (
    ("mail.example.net - 443", "OK m365_cat_=Optimize m365_area_=Exchange m365_id_=1 m365_why_=rule"),
    ("login.mail.example.net - 443", "ERR m365_why_=local-inspect"),
    ("a.partner.example - 443", "ERR m365_cat_=Allow m365_why_=category"),
    ("contoso.sharepoint.com - 443", "ERR m365_cat_=Allow m365_area_=SharePoint m365_id_=2 m365_why_=category"),
    ("x.sharepoint.com - 443", "ERR m365_why_=foreign-tenant"),
    ("192.0.2.1 - 443", "ERR m365_why_=local-inspect"),
)
FOREIGN = "its sealed table was compiled in memory"


class Place(stage.Site):
    """A configuration and a state folder of its own, with the policy of tests/generations."""

    def __init__(self, *lines):
        super().__init__()
        os.mkdir(self.path("data"))
        self.write("data/worldwide.rules", "optimize mail.example.net  id=1 area=Exchange tcp=443 source=worldwide\n")
        self.write("local.d/own.rules", LOCAL)
        self.configure("review auto", *lines)

    def configure(self, *lines, bypass="Optimize"):
        self.write("m365.conf", "\n".join((*BASE, f"bypass {bypass}", *lines)) + "\n")

    def adopt(self, folder):
        """A generation of tests/generations is in use."""
        os.mkdir(self.state)
        shutil.copytree(os.path.join(OLD, folder), self.kept("gen-000001"))
        os.symlink("gen-000001", self.kept("current"))
        self.write("state/published", "1\n")

    def ctl(self, *words, want=None, **more):
        done = super().ctl(*words, **more)
        if want is not None:
            assert done.returncode == want, f"{words}: {done.returncode}, not {want}\n{done.stdout}{done.stderr}"
        return done

    def take(self, *sets, version=VERSION, want=0):
        """Imports the document of tests/generations with more sets."""
        with open(os.path.join(OLD, "layout-1", "source.json"), encoding="utf-8") as file:
            document = file.read()
        if sets:
            document = json.dumps(json.loads(document) + list(sets))
        self.write("document.json", document)
        return self.ctl("import", "--version", version, self.path("document.json"), want=want)

    def image(self, link="current"):
        return self.kept(link, "image")

    def flip(self, *numbers, layout=9):
        """Gives the images of generations another layout version, as an upgrade of the program would."""
        for number in numbers or self.generations():
            with open(self.kept(f"gen-{number:06}", "image"), "r+b") as file:
                file.seek(7)
                file.write(bytes([layout]))

    def files(self, number):
        """The content of every file of a generation that was sealed or decided, by name."""
        folder, found = self.kept(f"gen-{number:06}"), {}
        for name in os.listdir(folder):
            if name != ADDED:
                with open(os.path.join(folder, name), "rb") as file:
                    found[name] = file.read()
        return found

    def has_added(self, number):
        return os.path.exists(self.kept(f"gen-{number:06}", ADDED))

    def layout(self, number):
        return self.files(number)["image"][7]

    def asked(self, *lines, link="current"):
        """A helper's answers without the label, and what it says."""
        done = run(ACL, "-t", self.image(link), input="".join(f"{line}\n" for line in lines))
        assert done.returncode == 0, done.stderr
        return [line.split(" m365_gen_")[0] for line in done.stdout.splitlines()], done.stderr

    def expect_answers(self, said=None):
        """The current generation answers as tests/generations do; `said`: whether a helper says why it took longer."""
        got, talk = self.asked(*(line for line, _ in ANSWERS))
        same(got, [answer for _, answer in ANSWERS])
        if said is not None:
            same(talk.count("\n"), 1 if said else 0)
            same(FOREIGN in talk, said)


def same(got, wanted):
    assert got == wanted, f"got\n{got!r}\nwant\n{wanted!r}"


def has(text, *parts):
    for part in parts:
        assert part in text, f"{text!r} does not say {part!r}"


NEW_SET = endpoint_set(7, "Optimize", ["new.example.net"], tcp="443")
MORE = "new.example.net - 443"
IS_OPEN = "OK m365_cat_=Optimize m365_area_=Exchange m365_id_=7 m365_why_=rule"


# ---- a generation of an old layout ----------------------------------------------------------------------------------


def test_helpers_answer_from_every_old_layout():
    for number in (1, 2):
        with Place() as place:
            place.adopt(f"layout-{number}")
            before = place.files(1)
            place.expect_answers(said=number != LAYOUT)
            done = run(URL, "-t", place.image(), input="https://mail.example.net/ 192.0.2.9/- - GET\n")
            has(done.stdout, "m365_why_=rule")
            same(done.stderr.count(FOREIGN), 0 if number == LAYOUT else 1)
            done = run(CTL, "lookup", "-t", place.image(), "mail.example.net", "x.sharepoint.com")
            same(done.returncode, 1)
            same(done.stderr.count(FOREIGN), 0 if number == LAYOUT else 1)
            same(run(CTL, "check", "-t", place.image()).returncode, 0)
            done = place.ctl("status", want=0 if number == LAYOUT else 1)
            same(f"each helper compiles its table until 'm365ctl publish -c {place.conf}'" in done.stdout, number != LAYOUT)
            place.ctl("blame", "mail.example.net", want=0)
            place.ctl("diff", "current", "1", want=0)
            place.ctl("history", want=0)
            same(place.ctl("table", want=0).stdout, place.read("state/current", "table.txt"))
            same(place.files(1), before)
            assert not place.has_added(1), "a command that only reads wrote"


def test_every_command_that_writes_adds_an_image_and_loses_nothing():
    for words, want in ((("publish",), 0), (("approve",), 1), (("reject",), 1), (("rollback", "1"), 1),
                        (("update",), 2), (("import", "--version", VERSION, "document.json"), 0)):
        with Place("service_url https://127.0.0.1:1", "connect_timeout 1 second") as place:
            place.adopt("layout-1")
            before = place.files(1)
            shutil.copy(os.path.join(OLD, "layout-1", "source.json"), place.path("document.json"))
            done = place.ctl(*words, want=want, cwd=place.top)
            if words[0] != "rollback":
                has(done.stderr, f"the image of generation 1 has layout version 1; its sealed table is compiled again as '{ADDED}'")
                assert place.has_added(1), words
                place.expect_answers(said=False)
                place.ctl("status", want=0)
                same(place.ctl(*words, cwd=place.top).stderr.count("is compiled again"), 0)
            same((words, place.files(1)), (words, before))
            same((words, place.link("current")), (words, 1))
            same(place.generations(), [1])
            if words[0] in ("publish", "import"):
                has(done.stderr, "nothing new: the result is generation 1, which is in use")


def test_an_urgent_line_goes_out_with_the_approved_documents():
    with Place() as place:
        place.adopt("layout-1")
        before = place.files(1)
        place.write("local.d/urgent.rules", "inspect mail.example.net\n")
        place.ctl("publish", want=0)
        same(place.link("current"), 2)
        same(place.files(2)["source.json"], before["source.json"])
        same(place.asked("mail.example.net - 443"), (["ERR m365_why_=local-inspect"], ""))
        place.ctl("rollback", want=0)
        same(place.link("current"), 1)
        after = place.files(1)
        same({name: after[name] for name in before}, before)
        same(sorted(set(after) - set(before)), ["decision-1.txt"])
        place.expect_answers(said=False)


def test_the_way_back_to_an_old_layout_has_its_image():
    with Place("keep_generations 10") as place:
        place.take()
        for number in (2, 3, 4):
            place.take(endpoint_set(number + 10, "Default", [f"n{number}.example.net"], tcp="443"), version=f"202602010{number}")
        before = place.files(1)
        place.flip(1, 2)
        place.ctl("publish", want=0)
        same([place.layout(number) for number in (1, 2, 3, 4)], [9, 9, LAYOUT, LAYOUT])
        done = place.ctl("rollback", "1", want=0)
        has(done.stderr, "the image of generation 1 has layout version 9; its sealed table is compiled again as 'image'")
        same({name: content for name, content in place.files(1).items() if name in before}, before)
        place.expect_answers(said=False)


# ---- sealed here, then another layout -------------------------------------------------------------------------------


def test_nothing_approved_is_lost():
    """The newest list was approved. After the upgrade it is still in use, whatever is run first."""
    for words in (("publish",), ("publish", "--force"), ("import", "--version", "2026020100", "document.json")):
        with Place() as place:
            place.take()
            place.take(NEW_SET, version="2026020100")
            before = [place.files(1), place.files(2)]
            place.flip()
            same(place.asked(MORE)[0], [IS_OPEN])
            done = place.ctl(*words, want=0, cwd=place.top)
            has(done.stderr, "nothing new: the result is generation 2, which is in use")
            same(place.asked(MORE), ([IS_OPEN], ""))
            same([place.files(1), place.files(2)], before)
            same([place.has_added(1), place.has_added(2)], [False, False])
            place.ctl("status", want=0)
            place.write("local.d/urgent.rules", "inspect urgent.example\n")
            place.ctl("publish", want=0)
            same(place.asked(MORE, "urgent.example - 443")[0], [IS_OPEN, "ERR m365_why_=local-inspect"])
            has(place.ctl("blame", "new.example.net").stdout, "since generation 2")
            place.ctl("rollback", "1", want=0)
            same(place.asked(MORE)[0], ["ERR m365_why_=no-rule"])


def test_any_other_layout_is_another_layout():
    for layout in (0, 1, 3, 127, 128, 255):
        with Place() as place:
            place.take()
            before = place.files(1)
            place.flip(layout=layout)
            place.expect_answers(said=True)
            place.ctl("publish", want=0)
            place.expect_answers(said=False)
            same(place.files(1), before)


def test_what_waits_is_approved_by_its_old_digest():
    with Place() as place:
        place.configure("review always")
        place.take(want=1)
        place.ctl("approve", place.waiting(), want=0)
        place.take(NEW_SET, version="2026020100", want=1)
        digest = place.read("state", "pending", "review.txt").split("\ndigest ")[1].split("\n")[0]
        place.flip()
        has(place.take(NEW_SET, version="2026020100", want=1).stderr, "generation 2")
        same(place.generations(), [1, 2])
        has(place.ctl("diff", want=1).stdout, "new.example.net")
        place.ctl("approve", "0123456789abcdef", want=2)
        place.ctl("approve", digest[:12], want=0)
        same(place.link("current"), 2)
        same(place.asked(MORE), ([IS_OPEN], ""))


def test_what_was_rejected_stays_rejected():
    with Place() as place:
        place.configure("review always")
        place.take(want=1)
        place.ctl("approve", place.waiting(), want=0)
        place.take(NEW_SET, version="2026020100", want=1)
        place.ctl("reject", place.waiting(), want=0)
        place.flip()
        has(place.take(NEW_SET, version="2026020100").stderr, "generation 2, which a person rejected")
        same(place.generations(), [1, 2])
        same(place.link("pending"), 0)


# ---- what cannot be proven is not used ------------------------------------------------------------------------------


def test_a_policy_that_is_not_known_is_not_guessed():
    """Sealed before records had a policy, with a header that is not known here."""
    with Place() as place:
        place.adopt("layout-2")
        with open(place.image(), "r+b") as file:
            file.seek(7)
            file.write(b"\x09")
            file.seek(0)
            image = file.read()
        table = place.files(1)["table.txt"]
        review = place.read("state", "gen-000001", "review.txt")
        digest = review.split("\ndigest ")[1].split("\n")[0]
        place.write("state/gen-000001/review.txt", review.replace(digest, hashlib.sha256(table + image).hexdigest()))
        got, talk = place.asked(*(line for line, _ in ANSWERS))
        same(got, ["ERR m365_why_=no-table"] * len(ANSWERS))
        has(talk, "the header of layout version 9 is not known here")
        has(place.ctl("status", want=2).stdout, "the header of layout version 9 is not known here")
        has(place.take(want=2).stderr, "the header of layout version 9 is not known here",
            "repairs it; until then a helper that starts has no table and answers no-table\n")
        has(place.ctl("rollback", "1").stderr, "already in use")
        done = place.ctl("publish", want=0)
        has(done.stderr, "publishing replaces it, from its own documents")
        same(place.files(2)["source.json"], place.files(1)["source.json"])
        same(place.read("state", "current", "review.txt").split("\nversion ")[1].split("\n")[0], f"Worldwide {VERSION}")
        place.expect_answers(said=False)


def test_a_damaged_table_is_not_used():
    """Half a table is not a table, whatever line is missing."""
    with Place() as place:
        place.take()
        place.flip()
        lines = place.files(1)["table.txt"].splitlines(keepends=True)
        for which in range(len(lines)):
            place.write("state/gen-000001/table.txt", b"".join(lines[:which] + lines[which + 1:]))
            same(place.asked("mail.example.net - 443")[0], ["ERR m365_why_=no-table"])
        place.ctl("status", want=2)
        done = place.ctl("publish", want=0)
        has(done.stderr, "no other is added: ", "its table is not what was sealed", "from its own documents")
        place.expect_answers(said=False)


def test_a_damaged_image_of_this_layout_is_not_guessed_either():
    """It is refused as ever. Publishing rebuilds from the documents of the same generation, never from older ones."""
    with Place() as place:
        place.take()
        place.take(NEW_SET, version="2026020100")
        with open(place.image(), "r+b") as file:
            file.truncate(1000)
        same(place.asked(MORE)[0], ["ERR m365_why_=no-table"])
        place.ctl("status", want=2)
        has(place.ctl("publish", want=0).stderr, "publishing replaces it, from its own documents")
        same(place.link("current"), 3)
        same(place.asked(MORE), ([IS_OPEN], ""))
        place.ctl("status", want=0)


# ---- lists that grew after a table was sealed -----------------------------------------------------------------------

# In the normal form; today's lists and limits refuse every one of them in a local file.
WIDE = ("allow    *.co.uk                  source=own\n", "allow    .azureedge.net            source=own\n",
        "optimize *.com                    source=own\n", "allow    8.0.0.0/5                 source=own\n")


def seal_wide(place, number, *more):
    """Adds the lines, and more, to the table of a generation, as if a program had sealed it before the lists knew them."""
    folder = f"state/gen-{number:06}"
    text = place.read(folder, "table.txt") + "".join(WIDE + more)
    place.write(f"{folder}/table.txt", text)
    table = place.files(number)["table.txt"]
    done = run(CTL, "table", "-t", place.path(folder, "table.txt"))
    has(done.stderr, "too wide for a bypass")
    review, image = place.read(folder, "review.txt"), place.files(number)["image"]
    head, rest = review.split("\n\n", 1)
    made = {"digest": hashlib.sha256(table + image).hexdigest(), "table": hashlib.sha256(table).hexdigest()}
    lines = [f"{line.split(' ')[0]} {made.get(line.split(' ')[0], line.split(' ', 1)[1])}" for line in head.split("\n")]
    policy = [line for line in lines if line.split(" ")[0] in ("label", "precedence", "bypass", "tenant", "table")]
    made = hashlib.sha256("".join(f"{line}\n" for line in policy).encode()).hexdigest()
    lines = [f"policy {made}" if line.startswith("policy ") else line for line in lines]
    place.write(f"{folder}/review.txt", "\n".join(lines) + "\n\n" + rest)


def test_sealed_lines_are_not_judged_again():
    with Place() as place:
        place.take()
        place.take(NEW_SET, version="2026020100")
        for number in (1, 2):
            seal_wide(place, number)
        place.ctl("status", want=0)
        place.ctl("diff", "1", "2", want=1)
        place.ctl("diff", "2", "document.json", cwd=place.top)
        place.ctl("blame", "new.example.net", want=0)
        place.write("local.d/urgent.rules", "inspect urgent.example\n")
        place.ctl("publish", want=0)
        same(place.asked(MORE, "urgent.example - 443")[0], [IS_OPEN, "ERR m365_why_=local-inspect"])
        place.ctl("rollback", want=0)
        place.ctl("publish", "--force", want=0)
        place.ctl("rollback", "1", want=0)
        same(place.take(endpoint_set(8, "Default", ["w.example.net"]), version="2026030100").returncode, 0)
        place.ctl("rollback", "2", want=0)
        place.flip(2)
        place.configure("review always")
        place.take(endpoint_set(8, "Default", ["v.example.net"]), version="2026040100", want=1)
        place.ctl("approve", place.waiting(), want=0)


def test_what_is_new_is_judged():
    """The same line is not new, from the same file, with the same category, ports and end."""
    with Place() as place:
        place.take()
        seal_wide(place, 1)
        for line in WIDE:
            for new in (line.replace("source=own", ""), line.replace("*.co", "*.org").replace("azureedge", "azurewebsites")
                        .replace("*.com ", "*.net ").replace("8.0", "16.0"), line.strip() + " tcp=8443\n",
                        line.strip() + " expires=2099-01-01\n"):
                place.write("local.d/new.rules", new)
                has(place.ctl("publish", want=2).stderr, "too wide for a bypass", "the table in use stays")
        same(place.link("current"), 1)


def test_a_line_in_use_stays_and_an_urgent_one_goes_out():
    """A line became too wide after it was sealed. It stays, in a rules file as in a list, and stops nothing else; also if
    the image of the table in use is lost."""
    for lost in (False, True):
        with Place() as place:
            place.take()
            place.write("wide.txt", "*.org.uk\n")
            seal_wide(place, 1, "allow    *.org.uk                 source=wide\n")
            if lost:
                os.unlink(place.path("state", "gen-000001", "image"))
            place.configure("list allow wide.txt", bypass="Optimize,Allow")
            place.write("local.d/own.rules", "".join(WIDE))
            place.write("local.d/urgent.rules", "inspect urgent.example\n")
            done = place.ctl("publish", want=0)
            assert "refused" not in done.stderr, done.stderr
            asked = ("urgent.example - 443", "www.example.co.uk - 443", "www.example.org.uk - 443", "9.1.2.3 - 443")
            same([answer.split(" m365_why_=")[1] for answer in place.asked(*asked)[0]],
                 ["local-inspect", "rule", "rule", "rule"])
            place.take(endpoint_set(8, "Default", ["w.example.net"]), version="2026030100", want=0)
            same(place.asked(asked[1])[0][0].split(" ")[0], "OK")


def test_shipped_presets_are_not_judged():
    with Place() as place:
        os.mkdir(place.path("data", "presets"))
        place.write("data/presets/wide.rules", "allow *.co.uk\n")
        place.configure("preset wide", "review auto", bypass="Optimize,Allow")
        place.take()
        same(place.asked("www.example.co.uk - 443")[0], ["OK m365_cat_=Allow m365_why_=rule"])
        place.write("local.d/wider.rules", "allow *.co.uk\n")
        has(place.ctl("publish", want=2).stderr, "too wide for a bypass")


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), ACL, URL, CTL))
