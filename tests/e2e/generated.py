#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""generated.py - tests a Squid that runs the output of `m365ctl squid-conf`.

    run.sh --> generated.py PHASE --> cases.py (the same questions), client.py

lib_generated() of lib.sh made the squid.conf and changed only what an administrator has to change. The tests check that this
Squid bypasses, asks for passwords and inspects as it should, that the printed logformat says why, and that the doctor finds
nothing wrong with the file. The stage, the counting and the command line are those of cases.py.
"""
import os
import subprocess
import sys
import time

import cases
import client

NAMES = ("cat", "area", "id", "why", "gen")
OWN, SQUIDS = "origin's own certificate, GET 200", "Squid's certificate, GET 200"


def said(stage, name):
    """The lines of a log as dictionaries. Words without = are stored under their number."""
    with open(os.path.join(stage.folder, name), encoding="utf-8", errors="replace") as f:
        for line in f.read().splitlines():
            words = line.split(" ")
            yield {**dict(enumerate(words)), **dict(word.partition("=")[::2] for word in words if "=" in word)}


def last(stage, name, test):
    """The last line of a log that passes the test. Waits for one."""
    for _ in range(50):
        lines = [line for line in said(stage, name) if test(line)]
        if lines:
            return lines[-1]
        time.sleep(0.1)
    return {}


def log_line(stage, host):
    """What the printed logformat says about the last request to a host."""
    line = last(stage, "m365.log", lambda line: host in line.get(4, ""))
    return " ".join(f"{name}={line.get(name)}" for name in NAMES)


def logged(stage):
    stage.through("outlook.office365.com:443")
    cases.case("the printed logformat, Optimize host", "cat=Optimize area=Exchange id=1 why=rule gen=first",
               log_line(stage, "outlook.office365.com"))
    stage.through("login.live.com:443")
    cases.case("the printed logformat, Default host", "cat=Default area=Common id=97 why=category gen=first",
               log_line(stage, "login.live.com"))
    stage.through("www.example.com:443")
    cases.case("the printed logformat, other host", "cat=- area=- id=- why=no-rule gen=first", log_line(stage, "www.example.com"))


def healthy(stage):
    done = subprocess.run([os.path.join(stage.site.folder, "programs", "m365ctl"), "doctor",
                           os.path.join(stage.folder, "squid.conf")], capture_output=True, text=True, timeout=20, check=False)
    lines = done.stdout.splitlines()
    found = "" if done.returncode == 0 else ": " + " / ".join(lines)[:1000]
    cases.case("m365ctl doctor on this squid.conf", "exit 0, 1 line", f"exit {done.returncode}, {len(lines)} line{found}")
    cases.alive(stage)


def intercepted(stage):
    def direct(address, sni):
        return client.direct(stage.site, address, sni=sni)
    a = direct("52.96.0.1", "outlook.office365.com")
    cases.case("intercepted, Optimize host at its own address", OWN, a)
    cases.case("the printed logformat", "cat=Optimize area=Exchange id=1 why=rule gen=first",
               log_line(stage, "outlook.office365.com"))
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
    cases.explicit(stage)
    logged(stage)
    healthy(stage)


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
    sys.exit(cases.main(printed, printedled, printedboth))
