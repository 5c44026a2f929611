#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
traffic_test.py - the counts of access logs that an update keeps: the same as of one plain pass over everything.

What it is for: logs grow, are rotated, packed, copied and cut off between runs at any time of a made-up clock. What the folder
then holds is compared with `m365ctl replay --save` over all lines, which tests/replay compares with a plain reader.

    traffic_test.py [WORD]...     the tests whose name holds a word; all without words

Where it sits: tests/update/, run by `make check`. traffic_stage.c calls the code at the time that a test wants.
"""

import gzip
import json
import os
import random
import re
import resource
import shutil
import stat
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import CTL, check, run, traced, want  # noqa: E402

STAGE = os.path.join(stage.BUILD, "tests", "update", "traffic_stage")
HOUR, DAY = 3600, 86400
FIRST = 1790000000 // DAY * DAY + 7 * HOUR  # in the morning
LATE = 60
HOSTS = ["outlook.office365.com", "login.microsoftonline.com", "www.example.com", "52.96.0.7", "OutLook.Office365.com"]
CHANGING = ("openat", "write", "fsync", "renameat", "renameat2", "unlinkat", "mkdirat", "fchmod", "ftruncate", "pwrite64")


def line_at(rand, when):
    host = rand.choice(HOSTS)
    return (f"{when}.{rand.randrange(1000):03d} {rand.randrange(900):6d} 10.0.{rand.randrange(3)}.{rand.randrange(80)} "
            f"TCP_TUNNEL/200 {rand.randrange(9999)} CONNECT {host}:443 - HIER_DIRECT/192.0.2.1 -\n")


class Yard(stage.Place):
    """A Squid that logs, and the folder of counts."""

    def __init__(self, *lines, pattern="log/access.log*", seed=1):
        super().__init__()
        os.mkdir(self.path("log"))
        os.mkdir(self.path("local.d"))
        os.mkdir(self.path("state"))
        self.rand = random.Random(seed)
        self.lines = []  # (when, line), all that were ever logged
        self.conf = self.write("m365.conf", "\n".join((f"state {self.path('state')}", f"log {pattern}") + lines) + "\n")

    def log(self, when, name="access.log", line=None):
        line = line or line_at(self.rand, when)
        self.lines.append((when, line))
        with open(self.path("log", name), "a", encoding="ascii") as file:
            file.write(line)
        os.utime(self.path("log", name), (when, when))

    def fill(self, start, end, count, name="access.log"):
        for when in sorted(self.rand.randrange(start, end) for _ in range(count)):
            self.log(when, name)

    def rotate(self, name="access.log", pack=True):
        """As logrotate(8) with `compress` and `delaycompress`."""
        def at(number, end=""):
            return self.path("log", f"{name}.{number}{end}")
        for number in range(400, 0, -1):
            for end in ("", ".gz"):
                if os.path.exists(at(number, end)):
                    os.rename(at(number, end), at(number + 1, end))
        os.rename(self.path("log", name), at(1))
        if pack and os.path.exists(at(2)):
            self.pack(f"{name}.2")

    def pack(self, name):
        path = self.path("log", name)
        when = os.stat(path).st_mtime
        with open(path, "rb") as plain, gzip.open(path + ".gz", "wb") as packed:
            shutil.copyfileobj(plain, packed)
        os.utime(path + ".gz", (when, when))
        os.unlink(path)

    def take(self, now, before=(), silent=True, **more):
        done = run(*before, STAGE, self.conf, str(now), **more)
        check(not silent or (done.returncode == 0 and done.stderr == ""), f"exit {done.returncode}", done.stderr)
        return done

    def days(self):
        names = os.listdir(self.path("state", "evidence"))
        return sorted(name for name in names if re.fullmatch(r"\d{4}-\d\d-\d\d\.\d+", name))

    def until(self):
        return max(int(name.split(".")[1]) for name in self.days())

    def counted(self):
        """The counts of the folder, a line for each destination and day."""
        files = [self.path("state", "evidence", name) for name in self.days()]
        done = run(CTL, "replay", "--merge", "--save", "-", *files)
        check(done.returncode == 0, done.stderr)
        return [line for line in done.stdout.splitlines() if line[:1] in "hc"]

    def truth(self, end, start=0):
        """The same of all lines from one moment to before another."""
        plain = "".join(line for when, line in self.lines if start <= when < end)
        done = run(CTL, "replay", "--save", "-", "--key", self.path("state", "evidence", "key"), self.write("all", plain))
        check(done.returncode == 0, done.stderr)
        return [line for line in done.stdout.splitlines() if line.startswith("h")]

    def compare(self, what, end, start=0):
        want(f"{what}: until", self.until(), end)
        got, wanted = self.counted(), self.truth(end, start)
        check(got == wanted, what, [line for line in got if line not in wanted][:3], [line for line in wanted if line not in got][:3],
              self.days())


def test_hours():
    """A run every hour or so, over four days with rotations and packing in between."""
    for seed in range(2):
        with Yard(seed=seed) as yard:
            now = FIRST
            for hour in range(96):
                yard.fill(now, now + HOUR, yard.rand.choice((0, 3, 40)))
                now += HOUR
                if yard.rand.random() < 0.1 and os.path.exists(yard.path("log", "access.log")):
                    yard.rotate()
                    yard.log(now)
                if yard.rand.random() < 0.8 and yard.lines:
                    yard.take(now)
                if hour % 16 == 15:
                    yard.take(now)
                    yard.compare(f"seed {seed}, hour {hour}", now - LATE)
            check(len(yard.days()) == 5, yard.days())
            check(all(stat.S_IMODE(os.stat(yard.path("state", "evidence", name)).st_mode) == 0o600 for name in [*yard.days(), "key"]))
            want("folder", stat.S_IMODE(os.stat(yard.path("state", "evidence")).st_mode), 0o700)


def test_whole():
    """The first run counts what is there, all days at once, and knows no day before the first line."""
    with Yard() as yard:
        for day in range(5):
            yard.fill(FIRST + day * DAY, FIRST + (day + 1) * DAY, 300)
            if day < 4:
                yard.rotate()
        now = FIRST + 5 * DAY
        yard.take(now)
        yard.compare("whole", now - LATE)
        want("days", len(yard.days()), 6)
        yard.take(now)
        yard.compare("again", now - LATE)


def test_wrong_times():
    """Lines with a time of the past or of the time to come, in between: the others count, and it is said once."""
    rand = random.Random(3)
    rights = [line_at(rand, FIRST + 4 * i) for i in range(4 * HOUR)]
    for ahead, many in ((-40 * DAY, 400), (-3 * HOUR, 400), (DAY, 400)):
        for packed in (False, True):
            with Yard() as yard:
                now = FIRST + 20 * HOUR
                wrongs = [line_at(yard.rand, FIRST + 10 * HOUR + ahead) for _ in range(many)]
                place = len(rights) - (100 if ahead < 0 else 3600)
                yard.write("log/access.log", "".join(rights[:100]))
                os.utime(yard.path("log", "access.log"), (FIRST + 400, FIRST + 400))
                yard.take(FIRST + 19 * HOUR, silent=ahead == -3 * HOUR)
                yard.write("log/access.log", "".join(rights[:place] + wrongs + rights[place:]))
                os.utime(yard.path("log", "access.log"), (now - 1, now - 1))
                shutil.rmtree(yard.path("state", "evidence"))
                if packed:
                    yard.pack("access.log")
                first = yard.take(now, silent=False)
                yard.take(now + HOUR)
                said = first.stderr.count("are not in the order of their times")
                check(first.stderr.count("\n") == said and said <= 1 and (said == 1 or not packed and many == 1), ahead, many, first.stderr)
                got = sum(int(line.split("\t")[6]) for line in yard.counted())
                check(len(rights) <= got <= len(rights) + many, ahead, many, packed, got)


def test_month():
    """Days before the last 30 go, also without a log in the configuration."""
    with Yard() as yard:
        for day in range(40):
            yard.fill(FIRST + day * DAY, FIRST + (day + 1) * DAY, 20)
            yard.rotate()
        now = FIRST + 40 * DAY
        yard.log(now)
        yard.take(now)
        start = (now // DAY - 30) * DAY
        yard.compare("month", now - LATE, start)
        want("days", len(yard.days()), 31)
        yard.write("m365.conf", f"state {yard.path('state')}\n")
        yard.take(now + 10 * DAY)
        want("days", len(yard.days()), 21)


def test_gap():
    """Days that the logs do not have are not there; days without a request are, if the logs go back to before."""
    with Yard() as yard:
        yard.fill(FIRST, FIRST + HOUR, 30)
        yard.take(FIRST + 2 * HOUR)
        os.unlink(yard.path("log", "access.log"))
        later = FIRST + 10 * DAY
        yard.fill(later, later + HOUR, 30)
        yard.take(later + HOUR)
        names = [name[:10] for name in yard.days()]
        want("days", names, [time.strftime("%Y-%m-%d", time.gmtime(when)) for when in (FIRST, later)])
        yard.rotate()
        yard.log(later + 3 * DAY)
        yard.take(later + 3 * DAY + HOUR)
        want("days", len(yard.days()), 5)


def test_stray():
    """An old copy beside the logs, or logs long before, make no days; a week without a request does, in one log or two."""
    for old, gap, one_log in ((400, 0, False), (20, 0, False), (33, 0, False), (0, 5, False), (0, 9, False), (0, 5, True), (0, 9, True)):
        with Yard() as yard:
            now = FIRST + 40 * DAY
            if old:
                yard.log(now - old * DAY, "access.log.bak")
            if gap:
                yard.log(now - (gap + 1) * DAY)
                if not one_log:
                    yard.rotate()
            yard.log(now - DAY)
            yard.log(now - HOUR)
            yard.take(now)
            days = [name[:10] for name in yard.days()]
            ago = [*range(gap + 1, 1, -1)] if gap == 5 else [gap + 1] if gap else [old] if old == 20 else []
            want(f"days {old} {gap}", days, [time.strftime("%Y-%m-%d", time.gmtime(now - n * DAY)) for n in (*ago, 1, 0)])


def test_added():
    """A log that is named later: it is said, and all days begin anew with its lines. Fewer or moved words change nothing."""
    with Yard(pattern="log/one.log*") as yard:
        for name in ("one.log", "two.log"):
            yard.fill(FIRST, FIRST + 2 * DAY, 100, name)
        now = FIRST + 2 * DAY
        ones = [pair for pair in yard.lines if pair in yard.lines[:100]]
        yard.take(now)
        both, yard.lines = yard.lines, ones
        yard.compare("one", now - LATE)
        state = f"state {yard.path('state')}\n"
        yard.write("m365.conf", state + "log log/one.log* log/missing.log*\n")
        done = yard.take(now + HOUR, silent=False)
        check("there is no log" in done.stderr and len(yard.days()) == 3, done.stderr, yard.days())
        yard.write("m365.conf", state + "log log/one.log* log/two.log*\n")
        done = yard.take(now + HOUR, silent=False)
        check("'log' names other logs than before" in done.stderr and done.stderr.count("\n") == 1, done.stderr)
        yard.lines = both
        yard.compare("both", now + HOUR - LATE)
        for conf in ("log log/two.log*\nlog log/one.log*\n", "log log/two.log*\n"):
            yard.write("m365.conf", state + conf)
            yard.take(now + 2 * HOUR)
            yard.compare(conf, now + 2 * HOUR - LATE)


def test_place():
    """Days without a line are looked through once, and `status` says how far that is."""
    with Yard() as yard:
        now = FIRST + 40 * DAY
        yard.log(now - 10)
        yard.take(now)
        want("days", yard.days(), [])
        first = yard.read("state/evidence/place").splitlines()
        want("place", first, [f"until {now - LATE}", f"log {yard.path('log')}/access.log*"])
        done = run(CTL, "status", "-c", yard.conf)
        check(re.search(r"^log         no line before \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", done.stdout, re.M), done.stdout)
        done = yard.take(now + HOUR, before=traced("-o", yard.path("trace"), "-e", "trace=renameat"))
        want("renamed", re.findall(r'"([^"]+)"\) = 0', yard.read("trace")), yard.days())
        yard.compare("then", now + HOUR - LATE)
        for junk in ("", "until x\n", "until 1", "x" * 5_000_000):
            yard.write("state/evidence/place", junk)
            yard.take(now + HOUR)
            yard.compare("again", now + HOUR - LATE)


def test_many():
    """More logs than files may be open at first: they are counted; if the system lets no more be open, that is said."""
    with Yard() as yard:
        now = FIRST + DAY
        for number in range(1100):
            yard.log(FIRST + number * 60, f"access.log.{number}")
        low = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (400, 1000))}
        done = yard.take(now, silent=False, **low)
        check("1100 logs are to be read, and 1000 files may be open; allow more" in done.stderr and "'log'" in done.stderr, done.stderr)
        want("days", yard.days(), [])
        enough = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (400, 1200))}
        yard.take(now, **enough)
        yard.compare("many", now - LATE)


def test_workers():
    """Two logs that two processes write, each rotated by itself, and lines that come late."""
    with Yard(pattern="log/one.log* log/two.log*") as yard:
        now = FIRST
        for hour in range(30):
            for name in ("one.log", "two.log"):
                late = yard.rand.randrange(now + 100, now + HOUR)
                for when in sorted([late] + [yard.rand.randrange(now, now + HOUR) for _ in range(20)]):
                    yard.log(when - (20 if when == late else 0), name)
                if yard.rand.random() < 0.2:
                    yard.rotate(name)
                    yard.log(now + HOUR, name)
            now += HOUR
            yard.take(now)
            yard.compare(f"hour {hour}", now - LATE)


def test_moving():
    """A packed log that is being made beside the plain one, and a copy that is being made, count once."""
    with Yard() as yard:
        yard.fill(FIRST, FIRST + HOUR, 200)
        shutil.copy2(yard.path("log", "access.log"), yard.path("log", "access.log.1"))
        yard.take(FIRST + HOUR)
        yard.compare("copy", FIRST + HOUR - LATE)
        with open(yard.path("log", "access.log"), "w", encoding="ascii"):
            pass
        yard.fill(FIRST + HOUR, FIRST + 2 * HOUR, 100)
        yard.take(FIRST + 2 * HOUR)
        yard.compare("cut off", FIRST + 2 * HOUR - LATE)
        yard.fill(FIRST + 2 * HOUR, FIRST + 3 * HOUR, 100)
        with open(yard.path("log", "access.log"), "rb") as plain, gzip.open(yard.path("log", "access.log.gz"), "wb") as packed:
            shutil.copyfileobj(plain, packed)
        yard.take(FIRST + 3 * HOUR)
        yard.compare("being packed", FIRST + 3 * HOUR - LATE)


def test_alive():
    """Runs while the log is written, rotated and packed all the time: nothing twice, nothing lost."""
    with Yard() as yard:
        clock, ended = [FIRST], threading.Event()

        def write():
            while not ended.is_set():
                for _ in range(20):
                    yard.log(clock[0])
                    clock[0] += 3
                if yard.rand.random() < 0.5:
                    yard.rotate(pack=yard.rand.random() < 0.7)
                time.sleep(0.01)

        writer = threading.Thread(target=write)
        yard.log(FIRST)
        writer.start()
        told = []
        try:
            for _ in range(60):
                done = yard.take(clock[0], silent=False)
                check(done.returncode == 0, done.stderr)
                told += done.stderr.splitlines()
        finally:
            ended.set()
            writer.join()
        check(all("change their names all the time" in line for line in told), told)
        now = clock[0] + HOUR
        yard.take(now)
        yard.compare(f"alive, {len(yard.lines)} lines", now - LATE)
        print(f"    {len(yard.lines)} lines in {len(os.listdir(yard.path('log')))} logs, {len(told)} of 60 runs came between")


def test_back():
    """The clock is set back: by less than a day that day is counted again; by more nothing is touched."""
    with Yard() as yard:
        yard.fill(FIRST, FIRST + 10 * HOUR - 600, 300)
        yard.take(FIRST + 10 * HOUR)
        now = FIRST + 9 * HOUR
        done = yard.take(now, silent=False)
        check("the clock was set back" in done.stderr, done.stderr)
        yard.compare("again", now - LATE)
        yard.fill(now, now + HOUR, 50)
        done = yard.take(now + HOUR, silent=False)
        check("access.log' are not in the order of their times" in done.stderr and done.stderr.count("\n") == 1, done.stderr)
        yard.compare("the hour twice", now + HOUR - LATE)
        before = yard.days()
        done = yard.take(FIRST - 400 * DAY, silent=False)
        check("if the clock is right now, remove this file" in done.stderr, done.stderr)
        want("days", yard.days(), before)
        yard.take(now + 2 * HOUR)
        yard.compare("after it", now + 2 * HOUR - LATE)


def test_damage():
    """A file of a day that is damaged, of another kind or cut off is set aside, and its day counted again."""
    def flip(path):
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            file.write(b"\x00")

    def cut(path):
        os.truncate(path, os.path.getsize(path) // 2)

    def other(path, make):
        os.unlink(path)
        make(path)

    ways = (flip, cut, lambda path: other(path, os.mkdir), lambda path: other(path, os.mkfifo),
            lambda path: other(path, lambda at: os.symlink("/etc/passwd", at)), lambda path: os.truncate(path, 0))
    for number, way in enumerate(ways):
        with Yard() as yard:
            yard.fill(FIRST, FIRST + 30 * HOUR, 300)
            yard.take(FIRST + 29 * HOUR)
            way(yard.path("state", "evidence", yard.days()[-1]))
            done = yard.take(FIRST + 30 * HOUR, silent=False)
            check("was set aside" in done.stderr and done.stderr.count("\n") == 1, number, done.stderr)
            yard.compare(f"way {number}", FIRST + 30 * HOUR - LATE)
            if number > 1:
                continue
            damaged = yard.path("state", "evidence", "damaged")
            os.utime(damaged, (FIRST + 30 * HOUR, FIRST + 30 * HOUR))
            for day, kept in ((30, True), (33, False)):
                yard.take(FIRST + day * DAY)
                want(f"damaged after {day} days", os.path.exists(damaged), kept)


def test_key():
    """A damaged key is set aside; what was counted stays."""
    with Yard() as yard:
        yard.fill(FIRST, FIRST + HOUR, 30)
        yard.take(FIRST + HOUR)
        want("key", os.path.getsize(yard.path("state", "evidence", "key")), 16)
        os.truncate(yard.path("state", "evidence", "key"), 3)
        done = yard.take(FIRST + 2 * HOUR, silent=False)
        check("is no key and was set aside" in done.stderr, done.stderr)
        want("key", os.path.getsize(yard.path("state", "evidence", "key")), 16)


def test_cut_off():
    """A packed log that is cut off is named, and the others are counted."""
    with Yard() as yard:
        yard.fill(FIRST, FIRST + HOUR, 200)
        yard.rotate()
        yard.pack("access.log.1")
        os.truncate(yard.path("log", "access.log.1.gz"), os.path.getsize(yard.path("log", "access.log.1.gz")) // 2)
        os.utime(yard.path("log", "access.log.1.gz"), (FIRST + HOUR, FIRST + HOUR))
        yard.fill(FIRST + HOUR, FIRST + 2 * HOUR, 200)
        done = yard.take(FIRST + 2 * HOUR, silent=False)
        check("access.log.1.gz" in done.stderr and done.stderr.count("\n") == 1, done.stderr)
        got = yard.counted()
        want("until", yard.until(), FIRST + 2 * HOUR - LATE)
        least = sum(int(line.split("\t")[6]) for line in yard.truth(FIRST + 2 * HOUR - LATE, FIRST + HOUR))
        check(sum(int(line.split("\t")[6]) for line in got) >= least, got)


def test_strange():
    """A log that is packed in a way that cannot be read is named as long as it may have new lines."""
    with Yard() as yard:
        yard.fill(FIRST, FIRST + HOUR, 20)
        yard.write("log/access.log.2.bz2", b"BZh91AY\n&SY\n\x00\n" * 100)
        os.utime(yard.path("log", "access.log.2.bz2"), (FIRST, FIRST))
        done = yard.take(FIRST + HOUR, silent=False)
        check("access.log.2.bz2' is not packed with gzip, xz or zstd" in done.stderr and yard.days() == [], done.stderr)
        os.rename(yard.path("log", "access.log.2.bz2"), yard.path("away.bz2"))
        yard.take(FIRST + HOUR)
        os.rename(yard.path("away.bz2"), yard.path("log", "access.log.2.bz2"))
        yard.take(FIRST + 2 * HOUR)
        yard.compare("without it", FIRST + 2 * HOUR - LATE)


def test_half():
    """A line that is still being written is counted by the next run; what is no line of a log never."""
    with Yard() as yard:
        yard.fill(FIRST, FIRST + HOUR, 50)
        with open(yard.path("log", "access.log"), "a", encoding="ascii") as file:
            file.write("no line of a log\n\n")
        line = line_at(yard.rand, FIRST + HOUR + 10)
        with open(yard.path("log", "access.log"), "a", encoding="ascii") as file:
            file.write(line[:40])
        yard.take(FIRST + HOUR + 30)
        yard.compare("half", FIRST + HOUR - 30)
        with open(yard.path("log", "access.log"), "a", encoding="ascii") as file:
            file.write(line[40:])
        yard.lines.append((FIRST + HOUR + 10, line))
        os.utime(yard.path("log", "access.log"), (FIRST + HOUR + 40, FIRST + HOUR + 40))
        yard.take(FIRST + 2 * HOUR)
        yard.compare("whole", FIRST + 2 * HOUR - LATE)


def test_refused():
    """A log that is not there or may not be read is told with who must be allowed it, and nothing counts as counted."""
    with Yard() as yard:
        done = yard.take(FIRST, silent=False)
        check(f"there is no log '{yard.path('log')}/access.log*'" in done.stderr, done.stderr)
        check(yard.days() == [], yard.days())
        if os.geteuid() != 0:
            raise stage.Skip("only root can become another user")
        yard.fill(FIRST, FIRST + HOUR, 50)
        for path in (yard.top, yard.path("local.d")):
            os.chmod(path, 0o755)
        for folder, _, names in os.walk(yard.path("state")):
            for name in ("", *names):
                os.chown(os.path.join(folder, name), 65534, 65534)
        os.chmod(yard.path("log", "access.log"), 0o640)
        as_other = {"user": 65534, "group": 65534, "extra_groups": []}
        done = yard.take(FIRST + HOUR, silent=False, **as_other)
        check("let the user 'nobody' read it" in done.stderr and "the group 'root'" in done.stderr, done.stderr)
        os.chmod(yard.path("log"), 0o700)
        done = yard.take(FIRST + HOUR, silent=False, **as_other)
        check("let the user 'nobody' read it" in done.stderr and done.stderr.count("\n") == 1, done.stderr)
        check(yard.days() == [], yard.days())
        os.chmod(yard.path("log"), 0o755)
        os.chmod(yard.path("log", "access.log"), 0o644)
        yard.take(FIRST + HOUR, **as_other)
        yard.compare("allowed", FIRST + HOUR - LATE)


def test_formats():
    """A format by its name and by its text."""
    text = r'log_format "%ts.%03tu %>a %rm %ru \"%{User-Agent}>h\" %>Hs %Ss"'
    with Yard(text) as yard:
        for when in range(FIRST, FIRST + HOUR, 60):
            yard.log(when, line=f'{when}.000 10.0.0.9 CONNECT www.example.com:443 "a b" 200 TCP_TUNNEL\n')
        yard.take(FIRST + HOUR)
        counts = [line.split("\t")[6] for line in yard.counted()]
        want("requests", counts, ["59"])
    for line, part in (("log_format nonsense", "there is no format 'nonsense'"), ("log -", "'-' is no file"),
                       ("log log/access.log*", "is named twice"), ('log_format "%zz"', "'log_format'")):
        with Yard(line) as yard:
            done = yard.take(FIRST, silent=False)
            check(done.returncode == 2 and part in done.stderr, line, done.stderr)


def test_other_format():
    """A log whose format changes is read on; one whose format nobody knows is told, and not taken for an empty one."""
    with Yard() as yard:
        yard.fill(FIRST, FIRST + HOUR, 4000)
        yard.take(FIRST + HOUR)
        for when in range(FIRST + HOUR, FIRST + 3 * HOUR, 2):
            yard.log(when, line=f"{when}.000 10.0.0.9 - CONNECT new.example.com:443 200 splice sni=- cat=- area=- id=- why=no-rule "
                                f"gen=x ms=250 bytes=7\n")
        yard.take(FIRST + 2 * HOUR)
        yard.take(FIRST + 3 * HOUR)
        yard.compare("other lines", FIRST + 3 * HOUR - LATE)
        check(sum("new.example.com" in line for line in yard.counted()) == 1, yard.counted())
        before = yard.days()
        with open(yard.path("log", "access.log"), "a", encoding="ascii") as file:
            file.write("".join(f"{when};10.0.0.9;new.example.com\n" for when in range(FIRST + 3 * HOUR, FIRST + 4 * HOUR)))
        done = yard.take(FIRST + 4 * HOUR, silent=False)
        check("are of no known format" in done.stderr and "write 'log_format'" in done.stderr, done.stderr)
        want("days", yard.days(), before)


def test_killed():
    """kill -9 at each step; the next run ends with the right counts."""
    model = Yard()
    model.fill(FIRST, FIRST + 20 * HOUR, 200)
    model.take(FIRST + 10 * HOUR)
    state = model.path("model")
    shutil.copytree(model.path("state"), state)
    log, now = model.path("trace"), FIRST + 20 * HOUR
    model.take(now, before=traced("-o", log, "-e", "trace=" + ",".join(CHANGING)))
    calls = re.findall(r"^\d+ +(\w+)\(", model.read("trace"), re.M)
    total = 0
    for name in sorted(set(calls)):
        for which in range(1, calls.count(name) + 1):
            shutil.rmtree(model.path("state"))
            shutil.copytree(state, model.path("state"))
            inject = f"inject={name}:signal=SIGKILL:when={which}"
            done = model.take(now, silent=False, before=traced("-o", os.devnull, "-e", inject))
            total += done.returncode == -9
            model.take(now + 60)
            model.compare(f"killed at {name} {which}", now)
            left = set(os.listdir(model.path("state", "evidence"))) - {"key", "place"} - set(model.days())
            check(not left and len({day[:10] for day in model.days()}) == len(model.days()), f"{name} {which}", left, model.days())
    check(total > 30, total)
    print(f"    killed at {total} steps")
    model.close()


def test_full_disk():
    """No space left at each step: one sentence, and the next run ends with the right counts."""
    with Yard() as yard:
        yard.fill(FIRST, FIRST + 2 * HOUR, 100)
        yard.take(FIRST + HOUR)
        shutil.copytree(yard.path("state"), yard.path("model"))
        for name in ("write", "fsync", "renameat", "unlinkat"):
            for which in range(1, 6):
                shutil.rmtree(yard.path("state"))
                shutil.copytree(yard.path("model"), yard.path("state"))
                inject = f"inject={name}:error=ENOSPC:when={which}"
                done = yard.take(FIRST + 2 * HOUR, silent=False, before=traced("-o", os.devnull, "-e", inject))
                check(done.returncode == 0, done.stderr)
                yard.take(FIRST + 2 * HOUR + 60)
                yard.compare(f"{name} {which}", FIRST + 2 * HOUR)


def test_little():
    """An hour of a long plain log costs about an hour's lines."""
    with Yard() as yard:
        with open(yard.path("log", "access.log"), "w", encoding="ascii") as file:
            for when in range(FIRST, FIRST + 20 * HOUR):
                file.writelines(line_at(yard.rand, when) for _ in range(3))
        size = os.path.getsize(yard.path("log", "access.log"))
        os.utime(yard.path("log", "access.log"), (FIRST + 20 * HOUR, FIRST + 20 * HOUR))
        yard.take(FIRST + 19 * HOUR)
        yard.take(FIRST + 20 * HOUR, before=traced("-y", "-o", yard.path("trace"), "-e", "trace=read,pread64"))
        done = sum(int(n) for n in re.findall(r"/access\.log>.* = (\d+)$", yard.read("trace"), re.M))
        print(f"    {done} of {size} bytes read for one hour of twenty")
        check(0 < done < size // 20 * 2 + 2_000_000, done, size)


def test_update():
    """`m365ctl update` does it even if the service does not answer, and `status` says how far it is."""
    with Yard("service_url https://127.0.0.1:1", "connect_timeout 1 seconds", "proxy none") as yard:
        now = int(time.time())
        yard.fill(now - 2 * HOUR, now - 120, 50)
        done = run(CTL, "update", "-c", yard.conf)
        check(done.returncode == 2 and "access log" not in done.stderr, done.stderr)
        check(yard.counted() == yard.truth(now - LATE), yard.days())
        done = run(CTL, "status", "-c", yard.conf)
        first = time.strftime("%Y-%m-%d", time.gmtime(now - 2 * HOUR))
        check(re.search(rf"^log         counted from {first} to \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", done.stdout, re.M), done.stdout)
        log = json.loads(run(CTL, "status", "--json", "-c", yard.conf).stdout)["log"]
        want("since", (log["since"], log["error"]), (first, None))
        os.rename(yard.path("log"), yard.path("gone"))
        time.sleep(1.1)  # what was counted is not looked for again
        done = run(CTL, "update", "--quiet", "-c", yard.conf)
        check("the access log was not counted: there is no log" in done.stderr, done.stderr)
        done = run(CTL, "status", "-c", yard.conf)
        check(re.search(r"^log         counted from .*; there is no log", done.stdout, re.M), done.stdout)
        os.rename(yard.path("gone"), yard.path("log"))
        time.sleep(1.1)
        run(CTL, "update", "--quiet", "-c", yard.conf)
        want("error", json.loads(run(CTL, "status", "--json", "-c", yard.conf).stdout)["log"]["error"], None)
        plain = yard.write("plain.conf", f"state {yard.path('state')}\n")
        check("\nlog " not in run(CTL, "status", "-c", plain).stdout)


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), CTL, STAGE))
