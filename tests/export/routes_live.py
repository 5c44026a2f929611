#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
routes_live.py - BIRD and FRR read what is exported for them.

Where it sits: tests/export/. Run by `make export`. Nothing is started but the parsers.
"""

import os
import shutil
import sys

import truth
from truth import stage

TOOLS = os.environ["PATH"] + ":/usr/sbin:/sbin:/usr/lib/frr"
BIRD = """router id 192.0.2.1;
include "%s";
protocol device {}
protocol bgp microsoft {
    local 192.0.2.1 as 65000;
    neighbor 192.0.2.2 as 12076;
    ipv4 { import filter m365_import_v4; export none; };
    ipv6 { import filter m365_import_v6; export none; };
}
"""


def tool(name):
    path = shutil.which(name, path=TOOLS)
    if path is None:
        raise stage.Skip(f"{name} is not installed")
    return path


def samples(place):
    tables = truth.tables(place)
    public = place.write("public.csv", "Prefix,Type\n192.0.2.0/24,Public\n2001:db8::/32,Public\n")
    return [(tables[0], []), (tables[3], []), (tables[0], ["--supernets", public])]


def test_bird():
    """bird -p reads it in a configuration that uses both filters, and refuses it when it is spoiled."""
    bird = tool("bird")
    with stage.Place() as place:
        conf = place.write("bird.conf", BIRD % place.path("m365.conf"))
        for table, words in samples(place):
            text = truth.export(table, "bird", *words)
            place.write("m365.conf", text)
            done = stage.run(bird, "-p", "-c", conf)
            stage.check(done.returncode == 0, f"{table.name} {words}", done.stderr)
        place.write("m365.conf", text.replace("net ~", "net !~~", 1))
        stage.check(stage.run(bird, "-p", "-c", conf).returncode != 0, "a spoiled file is accepted")


def test_frr():
    """vtysh -C reads every line."""
    vtysh = tool("vtysh")
    with stage.Place() as place:
        for table, words in samples(place):
            text = truth.export(table, "frr", *words)
            file = place.write("frr.conf", text)
            done = stage.run(vtysh, "-C", "-f", file)
            stage.check(done.returncode == 0 and "unknown command" not in (done.stdout + done.stderr).lower(), f"{table.name} {words}",
                        done.stdout, done.stderr)
        place.write("frr.conf", text.replace("permit", "permitt", 1))
        done = stage.run(vtysh, "-C", "-f", file)
        stage.check(done.returncode != 0 or "unknown command" in (done.stdout + done.stderr).lower(), "a spoiled file is accepted")


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
