#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
exports_test.py - the lines `export` of m365.conf: files that follow the table in use, all of them or none.

Where it sits: tests/update/. Run by `make check`. What is in an export belongs to tests/export.
"""

import json
import os
import stat
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import CTL, check, endpoint_set, run, want  # noqa: E402

FIRST = [endpoint_set(1, "Allow", ["mail.example"], ["192.0.2.0/24"]), endpoint_set(2, "Default", ["www.example"])]
LATER = FIRST + [endpoint_set(3, "Default", ["new.example"])]
QUIET = "default_canaries off\nshrink_limit 100%\n"


class Desk(stage.Place):
    """A configuration with exports, and the commands on it."""

    def __init__(self, *lines):
        super().__init__()
        os.mkdir(self.path("out"))
        os.mkdir(self.path("local.d"))
        self.configure(*lines)
        self.version = 2026010100

    def configure(self, *lines):
        self.conf = self.write("m365.conf", f"state {self.path('state')}\n{QUIET}" + "".join(f"{line}\n" for line in lines))

    def ctl(self, *words, code=0):
        done = run(CTL, words[0], "-c", self.conf, *words[1:])
        check(done.returncode == code, f"{words}: exit {done.returncode}", done.stdout, done.stderr)
        return done

    def take(self, document, code=0):
        self.version += 100
        file = self.write("document.json", json.dumps(document))
        return self.ctl("import", "--version", str(self.version), file, code=code)

    def body(self, name):
        return [line for line in self.read("out", name).splitlines() if not line.startswith(("#", "//"))]


TEXT = "export text --bypassed -o out/list"
NFT = "export nft -o out/m365.nft"


def test_follow():
    """Import, publish and rollback write every export; nothing is written twice."""
    with Desk(TEXT, NFT, 'export pac --type 2 --proxy "PROXY proxy.example:3128" --fast -o out/proxy.pac') as desk:
        said = desk.take(FIRST).stderr
        for name in ("list", "m365.nft", "proxy.pac"):
            check(f"wrote '{desk.path('out', name)}'" in said, name, said)
        want("list", desk.body("list"), ["mail.example", "192.0.2.0/24"])
        check('"PROXY proxy.example:3128"' in desk.read("out", "proxy.pac"), "the proxy")
        before = os.stat(desk.path("out", "list"))
        check("wrote" not in desk.ctl("publish").stderr, "nothing new")
        want("untouched", os.stat(desk.path("out", "list")).st_ino, before.st_ino)
        desk.write("local.d/a.rules", "inspect mail.example\n")
        desk.ctl("publish")
        want("published", desk.body("list"), ["mail.example", "192.0.2.0/24"])
        check("192.0.2.0" not in desk.read("out", "m365.nft"), "the address of an inspected name")
        desk.ctl("rollback")
        check("192.0.2.0" in desk.read("out", "m365.nft"), "rolled back")


def test_self_healing():
    """A file that was lost, edited or left behind is written again by the next command."""
    with Desk(TEXT) as desk:
        desk.take(FIRST)
        whole = desk.read("out", "list")
        desk.write("out/list", whole.replace("mail", "male"))
        desk.ctl("publish")
        want("edited", desk.read("out", "list"), whole)
        os.unlink(desk.path("out", "list"))
        desk.ctl("publish")
        want("lost", desk.read("out", "list"), whole)


def test_mode_is_kept():
    """Mode of the old file; 0644 for a new one; a link is refused."""
    with Desk(TEXT) as desk:
        desk.take(FIRST)
        want("new", stat.S_IMODE(os.stat(desk.path("out", "list")).st_mode), 0o644)
        os.chmod(desk.path("out", "list"), 0o640)
        desk.take(LATER)
        want("kept", stat.S_IMODE(os.stat(desk.path("out", "list")).st_mode), 0o640)
        other = desk.write("other", "mine\n")
        os.unlink(desk.path("out", "list"))
        os.symlink(other, desk.path("out", "list"))
        for target in (other, "/dev/null", "nowhere"):
            os.unlink(desk.path("out", "list"))
            os.symlink(target, desk.path("out", "list"))
            said = desk.ctl("publish", code=1).stderr
            check("is a link; name the file that it leads to" in said, target, said)
            want(target, (desk.read("other"), os.readlink(desk.path("out", "list"))), ("mine\n", target))


def test_all_or_none():
    """One that cannot be written leaves all as they were; the table is in use all the same, and status says so."""
    with Desk(TEXT, NFT) as desk:
        desk.take(FIRST)
        before = desk.read("out", "list"), desk.read("out", "m365.nft")
        os.unlink(desk.path("out", "m365.nft"))
        os.mkdir(desk.path("out", "m365.nft"))
        said = desk.take(LATER, code=1).stderr
        check("the exports stay as they were: cannot write" in said and "it is not a file" in said, said)
        want("the other one", desk.read("out", "list"), before[0])
        want("nothing beside", sorted(os.listdir(desk.path("out"))), ["list", "m365.nft"])
        check("the exports stay as they were" in desk.ctl("status", code=1).stdout, "status")
        os.rmdir(desk.path("out", "m365.nft"))
        desk.ctl("publish")
        check("exports" not in run(CTL, "status", "-c", desk.conf).stdout, "status afterwards")
        check("2026010300" in desk.read("out", "list"), "the new label")


def test_all_or_none_when_one_cannot_take_its_place():
    """A file that is the root of a mount can be read and staged, but not replaced: those before it are put back."""
    if run("unshare", "-m", "true").returncode != 0:
        raise stage.Skip("needs root, or the right to make a mount namespace")
    with Desk(TEXT, "export text -o out/new", "export text -o out/mounted", NFT) as desk:
        desk.take(FIRST)
        names = ("list", "mounted", "m365.nft")
        before = [desk.read("out", name) for name in names]
        os.unlink(desk.path("out", "new"))
        desk.write("local.d/a.rules", "allow ours.example\n")
        desk.write("again", before[1])
        done = run("unshare", "-m", "sh", "-c", 'mount --bind "$1" "$2" && shift 2 && exec "$@"', "sh", desk.path("again"),
                   desk.path("out", "mounted"), CTL, "publish", "-c", desk.conf)
        check(done.returncode == 1 and "the exports stay as they were: cannot write" in done.stderr and "wrote" not in done.stderr,
              done.returncode, done.stderr)
        want("put back", [desk.read("out", name) for name in names], before)
        want("nothing beside", sorted(os.listdir(desk.path("out"))), sorted(names))
        desk.ctl("publish")
        for name in (*names, "new"):
            check(name == "m365.nft" or "ours.example" in desk.read("out", name), name)


def test_an_owner_that_cannot_be_kept():
    """The owner of the state folder may not give a file away: it stays, and the sentence says what helps."""
    if os.geteuid() != 0:
        raise stage.Skip("needs root, to give files to others")
    with Desk(TEXT) as desk:
        os.chmod(desk.path("."), 0o755)
        os.chown(desk.path("out"), 65534, 65534)
        desk.take(FIRST)
        for folder, _, files in os.walk(desk.path("state")):
            for name in [".", *files]:
                os.chown(os.path.join(folder, name), 65534, 65534, follow_symlinks=False)
        os.chmod(desk.path("out", "list"), 0o640)
        before = desk.read("out", "list")
        said = desk.take(LATER, code=1).stderr
        check("its owner or group cannot be kept; give it to the owner of the state folder with chown" in said, said)
        want("stays", (desk.read("out", "list"), os.stat(desk.path("out", "list")).st_uid), (before, 0))
        os.chown(desk.path("out", "list"), 65534, 65534)
        desk.ctl("publish")
        check("2026010300" in desk.read("out", "list"), "made good")


def test_the_service_may_write_where_examples_write():
    """Examples of exports and feeds lie in a folder that the shipped service may write to."""
    built = os.environ["top_builddir"]
    with open(os.path.join(built, "conf/squid-m365-update.service"), encoding="ascii") as file:
        allowed = [line.strip().removeprefix("ReadWritePaths=-") for line in file if line.startswith("ReadWritePaths=-")]
    with open(os.path.join(built, "conf/m365.conf.example"), encoding="ascii") as file:
        words = [line.split() for line in file if line.startswith(("#export", "#feed"))]
    want("allowed", len(allowed), 1)
    check(len(words) >= 3, "examples", words)
    for line in words:
        want(" ".join(line), os.path.dirname(line[-1]), allowed[0])


def test_dry_run():
    """A dry run writes nothing."""
    with Desk(TEXT) as desk:
        desk.take(FIRST)
        os.unlink(desk.path("out", "list"))
        desk.write("local.d/a.rules", "allow ours.example\n")
        desk.ctl("publish", "--dry-run")
        want("dry run", os.listdir(desk.path("out")), [])


def test_own_files():
    """What m365ctl reads or keeps is never replaced by an export."""
    for name in ("state/current/table.txt", "state/current", "state/rejected", "state/new", "m365.conf", "local.d/a.rules",
                 "local.d/new.rules", "list.txt", "nowhere/x"):
        with Desk(TEXT, "list allow list.txt") as desk:
            desk.write("list.txt", "ours.example\n")
            desk.take(FIRST)
            desk.write("local.d/a.rules", "inspect www.example\n")
            desk.configure("list allow list.txt", f"export text -o {name}")
            before = desk.read("m365.conf"), desk.read("local.d", "a.rules"), desk.read("list.txt")
            said = desk.ctl("publish", code=1).stderr
            check("is a file that m365ctl reads or keeps" in said or "there is no such folder" in said, name, said)
            want(name, (desk.read("m365.conf"), desk.read("local.d", "a.rules"), desk.read("list.txt")), before)
            desk.ctl("table")
            want(f"{name}, lookup", run(CTL, "lookup", "-t", desk.path("state", "current", "image"), "mail.example").returncode, 0)


def test_mistakes():
    """A wrong line is refused with its number, before anything is done."""
    for line, says in (("export foo -o x", "'foo' is not a format"),
                       ("export text -o -", "'-' is no file, and nobody would read it here: name one after '-o'"),
                       ("export text --area Exchange", "the file is missing: add '-o FILE'"),
                       ("export pac -o x", "the format pac needs your proxy"),
                       ("export text -o x --fast", "'--fast' means nothing in the format text"),
                       ("export text -o x --nonsense", "'--nonsense' is not an option of an export"),
                       ("export text --tcp 443 -o", "'-o' needs a value"),
                       (f"{TEXT}\n{TEXT}", "is the file of another export")):
        with Desk(line) as desk:
            done = run(CTL, "publish", "-c", desk.conf)
            check(done.returncode == 2 and says in done.stderr and "line " in done.stderr, line, done.stderr)
            check(not os.path.exists(desk.path("state")), line, "the state folder was made")


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), CTL))
