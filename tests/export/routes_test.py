#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
routes_test.py - the formats for routers: each area's list is exactly the addresses of its lines, with its community.

Where it sits: tests/export/. Run by `make check`; routes_live.py asks the routers' own programs. Junos and IOS have none
that Debian ships, so their text is read by a reader here alone.
"""

import ipaddress
import os
import re
import sys

import firewall
import names
import truth
from truth import stage

COMMUNITIES = {"exchange": "12076:5010", "sharepoint": "12076:5020", "skype": "12076:5030", "common": "12076:5100"}
GOVERNMENT = {"exchange": "12076:5110", "sharepoint": "12076:5120", "skype": "12076:5130"}
CSV = "Prefix,Type\n192.0.2.0/24,Public\n192.0.2.128/25,Public\n198.51.100.0/24,Public\n2001:db8::/32,Public\n"


def nets(text):
    return [ipaddress.ip_network(one) for one in re.findall(r"[0-9a-fA-F.:]+/\d+", text)]


def read_bird(text):
    lists = {}
    for name, body in re.findall(r"define m365_(\w+)_v[46] = \[([^]]*)\]", text):
        lists.setdefault(name, []).extend(nets(body))
    found = re.findall(r"\((\d+),(\d+)\) ~ bgp_community && net ~ m365_(\w+)_v[46] then accept", text)
    return lists, {name: f"{high}:{low}" for high, low, name in found}


def read_lines(text):
    lists = {}
    for name, net, most in re.findall(r"^ip(?:v6)? prefix-list m365_(\w+)_v[46] seq \d+ permit (\S+)(?: le (\d+))?$", text, re.M):
        net = ipaddress.ip_network(net)
        stage.want(f"{net} le", int(most or net.max_prefixlen), net.max_prefixlen)
        lists.setdefault(name, []).append(net)
    found = re.findall(r"^(?:bgp|ip) community-list standard m365_(\w+) (?:seq 5 )?permit (\S+)$", text, re.M)
    used = set(re.findall(r"^ match community m365_(\w+)$", text, re.M))
    return lists, {name: value for name, value in found if name in used}


def read_junos(text):
    lists = {name: nets(body) for name, body in re.findall(r"prefix-list m365_(\w+) \{([^}]*)\}", text)}
    found = re.findall(r"replace: community m365_(\w+) \{\s*members (\S+);", text)
    used = set(re.findall(r"from \{\s*community m365_(\w+);", text))
    return lists, {name: value for name, value in found if name in used}


READERS = {"bird": read_bird, "cisco": read_lines, "frr": read_lines, "junos": read_junos}


def by_area(table, verbs):
    """The networks of each area, joined by Python's own function."""
    found = {}
    for words in table.rules():
        if "/" in words[1] and words[0] in verbs:
            found.setdefault(truth.keys(words)["area"].lower(), []).append(ipaddress.ip_network(words[1]))
    return {area: joined(some) for area, some in found.items()}


def joined(some):
    return [net for version in (4, 6)
            for net in ipaddress.collapse_addresses(one for one in some if one.version == version)]


def test_areas():
    """Each list is the shortest one that is exactly the addresses of the area."""
    for name in ("worldwide", "china"):
        table = truth.Table(name, [os.path.join(truth.CONF, name + ".rules")])
        wanted = by_area(table, {"optimize", "allow"})
        for form, read in READERS.items():
            lists, communities = read(truth.export(table, form))
            stage.want(f"{form} of {name}", lists, wanted)
            stage.want(f"{form}: communities", communities,
                       {area: value for area, value in COMMUNITIES.items() if name == "worldwide" and area in wanted})


def test_government():
    """The communities of the government's circuits."""
    with stage.Place() as place:
        rules = place.write("usgovdod.rules", "".join(
            f"optimize 192.0.{number}.0/24 id={number} area={area}\n"
            for number, area in enumerate(("Exchange", "SharePoint", "Skype", "Common"), 1)))
        for form, read in READERS.items():
            _, communities = read(truth.export(truth.Table("dod", [rules]), form))
            stage.want(form, {area: communities.get(area) for area in GOVERNMENT}, GOVERNMENT)


