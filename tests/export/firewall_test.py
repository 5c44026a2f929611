#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
firewall_test.py - the formats of address sets let through what the matcher bypasses, at every port, and nothing else.

Where it sits: tests/export/. Run by `make check`; firewall_live.py asks the firewalls' own programs.
"""

import functools
import ipaddress
import re
import sys
import xml.etree.ElementTree as xml

import firewall
import truth
from truth import stage

TCP = (25, 80, 443, 587, 8443, 3478, 1, 65535)
UDP = (443, 3478, 3481, 3482, 5000)


def prefix_rules(table):
    """(verb, keys, network) of the lines that are prefixes."""
    return [(words[0], truth.keys(words), ipaddress.ip_network(words[1]))
            for words in table.rules() if "/" in words[1] and words[1][0] not in "~*"]


def around(rules, address):
    return [one for one in rules if one[2].version == address.version and address in one[2]]


def closed_sets(table):
    """The sets whose addresses are inspected because of their names: the matcher is asked, at a TCP port of the set, about an
    address that no other set has."""
    rules, asked = prefix_rules(table), {}
    for _, keys, net in rules:
        some = around(rules, net[0])
        if "id" in keys and truth.speaks(keys, "tcp", 443) and {other.get("id") for _, other, _ in some} == {keys["id"]}:
            asked[net[0]] = keys["id"]
    answers = zip(asked.values(), truth.verdicts(table, [(address, 443) for address in asked]))
    return {number for number, answer in answers if answer["why"] in ("local-inspect", "foreign-tenant")}


def udp_wanted(table, addresses, port):
    """The rules for UDP, written down naively: inspect prefixes win, then the longest prefix that has the port. A set is left
    out if its names keep its addresses inspected."""
    rules, closed = prefix_rules(table), closed_sets(table)
    found = set()
    for address in addresses:
        chain = around(rules, address)
        if any(verb == "inspect" for verb, _, _ in chain):
            continue
        speaks = [(net.prefixlen, verb, keys.get("id")) for verb, keys, net in chain if truth.speaks(keys, "udp", port)]
        best = [(verb, number) for length, verb, number in speaks if length == max(speaks)[0]]
        if {"optimize", "allow"} & {verb for verb, _ in best} and not any(number in closed for _, number in best):
            found.add(address)
    return found


def test_tcp():
    """Every format, every table, 5,000 addresses at each of eight ports."""
    with stage.Place() as place:
        for table in truth.tables(place):
            addresses = truth.addresses(table)
            wanted = {port: truth.selected(table, addresses, port) for port in TCP}
            stage.check(len(wanted[443]) > 50, f"{table.name}: only {len(wanted[443])} addresses bypass")
            for form in firewall.FORMATS:
                services = firewall.READERS[form](truth.export(table, form))
                for port in TCP:
                    allowed = firewall.Allowed(services, "tcp", port)
                    truth.compare(f"{form} of {table.name} at {port}", addresses,
                                  {one for one in addresses if one in allowed}, wanted[port])


def test_random():
    """Random tables: nested prefixes, ties, expiry, both precedences, tenants."""
    ports = (80, 443, 8443, 143)
    with stage.Place() as place:
        for table in truth.random_tables(place, 40):
            addresses = truth.addresses(table, 300)
            services = firewall.read_nft(truth.export(table, "nft"))
            for port in ports:
                wanted = truth.selected(table, addresses, port)
                allowed = firewall.Allowed(services, "tcp", port)
                truth.compare(f"{table.name} at {port}", addresses, {one for one in addresses if one in allowed}, wanted)


def test_udp():
    """Teams' media ports and QUIC, in rules of their own, with and without tenants."""
    with stage.Place() as place:
        for table in truth.tables(place)[:3]:
            addresses = truth.addresses(table, 1000)
            wanted = {port: udp_wanted(table, addresses, port) for port in UDP}
            for form in firewall.FORMATS:
                services = firewall.READERS[form](truth.export(table, form))
                for port in UDP:
                    allowed = firewall.Allowed(services, "udp", port)
                    truth.compare(f"{form} of {table.name} at UDP {port}", addresses,
                                  {one for one in addresses if one in allowed}, wanted[port])
            stage.check(wanted[443] and ("udp", [(3478, 3481)]) in [(kind, numbers) for kind, numbers, _ in services], table.name)


