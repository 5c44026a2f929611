#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
firewall_live.py - nft, ipset, iptables-restore and firewalld take what is exported for them; a real firewall lets through
what it says. Debian has no pf.

Where it sits: tests/export/. Run by `make export`. Every firewall is loaded in a network namespace of its own.
"""

import ipaddress
import os
import re
import shutil
import subprocess
import sys

import live
import truth
from live import tool
from truth import stage


def inside(*command, data=None):
    """A command in a new network namespace; Skip where that is not allowed."""
    if os.geteuid() != 0:
        raise stage.Skip("needs root for a network namespace")
    unshare = tool("unshare")
    if stage.run(unshare, "--net", "true").returncode != 0:
        raise stage.Skip("no network namespace on this machine")
    return stage.run(unshare, "--net", *command, input=data)


def accepts(what, *command, data):
    done = inside(*command, data=data)
    if "Operation not supported" in done.stderr or "Module" in done.stderr or "Protocol not supported" in done.stderr:
        raise stage.Skip(f"{what}: this kernel lacks it: {done.stderr.splitlines()[0]}")
    stage.check(done.returncode == 0, what, done.stderr)
    return done


def samples(place):
    tables = truth.tables(place)
    return [tables[0], tables[3]]


def ranges_of(text):
    """{set: the addresses in it, as the fewest prefixes}; nft leaves out the length of a single address."""
    sets = re.findall(r"set (\w+) \{[^{}]*elements = \{([^{}]*)\}", text)
    return {name: list(ipaddress.collapse_addresses(ipaddress.ip_network(word) for word in re.findall(r"[0-9a-f.:]+(?:/\d+)?", elements)))
            for name, elements in sets}


def test_nft():
    """nft -c takes it; loaded twice it replaces itself, and the sets hold every prefix."""
    nft = tool("nft")
    with stage.Place() as place:
        for table in samples(place):
            text = truth.export(table, "nft")
            file = place.write("m365.nft", text)
            accepts(f"nft -c, {table.name}", nft, "-c", "-f", file, data="")
            done = accepts("nft", "sh", "-c", f"'{nft}' -f '{file}' && '{nft}' -f '{file}' && '{nft}' list ruleset", data="")
            stage.check(len(ranges_of(text)) > 2, "no sets", text[:500])
            stage.want("sets", ranges_of(done.stdout), ranges_of(text))
            loaded = re.findall(r"daddr @\w+ (?:tcp|udp) dport .* accept", done.stdout)
            stage.want("rules", len(loaded), len(re.findall(r"daddr @\w+ (?:tcp|udp) dport .* accept", text)))


def test_nft_packets():
    """Packets in a namespace: an Exchange address passes at UDP 443 and nowhere else."""
    nft, ip = tool("nft"), tool("ip")
    with stage.Place() as place:
        text = truth.export(samples(place)[0], "nft", "--ipv4", "--area", "Exchange")
        file = place.write("m365.nft", text + """
table inet m365 {
    chain out {
        type filter hook output priority 0; policy drop;
        oif lo accept
        jump m365_allow
    }
}
""")
        script = place.write("ask.sh", f"""
'{ip}' link set lo up && '{ip}' link add d0 type veth peer name d1 && '{ip}' link set d0 up && '{ip}' link set d1 up &&
    '{ip}' address add 192.0.2.1/24 dev d0 && '{ip}' route add default via 192.0.2.2 || exit 3
'{nft}' -f '{file}' || exit 1
for to in 52.96.0.1:443 52.96.0.1:53 198.51.100.1:443; do
    python3 - "$to" <<'END'
import socket, sys
host, port = sys.argv[1].split(":")
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (host, int(port)))
    print(sys.argv[1], "sent")
except PermissionError:
    print(sys.argv[1], "refused")
