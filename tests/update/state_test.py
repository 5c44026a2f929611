#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The state folder from outside: m365ctl publish, status, history and rollback on real folders, broken in every way.

    top_builddir=DIR tests/update/state_test.py [WORD]...     only tests whose name contains a WORD

The commands are killed or made to fail at each system call that can change the folder. They run on a full disk, with two
writers, and with readers. A helper must always find one complete generation, the old or the new. The last line is
`N passed, N failed[, N skipped]`.
"""
import concurrent.futures
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import ACL, CTL, PATIENCE, Skip, run, traced  # noqa: E402

PUBLISHES = 200

# Calls that change the folder, or could fail while it is being changed.
CHANGING = ("openat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link",
            "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "close", "fchmod", "chmod", "flock")
# And calls that may fail while it is being read.
FAILING = CHANGING + ("read", "getdents64", "readlink", "readlinkat", "newfstatat", "fstat", "lstat", "access", "faccessat2")

SHIPPED = "optimize outlook.office365.com  id=1 area=Exchange tcp=80,443 required expressroute source=worldwide\n"


# The tables in these tests are too small for the gates.
BASE = ("state state", "data data", "default_canaries off", "shrink_limit 100%")


class Place(stage.Site):
    """A configuration and a state folder of its own."""

    def __init__(self, under=None):
        super().__init__(under)
        os.mkdir(self.path("data"))
        self.write("data/worldwide.rules", SHIPPED)
        self.configure()

    def become(self, other):
        """Makes this place a copy of another one."""
        shutil.rmtree(self.top)
        shutil.copytree(other.top, self.top, symlinks=True)

    def configure(self, *lines):
        self.write("m365.conf", "\n".join(BASE + lines) + "\n")

    def rule(self, number):
        """One local rule that distinguishes generations: odd numbers allow, even numbers optimize."""
        self.write("local.d/mine.rules", f"# version: n{number}\n{'allow' if number % 2 else 'optimize'} mark.example\n")

    def publish(self, number, want=0):
        self.rule(number)
        done = self.ctl("publish")
        assert done.returncode == want, done.stderr
        return done

    def json(self, *words):
        done = self.ctl(*words, "--json")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def image(self):
        return os.path.join(self.state, "current", "image")

    def left_behind(self):
        return [name for name in os.listdir(self.state) if name.startswith(".")]

    def seen(self):
        """The number that a helper sees in the current image, after checking the image."""
        done = run(CTL, "check", "-t", self.image())
        assert done.returncode == 0, f"check: {done.stdout}{done.stderr}"
        return answer(self.image())


def number_of(line):
    """The number of the generation that answered. The category must be that of the same generation."""
    found = re.match(r"OK m365_cat_=(Allow|Optimize) m365_why_=rule m365_gen_=n(\d+)\.[1-9]\d*$", line)
    assert found, f"answer: {line!r}"
    number = int(found[2])
    assert found[1] == ("Allow" if number % 2 else "Optimize"), f"two generations in one answer: {line!r}"
    return number


def answer(image):
    done = run(ACL, "-t", image, input="mark.example - 443\n")
    return number_of(done.stdout.rstrip("\n"))


# ---- what each command says ---------------------------------------------------------------------------------------------


def test_publish():
    """publish makes the image that helpers answer from, once for the same content."""
    with Place() as place:
        assert place.ctl("status").returncode == 2
        place.publish(1)
        assert place.seen() == 1 and place.link("current") == 1 and place.link("previous") == 0
        assert sorted(os.listdir(os.path.join(place.state, "gen-000001"))) == ["image", "review.txt", "table.txt"]
        assert "nothing new" in place.publish(1).stderr
        assert place.generations() == [1]
        place.publish(2)
        assert place.seen() == 2 and place.link("previous") == 1
        assert place.left_behind() == []


def test_publish_refused():
    """A source that is refused changes nothing, and the message names the line."""
    with Place() as place:
        place.publish(1)
        place.write("local.d/zz.rules", "allow good.example\nalow bad.example\n")
        done = place.ctl("publish")
        assert done.returncode == 2 and "line 2" in done.stderr and "stays" in done.stderr, done.stderr
        assert place.seen() == 1 and place.generations() == [1]
        os.unlink(os.path.join(place.top, "local.d", "zz.rules"))
        for lines, part in ((("preset nobody",), "no preset 'nobody'"), (("table absent.rules",), "absent.rules"),
                            (("instance USGovDoD",), "no document of instance 'USGovDoD'"),
                            (("local_rules nowhere",), "nowhere"), (("reviw always",), "did you mean 'review'")):
            place.configure(*lines)
            done = place.ctl("publish")
            assert done.returncode == 2 and part in done.stderr, done.stderr
        place.configure()
        assert place.seen() == 1 and place.generations() == [1]


def test_sources():
    """Documents, presets, local rules and lists are combined."""
    with Place() as place:
        os.mkdir(os.path.join(place.top, "data", "presets"))
        place.write("data/presets/keep.rules", "inspect login.example\n")
        place.write("names.txt", "one.example\n")
        place.write("more.rules", "allow two.example\n")
        place.configure("preset keep", "list allow names.txt", "table more.rules", "bypass Optimize")
        place.publish(2)
        text = run(CTL, "lookup", "-t", place.image(), "login.example", "one.example", "two.example",
                   "outlook.office365.com", "mark.example").stdout
        assert text.count("bypass") == 2 and "local-inspect" in text, text


def test_history():
    """history shows what happened to each generation, and who decided."""
    with Place() as place:
        place.publish(1)
        place.rule(2)
        assert place.ctl("publish", "--note", "ticket 7", "--by", "alice").returncode == 0
        place.publish(3)
        assert place.ctl("rollback", "--by", "bob", "--note", "broke mail").returncode == 0
        lines = place.json("history")
        assert [(line["generation"], line["result"]) for line in lines] == [(3, "previous"), (2, "current"), (1, "published")]
        assert lines[1]["by"] == "bob" and lines[1]["decision"] == "rollback" and "broke mail" in lines[1]["note"]
        assert lines[0]["decision"] == "rolled-back" and lines[0]["how"] == "publish"
        assert lines[1]["label"] == "n2" and lines[1]["rules"] == 2 and lines[1]["versions"] == {"Worldwide": "shipped"}
        text = place.ctl("history").stdout
        assert len(text.splitlines()) == 3 and "broke mail" in text and "bob" in text
        line = text.splitlines()[1]
        assert re.search(r"  \S+Z made by alice: ticket 7; \S+Z rollback by bob: from generation 3: broke mail$", line), line


def test_when_it_came_into_use():
    """history, blame and status give the time when a generation came into use, not when it was made."""
    with Place() as place:
        place.configure("must_not_bypass www.bank.example")
        place.publish(1)
        place.write("local.d/bank.rules", "allow .bank.example\n")
        assert place.ctl("publish", "--note", "ticket 8", "--by", "alice").returncode == 1
        time.sleep(1.1)
        assert place.ctl("approve", "--by", "bob", place.waiting()).returncode == 0
        made = place.json("history")[0]
        assert made["created"] < made["inUse"] == made["decided"] and made["by"] == "bob" and made["note"] == "ticket 8", made
        assert [(one["what"], one["by"], one["note"]) for one in made["decisions"]] == [
            ("made", "alice", "ticket 8"), ("approved", "bob", None)], made
        assert f" {made['inUse']}  publish" in place.ctl("history").stdout.splitlines()[0]
        blamed = place.ctl("blame", "www.bank.example").stdout
        assert f"in use from {made['inUse']}, {made['created']} made by alice: ticket 8, {made['inUse']} approved by bob" in blamed, blamed
        status = place.json("status")[0]
        assert status["current"]["inUse"] == made["inUse"], status
        time.sleep(1.1)
        assert place.ctl("rollback").returncode == 0
        first = place.json("history")[-1]
        assert first["created"] < made["inUse"] < first["inUse"], first
        lines = place.ctl("blame", "www.bank.example").stdout.splitlines()
        assert first["inUse"] in lines[1] and made["inUse"] in lines[3], lines
        assert f"at least since generation 1, Worldwide shipped, publish, in use from {first['created']}" in lines[5], lines


def test_rollback():
    """rollback goes to the previous generation, or to any that was in use. It never goes to one that fails verification."""
    with Place() as place:
        place.publish(1)
        assert "nothing to go back to" in place.ctl("rollback").stderr
        place.publish(2)
        place.publish(3)
        for want in (2, 3):
            assert place.ctl("rollback").returncode == 0
            assert place.seen() == want and place.link("current") == want
        assert place.ctl("rollback", "gen-000001").returncode == 0 and place.seen() == 1
        assert place.ctl("rollback", "1").returncode == 1
        for word in ("4", "0", "x", "-1", "99999999999"):
            assert place.ctl("rollback", "--", word).returncode == 2, word
        with open(os.path.join(place.state, "gen-000002", "image"), "r+b") as file:
            file.seek(-1, os.SEEK_END)
            last = file.read(1)
            file.seek(-1, os.SEEK_END)
            file.write(bytes([last[0] ^ 1]))
        done = place.ctl("rollback", "2")
        assert done.returncode == 2 and "cannot go back" in done.stderr and place.seen() == 1, done.stderr
        with open(os.path.join(place.state, "gen-000003", "table.txt"), "a", encoding="ascii") as file:
            file.write("allow extra.example\n")
        done = place.ctl("rollback", "3")
        assert done.returncode == 2 and "digest" in done.stderr and place.seen() == 1, done.stderr


def test_rollback_never_used():
    """A generation that was never in use is not a target for rollback, and is not deleted by it."""
    with Place() as place:
        place.publish(1)
        place.publish(2)
        shutil.copytree(os.path.join(place.state, "gen-000002"), os.path.join(place.state, "gen-000003"))
        done = place.ctl("rollback", "3")
        assert done.returncode == 2 and "never in use" in done.stderr, done.stderr
        assert place.seen() == 2 and place.generations() == [1, 2, 3]


DOCUMENT = ('[{"id":1,"serviceArea":"Exchange","category":"Optimize","required":true,"expressRoute":true,'
            '"tcpPorts":"80,443","urls":["outlook.office365.com"%s]}]')


def test_pending():
    """A waiting generation is rebuilt with the new local rules. One held by the gates waits too, unless forced."""
    with Place() as place:
        place.configure("must_not_bypass www.bank.example")
        place.write("one.json", DOCUMENT % "")
        place.write("two.json", DOCUMENT % ',"new.example"')
        place.publish(1)
        done = place.ctl("import", "--version", "2025120100", os.path.join(place.top, "one.json"))
        assert done.returncode == 0, done.stderr
        done = place.ctl("import", "--version", "2026010100", os.path.join(place.top, "two.json"))
        assert done.returncode == 1 and place.link("pending") == 3, done.stderr
        done = place.publish(2)
        assert place.link("current") == 4 and place.link("pending") == 5, done.stderr
        with open(os.path.join(place.state, "pending", "table.txt"), encoding="ascii") as file:
            text = file.read()
        assert "new.example" in text and "optimize mark.example" in text, text
        with open(os.path.join(place.state, "current", "table.txt"), encoding="ascii") as file:
            assert "new.example" not in file.read()
        assert place.publish(2).returncode == 0 and place.link("current") == 4
        status = place.json("status")[0]
        assert status["status"] == "attention" and status["pending"]["reasons"], status
        assert status["current"]["versions"] == {"Worldwide": "2025120100"}, status
        place.write("local.d/bank.rules", "allow .bank.example\n")
        done = place.ctl("publish")
        assert done.returncode == 1 and "www.bank.example" in done.stderr and place.link("current") == 4, done.stderr
        done = place.ctl("publish", "--force", "--note", "NET-9", "--by", "alice")
        assert place.link("current") > 5, done.stderr
        lines = {line["generation"]: line for line in place.json("history")}
        line = lines[place.link("current")]
        assert line["by"] == "alice" and line["note"] == "NET-9" and lines[3]["result"] == "superseded", line


def test_gates_asked_again():
    """A gate that was removed holds nothing any more, and a new one is asked about what is in use."""
    with Place() as place:
        place.configure("must_not_bypass www.bank.example")
        place.publish(1)
        place.write("local.d/bank.rules", "allow .bank.example\n")
        assert place.ctl("publish").returncode == 1 and place.link("pending") == 2
        done = place.ctl("publish")
        assert done.returncode == 1 and place.generations() == [1, 2], done.stderr
        place.configure()
        done = place.ctl("publish")
        assert done.returncode == 0 and place.link("current") == 3 and place.link("pending") == 0, done.stderr
        place.configure("must_not_bypass www.bank.example")
        done = place.ctl("publish")
        assert done.returncode == 1 and "in use against a gate: 'www.bank.example'" in done.stderr, done.stderr
        assert place.generations() == [1, 2, 3] and place.link("pending") == 0
        place.write("one.json", DOCUMENT % "")
        place.write("two.json", DOCUMENT % ',"www.bank.example"')
        place.write("local.d/bank.rules", "default bank.example\n")
        assert place.ctl("publish").returncode == 0 and place.link("current") == 4
        place.ctl("import", "--version", "2025120100", os.path.join(place.top, "one.json"))
        place.configure("must_not_bypass www.bank.example", "review auto")
        done = place.ctl("import", "--version", "2026010100", os.path.join(place.top, "two.json"))
        assert done.returncode == 1 and place.link("pending") == 6, done.stderr
        assert place.ctl("publish").returncode == 0 and place.link("pending") != 0
        place.configure("review auto")
        done = place.ctl("publish")
        assert done.returncode == 0 and "is rebuilt" in done.stderr and place.link("pending") == 0, done.stderr
        assert run(CTL, "lookup", "-t", place.image(), "www.bank.example").returncode == 0


def test_publish_of_what_was_rejected():
    """What a person rejected is published only by force; without it the exit code says that it is not in use."""
    with Place() as place:
        place.configure("must_not_bypass www.bank.example")
        place.publish(1)
        place.write("local.d/bank.rules", "allow .bank.example\n")
        assert place.ctl("publish").returncode == 1
        assert place.ctl("reject", place.waiting()).returncode == 0
        place.configure()
        done = place.ctl("publish")
        assert done.returncode == 1 and "which a person rejected" in done.stderr and place.link("current") == 1, done.stderr
        assert place.ctl("publish", "--force").returncode == 0 and place.link("current") == 3


def test_damaged_current():
    """If the current generation is damaged, status reports an error, and the next publish replaces it."""
    for damage in ("image", "link", "gone"):
        with Place() as place:
            place.publish(1)
            place.publish(2)
            path = os.path.join(place.state, "gen-000002")
            if damage == "image":
                with open(os.path.join(path, "image"), "r+b") as file:
                    file.truncate(200)
            elif damage == "link":
                os.unlink(os.path.join(place.state, "current"))
                os.symlink("../elsewhere", os.path.join(place.state, "current"))
            else:
                shutil.rmtree(path)
            assert place.ctl("status").returncode == 2
            done = place.publish(2)
            assert "publishing replaces it" in done.stderr, done.stderr
            assert place.seen() == 2 and place.ctl("status").returncode == 0


def test_status():
    """status exits with 0 (fine), 1 (needs attention) or 2 (error), and the same with --json."""
    now = int(time.time())

    def stamp(seconds):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))

    with Place() as place:
        place.publish(1)
        rows = (
            ("nothing known", "", 0, None),
            ("all well", f"last_try {now}\nlast_good {now}\nnext_poll {now + 3600}\n", 0, None),
            ("one failure", f"last_try {now}\nlast_good {now - 60}\nfailed_since {now}\nerror too slow\n", 0, None),
            ("failing for a day", f"last_good {now - 90000}\nfailed_since {now - 90000}\nerror too slow\n", 1, "too slow"),
            ("silent for long", f"last_good {now - 41 * 86400}\n", 1, "the service has not answered"),
            ("from the future", f"last_try {now + 86400}\nlast_good {now + 86400}\n", 1, "clock"),
            ("a backoff", f"backoff_until {now + 1800}\n", 0, None),
            ("damaged", "last_good x\n\0\0garbage\nlast_try -\n", 0, None),
        )
        for why, text, want, part in rows:
            with open(os.path.join(place.state, "status"), "w", encoding="ascii") as file:
                file.write(text)
            done = place.ctl("status")
            assert done.returncode == want, f"{why}: {done.returncode}: {done.stdout}"
            seen = place.json("status")[0]
            assert seen["status"] == ("fine", "attention")[want], why
            assert part is None or any(part in cause for cause in seen["attention"]), why
            if why == "a backoff":
                assert seen["backoffUntil"] == stamp(now + 1800) and "back-off" in done.stdout
        assert seen["current"]["generation"] == 1 and seen["current"]["label"] == "n1" and seen["pending"] is None
        os.symlink("gen-000001", os.path.join(place.state, "pending"))
        assert place.ctl("status").returncode == 0, "what is in use does not wait"


def test_example():
    """The example configuration can be read as it is, and with every line enabled."""
    source = os.path.join(os.environ.get("top_srcdir", os.path.join(os.path.dirname(__file__), "..", "..")), "conf")
    with open(os.path.join(source, "m365.conf"), encoding="ascii") as file:
        text = file.read()
    with Place() as place:
        enabled = re.sub(r"^#([a-z])", r"\1", text, flags=re.M)
        # Two samples of what may be given once; either one.
        assert enabled.count("\nnotice_command ") == 2
        first, second = re.sub(r"\nnotice_command .*", "", enabled, count=1), re.sub(r"(\nnotice_command .*)\nnotice_command .*", r"\1", enabled)
        for inside in (text, first, second):
            place.write("m365.conf", re.sub(r"^state .*", "", inside, flags=re.M) + "\nstate state\n")
            done = place.ctl("history")
            assert "there is no state folder" in done.stderr, done.stderr
        assert inside.count("\n#") < text.count("\n#") - 20


def test_umask():
    """A strict umask does not lock out the helpers."""
    with Place() as place:
        place.rule(1)
        done = run("/bin/sh", "-c", 'umask 077; exec "$0" publish -c "$1"', CTL, place.conf)
        assert done.returncode == 0, done.stderr
        for folder, _, files in os.walk(place.state):
            assert os.stat(folder).st_mode & 0o777 == 0o755, folder
            for name in files:
                path = os.path.join(folder, name)
                want = 0o600 if name.startswith("lock") else 0o644
                assert os.stat(path).st_mode & 0o777 == want, path


def test_owner():
    """Files published by root belong to the owner of the folder, so that the updater can remove them later."""
    if os.geteuid() != 0:
        raise Skip("needs root")
    try:
        subprocess.run([CTL, "help"], user=12345, group=12345, extra_groups=[], capture_output=True, check=False)
    except PermissionError:
        raise Skip("the build folder is closed to other users") from None
    with Place() as place:
        os.chmod(place.top, 0o755)
        os.mkdir(place.state)
        os.chown(place.state, 12345, 12345)
        for number in (1, 2):
            place.publish(number)
        for name in ("gen-000001", "gen-000001/image", "lock", "published"):
            assert os.stat(os.path.join(place.state, name)).st_uid == 12345, name
        place.rule(3)
        done = place.ctl("publish", user=12345, group=12345, extra_groups=[])
        assert done.returncode == 0, done.stderr
        place.rule(4)
        done = place.ctl("publish", user=54321, group=54321, extra_groups=[])
        assert done.returncode == 2 and "run it as the user" in done.stderr, done.stderr


def test_lock():
    """A writer that does not finish: others wait for a while, then say who is working. Nobody waits in order to read."""
    with Place() as place:
        place.publish(1)
        place.publish(2)
        place.rule(3)
        with open(os.path.join(place.state, "lock"), "r+", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write("4711\n")
            lock.flush()
            done = place.ctl("rollback")
            assert done.returncode == 2 and "4711" in done.stderr and "try again" in done.stderr, done.stderr
            started = time.monotonic()
            assert place.ctl("status").returncode == 0 and place.ctl("history").returncode == 0
            assert place.ctl("diff").returncode == 1 and time.monotonic() - started < 5
            waiting = subprocess.Popen([CTL, "rollback", "--config", place.conf], stderr=subprocess.PIPE, text=True)
            time.sleep(0.5)
            assert waiting.poll() is None, "a writer for a moment is not waited for"
            fcntl.flock(lock, fcntl.LOCK_UN)
            said = waiting.communicate(timeout=PATIENCE)[1]
            assert waiting.returncode == 0 and place.link("current") == 1, said
        place.publish(3)


def test_many_writers():
    """Many publishers at the same time: each succeeds or says that others write all the time. Nothing is left half done."""
    with Place() as place:
        place.publish(1)
        results = []

        def crowd(first):
            for number in range(first, first + 12):
                place.rule(number)
                results.append(place.ctl("publish"))

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            list(pool.map(crowd, (100, 200, 300)))
        for done in results:
            assert done.returncode == 0 or (done.returncode == 2 and "another m365ctl" in done.stderr), done.stderr
        assert any(done.returncode == 0 for done in results)
        place.publish(7)
        assert place.seen() == 7 and place.left_behind() == []


def test_prune():
    """Old generations are removed, but never the current, the previous, and the last three that were in use."""
    with Place() as place:
        place.configure("keep_generations 4")
        for number in range(1, 10):
            place.publish(number)
        assert place.generations() == [6, 7, 8, 9]
        for back in (8, 7, 6):
            assert place.ctl("rollback", str(back)).returncode == 0
        # Newer generations that were never in use do not displace those that were.
        for number in range(10, 20):
            shutil.copytree(os.path.join(place.state, "gen-000009"), os.path.join(place.state, f"gen-{number:06}"))
        place.publish(6)
        kept = place.generations()
        assert {6, 7, 8} <= set(kept) and kept[-4:] == [16, 17, 18, 19] and len(kept) == 7, kept
        assert place.seen() == 6


# ---- readers ------------------------------------------------------------------------------------------------------------


class Reader(threading.Thread):
    """A helper under load. Sends batches and checks every answer."""

    def __init__(self, image):
        super().__init__()
        self.image, self.stop, self.trouble = image, False, None
        self.answers, self.numbers = 0, set()

    def run(self):
        try:
            self.load()
        except Exception as error:  # pylint: disable=broad-except
            self.trouble = error

    def load(self):
        batch = "".join(f"{i} mark.example - 443\n" for i in range(200))
        with subprocess.Popen([ACL, "-t", self.image], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as helper:
            while not self.stop:
                helper.stdin.write(batch)
                helper.stdin.flush()
                for i in range(200):
                    head, line = helper.stdout.readline().rstrip("\n").split(" ", 1)
                    assert int(head) == i, f"answer {head} to {i}"
                    self.numbers.add(number_of(line))
                    self.answers += 1
                time.sleep(0.002)
            helper.stdin.close()
            assert helper.stdout.read() == "" and helper.wait(PATIENCE) == 0


class Opener(Reader):
    """New helpers all the time. Each opens the image at some moment of a publish."""

    def load(self):
        while not self.stop:
            self.numbers.add(answer(self.image))
            self.answers += 1


def test_readers():
    """200 publishes with running helpers: no answer is lost, each comes from one generation, the numbers only rise."""
    with Place() as place:
        place.configure("keep_generations 4")
        place.publish(1)
        readers = [Reader(place.image()), Opener(place.image())]
        for reader in readers:
            reader.start()
        for number in range(2, PUBLISHES + 2):
            place.publish(number)
        time.sleep(1.2)
        for reader in readers:
            reader.stop = True
        for reader in readers:
            reader.join(PATIENCE)
            if reader.trouble:
                raise reader.trouble
            assert reader.answers > 50 and len(reader.numbers) > 2, (reader.answers, len(reader.numbers))
        assert PUBLISHES + 1 in readers[0].numbers, "the helper has not seen the last one"
        print(f"    {readers[0].answers} answers from {len(readers[0].numbers)} generations by one helper,"
              f" {readers[1].answers} by new ones")


# ---- kill and refuse at each step ---------------------------------------------------------------------------------------


def steps(place, names, step):
    """(name, which of its calls) for each call after the lock is taken. The command is really run."""
    log = os.path.join(place.top, "trace")
    done = place.ctl(*step.command(place), before=traced("-o", log))
    assert done.returncode == step.code, done.stderr
    counts, found, locked = {}, [], False
    with open(log, encoding="utf-8", errors="replace") as file:
        for line in file:
            call = re.match(r"\d+ +(\w+)\(", line)
            if not call:
                continue
            counts[call[1]] = counts.get(call[1], 0) + 1
            locked = locked or '"lock"' in line
            if locked and call[1] in names:
                found.append((call[1], counts[call[1]]))
    assert any(name.startswith("rename") for name, _ in found), "nothing was renamed"
    return found


class Step:
    """A place where generation 2 is in use (after 1), and 3 is about to come. `foreign`: both have images of a layout that
    this program cannot read, as after an upgrade."""

    code = 0  # of a command that does all of it

    def __init__(self, words, foreign=False):
        self.words, self.foreign = words, foreign

    def command(self, place):
        return (*self.words, place.waiting()) if self.words[0] == "approve" else self.words

    def prepare(self, place):
        place.configure("keep_generations 4")
        for number in (1, 2):
            place.publish(number)
        if self.words[0] == "publish":
            # Leftovers to tidy up, so that the walk finds them.
            os.mkdir(os.path.join(place.state, ".new-000009"))
            os.symlink("gen-000001", os.path.join(place.state, ".current.new"))
            place.rule(3)
        elif self.words[0] == "approve":
            place.configure("keep_generations 4", "must_not_bypass mark.example")
            place.publish(3, want=1)
            place.configure("keep_generations 4")
        for number in (1, 2) if self.foreign else ():
            with open(os.path.join(place.state, f"gen-{number:06}", "image"), "r+b") as file:
                file.seek(7)
                file.write(b"\x09")

    @property
    def target(self):
        return 1 if self.words[0] == "rollback" else 3

    @property
    def outcomes(self):
        return {2, self.target}

    def check(self, place, done, must_tell):
        """Whatever happened to the command, the generation in use is complete, and the next publish works normally."""
        seen = place.seen()
        assert seen in self.outcomes, f"sees {seen}"
        if must_tell and done.returncode != 0:
            assert done.returncode == 2 and done.stderr.strip(), f"ended with {done.returncode}, saying {done.stderr!r}"
        if must_tell and done.returncode == 0:
            assert seen == self.target, "reports success, but did not do it"
        assert place.link("current") in self.outcomes | {4}, "not the generation that was meant"
        if self.words[0] == "approve":
            assert place.link("pending") in (0, 3), "something else waits"
            assert place.link("pending") == 0 or place.ctl("reject", place.waiting()).returncode in (0, 1)
        place.publish(4)
        assert answer(place.image()) == 4 and place.left_behind() == [], place.left_behind()
        assert place.ctl("status").returncode == 0 and place.link("previous") in self.outcomes
        for number in place.generations():
            folder = os.path.join(place.state, f"gen-{number:06}")
            assert {"image", "review.txt", "table.txt"} <= set(os.listdir(folder)), number


class ImportStep:
    """An import of which a part is safe: old.example closes. new.example waits. `again`: an older version waits already."""

    code = 1
    words = ("import",)
    DOCUMENTS = {"2026010100": ',"old.example","older.example"', "2026020100": ',"older.example","new.example"',
                 "2026030100": ',"new.example","newer.example"'}

    def __init__(self, again):
        self.version = "2026030100" if again else "2026020100"
        self.current, self.pending = (3, 4) if again else (2, 0)
        self.again = again

    def take(self, place, version):
        return place.ctl(*self.command(place, version))

    def command(self, place, version=None):
        version = version or self.version
        return ("import", "--version", version, os.path.join(place.top, f"{version}.json"))

    def prepare(self, place):
        place.configure("keep_generations 9", "review auto")
        assert place.ctl("publish").returncode == 0
        for version, names in self.DOCUMENTS.items():
            place.write(f"{version}.json", DOCUMENT % names)
        done = self.take(place, "2026010100")
        assert done.returncode == 0, done.stderr
        place.configure("keep_generations 9")
        if self.again:
            done = self.take(place, "2026020100")
            assert done.returncode == 1, done.stderr
        assert (place.link("current"), place.link("pending")) == (self.current, self.pending)

    @staticmethod
    def bypassed(place, link="current"):
        names = ("old.example", "older.example", "new.example", "newer.example")
        done = run(ACL, "-t", os.path.join(place.state, link, "image"), input="".join(f"{name} - 443\n" for name in names))
        return {name for name, line in zip(names, done.stdout.splitlines()) if line.startswith("OK ")}

    def state(self, place):
        """(what is in use, what waits): "was" and "is", before and after; None for nothing."""
        current, pending = place.link("current"), place.link("pending")
        names = self.bypassed(place)
        was = {"older.example"} if self.again else {"old.example", "older.example"}
        safe = set() if self.again else {"older.example"}
        assert names == (was if current == self.current else safe), f"generation {current}: {names}"
        waits = None if pending == 0 else "was" if pending == self.pending else "is"
        return ("was" if current == self.current else "is"), waits

    def check(self, place, done, must_tell):
        """Nothing opened. The import either did not begin, or its safe part is in use, or both parts are where they belong.
        The next import does what is missing, and nothing twice."""
        before = "was" if self.again else None
        seen = self.state(place)
        assert seen in (("was", before), ("is", before), ("is", "is")), f"state {seen}"
        if must_tell and done.returncode != 1:
            assert done.returncode == 2 and done.stderr.strip(), f"ended with {done.returncode}, saying {done.stderr!r}"
        if must_tell and done.returncode == 1:
            assert seen == ("is", "is"), f"reports success in state {seen}"
        used = place.link("current")
        again = self.take(place, self.version)
        assert again.returncode == 1, again.stderr
        assert self.state(place) == ("is", "is"), f"then {self.state(place)}: {again.stderr}"
        assert seen[0] == "was" or place.link("current") == used, "the safe part was published twice"
        wanted = {"new.example", "newer.example"} if self.again else {"older.example", "new.example"}
        assert self.bypassed(place, "pending") == wanted, self.bypassed(place, "pending")
        assert place.ctl("approve", place.waiting()).returncode == 0
        assert self.bypassed(place) == wanted and place.left_behind() == [], place.left_behind()
        status = place.json("status")[0]
        assert status["attention"] == [one for one in status["attention"] if "the document in use is" in one], status


def walk(words, names, injection, must_tell, foreign=False):
    """Runs the command once for each step with the injection."""
    walk_of(Step(words, foreign), names, injection, must_tell)


def walk_of(step, names, injection, must_tell, every=1):
    """The same for a step that is given. With `every` only one step of so many, so that all walks together take minutes; all of them
    with M365_ALL=1 in the environment."""
    model = Place()
    step.prepare(model)
    with Place() as place:
        place.become(model)
        todo = steps(place, names, step)

    total = len(todo)
    todo = todo if os.environ.get("M365_ALL") else todo[::every]
    missed = []

    def one(item):
        name, which = item
        with Place() as place:
            place.become(model)
            inject = f"inject={name}:{injection}:when={which}"
            done = place.ctl(*step.command(place), before=traced("-o", os.devnull, "-e", inject))
            if "SIGKILL" in injection and done.returncode != -9:
                missed.append(f"{name} {which}")
            try:
                step.check(place, done, must_tell)
            except AssertionError as error:
                return f"{name} {which}: {error} (exit {done.returncode}, {done.stderr!r})"
        return None

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        found = [trouble for trouble in pool.map(one, todo) if trouble]
    shutil.rmtree(model.top)
    assert not missed, f"not killed at {', '.join(missed)}"
    assert not found, f"{len(found)} of {len(todo)}:\n      " + "\n      ".join(found[:12])
    print(f"    {len(todo)} of {total} steps of {step.words[0]}, each with {injection}")


def test_kill_publish():
    """kill -9 at each step of publish."""
    walk(("publish",), CHANGING, "signal=SIGKILL", False)


def test_kill_rollback():
    """kill -9 at each step of rollback."""
    walk(("rollback",), CHANGING, "signal=SIGKILL", False)


def test_kill_approve():
    """kill -9 at each step of approve."""
    walk(("approve",), CHANGING, "signal=SIGKILL", False)


def test_enospc_publish():
    """No space left at each step of publish."""
    walk(("publish",), CHANGING, "error=ENOSPC", True)


def test_enospc_rollback():
    """No space left at each step of rollback."""
    walk(("rollback",), CHANGING, "error=ENOSPC", True)


def test_enospc_approve():
    """No space left at each step of approve."""
    walk(("approve",), CHANGING, "error=ENOSPC", True)


def test_eio_publish():
    """An I/O error at each step of publish, including reads."""
    walk(("publish",), FAILING, "error=EIO", True)


def test_eio_rollback():
    """An I/O error at each step of rollback, including reads."""
    walk(("rollback",), FAILING, "error=EIO", True)


def test_eio_approve():
    """An I/O error at each step of approve, including reads."""
    walk(("approve",), FAILING, "error=EIO", True)


def test_import_cut_off():
    """The safe part is in use, and an older version still waits: the next command goes on from what is in use."""
    for words in (("publish",), ("import", "--instance", "China", "--version", "2026030100")):
        with Place() as place:
            place.write("data/china.rules", SHIPPED.replace("worldwide", "china"))
            step = ImportStep(True)
            step.prepare(place)
            assert step.take(place, step.version).returncode == 1
            assert (place.link("current"), place.link("pending")) == (5, 6)
            shutil.rmtree(os.path.join(place.state, "gen-000006"))
            os.unlink(os.path.join(place.state, "pending"))
            os.symlink("gen-000004", os.path.join(place.state, "pending"))
            if words[0] == "publish":
                place.rule(1)
            else:
                place.configure("keep_generations 9", "instance Worldwide China")
                place.write("china.json", DOCUMENT % "")
                words = (*words, place.path("china.json"))
            done = place.ctl(*words)
            assert done.returncode in (0, 1), done.stderr
            assert step.bypassed(place) == set(), step.bypassed(place)
            assert place.link("pending") > place.link("current"), done.stderr
            assert step.bypassed(place, "pending") == {"new.example", "newer.example"}, done.stderr


def test_kill_import():
    """kill -9 at each step of an import that publishes a part and lets a part wait."""
    for again in (False, True):
        walk_of(ImportStep(again), CHANGING, "signal=SIGKILL", False, every=3 if again else 1)


def test_enospc_import():
    """No space left at each step of such an import."""
    for again in (False, True):
        walk_of(ImportStep(again), CHANGING, "error=ENOSPC", True, every=4)


def test_eio_import():
    """An I/O error at each step of such an import, including reads."""
    for again in (False, True):
        walk_of(ImportStep(again), FAILING, "error=EIO", True, every=6)


def test_kill_after_upgrade():
    """kill -9 at each step of publish and rollback while the images in use have another layout."""
    walk(("publish",), CHANGING, "signal=SIGKILL", False, foreign=True)
    walk(("rollback",), CHANGING, "signal=SIGKILL", False, foreign=True)


def test_enospc_after_upgrade():
    """No space left at each of these steps: the old generation is used, with a table compiled in memory."""
    walk(("publish",), CHANGING, "error=ENOSPC", True, foreign=True)
    walk(("rollback",), CHANGING, "error=ENOSPC", True, foreign=True)


def test_eio_after_upgrade():
    """An I/O error at each of these steps, including reads."""
    walk(("publish",), FAILING, "error=EIO", True, foreign=True)
    walk(("rollback",), FAILING, "error=EIO", True, foreign=True)


def test_synced():
    """Before a rename the file is synced, after it the folder, so a power cut loses nothing."""
    call = re.compile(r"\d+ +(\w+)\((.*)\) += (-?\d+)")
    for words in (("rollback",), ("publish",)):
        with Place() as place:
            Step(words).prepare(place)
            log = os.path.join(place.top, "trace")
            done = place.ctl(*words, before=traced("-o", log))
            assert done.returncode == 0, done.stderr
            with open(log, encoding="utf-8", errors="replace") as file:
                calls = [found.groups() for found in map(call.match, file) if found and found[3] != "-1"]
        paths, dirty, renames, waiting = {}, set(), 0, 0
        for name, given, result in calls:
            first = given.split(",")[0]
            if name == "openat":
                paths[result] = f"{paths.get(first, '')}/" + given.split('"')[1]
                if "O_CREAT" in given and "lock" not in given:
                    dirty.add(paths[result])
            elif name == "mkdirat":
                dirty.add(f"{paths[first]}/" + given.split('"')[1])
            elif name == "fsync":
                dirty.discard(paths[first])
                waiting = 0 if paths[first] == paths["3"] else waiting
            elif name == "renameat":
                words_of = given.split('"')
                source = f"{paths[first]}/{words_of[1]}"
                if words_of[3].startswith(".old-"):
                    continue
                assert not [path for path in dirty if path.startswith(source)], f"not synced before {given}: {dirty}"
                if paths[first] == paths["3"]:
                    assert waiting == 0, f"the folder was not synced between two renames, before {given}"
                    waiting = 1
                renames += 1
        assert renames >= 3 and waiting == 0, f"{renames} renames, {waiting} not synced"


# ---- a real full disk ---------------------------------------------------------------------------------------------------


def full_disk():
    """In a separate mount namespace: a small tmpfs under the state folder, filled up."""
    with Place() as place:
        os.mkdir(place.state)
        done = run("mount", "-t", "tmpfs", "-o", "size=256k,mode=755", "tmpfs", place.state)
        assert done.returncode == 0, done.stderr
        place.configure("keep_generations 4")
        for number in (1, 2):
            place.publish(number)
        ballast = os.open(os.path.join(place.state, "ballast"), os.O_WRONLY | os.O_CREAT)
        try:
            while True:
                os.write(ballast, b"x" * 4096)
        except OSError:
            os.close(ballast)
        place.rule(3)
        done = place.ctl("publish")
        assert done.returncode == 2 and "No space left" in done.stderr and "stays" in done.stderr, done.stderr
        assert place.seen() == 2 and place.generations() == [1, 2] and place.left_behind() == []
        done = place.ctl("rollback")
        assert done.returncode == 0, done.stderr
        assert place.seen() == 1, "no rollback on a full disk"
        os.unlink(os.path.join(place.state, "ballast"))
        place.publish(4)
        assert place.seen() == 4 and place.ctl("status").returncode == 0
        run("umount", place.state)


def test_full_disk():
    """On a really full disk, publish changes nothing and says so, and rollback works."""
    if os.geteuid() != 0:
        raise Skip("needs root to mount a disk of its own")
    if run("unshare", "-m", "true").returncode != 0:
        raise Skip("cannot create a mount namespace")
    done = run("unshare", "-m", sys.executable, "-B", os.path.abspath(__file__), "--full-disk")
    assert done.returncode == 0, done.stdout + done.stderr


def main():
    if sys.argv[1:] == ["--full-disk"]:
        full_disk()
        return 0
    return stage.run_tests(globals(), ACL, CTL)


if __name__ == "__main__":
    sys.exit(main())
