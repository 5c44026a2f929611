#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Access logs, counted by `m365ctl replay` and by a plain reader here.

What it is for: random logs in every format, packed in every way, in parts, on one core and on several, saved and merged,
are compared with what a few lines of Python count. Which of the counted requests are bypassed is asked of `m365ctl
lookup`, whose answers have tests of their own. Damage and unfinished lines are counted, never guessed.

    replay_test.py [WORD]...     the tests whose name holds a word; all without words

Where it sits: tests/replay/, run by `make check`. The layout of the report is in golden/replay.t.

What does not belong here: what single values of a line mean (unit/log), sketches (unit/replay).
"""

import collections
import gzip
import hashlib
import html
import json
import lzma
import os
import random
import re
import shutil
import stat
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402

TABLE = """# version: logs
optimize outlook.office365.com id=1 area=Exchange tcp=80,443 required source=worldwide
optimize 52.96.0.0/14 id=1 area=Exchange tcp=80,443 required source=worldwide
allow *.microsoftonline.com id=56 area=Common tcp=443 required source=worldwide
default login.live.com id=97 area=Common tcp=443 source=worldwide
inspect evil.microsoftonline.com
"""
HOSTS = ["outlook.office365.com", "login.microsoftonline.com", "evil.microsoftonline.com", "login.live.com",
         "www.example.com", "new.office.com", "52.96.0.7", "203.0.113.9", "2001:db8::7", "OutLook.Office365.com"]
FIRST = 1790000000
COUNTS = ("requests", "bytes", "asked", "denied", "tunnels", "bumped", "inner", "givenUp")
FORMATS = ("squid", "common", "combined", "m365")


class Request:
    """One request as a plain value, and its line in each format."""

    def __init__(self, rand, number):
        self.when = FIRST + number * 40 + rand.randrange(40)
        self.millis = rand.randrange(1000)
        self.took = rand.choice((3, 250, 999, 1000, 60000))
        self.client = f"10.0.{rand.randrange(3)}.{rand.randrange(80)}"  # few enough to be counted exactly
        self.user = rand.choice(("-", "alice", "bob"))
        self.bytes = rand.randrange(100000)
        host = rand.choice(HOSTS)
        literal = f"[{host}]" if ":" in host else host
        port = rand.choice((443, 443, 443, 80, 8443))
        kind = rand.randrange(6)
        self.connect = kind < 4
        if self.connect:
            self.url = f"{literal}:{port}"
        elif kind == 4:
            self.url, port = f"https://{literal}/a/b?c=d:9", 443
        else:
            self.url = f"http://{literal}/x" if port == 80 else f"http://{literal}:{port}/x"
        self.host, self.port = host.lower(), port
        self.method = "CONNECT" if self.connect else "GET"
        self.result, self.status = rand.choice((("TCP_DENIED", 407), ("TCP_DENIED", 403), ("TCP_TUNNEL", 200),
                                                ("NONE_NONE", 200), ("TCP_TUNNEL_ABORTED", 200), ("TCP_MISS", 200)))
        self.bump = {"TCP_TUNNEL": "splice", "NONE_NONE": "bump", "TCP_TUNNEL_ABORTED": "splice"}.get(self.result, "-")
        self.sni = rand.choice(("-", host.lower())) if self.connect and ":" not in host and host[0] not in "25" else "-"

    def line(self, form):
        local = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(self.when))
        if form == "squid":
            return (f"{self.when}.{self.millis:03d} {self.took:6d} {self.client} {self.result}/{self.status:03d} {self.bytes} "
                    f"{self.method} {self.url} {self.user} HIER_DIRECT/192.0.2.1 text/html")
        if form == "m365":
            return (f"{self.when}.{self.millis:03d} {self.client} {self.user} {self.method} {self.url} {self.status} {self.bump} "
                    f"sni={self.sni} cat=- area=- id=- why=no-rule gen=x ms={self.took} bytes={self.bytes}")
        line = (f'{self.client} - {self.user} [{local}] "{self.method} {self.url} HTTP/1.1" {self.status} {self.bytes} ')
        if form == "combined":
            line += '"http://a.example/\\"x\\"" "Mozilla/5.0 (X; \\"Y\\")" '
        return line + f"{self.result}:HIER_DIRECT"

    def counted(self, form):
        """What this request adds, by the words of the JSON."""
        add = collections.Counter(requests=1, bytes=self.bytes)
        result = "" if form == "m365" else self.result
        bump = self.bump if form == "m365" else ""
        if self.status == 407:
            add["asked"] = 1
        elif result.startswith("TCP_DENIED"):
            add["denied"] = 1
        elif not self.connect:
            add["inner"] = int(self.url.startswith("https:"))
        elif bump == "splice" or (bump in ("", "-") and result.startswith("TCP_TUNNEL")):
            add["tunnels"] = 1
        elif bump == "bump" or (bump in ("", "-") and result.startswith("NONE")):
            add["bumped"] = 1
        took = 0 if form in ("common", "combined") else self.took
        add["givenUp"] = int(self.connect and result.endswith("_ABORTED") and took < 1000)
        return add


class Site:
    """A folder with a table, and m365ctl."""

    def __init__(self, folder):
        self.folder = folder
        self.table = self.write("logs.rules", TABLE)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def run(self, *args, given=None, table=True):
        args = [stage.CTL, "replay", *(["-t", self.table] if table else []), *args]
        return subprocess.run(args, input=given, capture_output=True, timeout=60, check=False)

    def json(self, *args, given=None):
        done = self.run("--json", *args, given=given)
        stage.check(done.stdout, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def bypassed(self, subjects):
        """Which of (host, port, sni) are bypassed, by `m365ctl lookup`."""
        lines = "".join(f"{host} {sni} {port}\n" for host, port, sni in subjects)
        done = subprocess.run([stage.CTL, "lookup", "-t", self.table, "--json", "-F", "dst,sni,port"], input=lines.encode(),
                              capture_output=True, timeout=60, check=False)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        return {subject: (a["action"] == "bypass", a["why"]) for subject, a in zip(subjects, answers, strict=True)}


def truth(site, requests, form):
    """Sums by verdict and by why, each with the set of clients."""
    subjects = sorted({(r.host, r.port, r.sni if form == "m365" else "-") for r in requests})
    verdicts = site.bypassed(subjects)
    sums = collections.defaultdict(lambda: [collections.Counter(), set(), [], []])
    for request in requests:
        bypass, why = verdicts[(request.host, request.port, request.sni if form == "m365" else "-")]
        for key in (("verdict", "bypass" if bypass else "inspect"), ("why", why), ("all", "")):
            sums[key][0].update(request.counted(form))
            sums[key][1].add(request.client)
            sums[key][2].append(request.when)
    return sums


def moment(when):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when))


def plain(entry):
    return {name: entry[name] for name in (*COUNTS, "clients", "first", "last")}


def wanted(total):
    counter, clients, whens = total[0], total[1], total[2]
    return {**{name: counter[name] for name in COUNTS}, "clients": len(clients), "first": moment(min(whens)),
            "last": moment(max(whens))}


def compare(what, site, requests, form, got):
    sums = truth(site, requests, form)
    same(f"{what}: all", wanted(sums[("all", "")]), plain(got["all"]))
    for by in ("verdict", "why"):
        want = {key[1]: wanted(value) for key, value in sums.items() if key[0] == by}
        same(f"{what}: by {by}", want, {entry["name"]: plain(entry) for entry in got[by]})
    same(f"{what}: lines", len(requests), got["lines"])


def same(what, wanted_one, seen):
    stage.want(what, seen, wanted_one)


def make(seed, count):
    rand = random.Random(seed)
    return [Request(rand, number) for number in range(count)]


def text(requests, form):
    return "".join(request.line(form) + "\n" for request in requests).encode()


def test_formats(site):
    """Each format is told by its lines, and gives the same counts as a plain reader."""
    for seed, form in enumerate(FORMATS):
        requests = make(seed, 700)
        log = site.write(f"{form}.log", text(requests, form))
        compare(form, site, requests, form, site.json(log))
        compare(f"{form}, named", site, requests, form, site.json("--logformat", form, log))
        compare(f"{form}, standard input", site, requests, form, site.json(given=text(requests, form)))


def test_squid_conf(site):
    """A logformat of one's own, from the squid.conf that names it."""
    requests = make(10, 300)
    own = "".join(f"{r.url}|{r.when}.{r.millis:03d}|{r.client}|{r.status}|{r.bytes}|{r.method}|{r.result}|{r.took:5d}|x\n"
                  for r in requests)
    log = site.write("own.log.1", own)
    conf = site.write("squid.conf", "http_port 3128\nlogformat other %>a %ru %rm\n"
                      "logformat mine %ru|%ts.%03tu|%>a|%>Hs|%<st|%rm|%Ss|%5tr|%{X}note\n"
                      f"access_log stdio:{site.path('a.log')} logformat=other\naccess_log stdio:{site.path('own.log')} mine\n")
    compare("a format of squid.conf", site, requests, "squid", site.json("-c", conf, log))
    done = site.run("-c", conf, site.write("strange.log", own))
    same("several formats, none for this log", (2, True), (done.returncode, b"give --logformat" in done.stderr))
    lines = {name: f"{FIRST} {name}.example:443\n" if name == "a" else f"{name}.example:443 {FIRST}\n" for name in "abc"}
    for name, line in lines.items():
        os.mkdir(site.path(name))
        site.write(f"{name}/access.log.1", line)
    conf = site.write("squid.conf", "logformat first %ts %ru\nlogformat last %ru %ts\n"
                      f"access_log daemon:{site.path('a')}/access.log logformat=first\naccess_log {site.path('b')}/access.log last\n")
    for name in "ab":
        got = site.json("-c", conf, site.path(f"{name}/access.log.1"))
        same(f"the folder {name}: requests, first", (1, moment(FIRST)), (got["all"]["requests"], got["all"]["first"]))
        here = subprocess.run([stage.CTL, "replay", "-t", site.table, "--json", "-c", conf, "access.log.1"], timeout=60,
                              cwd=site.path(name), capture_output=True, check=False)
        same(f"from the folder {name}", got, json.loads(here.stdout))
    done = site.run("-c", conf, site.path("c/access.log.1"))
    same("another folder, two formats of this name", (2, True), (done.returncode, b"give --logformat" in done.stderr))


