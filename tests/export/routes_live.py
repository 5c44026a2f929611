#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
routes_live.py - BIRD and FRR read what is exported for them; FRR's bgpd keeps nothing of an older file.

Where it sits: tests/export/. Run by `make export`. The parsers are started, and bgpd in namespaces of its own.
"""

import os
import sys

import live
import truth
from live import tool
from truth import stage

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


BGPD = """
set -e
folder='{folder}'
ip link set lo up
chown frr: "$folder"
mkdir -p /var/run/frr
mount --bind "$folder" /var/run/frr
'{bgpd}' -n -A 127.0.0.1 --vty_socket "$folder" -i "$folder/bgpd.pid" -d
trap 'kill "$(cat "$folder/bgpd.pid")"' EXIT
for i in 1 2 3 4 5 6 7 8 9 10; do
    [ -S "$folder/bgpd.vty" ] && break
    sleep 0.5
done
for file in {files}; do
    vtysh --vty_socket "$folder" -f "$file"
done
vtysh --vty_socket "$folder" -c 'show running-config'
"""


def test_frr_again():
    """bgpd takes a file over that of another table without a complaint, and then has what it has from the new file alone."""
    bgpd, _, unshare = tool("bgpd"), tool("vtysh"), tool("unshare")
    if os.geteuid() != 0 or stage.run(unshare, "--net", "--mount", "true").returncode != 0:
        raise stage.Skip("needs root for a network and a mount namespace")
    with stage.Place() as place:
        os.chmod(place.path(), 0o755)
        new = truth.Table("new", [place.write("new.rules", "allow 203.0.113.0/24 id=2 area=SharePoint tcp=443\n")])
        files = [place.write(f"{table.name}.frr", truth.export(table, "frr")) for table in (truth.tables(place)[3], new)]
        os.environ["PATH"] = live.PATH

        def running(name, some):
            os.mkdir(place.path(name))
            script = place.write(f"{name}.sh", BGPD.format(folder=place.path(name), bgpd=bgpd, files=" ".join(some)))
            done = stage.run(unshare, "--net", "--mount", "sh", script)
            stage.check(done.returncode == 0 and "%" not in done.stdout + done.stderr, name, done.stdout, done.stderr)
            return {line for line in done.stdout.splitlines() if "prefix-list" in line or "route-map" in line}

        both, alone = running("both", files), running("alone", files[1:])
        stage.want("after the old file and the new one", both, alone)
        stage.want("route map", {line for line in both if line.startswith("route-map")},
                   {"route-map m365_import permit 10", "route-map m365_import deny 65535"})
        stage.check(len(both) > 10 and len(running("old", files[:1])) > len(both), "the old file has no more than the new one")


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