END
done
""")
        done = inside("sh", script)
        if done.returncode == 3:
            raise stage.Skip("no veth on this machine")
        stage.check(done.returncode == 0, "the script", done.stderr)
        stage.want("packets", done.stdout.split(), ["52.96.0.1:443", "sent", "52.96.0.1:53", "refused", "198.51.100.1:443",
                                                    "refused"])


def test_ipset():
    """ipset restore -! takes it, twice."""
    ipset = tool("ipset")
    with stage.Place() as place:
        for table in samples(place):
            text = truth.export(table, "ipset")
            accepts(f"ipset, {table.name}", ipset, "restore", "-!", data=text)
            file = place.write("m365.ipset", text)
            done = accepts("again", "sh", "-c", f"'{ipset}' restore -! <'{file}' && '{ipset}' restore -! <'{file}' && "
                                                f"'{ipset}' save", data="")
            stage.want("entries", len(re.findall(r"^add ", done.stdout, re.M)), len(re.findall(r"^add ", text, re.M)))


# Two tables: a group of ports falls apart, and one goes.
BEFORE = "allow 192.0.2.0/24 tcp=80,443\nallow 198.51.100.0/24 tcp=25\nallow 2001:db8::/32 tcp=25\n"
AFTER = "allow 192.0.2.0/24 tcp=80,443\nallow 203.0.113.0/24 tcp=443\n"


def reloaded(place, form, load, show, foreign):
    """What a firewall holds after the export of BEFORE and a foreign set, and then of AFTER as the manual loads it."""
    files = [place.write(f"{name}.{form}", truth.export(truth.Table(name, [place.write(f"{name}.rules", lines)]), form))
             for name, lines in (("before", BEFORE), ("after", AFTER))]
    script = place.write("load.sh", f"set -e\ncd '{place.path()}'\n{load} '{files[0]}'\n{foreign}\ncp '{files[1]}' m365.{form}\n"
                         + live.example(f"m365.{form} ||") + f"{show}\n")
    os.environ["PATH"] = live.PATH
    return accepts("the manual's commands", "sh", script, data="").stdout


def test_ipset_again():
    """A set that went is empty after loading as the manual says; other sets are left alone."""
    tool("ipset")
    with stage.Place() as place:
        said = reloaded(place, "ipset", "ipset restore -! -file", "ipset save",
                        "ipset create m365_tcp hash:net; ipset add m365_tcp 192.0.2.1")
        sets = {name: [] for name in re.findall(r"^create (\S+)", said, re.M)}
        for name, net in re.findall(r"^add (\S+) (\S+)", said, re.M):
            sets[name].append(net)
        stage.want("sets", sets, {"m365_tcp": ["192.0.2.1"], "m365_tcp_25_v4": [], "m365_tcp_25_v6": [], "m365_tcp_80_443_v4": [],
                                  "m365_tcp_80_v4": ["192.0.2.0/24"], "m365_tcp_443_v4": sets["m365_tcp_443_v4"]})
        stage.want("TCP 443", sorted(sets["m365_tcp_443_v4"]), ["192.0.2.0/24", "203.0.113.0/24"])


def test_nft_again():
    """The same for nft, in a table that has a set and a chain of somebody else."""
    tool("nft")
    with stage.Place() as place:
        said = reloaded(place, "nft", "nft -f", "nft list ruleset",
                        "nft 'add set inet m365 mine { type ipv4_addr; elements = { 192.0.2.1 }; }'\n"
                        "nft 'add chain inet m365 own'; nft 'add rule inet m365 own ip daddr @m365_tcp_25_v4 accept'")
        sets = {name: re.findall(r"[0-9a-f.:]+/\d+|192\.0\.2\.1\b", body) for name, body in re.findall(r"set (\w+) \{([^{}]*(?:\{[^{}]*\})?[^{}]*)\}", said)}
        stage.want("sets", sets, {"mine": ["192.0.2.1"], "m365_tcp_25_v4": [], "m365_tcp_25_v6": [], "m365_tcp_80_443_v4": [],
                                  "m365_tcp_80_v4": ["192.0.2.0/24"], "m365_tcp_443_v4": ["192.0.2.0/24", "203.0.113.0/24"]})
        stage.want("rules of m365_allow", len(re.findall("dport .* accept", said)), 2)


def test_iptables():
    """One file for both families."""
    with stage.Place() as place:
        for table in samples(place):
            text = truth.export(table, "iptables")
            for name in ("iptables-restore", "ip6tables-restore"):
                accepts(f"{name}, {table.name}", tool(name), "--test", "--noflush", data=text)


def test_firewalld():
    """firewalld's own check reads the policy."""
    check = tool("firewall-offline-cmd")
    with stage.Place() as place:
        shutil.copytree("/etc/firewalld", place.path("etc"), dirs_exist_ok=True)
        os.makedirs(place.path("etc", "policies"), exist_ok=True)
        for table, words in [(samples(place)[0], ["--area", "Exchange", "--tcp", "443"])] + [(one, []) for one in samples(place)]:
            text = truth.export(table, "firewalld", *words)
            place.write("etc/policies/m365.xml", text)
            done = stage.run(check, "--system-config", place.path("etc"), "--check-config")
            stage.check(done.returncode == 0 and done.stderr == "", table.name, done.stdout, done.stderr)
            done = stage.run(check, "--system-config", place.path("etc"), "--info-policy=m365")
            stage.want("rules that firewalld has", done.stdout.count("rule family="), text.count("<rule "))
        place.write("etc/policies/m365.xml", text.replace("\"tcp\"", "\"tcq\"", 1))
        done = stage.run(check, "--system-config", place.path("etc"), "--check-config")
        stage.check("INVALID_PROTOCOL: tcq" in done.stderr, "a broken policy is accepted")


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