UDP_LINES = """\
allow    a.example id=1 tcp=443 udp=443
allow    192.0.2.0/24 id=1 tcp=443 udp=443
inspect  192.0.2.64/26
allow    b.example id=2 tcp=443 udp=5000
allow    198.51.100.0/25 id=2 tcp=443 udp=5000
inspect  b.example
allow    c.example id=3 tcp=443 udp=5000
allow    198.51.100.128/25 id=3 tcp=443 udp=5000
inspect  c.example tcp=8080
allow    *.sharepoint.com id=4 tcp=443 udp=5000
allow    203.0.113.0/25 id=4 tcp=443 udp=5000
allow    203.0.113.128/25 udp=5000
default  203.0.113.192/26 udp=5000
optimize 203.0.113.224/27 udp=5000
allow    10.0.0.0/24
allow    10.0.1.0/24 tcp=443
allow    10.0.2.0/24 expires=2020-01-01
"""
UDP_NETS = {  # by options and port
    ((), 443): "192.0.2.0/26 192.0.2.128/25 10.0.0.0/24",
    ((), 5000): "203.0.113.0/25 203.0.113.128/26 203.0.113.224/27 10.0.0.0/24",
    ((), 9): "10.0.0.0/24",
    (("--tenant", "contoso"), 5000): "203.0.113.128/26 203.0.113.224/27 10.0.0.0/24",
    (("--precedence", "highest"), 5000): "203.0.113.0/24 10.0.0.0/24",
}


def test_udp_lines():
    """An inspect line, the tenant guard, a longer prefix and an end count at UDP ports as they do at TCP ports."""
    with stage.Place() as place:
        rules = place.write("udp.rules", UDP_LINES)
        for (options, port), text in UDP_NETS.items():
            for form in firewall.FORMATS:
                services = firewall.READERS[form](truth.export(truth.Table("udp", [rules], options), form))
                allowed = firewall.Allowed(services, "udp", port)
                wanted = ipaddress.collapse_addresses(ipaddress.ip_network(word) for word in text.split())
                stage.want(f"{form} {options} {port}", allowed.ranges[4], [(int(net[0]), int(net[-1])) for net in wanted])


def allowed_by(table, addresses, *words, protocol="tcp", port=443):
    """The addresses that an export with these options lets through."""
    found = firewall.Allowed(firewall.read_nft(truth.export(table, "nft", *words)), protocol, port)
    return {one for one in addresses if one in found}


def test_filters():
    """Options for ports and families narrow what is let through to what they say, and no further."""
    with stage.Place() as place:
        table = truth.tables(place)[0]
        addresses = truth.addresses(table)
        allowed = functools.partial(allowed_by, table, addresses)
        every = allowed()
        stage.want("--ipv4", allowed("--ipv4"), {one for one in every if one.version == 4})
        stage.want("--ipv6", allowed("--ipv6"), {one for one in every if one.version == 6})
        stage.want("--tcp 443", allowed("--tcp", "443"), every)
        stage.want("--tcp 80", (allowed("--tcp", "80"), allowed("--tcp", "80", port=80)), (set(), allowed(port=80)))
        for port in (443, 3478):
            wanted = allowed(protocol="udp", port=port)
            stage.check(wanted, f"nothing at UDP {port}")
            stage.want(f"--udp {port}", allowed("--udp", str(port), protocol="udp", port=port), wanted)
            stage.want(f"--udp {port} at TCP", allowed("--udp", str(port)), set())
        stage.want("--udp 443 at another port", allowed("--udp", "443", protocol="udp", port=3478), set())


# Which of truth.tables(), an option, and which verdicts it is about.
OPTIONS = [
    (0, ["--category", "Optimize"], lambda answer: answer["category"] == "Optimize"),
    (0, ["--area", "Exchange"], lambda answer: answer["area"] == "Exchange"),
    (0, ["--area", "Teams"], lambda answer: answer["area"] == "Skype"),
    (0, ["--area", "Common,SharePoint"], lambda answer: answer["area"] in ("Common", "SharePoint")),
    (0, ["--expressroute"], lambda answer: answer["expressRoute"]),
    (3, ["--required"], lambda answer: answer["required"]),
    (3, ["--optional"], lambda answer: not answer["required"]),
]


def test_filters_of_lines():
    """Options for what a line says: an address is let through if the line that decides about it says so."""
    with stage.Place() as place:
        for number, words, keeps in OPTIONS:
            table = truth.tables(place)[number]
            addresses = truth.addresses(table)
            wanted = truth.selected(table, addresses, keeps=keeps)
            stage.check(wanted and wanted < allowed_by(table, addresses), words, "narrow nothing")
            truth.compare(" ".join(words), addresses, allowed_by(table, addresses, *words), wanted)


