#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Root runs m365ctl on a state folder that belongs to somebody else, who has put traps into it.

    top_builddir=DIR tests/update/owner_test.py [WORD]...     only tests whose name contains a WORD

The owner is a user without a name. Whatever the owner puts in place of a file, no command hangs, and what only root may
read stays as it is, unread. Needs root; otherwise everything is skipped. The last line is
`N passed, N failed[, N skipped]`.
"""
import concurrent.futures
import json
import os
import shutil
import stat
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import ACL, CTL, Skip, endpoint_set, run  # noqa: E402

OWNER, STRANGER = 12345, 54321
FAST = 20  # seconds for a command that would otherwise hang; sanitizers and a busy machine need some
SECRET = "root:$6$nobody-else-may-read-this\n"
SHIPPED = "optimize outlook.office365.com  id=1 area=Exchange tcp=80,443 required expressroute source=worldwide\n"
ONE, TWO, THREE = "2026010100", "2026020100", "2026030100"


def document(*more):
    return json.dumps([endpoint_set(1, "Optimize", ["outlook.office365.com"]), *more])


class Place(stage.Site):
    """A state folder of OWNER with four generations, of which the last waits, and a secret of root's beside it."""

    def __init__(self, *lines):
        super().__init__()
        os.chmod(self.top, 0o755)
        os.mkdir(self.path("data"))
        self.write("data/worldwide.rules", SHIPPED)
        self.write("m365.conf", "\n".join(("state state", "data data", "default_canaries off", "shrink_limit 100%",
                                           "service_url https://127.0.0.1:1", *lines)) + "\n")
        self.write("secret", SECRET, 0o600)
        self.write("one.json", document(), 0o600)
        self.write("two.json", document(endpoint_set(2, "Default", ["www.example.net"])), 0o600)
        self.write("three.json", document(endpoint_set(3, "Allow", ["new.example.net"])), 0o600)
        self.write("squid.conf", f"external_acl_type m365 ttl=60 %>rd %#ssl::>sni %>rP {ACL} -t {self.kept('current/image')}\n"
                                 "acl m365 external m365\n")
        os.mkdir(self.state, 0o755)
        os.chown(self.state, OWNER, OWNER)

    def fill(self):
        """Generations 1 and 2 were in use, the safe part 3 is, the whole 4 waits."""
        for file, version, code in (("one.json", ONE, 0), ("two.json", TWO, 0), ("three.json", THREE, 1)):
            self.good("import", "--version", version, self.path(file), code=code)
        assert (self.link("previous"), self.link("current"), self.link("pending")) == (2, 3, 4)
        return self

    def good(self, *words, code=0, **more):
        done = self.ctl(*words, **more)
        assert done.returncode == code, f"{words}: exit {done.returncode}: {done.stderr}"
        return done

    def become(self, other):
        shutil.rmtree(self.state)
        subprocess.run(["cp", "-a", other.state, self.state], check=True)

    def check_owner(self):
        """Everything in the folder belongs to its owner, everybody may read it but the locks, and only the owner writes."""
        for folder, folders, files in os.walk(self.state):
            for name in folders + files:
                seen = os.lstat(os.path.join(folder, name))
                assert (seen.st_uid, seen.st_gid) == (OWNER, OWNER), f"{folder}/{name} belongs to {seen.st_uid}:{seen.st_gid}"
                mode = 0o755 if stat.S_ISDIR(seen.st_mode) else 0o600 if name.startswith("lock") else 0o644
                assert stat.S_ISLNK(seen.st_mode) or stat.S_IMODE(seen.st_mode) == mode, f"{name}: {oct(seen.st_mode)}"

    def check_secret(self, *outputs):
        seen = os.lstat(self.path("secret"))
        assert (seen.st_uid, stat.S_IMODE(seen.st_mode)) == (0, 0o600), f"the secret: {seen.st_uid} {oct(seen.st_mode)}"
        assert self.read("secret") == SECRET, "the secret was written to"
        for said in outputs:
            assert SECRET.strip() not in said, f"the secret was printed: {said}"
        for folder, _, files in os.walk(self.state):
            for name in files:
                path = os.path.join(folder, name)
                if stat.S_ISREG(os.lstat(path).st_mode) and os.lstat(path).st_ino != seen.st_ino:
                    with open(path, "rb") as file:
                        assert SECRET.strip().encode() not in file.read(), f"the secret was copied to {path}"


def needs_root():
    if os.geteuid() != 0:
        raise Skip("needs root")
    with Place() as place:
        done = run("setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups", "test", "-r", place.conf)
        if done.returncode != 0:
            raise Skip("cannot become another user here")


# ---- what root's commands do as the owner --------------------------------------------------------------------------------


