#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""generated.py - tests a Squid that runs the output of `m365ctl squid-conf`.

    run.sh --> generated.py PHASE --> cases.py (the same questions), client.py

lib_generated() of lib.sh made the squid.conf and changed only what an administrator has to change. The tests check that this
Squid bypasses, asks for passwords and inspects as it should, that it denies what no client may have, that the printed logformat
says why, and that the doctor finds nothing wrong with the file. The stage, the counting and the command line are those of cases.py.
"""
import contextlib
import os
import socket
import subprocess
import sys
import time

import cases
import client

NAMES = ("cat", "area", "id", "why", "gen")
DENIED = "CONNECT 200, Squid's certificate, GET 403"
OWN, SQUIDS = "origin's own certificate, GET 200", "Squid's certificate, GET 200"


def said(stage, name):
    """The lines of a log as dictionaries. Words without = are stored under their number."""
    with open(os.path.join(stage.folder, name), encoding="utf-8", errors="replace") as f:
        for line in f.read().splitlines():
            words = line.split()
            yield {**dict(enumerate(words)), **dict(word.partition("=")[::2] for word in words if "=" in word)}


def last(stage, name, test, more_than=0):
    """The last line of a log that passes the test. Waits until more lines pass than there were: Squid writes them late."""
    for _ in range(50):
        lines = [line for line in said(stage, name) if test(line)]
        if len(lines) > more_than:
            return lines[-1]
        time.sleep(0.1)
    return {}


class Logged:
    """What a log says about the requests made since. `place` is the URL of a CONNECT, so that no other request is taken for it."""

    def __init__(self, stage, place, name="m365.log", of=lambda line: True):
        self.stage, self.name = stage, name
        self.test = lambda line: place in line.values() and of(line)
        self.before = sum(1 for line in said(stage, name) if self.test(line))

    def line(self):
        return last(self.stage, self.name, self.test, self.before)

    def notes(self):
        line = self.line()
        return " ".join(f"{name}={line.get(name)}" for name in NAMES)


def logged(stage):
    for kind, host, notes in (("Optimize", "outlook.office365.com", "cat=Optimize area=Exchange id=1 why=rule gen=first"),
                              ("Default", "login.live.com", "cat=Default area=Common id=97 why=category gen=first"),
                              ("other", "www.example.com", "cat=- area=- id=- why=no-rule gen=first")):
        log = Logged(stage, f"{host}:443")
        stage.through(f"{host}:443")
        cases.case(f"the printed logformat, {kind} host", notes, log.notes())
    log = Logged(stage, "outlook.office365.com:443", of=lambda line: line.get("bytes", "0") not in ("0", "39"))
    usual = Logged(stage, "www.example.com:443", "usual.log")
    stage.through("outlook.office365.com:443")
    line = log.line()
    case = (line.get("ms", "").isdigit(), line.get("bytes", "").isdigit())
    cases.case("duration and bytes in it", (True, True), case)
    stage.through("www.example.com:443")
    cases.case("Squid's usual log is written as well", "CONNECT", usual.line().get(5))


@contextlib.contextmanager
def listening(port):
    """Something that listens on this machine only. Yields a function that says whether a connection came."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        sock.listen(8)
        sock.setblocking(False)

        def came():
            try:
                sock.accept()[0].close()
            except BlockingIOError:
                return False
            return True
        yield came


def denied(stage, page, auth=None):
    """What no client may have. `page` is what a client sees of a denied CONNECT; a proxy that inspects shows it in TLS."""
    with listening(31222) as came:
        a = stage.through("127.0.0.1:31222", auth)
        cases.case("CONNECT to a port of this machine", f"{page}, reached: False", f"{a}, reached: {came()}")
        socket.create_connection(("127.0.0.1", 31222), 5).close()
        cases.case("control: the port can be reached", True, came())
    for target in ("127.0.0.1:443", "localhost:443", "[::1]:443", "0.0.0.0:443", "[::ffff:127.0.0.1]:443", "169.254.1.1:443"):
        cases.case(f"CONNECT {target}", page, stage.through(target, auth, sni=None))
    cases.case("CONNECT to an Optimize host on port 8443", page, stage.through("outlook.office365.com:8443", auth))
    cases.case("plain HTTP to localhost", "GET 403", client.plain(cases.PROXY, "http://localhost/e2e", "localhost", auth))
    cases.case("plain HTTP to port 25", "GET 403",
               client.plain(cases.PROXY, "http://www.example.com:25/", "www.example.com:25", auth))
    for path in ("/squid-internal-mgr/info", "http://proxy.e2e.example:3128/squid-internal-mgr/info"):
        cases.case(f"{path}, from another machine", "GET 403",
                   client.plain(("52.96.0.1", 3128), path, "proxy.e2e.example:3128", auth))
        cases.case("and from this one", "GET 200", client.plain(cases.PROXY, path, "proxy.e2e.example:3128", auth))