def test_addresses():
    """Of every table, random ones too: an address is in some list if it is bypassed, and in none otherwise."""
    for form, read in READERS.items():
        names.check_addresses([form, "--tcp", "443"], lambda text, read=read: firewall.Allowed(
            [("tcp", [(443, 443)], [net for some in read(text)[0].values() for net in some])], "tcp", 443).__contains__, randoms=20)


def test_supernets():
    """The CSV's prefixes, without those inside others; a file that is none is refused."""
    with stage.Place() as place:
        table = truth.tables(place)[0]
        file = place.write("public.csv", CSV)
        for form, read in READERS.items():
            lists, _ = read(truth.export(table, form, "--supernets", file))
            stage.want(form, lists, {"supernets": joined(nets(CSV))})
        wrong = place.write("wrong.csv", "hello\n")
        stage.check("wrong.csv" in truth.export(table, "bird", "--supernets", wrong, want=2), "a wrong file")


def loaded(text, before=""):
    """What a router's lists and map say after both texts, line by line: {list: [entry]}, {number of the map: words}."""
    lists, entries, number = {}, {}, None
    for line in (before + text).splitlines():
        if match := re.match(r"no route-map (\S+)$", line):
            entries.clear()
        elif match := re.match(r"no (?:ip|ipv6) prefix-list (\S+)$", line):
            lists.pop(match[1], None)
        elif match := re.match(r"(?:ip|ipv6) prefix-list (\S+) seq \d+ (.*)$", line):
            lists.setdefault(match[1], []).append(match[2])
        elif match := re.match(r"route-map \S+ ((?:permit|deny) \d+)$", line):
            number = match[1]
            entries[number] = []
        elif line.startswith(" match "):
            entries[number].append(line)
    return lists, entries


def test_again():
    """Loaded over the export of another table, a file leaves nothing of it: what went denies all, and the map is its own."""
    gone = {"v4": ["deny 0.0.0.0/0 le 32"], "v6": ["deny ::/0 le 128"]}
    with stage.Place() as place:
        old = truth.Table("old", [os.path.join(truth.CONF, "worldwide.rules"), place.write("l.rules", "allow 10.0.0.0/8\n")])
        new = truth.Table("new", [place.write("new.rules", "allow 203.0.113.0/24 id=2 area=SharePoint tcp=443\n")])
        for form in ("frr", "cisco"):
            before, text = truth.export(old, form), truth.export(new, form)
            lists, entries = loaded(text, before)
            every = {f"m365_{area}_{family}" for area in ("common", "exchange", "mem", "sharepoint", "skype", "local") for family in gone}
            stage.want(f"{form}: lists", lists, {name: ["permit 203.0.113.0/24 le 32"] if name == "m365_sharepoint_v4"
                                                 else gone[name[-2:]] for name in every})
            stage.want(f"{form}: map", entries, {"permit 10": [" match ip address prefix-list m365_sharepoint_v4",
                                                               " match community m365_sharepoint"], "deny 65535": []})
            lists, _ = loaded(truth.export(new, form, "--ipv6", "--area", "SharePoint"), before)
            stage.want(f"{form} --ipv6 --area", lists, {**loaded(before)[0], "m365_sharepoint_v6": gone["v6"]})


def test_caution():
    """The header says why such filters are not recommended, and not with --supernets."""
    with stage.Place() as place:
        table = truth.tables(place)[0]
        for form in READERS:
            stage.check(truth.notes(truth.export(table, form), "Caution: Microsoft advises against"), form)
            text = truth.export(table, form, "--supernets", place.write("public.csv", CSV))
            stage.check(not truth.notes(text, "Caution:"), form)


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