def test_owner():
    """All that root's commands write belongs to the owner, whatever root's umask is; the next update can go on from there."""
    needs_root()
    with Place() as place:
        old = os.umask(0o077)
        try:
            place.fill()
            place.check_owner()
            for words in (("approve", place.waiting()), ("rollback",), ("publish",), ("status",), ("history",), ("diff", "1", "2")):
                assert place.ctl(*words).returncode in (0, 1), words
                place.check_owner()
            assert place.ctl("update").returncode == 2
        finally:
            os.umask(old)
        place.check_owner()
        assert os.path.exists(place.kept("client-id")) and os.path.exists(place.kept("lock-update"))
        place.write("local.d/ours.rules", "allow mark.example\n")
        place.good("publish", user=OWNER, group=OWNER, extra_groups=[])
        done = place.ctl("publish", user=STRANGER, group=STRANGER, extra_groups=[])
        assert done.returncode == 2 and "run it as the user" in done.stderr, done.stderr


def test_who():
    """A decision is still that of who started the command: root, or who called sudo."""
    needs_root()
    for environment, name in (({}, "root"), ({"SUDO_USER": "alice"}, "alice")):
        clean = {key: value for key, value in os.environ.items() if key != "SUDO_USER"}
        with Place() as place:
            place.fill().good("approve", place.waiting(), env={**clean, **environment})
            done = place.good("history", "--json")
            assert json.loads(done.stdout.splitlines()[0])["by"] == name, done.stdout


def test_notice():
    """The notice command and the feed are the owner's business, too."""
    needs_root()
    with Place("notice_command notice", "feed state/feed.xml") as place:
        place.write("notice", '#!/bin/sh\n{ id -u; id -g; id -G; echo "$HOME $USER $LOGNAME"; } >"$0.log"\n', 0o755)
        place.write("notice.log", "", 0o666)
        os.chmod(place.path("notice.log"), 0o666)
        place.write("m365.conf", place.read("m365.conf").replace("notice_command notice", f"notice_command {place.path('notice')}"))
        place.good("import", "--version", ONE, place.path("one.json"))
        told = place.read("notice.log")
        assert told == f"{OWNER}\n{OWNER}\n{OWNER}\n/ {OWNER} {OWNER}\n", told
        assert os.stat(place.kept("feed.xml")).st_uid == OWNER
        place.check_owner()
        os.unlink(place.kept("feed.xml"))
        os.symlink(place.path("secret"), place.kept("feed.xml"))
        place.good("import", "--version", TWO, place.path("two.json"))
        place.check_secret()
        os.unlink(place.kept("feed.xml"))
        os.mkfifo(place.kept("feed.xml"))
        done = place.good("publish", limit=FAST)
        place.write("local.d/ours.rules", "inspect mark.example\n")
        done = place.good("publish", limit=FAST)
        assert "this notice is missing from the feed" in done.stderr, done.stderr


def test_files_of_root():
    """A file to import may be root's own. Local rules must be readable for the owner, and the sentence says why."""
    needs_root()
    with Place() as place:
        os.mkdir(place.path("home"), 0o700)
        shutil.move(place.path("one.json"), place.path("home", "one.json"))
        place.good("import", "--version", ONE, place.path("home", "one.json"))
        with open(place.path("two.json"), encoding="ascii") as file:
            place.good("import", "--version", TWO, "-", stdin=file)
        place.write("local.d/ours.rules", "allow mark.example\n", 0o600)
        for words in (("publish",), ("check",), ("diff", "current", place.path("home", "one.json"))):
            done = place.ctl(*words)
            assert done.returncode == 2 and "Permission denied" in done.stderr, done.stderr
            assert words == ("check",) or f"it runs as the user '{OWNER}', who owns the state folder" in done.stderr, done.stderr
        assert place.link("current") == 2


def test_owner_is_root():
    """In a folder of root's own nothing changes: rules that only root can read are published."""
    needs_root()
    with Place() as place:
        os.chown(place.state, 0, 0)
        place.write("local.d/ours.rules", "allow mark.example\n", 0o600)
        place.good("publish")
        assert os.stat(place.kept("gen-000001", "image")).st_uid == 0


def test_cannot_become():
    """Where root cannot become the owner, or would stay root all the same, nothing is opened."""
    needs_root()
    without = (("--bounding-set=-setuid", "--inh-caps=-setuid"), ("--bounding-set=-setgid", "--inh-caps=-setgid"),
               ("--securebits=+no_setuid_fixup",))
    for options in without:
        with Place() as place:
            place.fill()
            before = sorted(os.listdir(place.state))
            for words in (("publish",), ("rollback",), ("status",), ("update",)):
                done = place.ctl(*words, before=("setpriv", *options))
                assert done.returncode == 2 and f"root cannot become the user '{OWNER}'" in done.stderr, done.stderr
            assert sorted(os.listdir(place.state)) == before and place.link("current") == 3


# ---- traps ---------------------------------------------------------------------------------------------------------------

