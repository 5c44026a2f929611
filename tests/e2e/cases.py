#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""cases.py - the requests to the real Squid, and what must be seen.

    run.sh --> cases.py PHASE --> client.py --> Squid --> origin.py
                  `---- access.log, processes, images ----'

There is one function for each phase. run.sh has set up the stage and started the Squid of the phase. Each case prints what
was seen, and what was wanted if that is different; the last line of a phase counts them. client.py makes the requests and
reports what can be seen of them. Every wait is bounded. Python 3, standard library only.
"""
import argparse
import collections
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import client  # noqa: E402
from stage import Tally  # noqa: E402  (of tests/)

TALLY = Tally()

PROXY = ("127.0.0.1", 3128)
PASSWORD = "alice:secret"
STRANGER4, STRANGER6 = "203.0.113.66", "2001:db8::66"

# Sentences of client.Answer.
ASKED = "CONNECT 407"
SPLICED = "CONNECT 200, origin's own certificate, GET 200"
BUMPED = "CONNECT 200, Squid's certificate, GET 200"
HANDLED = "CONNECT 200, Squid's certificate"  # bumped; the page does not matter


class Stage:
    """The Squid of one phase: its log, its processes, its image."""

    def __init__(self, args):
        self.site = client.Site(args.site)
        self.folder = os.path.join(args.site, args.squid)
        self.image = args.image
        self.images = os.path.join(args.site, "image")

    def through(self, *args, **kwargs):
        return client.through(self.site, PROXY, *args, **kwargs)

    def log(self, answer=None):
        """The lines of access.log as dictionaries. With an answer: the lines of its connection (waits for the first one)."""
        for _ in range(50):
            lines = []
            with open(os.path.join(self.folder, "access.log"), encoding="utf-8", errors="replace") as f:
                for line in f.read().splitlines():
                    lines.append(dict(word.partition("=")[::2] for word in line.split(" ")))
            if answer is None:
                return lines
            lines = [line for line in lines if line.get("port") == str(answer.port)]
            if lines:
                return lines
            time.sleep(0.1)
        return []

    def note(self, answer, *names):
        """The notes in the first log line of an answer, as words."""
        lines = self.log(answer)
        return " ".join(f"{n}={lines[0].get(n)}" for n in names) if lines else "no line in access.log"

    def whys(self, answer):
        """The different values of why for the connection of an answer, in order. Waits for one: the lines come late and one by one."""
        words = []
        for _ in range(20):
            for line in self.log(answer):
                words += [w for w in line.get("why", "").split(",") if w not in ("", "-") and w not in words]
            if words:
                break
            time.sleep(0.1)
        return " ".join(words)

    def master(self):
        """The Squid process that was started. Its child, the worker, does the work and has the helpers."""
        with open(os.path.join(self.folder, "pid"), encoding="ascii") as f:
            return int(f.read())

    def squid_now(self):
        """What happened to the Squid that the phase was started with?"""
        if not children(self.master()):
            return "died"
        return "the same process" if self.cache_log().count("Starting Squid Cache") == 1 else "the worker was restarted"

    @contextlib.contextmanager
    def busy(self):
        """Squid is stopped while the body runs, as if it were busy. Afterwards it finds everything sent meanwhile at once."""
        workers = list(children(self.master()))
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in workers:
                os.kill(pid, signal.SIGCONT)

    def cache_log(self):
        with open(os.path.join(self.folder, "cache.log"), encoding="utf-8", errors="replace") as f:
            return f.read()

    def helpers(self, name="ext_m365_acl"):
        """The process numbers of this Squid's helpers."""
        return sorted(pid for worker in children(self.master()) for pid, command in children(worker).items() if name in command)

    def publish(self, source):
        """Install an image as a publisher does: a new file, renamed over the old one."""
        new = self.image + ".new"
        shutil.copyfile(os.path.join(self.images, source), new)
        os.rename(new, self.image)


def children(parent):
    """{process number: command line} of the living children of a process."""
    found = {}
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/stat", encoding="latin-1") as f:
                state, ppid = f.read().rpartition(")")[2].split()[:2]
            with open(f"/proc/{entry}/cmdline", encoding="latin-1") as f:
                command = f.read().replace("\0", " ")
        except (OSError, ValueError):
            continue
        if state not in "ZX" and int(ppid) == parent:
            found[int(entry)] = command
    return found


def case(what, wanted, seen):
    """One case. `wanted` is the exact text."""
    TALLY.same(what, str(seen), str(wanted))


def alive(stage):
    case("Squid at the end of the phase", "the same process", stage.squid_now())


def tls_only(answer):
    """The answer without the status of the page, for cases where the page does not matter."""
    answer.http = None
    return answer


def wait_until(test, seconds):
    """Call `test` until it is true. False if it was not true within that time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if test():
            return True
        time.sleep(0.2)
    return False


# ---- the explicit proxy --------------------------------------------------------------------------------------------

def explicit(stage):
    odd_port(stage)
    everything(stage)


def everything(stage):
    """What holds for every explicit proxy, also one that denies ports."""
    bypass(stage)
    password(stage)
    strangers(stage)
    plain_http(stage)
    literals(stage)
    alive(stage)


def bypass(stage):
    a = stage.through("outlook.office365.com:443")
    case("Optimize host, no password", SPLICED, a)
    case("its notes in access.log", "cat=Optimize id=1 why=rule gen=first", stage.note(a, "cat", "id", "why", "gen"))
    a = stage.through("login.microsoftonline.com:443")
    case("Allow host, no password", SPLICED, a)
    case("its notes in access.log", "cat=Allow id=56 why=rule gen=first", stage.note(a, "cat", "id", "why", "gen"))
    case("wildcard host (contoso.sharepoint.com), no password", SPLICED, stage.through("contoso.sharepoint.com:443"))
    case("OUTLOOK.Office365.COM. (case, trailing dot), no password", SPLICED,
         stage.through("OUTLOOK.Office365.COM.:443", sni="Outlook.office365.com"))


def odd_port(stage):
    a = stage.through("outlook.office365.com:8443")
    case("Optimize host on port 8443, no password", ASKED, a)
    case("its notes in access.log", "cat=- id=- why=port", stage.note(a, "cat", "id", "why"))


def password(stage):
    a = stage.through("login.live.com:443")
    case("Default host, no password", ASKED, a)
    case("its notes in access.log", "cat=Default id=97 why=category", stage.note(a, "cat", "id", "why"))
    case("Default host, password", BUMPED, stage.through("login.live.com:443", PASSWORD))
    case("other host, no password", ASKED, stage.through("www.example.com:443"))
    case("other host, wrong password", ASKED, stage.through("www.example.com:443", "alice:guess"))
    a = stage.through("www.example.com:443", PASSWORD)
    case("other host, password", BUMPED, a)
    case("its notes in access.log", "why=no-rule user=alice", stage.note(a, "why", "user"))


def strangers(stage):
    case("CONNECT to a stranger, Microsoft's SNI, no password", ASKED,
         stage.through("stranger.example:443", sni="outlook.office365.com"))
    a = stage.through("stranger.example:443", PASSWORD, sni="outlook.office365.com")
    case("CONNECT to a stranger, Microsoft's SNI, password", HANDLED, tls_only(a))
    a = stage.through("outlook.office365.com:443", sni="stranger.example")
    case("CONNECT to Optimize host, stranger's SNI, no password", HANDLED, tls_only(a))
    case("why, in access.log", "sni-mismatch", stage.whys(a))
    case("outlook.office365.com.stranger.example, no password", ASKED,
         stage.through("outlook.office365.com.stranger.example:443"))
    case("outlook.office365.com%00.stranger.example, no password", ASKED,
         stage.through("outlook.office365.com%00.stranger.example:443"))


def plain_http(stage):
    def get(host, auth=None):
        return client.plain(PROXY, f"http://{host}/e2e", host, auth)
    a = get("outlook.office365.com")
    case("plain HTTP, Optimize host, no password", "GET 200 by 52.96.0.1", f"{a} by {a.body.get('address')}")
    case("its notes in access.log", "cat=Optimize id=1 why=rule", stage.note(a, "cat", "id", "why"))
    case("plain HTTP, other host, no password", "GET 407", get("www.example.com"))
    case("plain HTTP, other host, password", "GET 200", get("www.example.com", PASSWORD))


def literals(stage):
    case("CONNECT [2603:1006::1]:443 (published), no SNI, no password", SPLICED, stage.through("[2603:1006::1]:443"))
    case("the same with Microsoft's SNI", SPLICED, stage.through("[2603:1006::1]:443", sni="outlook.office.com"))
    a = stage.through("[2603:1006::1]:443", sni="stranger.example")
    case("the same with a stranger's SNI", HANDLED, tls_only(a))
    case(f"CONNECT [{STRANGER6}]:443 (foreign), no password", ASKED, stage.through(f"[{STRANGER6}]:443"))
    a = stage.through(f"[{STRANGER6}]:443", PASSWORD, sni="outlook.office.com")
    case("the same with Microsoft's SNI and password", HANDLED, tls_only(a))
    case("CONNECT 52.96.0.1:443 (published), no SNI, no password", SPLICED, stage.through("52.96.0.1:443"))
    case(f"CONNECT {STRANGER4}:443 (foreign), no password", ASKED, stage.through(f"{STRANGER4}:443"))


# ---- hostile server names ------------------------------------------------------------------------------------------

def forged(stage):
    """No caching, and a query for every ClientHello: the channel numbers are easy to guess, but guessing does not help."""
    hits, tries = forge(stage)
    case(f"{tries} strangers next to connections with forged helper lines in the SNI", "0 hits", f"{hits} hits")
    lines = stage.log()
    case("access.log after that", "0 spliced, 0 forged lines",
         f"{sum(line.get('bump') == 'splice' for line in lines)} spliced, {sum('port' not in line for line in lines)} forged lines")
    odd_names(stage)
    case("Optimize host, no password, after all that", SPLICED, stage.through("outlook.office365.com:443"))
    alive(stage)


def control(stage):
    """The same attack on a squid.conf with a plain %ssl::>sni, which nobody should use. Can this test see a hit at all?"""
    hits, tries = forge(stage)
    what = "control: plain %ssl::>sni in FORMAT, the same attack"
    if hits:
        TALLY.good()
        print(f"ok - {what} -> {hits} of {tries} got through, so the test can see a hit", flush=True)
    else:
        TALLY.skip(what, f"none of {tries} got through, the race was not won")


ROUNDS, VICTIMS = 8, 6
# More channel numbers than a phase uses, but few enough to keep the answers below the 32 KB that Squid reads at once.
FORGED_LINES = 300


def forge(stage):
    """In each round, one connection sends an SNI that contains lines for the helper. These lines have Microsoft's name and every
    channel number that queries for the next connections may get. Then the next connections follow. Returns how many of them got
    through untouched, and the number of tries."""
    lines = b"".join(b"\n%d outlook.office365.com - 443" % n for n in range(1, FORGED_LINES))
    hits = 0
    for n in range(ROUNDS):
        try:
            tunnels = [client.Tunnel(stage.site, PROXY, "stranger.example:443", PASSWORD) for _ in range(1 + VICTIMS)]
        except OSError:
            return hits, n * VICTIMS  # the Squid of the control phase also fails on the forged answers
        finish = tunnels[0].hello(b"x" + lines, hold=1)
        time.sleep(0.05)  # Squid reads a long SNI in several pieces; by now it has all but the last byte
        with stage.busy():
            finish()
            for i, tunnel in enumerate(tunnels[1:]):
                tunnel.hello(b"r%d-%d.stranger.example" % (n, i))
        hits += sum("origin" in tunnel.seen() for tunnel in tunnels)
    return hits, ROUNDS * VICTIMS


def odd_names(stage):
    microsoft = b"outlook.office365.com"
    for what, sni in (("60 bytes of binary", bytes(range(1, 61))), ("a NUL after Microsoft's name", microsoft + b"\0.stranger.example"),
                      ("15 KB", microsoft + b"." + b"a" * 15000), ("spaces", microsoft + b" " + microsoft + b" 443"),
                      ("a percent sign", microsoft + b"%00.stranger.example"), ("no byte at all", b"")):
        a = stage.through("stranger.example:443", PASSWORD, raw=sni)
        case(f"a stranger, SNI of {what}", "not spliced", "SPLICED" if a.untouched else "not spliced")
        if sni and b"\0" not in sni:  # Squid cuts an SNI at a NUL; Microsoft's name at Microsoft's host is correct
            a = stage.through("outlook.office365.com:443", raw=sni)
            case(f"Optimize host, SNI of {what}", "not spliced", "SPLICED" if a.untouched else "not spliced")


# ---- interception --------------------------------------------------------------------------------------------------

def intercept(stage):
    own, squids = "origin's own certificate, GET 200", "Squid's certificate, GET 200"

    def direct(address, sni):
        return client.direct(stage.site, address, sni=sni)
    a = direct("52.96.0.1", "outlook.office365.com")
    case("intercepted, Optimize host at its own address", own, a)
    case("why, in access.log", "rule", stage.whys(a))
    case("intercepted, Allow host at its own address", own, direct("20.190.128.1", "login.microsoftonline.com"))
    case("intercepted, Optimize host, IPv6", own, direct("2603:1006::1", "outlook.office.com"))
    case("intercepted, published address, no SNI", own, direct("52.96.0.1", None))
    case("intercepted, Default host", squids, direct("198.51.100.97", "login.live.com"))
    case("intercepted, other host", squids, direct("192.0.2.80", "www.example.com"))
    for address in (STRANGER4, STRANGER6):
        a = direct(address, "outlook.office365.com")
        case(f"intercepted, stranger's address {address}, Microsoft's SNI", "Squid's certificate", tls_only(a))
        case("why, in access.log", "address-mismatch", stage.whys(a))
    a = direct("52.96.0.1", "stranger.example")
    case("intercepted, Microsoft's address, stranger's SNI", "Squid's certificate", tls_only(a))
    intercepted_http(stage)
    alive(stage)


def intercepted_http(stage):
    a = client.plain(("52.96.0.1", 80), "/e2e", "outlook.office365.com")
    case("intercepted plain HTTP, Optimize host at its own address", "GET 200 by 52.96.0.1", f"{a} by {a.body.get('address')}")
    case("why, in access.log", "rule", stage.whys(a))
    for address in (STRANGER4, STRANGER6):
        a = client.plain((address, 80), "/e2e", "outlook.office365.com")
        case(f"intercepted plain HTTP, Microsoft's Host header at {address}", "GET 403", a)
        case("why, in access.log", "address-mismatch", stage.whys(a))
    a = client.plain(("192.0.2.80", 80), "/e2e", "www.example.com")
    case("intercepted plain HTTP, other host", "GET 403, no-rule", f"{a}, {stage.whys(a)}")


# ---- url_m365_rewrite ------------------------------------------------------------------------------------------------

def rewrite(stage):
    def get(host):
        return client.plain(PROXY, f"http://{host}/e2e?x=1%20y", host)
    a = get("outlook.office365.com")
    case("url_m365_rewrite, http://outlook.office365.com", "GET 200, GET /e2e?x=1%20y HTTP/1.1", f"{a}, {a.body.get('request')}")
    case("its notes in access.log", "cat=Optimize id=1 why=rule gen=first", stage.note(a, "cat", "id", "why", "gen"))
    a = get("www.example.com")
    case("url_m365_rewrite, http://www.example.com", "GET 200, cat=- why=no-rule", f"{a}, {stage.note(a, 'cat', 'why')}")
    a = stage.through("login.microsoftonline.com:443")
    case("url_m365_rewrite, CONNECT login.microsoftonline.com:443", f"{SPLICED}, cat=Allow id=56 why=rule",
         f"{a}, {stage.note(a, 'cat', 'id', 'why')}")
    a = stage.through("login.live.com:443")
    case("url_m365_rewrite, CONNECT login.live.com:443", f"{SPLICED}, cat=Default id=97 why=category",
         f"{a}, {stage.note(a, 'cat', 'id', 'why')}")
    a = stage.through("[2603:1006::1]:443")
    case("url_m365_rewrite, CONNECT [2603:1006::1]:443", f"{SPLICED}, cat=Optimize id=1 why=rule",
         f"{a}, {stage.note(a, 'cat', 'id', 'why')}")
    alive(stage)


# ---- images that are missing, damaged, repaired ----------------------------------------------------------------------

DEAD, GOOD = f"{ASKED} / {BUMPED}", f"{SPLICED} / {SPLICED}"


def both(stage):
    """An Optimize host without and with password. Without a table, it must still be inspected."""
    with_password = stage.through("outlook.office365.com:443", PASSWORD)
    return f"{stage.through('outlook.office365.com:443')} / {with_password}"


def notable(stage):
    helpers = stage.helpers()
    case("no image at start: Optimize host without / with password", DEAD, both(stage))
    case("why, in access.log", "no-table", stage.whys(stage.through("outlook.office365.com:443")))
    damaged(stage)
    stage.publish("first")
    wait_until(lambda: str(stage.through("outlook.office365.com:443")) == SPLICED, 10)
    case("image repaired, Squid left alone", GOOD, both(stage))
    shrink(stage)
    case("helpers, from start to end", helpers, stage.helpers())
    alive(stage)


def keep_asking(stage, seconds):
    """The helper checks its image between requests. It loads a text once it was unchanged for two seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        stage.through("outlook.office365.com:443")
        time.sleep(0.3)


def refused(stage):
    """A bad image never replaces a good one."""
    helpers = stage.helpers()
    with open(stage.image, "rb") as f:
        image = f.read()
    for what, data in (("a cut one", image[:len(image) // 3]), ("text that is not a table", b"also no image\n")):
        before = stage.cache_log().count("keeping the old table")
        put(stage, data)
        keep_asking(stage, 4.5)
        case(f"good image replaced by {what}: the old table stays", GOOD, both(stage))
        case("and cache.log says so", "1 time", f"{stage.cache_log().count('keeping the old table') - before} time")
    stage.publish("second")
    wait_until(lambda: "gen=second" in stage.note(stage.through("outlook.office365.com:443"), "gen"), 10)
    case("and the next good one is taken", "gen=second", stage.note(stage.through("outlook.office365.com:443"), "gen"))
    case("helpers, from start to end", helpers, stage.helpers())
    alive(stage)


def put(stage, data):
    with open(stage.image + ".new", "wb") as f:
        f.write(data)
    os.rename(stage.image + ".new", stage.image)


def damaged(stage):
    with open(os.path.join(stage.images, "first"), "rb") as f:
        good = f.read()
    for what, data in (("cut in half", good[:len(good) // 2]), ("text", b"not an image\n"),
                       ("first byte flipped", bytes([good[0] ^ 1]) + good[1:])):
        put(stage, data)
        keep_asking(stage, 3.5)
        case(f"damaged image ({what}): Optimize host without / with password, why", f"{DEAD}, no-table",
             f"{both(stage)}, {stage.whys(stage.through('outlook.office365.com:443'))}")
    put(stage, b"")
    keep_asking(stage, 3.5)
    case("an empty file as image: Optimize host without / with password", DEAD, both(stage))


def shrink(stage):
    """An image is truncated in place while mapped, which nobody should do."""
    size = os.path.getsize(stage.image)
    os.truncate(stage.image, 0)
    case("image cut to nothing in place: no bypass, or the old one kept", True, both(stage) in (DEAD, GOOD))
    keep_asking(stage, 1.5)
    stage.publish("first")
    case(f"and published again ({size} bytes)", True, wait_until(lambda: both(stage) == GOOD, 10))


# ---- load ------------------------------------------------------------------------------------------------------------

class Load:
    """Clients that send requests without a pause until told to stop. `seen` counts (job, sentence). `sent` is counted before each
    request, so that a request without an answer shows."""

    def __init__(self, jobs, clients):
        self.jobs, self.stop, self.lock = jobs, threading.Event(), threading.Lock()
        self.sent, self.seen, self.slowest = 0, collections.Counter(), 0.0
        self.threads = [threading.Thread(target=self.run, args=(n,)) for n in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self, n):
        while not self.stop.is_set():
            name, ask, _wanted = self.jobs[n % len(self.jobs)]
            n += 1
            with self.lock:
                self.sent += 1
            begin = time.monotonic()
            seen = str(ask())
            with self.lock:
                self.seen[name, seen] += 1
                self.slowest = max(self.slowest, time.monotonic() - begin)
            if "Refused" in seen:
                time.sleep(0.1)

    def finish(self):
        """Stop and wait. Returns the number of requests that were sent but never answered."""
        self.stop.set()
        for thread in self.threads:
            thread.join(2 * client.TIMEOUT_S)
        with self.lock:
            return self.sent - sum(self.seen.values()) + sum(n for (_, text), n in self.seen.items() if "no answer in time" in text)

    def others(self, allowed=()):
        """What was seen but neither wanted nor allowed: {(job, sentence): count}."""
        wanted = {name: text for name, _ask, text in self.jobs}
        return {key: n for key, n in self.seen.items() if key[1] != wanted[key[0]] and not any(a in key[1] for a in allowed)}

    def tell(self, others):
        for (name, seen), n in sorted(others.items()):
            print(f"{n} of {name}: {seen}", flush=True)


def jobs(stage):
    """(name, how to ask, what must be seen)"""
    def tunnel(target):
        return lambda: stage.through(target)
    return [("Optimize host", tunnel("outlook.office365.com:443"), SPLICED),
            ("other host", tunnel("www.example.com:443"), ASKED),
            ("Allow host", tunnel("login.microsoftonline.com:443"), SPLICED),
            ("Default host", tunnel("login.live.com:443"), ASKED),
            ("stranger with Microsoft's SNI and password", lambda: stranger(stage), HANDLED),
            ("other host with password", lambda: stage.through("www.example.com:443", PASSWORD), BUMPED)]


def stranger(stage, **kwargs):
    return stage.through("stranger.example:443", PASSWORD, raw=b"outlook.office365.com", **kwargs)


def load(stage):
    crowd = Load(jobs(stage), 6)
    replaced = 0
    end = time.monotonic() + 12
    while time.monotonic() < end:
        stage.publish(("first", "second")[replaced % 2])
        replaced += 1
        time.sleep(0.15)
    lost, others = crowd.finish(), crowd.others()
    case(f"{crowd.sent} requests while the image was replaced {replaced} times", "0 lost, 0 wrong",
         f"{lost} lost, {sum(others.values())} wrong")
    crowd.tell(others)
    case("the slowest answer", "under 5 s", "under 5 s" if crowd.slowest < 5 else f"{crowd.slowest:.1f} s")
    gens = {line.get("gen") for line in stage.log()} - {"-"}
    case("images that answered", "first second", " ".join(sorted(gens)))
    case("helper processes that ended", 0, stage.cache_log().count("exited"))
    alive(stage)


def m365ctl(stage, command, *words):
    """Run m365ctl with the state folder of the phase. Returns its exit code."""
    site = os.path.dirname(stage.folder)
    config = os.path.join(site, "published", "m365.conf")
    return subprocess.run([os.path.join(site, "programs", "m365ctl"), command, "-c", config, *words],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, check=False).returncode


def local_rules(stage, text):
    """Write local rules as an editor does: all or nothing."""
    path = os.path.join(os.path.dirname(stage.folder), "published", "local.d", "site.rules")
    with open(path + ".new", "w", encoding="ascii") as f:
        f.write(text)
    os.rename(path + ".new", path)


def publish(stage):
    """Generations are published and rolled back while Squid runs."""
    crowd = Load(jobs(stage), 4)
    codes = []
    end = time.monotonic() + 12
    while time.monotonic() < end:
        local_rules(stage, f"inspect never-{len(codes)}.example ticket=NET-{len(codes)}\n")
        codes.append(m365ctl(stage, "publish"))
        if len(codes) % 5 == 0:
            codes.append(m365ctl(stage, "rollback"))
    lost, others = crowd.finish(), crowd.others()
    case(f"{crowd.sent} requests while {len(codes)} generations were published or rolled back", "0 lost, 0 wrong, 0 refused",
         f"{lost} lost, {sum(others.values())} wrong, {sum(code != 0 for code in codes)} refused")
    crowd.tell(others)
    gens = {line["gen"] for line in stage.log() if "notes" in line} - {"-"}
    case("generations that answered have one label", 1, len({gen.rpartition(".")[0] for gen in gens}))
    case("and more than one number", True, len({gen.rpartition(".")[2] for gen in gens}) > 1)
    local_rules(stage, "inspect outlook.office365.com ticket=NET-1\n")
    case("a local rule that inspects an Optimize host is published", 0, m365ctl(stage, "publish"))
    wait_until(lambda: str(stage.through("outlook.office365.com:443")) == ASKED, 10)
    case("Optimize host without password", ASKED, stage.through("outlook.office365.com:443"))
    case("and the previous table is put back", 0, m365ctl(stage, "rollback"))
    wait_until(lambda: str(stage.through("outlook.office365.com:443")) == SPLICED, 10)
    case("Optimize host without password", SPLICED, stage.through("outlook.office365.com:443"))
    case("helper processes that ended", 0, stage.cache_log().count("exited"))
    alive(stage)


# What a client may see while there is no helper: Squid refuses (an error page, inside its own TLS after a CONNECT). Squid 5.7
# sometimes crashes when a helper is killed (assertion in Write.cc). Then its master starts a new worker, and connections break.
REFUSED = ("CONNECT 403", "Squid's certificate, GET 403")
BROKEN = ("broken off", "CONNECT 0", "GET 0")


def kill(stage):
    crowd = Load(jobs(stage), 6)
    time.sleep(2)
    before = stage.helpers()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    came = wait_until(lambda: stage.helpers() and not set(stage.helpers()) & set(before), 20)
    case("helper killed with SIGKILL under load", "1 killed, a new one came",
         f"{len(before)} killed, {'a new one came' if came else 'none came'}")
    time.sleep(3)
    lost, others = crowd.finish(), crowd.others(REFUSED + BROKEN)
    case(f"{crowd.sent} requests before and after", "0 hang, 0 let through", f"{lost} hang, {sum(others.values())} let through")
    crowd.tell(crowd.others())
    again(stage)
    counted(stage, before)


def counted(stage, killed):
    """What Squid's helpers counted, also those that were killed, is in the folder of Squid's user, and root reads it."""
    site, state = os.path.dirname(stage.folder), os.path.join(stage.folder, "state")
    os.makedirs(state, exist_ok=True)
    config = os.path.join(stage.folder, "m365.conf")
    with open(config, "w", encoding="ascii") as f:
        f.write(f"state {state}\n")
    done = subprocess.run([os.path.join(site, "programs", "m365ctl"), "status", "-c", config, "--stats", os.path.join(site, "run"), "--json"],
                          capture_output=True, text=True, timeout=60, check=False)
    case("messages about the files of helpers", "", done.stderr)
    helpers = json.loads(done.stdout)["helpers"]
    case("processes that count", sorted(stage.helpers()), sorted(one["pid"] for one in helpers["processes"]))
    (sums,) = helpers["sums"]
    case("processes that ended are counted", True, sums["ended"] >= len(killed))
    # One that is killed may have counted lines and not yet their verdicts: those of a batch.
    missing = sums["lines"] - sum(one["count"] for one in sums["answers"])
    case("every line has an answer that is counted", True, 0 <= missing <= 32 * len(killed))
    case("hundreds of lines, none without a table", (True, 0), (sums["lines"] > 100, sums["noTable"]))


def dying(stage):
    """The worst moment: the helper dies while Squid waits for its verdict on a stranger's ClientHello. This needs a phase of its
    own, because Squid gives up on a helper that dies twice within 30 seconds."""
    before = stage.helpers()

    def stop():
        for pid in before:
            os.kill(pid, signal.SIGSTOP)
        threading.Timer(1.0, lambda: [os.kill(pid, signal.SIGKILL) for pid in before]).start()
    case("helper killed between a stranger's CONNECT and the verdict on the SNI", HANDLED, stranger(stage, pause=stop))
    again(stage)


def again(stage):
    """After the death of a helper, everything recovers on its own."""
    wait_until(lambda: str(stage.through("outlook.office365.com:443")) == SPLICED, 20)
    case("Optimize host without password afterwards", SPLICED, stage.through("outlook.office365.com:443"))
    case("other host without password afterwards", ASKED, stage.through("www.example.com:443"))
    case("Squid's master process at the end of the phase", True, bool(children(stage.master())))
    print(f"Squid at the end of the phase: {stage.squid_now()}", flush=True)


def main(*functions):
    """Runs the phase that the command line names, one of these functions. Returns the exit code."""
    phases = {f.__name__: f for f in functions}
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", required=True)
    parser.add_argument("--squid", required=True, help="name of the Squid of this phase in the site")
    parser.add_argument("--image", required=True)
    parser.add_argument("phase", choices=sorted(phases))
    args = parser.parse_args()
    try:
        phases[args.phase](Stage(args))
    except Exception:  # pylint: disable=broad-except
        TALLY.bad(f"phase '{args.phase}' to its end", traceback.format_exc())
    return TALLY.finish()


if __name__ == "__main__":
    sys.exit(main(explicit, forged, control, intercept, rewrite, notable, refused, load, publish, kill, dying))