def test_packed(site):
    """gzip, zstd, xz, several at once, and one file in several members."""
    requests = make(20, 900)
    thirds = [text(requests[i::3], "squid") for i in range(3)]
    logs = [site.write("a.log.3.gz", gzip.compress(thirds[0][:2000]) + gzip.compress(thirds[0][2000:])),
            site.write("a.log.2.xz", lzma.compress(thirds[1]))]
    zstd = shutil.which("zstd")
    last = subprocess.run([zstd, "-q", "-c"], input=thirds[2], capture_output=True, check=True).stdout if zstd else thirds[2]
    logs.append(site.write("a.log.1.zst", last))
    compare("packed", site, requests, "squid", site.json(*logs))
    for name, data in (("cut.gz", gzip.compress(text(requests, "squid"))[:-900]),
                       ("cut.xz", lzma.compress(text(requests, "squid"))[:-900])):
        done = site.run("--json", site.write(name, data))
        got = json.loads(done.stdout)
        same(f"{name}: exit, said, some lines counted", (2, True, True),
                  (done.returncode, b"ends in the middle" in done.stderr, 0 < got["lines"] < len(requests)))
    if zstd is None:
        raise stage.Skip("zstd is not installed, so only gzip and xz were compared")


def test_cores(site):
    """The same on one core, two and five, byte for byte; also in small memory, with many runs."""
    rand = random.Random(30)
    lines = []
    for number in range(60000):
        host = f"h{rand.randrange(20000)}.example.net"
        lines.append(f"{FIRST + number * 9}.000 {rand.randrange(5000)} 10.1.{rand.randrange(9)}.{rand.randrange(250)} TCP_TUNNEL/200 "
                     f"{rand.randrange(9999)} CONNECT {host}:443 - HIER_DIRECT/192.0.2.1 -\n")
    log = site.write("big.log", "".join(lines) * 2)
    saved = [site.run("--save", "-", "-j", str(cores), log).stdout for cores in (1, 2, 5)]
    same("saved counts", (True, True, True), (len(saved[0]) > 100000, saved[0] == saved[1], saved[0] == saved[2]))
    reports = [site.run("-j", str(cores), log).stdout for cores in (1, 2, 5)]
    same("reports", (True, True, True), (len(reports[0]) > 1000, reports[0] == reports[1], reports[0] == reports[2]))