NAMED = [
    ("allow 192.0.2.0/24 tcp=80,443 udp=443", ["tcp_80_443", "udp_443"]),
    ("allow 192.0.2.0/24 udp=3478-3481", ["udp_3478to3481"]),
    ("allow 192.0.2.0/24 tcp=1-65535", ["tcp_1to65535"]),
    ("allow 192.0.2.0/24 tcp=80,81", ["tcp_80to81"]),
]


def set_names(text, form):
    """{name without its family: (protocol, ports)}; both families of a name have the same ports."""
    if form == "ipset":
        found = re.findall(r"^# IPv[46], (TCP|UDP) ports (\S+)\ncreate (\S+)_v[46] ", text, re.M)
    elif form == "nft":
        found = [(kind, numbers, name) for name, kind, numbers
                 in re.findall(r"daddr @(\w+)_v[46] (tcp|udp) dport \{ ([^}]*) \}", text)]
    else:
        found = [(kind, numbers, name) for kind, name, numbers
                 in re.findall(r"proto (tcp|udp) to <(\w+)> port \{ ([^}]*) \}", text)]
    names = {}
    for kind, numbers, name in found:
        said = names.setdefault(name, (kind.lower(), firewall.ports(numbers)))
        stage.want(name, (kind.lower(), firewall.ports(numbers)), said)
    return names


def test_names():
    """A name of a set says its ports, in every table the same; it fits ipset's 31 bytes with all that is added to it."""
    with stage.Place() as place:
        for number, (line, wanted) in enumerate(NAMED):
            table = truth.Table("named", [place.write(f"{number}.rules", line + "\n")])
            for form in ("ipset", "nft", "pf"):
                stage.want(f"{form}: {line}", sorted(set_names(truth.export(table, form), form)),
                           sorted(f"m365_{one}" for one in wanted))
        every = {}
        for table in truth.tables(place) + list(truth.random_tables(place, 30)):
            for word in ("m365", "abcdefghijkl"):
                for form in ("ipset", "nft", "pf"):
                    text = truth.export(table, form, "--name", word)
                    for name, about in set_names(text, form).items():
                        stage.want(f"{form}: {name} of {table.name}", about, every.setdefault(name, about))
                        stage.check(name.startswith(f"{word}_{about[0]}_") and len(name) <= 31 - len("_v4_n"), name)
                        plain = "_".join(str(low) if low == high else f"{low}to{high}" for low, high in about[1])
                        short = len(f"{word}_{about[0]}_{plain}_v4_n") <= 31
                        stage.check(name == f"{word}_{about[0]}_{plain}" if short else re.search("_p[0-9a-f]{8}$", name), name)
        stage.want("names for different ports", len(every), len({(name.split("_")[0], str(about)) for name, about in every.items()}))
        stage.check(any(re.search("_p[0-9a-f]{8}$", name) for name in every), "no digest in any name")


def test_comments():
    """Whatever the options and the label, each line of a header is one comment that XML allows; expat reads the policy."""
    with stage.Place() as place:
        rules = place.write("a.rules", "# version: 2--1 --> x\nallow 192.0.2.0/24 id=1 area=Common tcp=443\nallow a.example id=1 area=Common tcp=443\n")
        table = truth.Table("a", [rules], ["--tenant", "con--toso"])
        for form, words in (("firewalld", ["--udp", "443"]), ("html", ["--bypassed"]), ("markdown", ["--bypassed"])):
            text = truth.export(table, form, "--area", "Common", "--category", "Allow", "--tcp", "443", *words)
            lines = [line for line in text.splitlines() if line.startswith("<!--")]
            stage.check(len(lines) >= 4 and ", area Common" in lines[0] and ", category Allow" in lines[0], form, lines)
            for line in lines:
                xml.fromstring(line + "<page/>")
        stage.want("services", firewall.read_firewalld(truth.export(table, "firewalld", "--area", "Common")),
                   [("tcp", [(443, 443)], [ipaddress.ip_network("192.0.2.0/24")])])


def test_joined():
    """Neighbours are joined; what a hole leaves is written as the shortest list of prefixes."""
    with stage.Place() as place:
        rules = place.write("a.rules", "allow 10.0.0.0/25\nallow 10.0.0.128/25\nallow 10.0.1.0/24\ninspect 10.0.1.7/32\n")
        services = firewall.read_nft(truth.export(truth.Table("a", [rules]), "nft", "--tcp", "443"))
        left = list(ipaddress.ip_network("10.0.0.0/23").address_exclude(ipaddress.ip_network("10.0.1.7/32")))
        stage.want("prefixes", sorted(services[0][2]), sorted(left))


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