NAMES = ("status", "client-id", "lock", "lock-update", "published", "current", "previous", "pending", ".status.new",
         ".current.new", ".new-000005", "rejected", "gen-000001", "gen-000002/image", "gen-000003/image", "gen-000003/table.txt",
         "gen-000003/review.txt", "gen-000003/source.json", "gen-000003/held.txt", "gen-000003/image.2",
         "gen-000003/decision-1.txt", "gen-000004/image", "gen-000004/review.txt", "gen-000004/waiting.txt")
KINDS = ("link", "hard link", "pipe", "folder", "link to a pipe")


def put(place, name, kind):
    path = place.kept(*name.split("/"))
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)
    if kind == "link":
        os.symlink(place.path("secret"), path)
    elif kind == "hard link":
        os.link(place.path("secret"), path)
    elif kind == "pipe":
        os.mkfifo(path, 0o666)
    elif kind == "folder":
        os.mkdir(path)
    else:
        if not os.path.exists(place.path("pipe")):
            os.mkfifo(place.path("pipe"), 0o666)
        os.symlink(place.path("pipe"), path)
    if kind in ("pipe", "folder"):
        os.chown(path, OWNER, OWNER)


def commands(place, waiting):
    """Every command that opens something in the folder, and whether it writes there. `waiting`: the digits of what waits."""
    image, table = place.kept("current", "image"), place.kept("current", "table.txt")
    reading = (("status",), ("status", "--json"), ("history",), ("blame", "new.example.net"), ("diff",), ("diff", "1", "pending"),
               ("check",), ("doctor", place.path("squid.conf")), ("lookup", "-t", image, "x.example"), ("check", "-t", image),
               ("check", "-t", table), ("table", "-t", table))
    writing = (("update",), ("update", "--force"), ("publish",), ("publish", "--force"),
               ("import", "--version", "2026040100", place.path("one.json")), ("approve", waiting), ("reject", waiting),
               ("rollback",), ("rollback", "1"))
    return [(words, False) for words in reading] + [(words, True) for words in writing]


def trap(model, name, kind):
    """Runs each command on a folder with this trap. Returns what went wrong."""
    with Place() as place:
        for number, (words, writes) in enumerate(commands(place, model.waiting())):
            if writes or number == 0:
                place.become(model)
                put(place, name, kind)
            try:
                done = run(CTL, *words, limit=FAST) if "-t" in words or words[0] == "doctor" else place.ctl(*words, limit=FAST)
                named = "-t" in words  # what root names with -t is read as root, and shown to nobody else
                place.check_secret(*([] if named else [done.stdout, done.stderr]))
                assert done.returncode in (0, 1, 2), f"exit {done.returncode}: {done.stderr}"
                assert done.returncode != 2 or done.stderr or done.stdout, "failed in silence"
            except subprocess.TimeoutExpired:
                return f"{kind} at {name}: {words} hangs"
            except AssertionError as why:
                return f"{kind} at {name}: {words}: {why}"
    return None


def test_traps():
    """A link, a hard link, a pipe or a folder under any name: no command hangs, and root's secret stays secret."""
    needs_root()
    with Place() as model:
        model.fill()
        todo = [(name, kind) for name in NAMES for kind in KINDS]
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            found = [why for why in pool.map(lambda one: trap(model, *one), todo) if why]
        assert not found, f"{len(found)} of {len(todo)}:\n      " + "\n      ".join(found[:12])
        print(f"    {len(todo)} traps, {len(commands(model, model.waiting()))} commands each")


def test_helpers():
    """A helper, of whichever user, is not stopped by a pipe or a link where its image should be, and answers no-table."""
    needs_root()
    with Place() as model:
        model.fill()
        for name in ("current", "gen-000003", "gen-000003/image"):
            for kind in KINDS:
                with Place() as place:
                    place.become(model)
                    put(place, name, kind)
                    for user in (0, STRANGER):
                        done = run(ACL, "-t", place.kept("current", "image"), input="outlook.office365.com - 443\n", limit=FAST,
                                   user=user, group=user, extra_groups=[])
                        assert done.stdout == "ERR m365_why_=no-table\n", f"{kind} at {name}: {done.stdout}{done.stderr}"
                        place.check_secret(*([done.stderr] if user else []))


def test_repair():
    """A trap in place of a file that is only written is removed by the next command that writes it."""
    needs_root()
    for kind in KINDS:
        if kind == "folder":
            continue
        with Place() as place:
            place.fill()
            for name in ("status", ".status.new", "pending"):
                put(place, name, kind)
            place.ctl("update", limit=FAST)
            place.good("publish", "--force", limit=FAST)
            place.check_secret()
            status = os.lstat(place.kept("status"))
            assert stat.S_ISREG(status.st_mode) and status.st_uid == OWNER and status.st_nlink == 1, kind


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), ACL, CTL))