def test_merge(site):
    """Ten parts, merged in any order and grouping, are the whole."""
    requests = make(40, 2000)
    whole = site.run("--save", "-", given=text(requests, "squid")).stdout
    parts = [site.path(f"part{i}") for i in range(10)]
    for i, part in enumerate(parts):
        site.run("--save", part, given=text(requests[i::10], "squid"))
    same("ten parts", whole, site.run("--merge", "--save", "-", *parts).stdout)
    same("in another order", whole, site.run("--merge", "--save", "-", *reversed(parts)).stdout)
    site.run("--merge", "--save", site.path("some"), *parts[:4])
    site.run("--merge", "--save", site.path("others"), *parts[4:])
    same("in groups", whole, site.run("--merge", "--save", "-", site.path("others"), site.path("some")).stdout)
    compare("the report of merged parts", site, requests, "squid", site.json("--merge", *parts))
    with open(parts[0], encoding="ascii") as f:
        hadoop = "".join(line if "\t" in line else line[:-1] + "\t\n" for line in f)
    site.write("part0", hadoop)
    same("as Hadoop writes it", whole, site.run("--merge", "--save", "-", *parts).stdout)
    many = [site.path(f"many{i}") for i in range(70)]
    for i, part in enumerate(many):
        site.run("--save", part, given=text(requests[i::70], "squid"))
    same("more than are read at once", whole, site.run("--merge", "--save", "-", *many).stdout)