def healthy(stage):
    done = subprocess.run([os.path.join(stage.site.folder, "programs", "m365ctl"), "doctor",
                           os.path.join(stage.folder, "squid.conf")], capture_output=True, text=True, timeout=20, check=False)
    # The test's own networks are any: lib.sh says that they are meant.
    lines = [line for line in done.stdout.splitlines() if ": accepted: `m365_clients` " not in line]
    found = "" if done.returncode == 0 else ": " + " / ".join(lines)[:1000]
    cases.case("m365ctl doctor on this squid.conf", "exit 0, 1 line", f"exit {done.returncode}, {len(lines)} line{found}")
    cases.alive(stage)


def intercepted(stage):
    def direct(address, sni):
        return client.direct(stage.site, address, sni=sni)
    log = Logged(stage, "outlook.office365.com:443")
    a = direct("52.96.0.1", "outlook.office365.com")
    cases.case("intercepted, Optimize host at its own address", OWN, a)
    cases.case("the printed logformat", "cat=Optimize area=Exchange id=1 why=rule gen=first", log.notes())
    cases.case("intercepted, Allow host", OWN, direct("20.190.128.1", "login.microsoftonline.com"))
    cases.case("intercepted, Optimize host, IPv6", OWN, direct("2603:1006::1", "outlook.office.com"))
    cases.case("intercepted, Default host", SQUIDS, direct("198.51.100.97", "login.live.com"))
    cases.case("intercepted, other host", SQUIDS, direct("192.0.2.80", "www.example.com"))
    for address in (cases.STRANGER4, cases.STRANGER6):
        a = direct(address, "outlook.office365.com")
        cases.case(f"intercepted, stranger's address {address}, Microsoft's SNI", "Squid's certificate", cases.tls_only(a))
        cases.case("why, in access.log", "address-mismatch", stage.whys(a))
    a = direct("52.96.0.1", "stranger.example")
    cases.case("intercepted, Microsoft's address, stranger's SNI", "Squid's certificate", cases.tls_only(a))
    a = client.plain(("52.96.0.1", 80), "/e2e", "outlook.office365.com")
    cases.case("intercepted plain HTTP, Optimize host", "GET 200 rule", f"{a} {stage.whys(a)}")
    a = client.plain((cases.STRANGER4, 80), "/e2e", "outlook.office365.com")
    cases.case("intercepted plain HTTP, Microsoft's Host header elsewhere", "address-mismatch", stage.whys(a))


def printed(stage):
    cases.everything(stage)
    denied(stage, DENIED)
    logged(stage)
    healthy(stage)


def printedplain(stage):
    """Neither a password nor inspection: what is not denied passes."""
    cases.case("Optimize host", cases.SPLICED, stage.through("outlook.office365.com:443"))
    cases.case("other host", cases.SPLICED, stage.through("www.example.com:443"))
    denied(stage, "CONNECT 403")
    healthy(stage)


def printedown(stage):
    """The example of a splice of one's own, of www.example.com."""
    def direct(address):
        return client.direct(stage.site, address, sni="www.example.com")
    cases.bypass(stage)
    cases.case("a splice of one's own, no password", cases.ASKED, stage.through("www.example.com:443"))
    cases.case("the same with a password", cases.SPLICED, stage.through("www.example.com:443", cases.PASSWORD))
    cases.case("another host, password", cases.BUMPED, stage.through("login.live.com:443", cases.PASSWORD))
    a = stage.through("stranger.example:443", cases.PASSWORD, sni="www.example.com")
    cases.case("a stranger that sends its SNI, password", cases.HANDLED, cases.tls_only(a))
    a = stage.through("www.example.com:443", cases.PASSWORD, sni="stranger.example")
    cases.case("its host, a stranger's SNI, password", cases.HANDLED, cases.tls_only(a))
    cases.case("intercepted, a splice of one's own", OWN, direct("192.0.2.80"))
    cases.case("intercepted, a stranger that sends its SNI", False, direct(cases.STRANGER4).untouched)
    cases.case("intercepted, another host", SQUIDS, client.direct(stage.site, "198.51.100.97", sni="login.live.com"))
    cases.alive(stage)


def printedled(stage):
    intercepted(stage)
    healthy(stage)


def way(stage, host, auth=None):
    """The source address of Squid's connection to a host."""
    a = stage.through(f"{host}:443", auth)
    line = last(stage, "way.log", lambda line: line.get("port") == str(a.port) and line.get("la", "-") != "-")
    return f"{a}, from {line.get('la')}"


def printedboth(stage):
    cases.bypass(stage)
    cases.password(stage)
    cases.strangers(stage)
    logged(stage)
    intercepted(stage)
    cases.case("a set announced over ExpressRoute", f"{cases.SPLICED}, from 127.0.0.77", way(stage, "outlook.office365.com"))
    other = way(stage, "www.example.com", cases.PASSWORD)
    cases.case("and another host not from there", True, other.startswith(cases.BUMPED) and "127.0.0.77" not in other)
    healthy(stage)


if __name__ == "__main__":
    sys.exit(cases.main(printed, printedplain, printedown, printedled, printedboth))
