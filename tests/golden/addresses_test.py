#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `m365ctl lookup` says about addresses and prefixes, compared with a loop over the shipped tables.

    top_builddir=DIR tests/golden/addresses_test.py

The tables are read here by a few lines of Python, and prefixes are compared by the module ipaddress. The last line is
`N passed, N failed`.
"""
import ipaddress
import json
import os
import random
import re
import shlex
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import CTL, check, want  # noqa: E402

COUNT = 500
# Microsoft's page on ExpressRoute routing: public cloud, US Government. The cloud of 21Vianet has none.
COMMUNITIES = {"Exchange": ("12076:5010", "12076:5110"), "SharePoint": ("12076:5020", "12076:5120"),
               "Skype": ("12076:5030", "12076:5130"), "Common": ("12076:5100", "12076:5200")}
SUM = re.compile(r"    (bypass|inspect), (\S+): (\d+) ranges?(?:, (\d+) addresses)?$", re.MULTILINE)


def read_rules(path, source):
    """The prefixes of a table: what `lookup` should say about each."""
    found = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = shlex.split(line, comments=True)
            if len(words) < 2 or "/" not in words[1] or words[1].startswith("~"):
                continue
            keys = dict(word.split("=", 1) for word in words[2:] if "=" in word)
            express = "expressroute" in words
            community = COMMUNITIES.get(keys["area"]) if express and source != "china" else None
            tcp, udp = keys.get("tcp"), keys.get("udp")
            found.append((ipaddress.ip_network(words[1]), {
                "rule": words[1], "category": words[0].capitalize(), "id": int(keys["id"]), "area": keys["area"],
                "source": source, "required": "required" in words, "expressRoute": express,
                "community": community and community[source.startswith("usgov")],
                "tcp": tcp or (None if udp else "80,443"), "udp": udp}))
    return found


def ask(table, *words):
    answer = stage.run(CTL, "lookup", "-t", table, *words)
    check(answer.returncode in (0, 1) and not answer.stderr, words, answer.stderr)
    return answer.stdout


def order(entry):
    return int(entry["rule"].split("/")[1]), entry["id"]


class Tables(stage.Place):
    """Each shipped table, and the Worldwide one under the name of a government instance."""

    def __init__(self):
        super().__init__()
        folder = os.path.join(stage.SOURCE, "conf")
        self.all = [(os.path.join(folder, name), read_rules(os.path.join(folder, name), name[:-6]), name[:-6])
                    for name in ("worldwide.rules", "china.rules")]
        with open(os.path.join(folder, "worldwide.rules"), encoding="utf-8") as file:
            text = file.read().replace("source=worldwide", "source=usgovdod")
        path = self.write("usgovdod.rules", text)
        self.all.append((path, read_rules(path, "usgovdod"), "usgovdod"))
        for _, rules, source in self.all:
            check(len(rules) > 20, "prefixes of", source, rules)


def edges(networks, chance):
    """Addresses at, just inside and just outside the ends of prefixes, and anywhere in them."""
    for network in networks:
        first, last = int(network[0]), int(network[-1])
        most = 2 ** network.max_prefixlen - 1
        for number in (first, last, first - 1, last + 1, chance.randint(first, last)):
            if 0 <= number <= most:
                yield type(network[0])(number)


def test_addresses():
    """Inside which prefixes, which sets, and what they say: --json --explain, and the lines for a person."""
    chance = random.Random(12)
    with Tables() as tables:
        for table, rules, _ in tables.all:
            asked = list(dict.fromkeys(edges([network for network, _ in rules], chance)))
            asked = chance.sample(asked, min(COUNT, len(asked)))
            lines = ask(table, "--json", "--explain", *map(str, asked)).splitlines()
            want("answers", len(lines), len(asked))
            shown = re.split(r"^(?=\S)", ask(table, *map(str, asked)), flags=re.MULTILINE)[1:]
            for address, line, text in zip(asked, lines, shown):
                wanted = sorted((entry for network, entry in rules if address in network), key=order)
                want(address, sorted(json.loads(line)["inside"], key=order), wanted)
                check_text(address, text, wanted)


def check_text(address, text, wanted):
    """A line for each prefix and set, the widest first; for none, the reason."""
    got = re.findall(r"^      (\S+): set (\d+), (\w+), ", text, re.MULTILINE)
    want(address, [(rule, int(number), category) for rule, number, category in got],
         [(entry["rule"], entry["id"], entry["category"]) for entry in wanted])
    check(("Default sets publish no addresses" in text) == (not wanted), address, text)
    for entry in wanted:
        line = next(line for line in text.splitlines() if f"{entry['rule']}: set {entry['id']}," in line)
        parts = [f"TCP {entry['tcp']}" if entry["tcp"] else "", f"UDP {entry['udp']}" if entry["udp"] else "",
                 "required" if entry["required"] else "optional", "ExpressRoute" if entry["expressRoute"] else "",
                 f"BGP community {entry['community']}" if entry["community"] else ""]
        want(address, line.split(f"{entry['area']}, ")[1].split(", from ")[0], ", ".join(filter(None, parts)))


def test_prefixes():
    """Which prefixes a prefix holds and is inside of; its ranges follow each other and cover it."""
    chance = random.Random(13)
    with Tables() as tables:
        for table, rules, _ in tables.all:
            networks = {network for network, _ in rules}
            asked = {network.supernet(chance.randint(0, min(12, network.prefixlen))) for network in networks}
            asked |= {ipaddress.ip_network((address, address.max_prefixlen - chance.randint(0, 6)), strict=False)
                      for address in edges(networks, chance)}
            asked = chance.sample(sorted(asked, key=str), 120)
            for network, line in zip(asked, ask(table, "--json", *map(str, asked)).splitlines()):
                answer = json.loads(line)
                same = [(one, entry) for one, entry in rules if one.version == network.version]
                want(f"{network} holds", sorted(answer["holds"], key=str),
                     sorted((entry for one, entry in same if one.subnet_of(network)), key=str))
                want(f"{network} inside", sorted(answer["inside"], key=str),
                     sorted((entry for one, entry in same if network.subnet_of(one) and one != network), key=str))
                check_ranges(network, answer["ranges"])


def check_ranges(network, ranges):
    at = int(network[0])
    for one in ranges:
        want(f"{network}: a range begins", int(ipaddress.ip_address(one["first"])), at)
        at = int(ipaddress.ip_address(one["last"])) + 1
    want(f"{network}: the last range ends", at - 1, int(network[-1]))


def test_sums():
    """The answer to everything fits on a screen, and its sums are those of the complete one."""
    with Tables() as tables:
        for table, _, source in tables.all:
            for everything in ("0.0.0.0/0", "::/0"):
                text = ask(table, everything)
                ranges = json.loads(ask(table, "--json", everything))["ranges"]
                check(len(text.splitlines()) < 30, source, everything, text)
                wanted = {}
                for one in ranges:
                    key = (one["action"], one["category"] if one["action"] == "bypass" else one["why"])
                    number, size = wanted.get(key, (0, 0))
                    first, last = (ipaddress.ip_address(one[end]) for end in ("first", "last"))
                    wanted[key] = number + 1, size + int(last) - int(first) + 1
                if len(ranges) <= 12:
                    continue
                got = {(action, what): (int(number), int(size) if size else None)
                       for action, what, number, size in SUM.findall(text)}
                want(f"{source}, {everything}", got,
                     {key: (number, size if everything != "::/0" else None) for key, (number, size) in wanted.items()})


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), CTL))