def test_save_place(site):
    """--save replaces a file and nothing else: devices and pipes are written to, a link is refused, and both stay."""
    log = site.write("s.log", text(make(110, 5), "squid"))
    site.write("target", "old")
    os.symlink("target", site.path("link"))
    done = site.run("--save", site.path("link"), log)
    same("a link", (2, True, True), (done.returncode, b"it is a link" in done.stderr, os.path.islink(site.path("link"))))
    with open(site.path("target"), encoding="ascii") as f:
        same("where it leads", "old", f.read())
    code = site.run("--save", site.path("fresh"), log).returncode
    same("a new file: exit, mode", (0, 0o600), (code, os.stat(site.path("fresh")).st_mode & 0o777))
    os.chmod(site.path("fresh"), 0o640)
    site.run("--save", site.path("fresh"), log)
    same("again: mode, nothing left beside it", (0o640, []),
         (os.stat(site.path("fresh")).st_mode & 0o777, [name for name in os.listdir(site.folder) if name.endswith(".new")]))
    os.mkfifo(site.path("pipe"))
    with subprocess.Popen([stage.CTL, "replay", "--merge", "--save", "-", site.path("pipe")], stdout=subprocess.PIPE) as reader:
        with open(site.path("fresh"), "rb") as f:
            whole = f.read()
        for _ in range(100):
            if site.run("--save", site.path("pipe"), log).returncode == 0:
                break
            time.sleep(0.1)
        same("a pipe", (whole, True), (reader.communicate(timeout=60)[0], stat.S_ISFIFO(os.stat(site.path("pipe")).st_mode)))
    try:
        os.mknod(site.path("node"), stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except OSError as trouble:
        raise stage.Skip("cannot make a device") from trouble
    same("a device", (0, True), (site.run("--save", site.path("node"), log).returncode,
                                 stat.S_ISCHR(os.stat(site.path("node")).st_mode)))


def test_damaged_save(site):
    """A saved file of another version, cut off, changed or no such file is refused with its name and line."""
    whole = site.run("--save", "-", given=text(make(50, 50), "squid")).stdout
    lines = whole.splitlines(keepends=True)
    cases = {
        "another version": (b"m365ctl replay 99\n" + b"".join(lines[1:]), b":1: of another version"),
        "no such file": (b"hello\n", b":1: no file that"),
        "empty": (b"", b"no file that"),
        "cut off": (b"".join(lines[:-1]), b"cut off"),
        "a byte changed": (whole.replace(b"\t00443\t", b"\t00444\t", 1), b"damaged"),
        "a line missing": (b"".join(lines[:20] + lines[21:]), b"damaged"),
        "lines swapped": (b"".join(lines[:14] + [lines[15], lines[14]] + lines[16:]), b"not in order"),
        "more after the end": (whole + b"x\n", b"more after the end"),
        "no number": (whole.replace(b"n lines 50", b"n lines 5o"), b":3: a total is missing"),
        "no key": (b"".join(lines[:1] + lines[2:]), b":2: the line of the key is missing"),
        "a key that is none": (whole.replace(b"k plain", b"k 0123456789abcdeg"), b":2: the line of the key is missing"),
    }
    good = [site.write("good1", whole), site.write("good2", whole)]
    both = site.run("--merge", "--save", "-", *good).stdout
    for what, (content, said) in cases.items():
        path = site.write("damaged", content)
        done = site.run("--merge", path)
        same(f"{what}: exit, sentence, no report", (2, True, b""), (done.returncode, said in done.stderr, done.stdout))
        same(f"{what}: one line", 1, done.stderr.count(b"\n"))
        for place in range(3):
            done = site.run("--merge", "--save", "-", *good[:place], path, *good[place:])
            same(f"{what}, file {place + 1} of 3: exit, sentence", (2, True, 1),
                 (done.returncode, said in done.stderr, done.stderr.count(b"\n")))
            same(f"{what}, file {place + 1} of 3: the others", undamaged(both), undamaged(done.stdout))
            same(f"{what}, file {place + 1} of 3: counted", True, b"\nn damaged 1\n" in done.stdout)
    done = site.run("--merge", good[0], site.path("missing"), path)
    same("the report: exit, note, the one that is whole", (2, True, True),
         (done.returncode, b"note: 2 logs or saved files could be read only in part, or not at all" in done.stdout,
          done.stdout.startswith(b"50 requests")))
    done = subprocess.run([stage.CTL, "replay", "--merge", "--save", "-", "-"], input=whole, capture_output=True, timeout=60,
                          check=False)
    same("standard input", (0, whole), (done.returncode, done.stdout))
    done = subprocess.run([stage.CTL, "replay", "--merge", "--save", "-", good[0], "-"], input=whole[:-5], capture_output=True,
                          timeout=60, check=False)
    same("cut standard input", (2, True), (done.returncode, undamaged(done.stdout) == undamaged(whole)))


def undamaged(saved):
    """Saved counts without their number of damaged logs, and so without their digest."""
    return re.sub(rb"n damaged [0-9]+\n|end [0-9a-f]+\n", b"", saved)


def test_merge_options(site):
    """Options that saved counts cannot follow are refused: none is passed over, least of all one that hides clients."""
    saved, key = site.path("plain"), site.write("key", "0123456789abcdef")
    site.run("--save", saved, given=text(make(51, 20), "squid"))
    for args in (("--anonymise",), ("--key", key), ("--client", "10.0.0.1"), ("--since", "2026-01-01"), ("--until", "2026-01-01"),
                 ("--logformat", "squid"), ("-c", site.write("squid.conf", "http_port 3128\n"))):
        for more in ((), ("--json",), ("--save", site.path("leak"))):
            done = site.run("--merge", *args, *more, saved)
            same(f"{args} {more}: exit, sentence, nothing else", (2, True, b"", False),
                 (done.returncode, b"does not go with --merge" in done.stderr, done.stdout, os.path.exists(site.path("leak"))))
    for args in (("--json",), ("--html", site.path("page"))):
        done = site.run("--save", site.path("leak"), *args, saved)
        same(f"--save {args}: exit, sentence, nothing else", (2, True, [False, False]),
             (done.returncode, b"does not go with --save" in done.stderr, [os.path.exists(site.path(p)) for p in ("leak", "page")]))


def test_merge_keys(site):
    """Saved counts say under which key clients are hidden; a sum of several says that one client may count twice."""
    log = site.write("k.log", text(make(52, 60), "squid"))
    keys = [site.write(f"key{i}", bytes([i]) * 20) for i in range(2)]
    saves = {"plain": (), "other plain": (), "one key": ("--key", keys[0]), "same key": ("--key", keys[0]),
             "other key": ("--key", keys[1]), "hidden": ("--anonymise",), "hidden again": ("--anonymise",)}
    for name, args in saves.items():
        site.run("--save", site.path(name), *args, log)
    with open(site.path("plain"), "rb") as f:
        lines = f.read().splitlines(keepends=True)
    old = b"m365ctl replay 1\n" + b"".join(lines[2:-1])
    for name in ("old", "other old"):
        site.write(name, old + b"end " + hashlib.sha256(old).hexdigest().encode() + b"\n")
    one = site.json(log)["all"]["clients"]
    twice, hashes = "one client may count several times", "clients are shown as keyed hashes"
    for names, clients, said in (
            (["plain"], one, None), (["plain", "other plain"], one, None), (["one key", "same key"], one, hashes),
            (["one key", "other key"], 2 * one, twice), (["hidden", "hidden again"], 2 * one, twice), (["hidden"], one, hashes),
            (["plain", "one key"], 2 * one, twice), (["old"], one, None), (["old", "plain"], one, twice),
            (["old", "other old"], one, twice), (["plain", "one key", "other key"], 3 * one, twice)):
        paths = [site.path(name) for name in names]
        got = site.json("--merge", *paths)
        notes = [note for note in (hashes, twice) if any(note in one_note for one_note in got["notes"])]
        same(f"{names}: clients, note", (clients, [said] if said else []), (got["all"]["clients"], notes))
        sums = {site.run("--merge", "--save", "-", *paths).stdout, site.run("--merge", "--save", "-", *reversed(paths)).stdout}
        if paths[1:]:
            site.run("--merge", "--save", site.path("rest"), *paths[1:])
            sums.add(site.run("--merge", "--save", "-", paths[0], site.path("rest")).stdout)
        same(f"{names}: in any order and grouping", 1, len(sums))
    with open(site.path("one key"), "rb") as f, open(keys[0], "rb") as key:
        named = siphash(hashlib.sha256(key.read()).digest()[:16], b"m365ctl replay key")
        same("the line of the key", f"k {named:016x}\n".encode(), f.readlines()[1])


def test_rest(site):
    """What is no whole line of the format is counted and said once; the rest is done."""
    requests = make(60, 40)
    good = text(requests, "squid")
    rest = (b"binary \x00\xff\xfe line\n" + b"x" * 400000 + b"\n" +
            f"{FIRST}.000 1 10.0.0.1 NONE/400 1 NONE error:invalid-request - HIER_NONE/- -\n".encode())
    got = site.json(given=good[:1000] + b"\n" + good[1000:] + rest + b"1790000000.000 1 10.0.0.1 TCP_TUN")
    notes = " / ".join(got["notes"])
    for words in ("2 lines were of no known format", "1 line names no host", "1 last line without a line end", "1 line was too long"):
        same(words, True, words in notes or words.replace("2 lines were", "3 lines were") in notes)
    same("what is left", True, len(requests) - 1 <= got["all"]["requests"] <= len(requests))
    done = site.run(site.path("missing.log"), site.write("ok.log", good))
    same("a missing log: exit, sentence, the others done", (2, True, True),
              (done.returncode, b"cannot open" in done.stderr, b"40 requests" in done.stdout))
    empty = site.json(given=b"")
    same("an empty log", (0, 0), (empty["lines"], empty["all"]["requests"]))


def test_filters(site):
    """--client, --since and --until leave the others out, and say so."""
    requests = make(70, 3000)
    log = site.write("f.log", text(requests, "squid"))
    one = requests[0].client
    compare_some(site, "a client", [r for r in requests if r.client == one], site.json("--client", one, log))
    compare_some(site, "a user", [r for r in requests if r.user == "bob"], site.json("--client", "bob", log))
    six = "".join(f"{FIRST}.000 5 {client} TCP_TUNNEL/200 1 CONNECT a.example:443 - H/- -\n" for client in ("2001:db8::1", "2001:db8::2"))
    for name in ("2001:db8::1", "2001:DB8::1", "2001:0db8:0:0::0001", "[2001:db8::1]"):
        same(name, (1, 1), (lambda got: (got["all"]["requests"], got["all"]["clients"]))(site.json("--client", name, given=six.encode())))
    for name in ("a\nb", "a\x1b[31m", "a b", "a\x7f", ""):
        done = site.run("--client", name, given=six.encode())
        same(f"{name!r} is refused, and not printed raw", (2, b"", 1), (done.returncode, done.stdout, done.stderr.count(b"\n")))
        same(f"{name!r}: one line of text", False, bool(re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", done.stderr)))
    done = site.run(given=six.splitlines(keepends=True)[0].encode())
    same("one of each", True, done.stdout.startswith(b"1 request to 1 destination in standard input, "))
    day = time.strftime("%Y-%m-%d", time.gmtime(FIRST + 60000))
    start = (FIRST + 60000) // 86400 * 86400
    compare_some(site, "since", [r for r in requests if r.when >= start], site.json("--since", day, log))
    before = time.strftime("%Y-%m-%d", time.gmtime(start - 1))
    compare_some(site, "until", [r for r in requests if r.when < start], site.json("--until", before, log))


def compare_some(site, what, requests, got):
    sums = truth(site, requests, "squid")
    same(what, (wanted(sums[("all", "")]), True), (plain(got["all"]), any("other clients or days" in n for n in got["notes"])))


def test_against(site):
    """Under two tables: exactly the destinations whose verdict changes, with their requests."""
    requests = make(80, 1500)
    other = site.write("other.rules", TABLE.replace("default login.live.com", "allow login.live.com")
                       .replace("optimize 52.96.0.0/14 id=1 area=Exchange tcp=80,443 required source=worldwide\n", ""))
    log = site.write("g.log", text(requests, "squid"))
    got = site.json("--against", other, log)
    subjects = sorted({(r.host, r.port, "-") for r in requests})
    ours = site.bypassed(subjects)
    theirs = Site.bypassed(type("Other", (), {"table": other})(), subjects)
    for name, before in (("opens", False), ("closes", True)):
        want = {}
        for subject in subjects:
            if ours[subject][0] == before and theirs[subject][0] != before:
                of = [r for r in requests if (r.host, r.port) == subject[:2]]
                want[subject[:2]] = (len(of), len({r.client for r in of}), moment(max(r.when for r in of)))
        rows = got["lists"][name]["largest"]
        same(name, want, {(row["name"], row["port"]): (row["requests"], row["clients"], row["last"]) for row in rows})
        same(f"{name}: there are some", True, len(want) > 0)
    alike = site.json("--against", site.table, log)["lists"]
    same("the same table", (0, 0), (alike["opens"]["count"], alike["closes"]["count"]))


def test_anonymise(site):
    """No client is in the output; with one key two reports agree, with none they do not."""
    requests = make(90, 800)
    log = site.write("h.log", text(requests, "squid"))
    key = site.write("key", "0123456789abcdef")
    outs = [site.run("--save", "-", *args, log).stdout for args in ((), ("--anonymise",), ("--anonymise",), ("--key", key), ("--key", key))]
    same("named without the option", True, b"10.0." in outs[0])
    for out in outs[1:]:
        same("hidden", False, b"10.0." in out)
    same("keys", (False, True), (outs[1] == outs[2], outs[3] == outs[4]))
    got, plain_one = site.json("--key", key, log), site.json(log)
    same("counts are the same", plain(plain_one["all"]), plain(got["all"]))
    done = site.run("--json", "--html", site.path("h.html"), "--anonymise", "--client", requests[0].client, log)
    with open(site.path("h.html"), "rb") as f:
        page = f.read()
    same("nowhere", (False, False), (b"10.0." in done.stdout, b"10.0." in page))
    done = site.run("--key", site.write("short", "x"), log)
    same("a key that is none", (2, True), (done.returncode, b"no key" in done.stderr))


def siphash(key, data):
    """SipHash-2-4 (Aumasson and Bernstein, 2012)."""
    mask = 2**64 - 1
    k = [int.from_bytes(key[i:i + 8], "little") for i in (0, 8)]
    v = [k[i % 2] ^ c for i, c in enumerate((0x736f6d6570736575, 0x646f72616e646f6d, 0x6c7967656e657261, 0x7465646279746573))]

    def turn(word, by):
        return (word << by | word >> (64 - by)) & mask

    def rounds(count):
        for _ in range(count):
            for a, b, by, swap in ((0, 1, 13, 32), (2, 3, 16, 0), (0, 3, 21, 0), (2, 1, 17, 32)):
                v[a] = (v[a] + v[b]) & mask
                v[b] = turn(v[b], by) ^ v[a]
                v[a] = turn(v[a], swap) if swap else v[a]

    padded = data + bytes(-(len(data) + 1) % 8) + bytes([len(data) % 256])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at:at + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 255
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def test_key(site):
    """A client's name is SipHash-2-4 of its address under the first 128 bits of the SHA-256 of the key file."""
    same("the published vector", 0xa129ca6149be45e5, siphash(bytes(range(16)), bytes(range(15))))
    log = f"{FIRST}.000 1 10.0.0.1 TCP_TUNNEL/200 1 CONNECT www.example.com:443 - H/- -\n".encode()
    for content in (b"0123456789abcdef", bytes(range(200, 232)), b"x" * 4096):
        out = site.run("--save", "-", "--key", site.write("key", content), given=log).stdout
        name = f"{siphash(hashlib.sha256(content).digest()[:16], b'10.0.0.1'):016x}"
        same(f"the name under {content[:16]}", [name], re.findall("^c\t([^\t]+)", out.decode(), re.MULTILINE))


def test_damaged_once(site):
    """A log that is counted in parts and cannot be read is named once, and counted once."""
    log = site.write("parts.log", text(make(100, 50), "squid") * 2500)
    stage.want("is cut into several parts", os.path.getsize(log) > 3 * 4 << 20, True)
    before = stage.traced("-o", os.devnull, "-P", log, "-e", "inject=lseek:error=EIO")
    done = subprocess.run([*before, stage.CTL, "replay", "-t", site.table, "-j", "2", log, log], capture_output=True,
                          timeout=60, check=False)
    same("exit, named once for each log, counted", (2, 2, True),
         (done.returncode, done.stderr.count(f"'{log}'".encode()), b"note: 2 logs or saved files could be read only in part" in done.stdout))


def test_no_time(site):
    """A line whose time is no day that can be written has none. It stops nothing, neither here nor in a comparison."""
    good = f"{FIRST}.000 5 10.0.0.1 TCP_TUNNEL/200 1 CONNECT login.live.com:443 - H/- -\n"
    for when in (253402300800, 1099511627777, 9999999999999999999):
        log = site.write("far.log", good + good.replace(str(FIRST), str(when)))
        got = site.json(log)
        same(f"{when}: requests, first, last", (2, moment(FIRST), moment(FIRST)),
             (got["all"]["requests"], got["all"]["first"], got["all"]["last"]))
        same(f"{when}: said", True, "1 line has no time" in got["notes"])
        saved = site.run("--save", site.path("far"), log).returncode, site.run("--merge", site.path("far")).returncode
        same(f"{when}: saved and read", (0, 0), saved)
        done = compared(site, "--log", log)
        same(f"{when}: compared", (True, b""), (b"2 requests of 1 client, last 2026-" in done.stdout, done.stderr))


def compared(site, *args):
    """`m365ctl diff` with a table in which login.live.com opens."""
    other = site.write("next.rules", TABLE.replace("default login.live.com", "allow login.live.com"))
    return subprocess.run([stage.CTL, "diff", *args, site.table, other], capture_output=True, timeout=60, check=False)


def test_formats_of_time(site):
    """Of two times in a line one is taken; a format without any is said to have none."""
    local = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(FIRST))
    for form, line in (("[%tl] %ts %>a %ru", f"[{local}] {FIRST} 10.0.0.1 login.live.com:443"),
                       ("%ts [%tl] %>a %ru", f"{FIRST} [{local}] 10.0.0.1 login.live.com:443"),
                       ("%tS %>a %ru", f"{FIRST}.123 10.0.0.1 login.live.com:443"),
                       ("%-6tr|%>a %ts %ru", f"90    |10.0.0.1 {FIRST} login.live.com:443")):
        got = site.json("--logformat", form, given=line.encode() + b"\n")
        same(form, (1, moment(FIRST), moment(FIRST)), (got["all"]["requests"], got["all"]["first"], got["all"]["last"]))
    for form, line in (("%>a %ru", "10.0.0.1 login.live.com:443"), ("[%{%H:%M}tl] %>a %ru", "[14:13] 10.0.0.1 login.live.com:443")):
        done = compared(site, "--logformat", form, "--log", site.write("none.log", line + "\n"))
        for words in (b"1 request of 1 client", b"log: of unknown days, as its lines have no time\n"):
            same(f"{form}: {words}", True, words in done.stdout)
    done = compared(site, "--log", site.write("empty.log", ""))
    same("an empty log", True, b"log: no requests\n" in done.stdout)


def test_huge_sums(site):
    """Bytes that no log has do not wrap round to few."""
    most, line = 2**64 - 1, f"{FIRST}.000 5 10.0.0.1 TCP_TUNNEL/200 9999999999999999999 CONNECT login.live.com:443 - H/- -\n"
    log = site.write("huge.log", line + line.replace("login", "outlook"))
    for args in ((log,), (log, log), ("-j", "1", log, log, log)):
        same(f"{len(args)} logs", most, site.json(*args)["all"]["bytes"])
    site.run("--save", site.path("huge"), log, log)
    same("merged", most, site.json("--merge", site.path("huge"), site.path("huge"))["all"]["bytes"])


def test_mixed(site):
    """A log whose format was changed while it was written is counted to its end, however many threads read it."""
    rand = random.Random(11)
    requests = [Request(rand, number) for number in range(60000)]
    lines = [request.line("squid" if number < 20000 or number > 50000 else "m365") + "\n" for number, request in enumerate(requests)]
    path = site.write("mixed.log", "".join(lines))
    got = site.json(path, "-j", "1")
    same("requests", len(requests), got["all"]["requests"])
    same("four threads", got, site.json(path, "-j", "4"))


def test_estimate(site):
    """Many clients are estimated: marked so, and within 5 % (three standard errors) of the truth."""
    lines = "".join(f"{FIRST}.000 1 10.{i // 65536}.{i // 256 % 256}.{i % 256} TCP_TUNNEL/200 1 CONNECT www.example.com:443 - H/- -\n"
                    for i in range(20000))
    got = site.json(given=lines.encode())
    same("20,000 clients", (False, True), (got["all"]["clientsExact"], abs(got["all"]["clients"] - 20000) < 1000))
    few = site.json(given="".join(lines.splitlines(keepends=True)[:256]).encode())
    same("256 clients", (True, 256), (few["all"]["clientsExact"], few["all"]["clients"]))


def test_lists(site):
    """Spared, unlisted, broken, loops and clients in trouble hold what they should, and nothing else."""
    def lines(host, count, result, status, method="CONNECT", client="10.0.0.1"):
        url = f"https://{host}/" if method == "GET" else f"{host}:443"
        return "".join(f"{FIRST}.000 5 {client} {result}/{status} 1 {method} {url} - H/- -\n" for _ in range(count))
    log = (lines("outlook.office365.com", 2, "TCP_DENIED", 407) + lines("outlook.office365.com", 5, "TCP_TUNNEL", 200) +
           lines("new.office.com", 4, "TCP_TUNNEL", 200) + lines("office.com.example.net", 4, "TCP_TUNNEL", 200) +
           lines("pinned.example.com", 3, "NONE_NONE", 200) + lines("twice.example.com", 2, "NONE_NONE", 200) +
           lines("fine.example.com", 3, "NONE_NONE", 200) + lines("fine.example.com", 1, "TCP_MISS", 200, "GET") +
           lines("loop.example.com", 3, "TCP_DENIED", 407, client="10.0.0.2") +
           lines("once.example.com", 3, "TCP_DENIED", 407) + lines("once.example.com", 1, "TCP_TUNNEL", 200))
    lists = site.json(given=log.encode())["lists"]
    got = {name: {row["name"] for row in lists[name]["largest"]} for name in ("spared", "unlisted", "broken", "loops", "clients")}
    same("lists", {"spared": {"outlook.office365.com"}, "unlisted": {"new.office.com"}, "broken": {"pinned.example.com"},
                        "loops": {"loop.example.com"}, "clients": {"10.0.0.1", "10.0.0.2"}}, got)
    same("407 that bypass would have spared", 2, lists["spared"]["worth"])


def test_page(site):
    """The page has the parts of the text in the same order, and calls destinations by the same names."""
    hosts = ("outlook.office365.com", "new.office.com", "[2001:db8::7]", "pinned.example.com:8443")
    log = "".join(f"{FIRST}.000 5 ::1 NONE_NONE/200 1 CONNECT {host if ':' in host[-5:] else host + ':443'} - H/- -\n"
                  for host in hosts for _ in range(3)).encode()
    for args in ((), ("--against", site.write("none.rules", "inspect x.example\n")), ("--against", site.table)):
        site.run("--html", site.path("p.html"), *args, given=log)
        with open(site.path("p.html"), encoding="utf-8") as f:
            page = html.unescape(f.read())
        lines = site.run(*args, given=log).stdout.decode().splitlines()
        same(f"{args}: no page is short", True, len(re.findall("<tr><td|<p>Nothing", page)) > 0)
        at = 0
        for line in lines[1:]:
            name = line[:44].strip() if re.fullmatch(" *([0-9]+|requests)", line[44:57]) else line.removeprefix("note: ")
            if name.startswith(("under table", "nothing in", "...")) or not name:
                continue
            at = page.find(f">{name}", at)
            same(f"{args}: '{name}' in its place", True, at > 0)


def test_unlisted(site):
    """Microsoft's are the domains of published rules, but no public suffix, no other company's, and no local rule's."""
    table = site.write("owners.rules", """# version: owners
optimize <tenant>-my.fabrikam-files.com id=1 area=Exchange required source=worldwide
allow *.mail.fabrikam.com id=2 area=Exchange required source=worldwide
default cdn*.fabrikam.co.uk id=3 area=Common required source=worldwide
default one.azurewebsites.net id=3 area=Common required source=worldwide
default ocsp.digicert.com id=3 area=Common source=worldwide
allow shop.contoso.com
inspect ~^tailspin[0-9]+\\.com$
""")
    owned = ["fabrikam.com", "new.fabrikam.com", "fabrikam-files.com", "www.fabrikam.co.uk", "x.one.azurewebsites.net",
             "live.com", "new.live.com", "new.cloud.microsoft", "x.microsoft.com", "y.azureedge.net"]
    others = ["notmicrosoft.com", "microsoft.com.evil.example", "xlive.com", "contoso.com", "www.contoso.com", "other.co.uk",
              "co.uk", "com", "two.azurewebsites.net", "www.digicert.com", "tailspin.com", "notfabrikam.com",
              "fabrikam.com.evil.example", "microsoft.evil.example", "52.96.0.1", "evilmicrosoft"]
    log = "".join(f"{FIRST}.000 5 10.0.0.1 TCP_TUNNEL/200 1 CONNECT {host}:443 - H/- -\n" for host in owned + others)
    for args in ((), ("--against", site.table)):
        done = site.run("--json", "-t", table, *args, given=log.encode(), table=False)
        rows = json.loads(done.stdout)["lists"]["unlisted"]["largest"]
        same(f"unlisted {args}", sorted(owned), sorted(row["name"] for row in rows))


def main():
    if not stage.built(stage.CTL):
        return 1
    tally = stage.Tally()
    for name, test in stage.named(stage.tests_in(globals()), sys.argv[1:]):
        with stage.Place() as place:
            tally.attempt(name, test, Site(place.top))
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
