#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
nginx_test.py - the format `nginx`, read as nginx does, says what the matcher says about hosts and addresses.

Where it sits: tests/export/. Run by `make check`; nginx_live.py asks nginx itself.
"""

import re
import sys

import names
import truth
from truth import stage

PREFIX = r"^    ([0-9a-f.:]+/[0-9]+) 1;$"
LONG = ".".join(["long" * 5] * 3)
SHAPES = f"""\
allow    include
inspect  default
allow    {LONG}.example
allow    *.{LONG}.example
inspect  *.q.{LONG}.example
allow    .wide.example
inspect  *-x.wide.example
allow    a-x.wide.example
allow    ~[a-c]+\\.odd\\.example
inspect  b.odd.example
"""


def read_map(text):
    """The whole name, the wildcard of the closest parent, then the expressions in order."""
    body = re.search(r"^map \$m365_host \$m365 \{\n    hostnames;\n    default 0;\n(.*?)^\}", text, re.M | re.S)[1]
    whole, below, expressions = {}, {}, []
    for line in body.splitlines():
        key, value = re.fullmatch(r"    (\S+) ([01]);", line).groups()
        if key.startswith("~*"):
            expressions.append((re.compile(key[2:], re.I), value == "1"))
            continue
        rules = below if key.startswith("*.") else whole
        name = key.removeprefix("*.").removeprefix("\\")
        stage.check(name not in rules, f"{name} twice: nginx refuses that")
        stage.check(key not in ("default", "include"), f"{key} is a parameter of the map")
        stage.check(len(key) <= 46, f"{key} is too long for the hash")
        rules[name] = value == "1"

    def answer(host):
        if host in whole:
            return whole[host]
        labels = host.split(".")
        found = [below[one] for one in (".".join(labels[i:]) for i in range(1, len(labels))) if one in below]
        return found[0] if found else next((value for one, value in expressions if one.search(host)), False)

    return answer


def read_geo(text):
    return names.addresses_at(text.split("geo $server_addr $m365_address {\n    default 0;\n", 1)[1], PREFIX)


def test_names():
    names.check_tables(["nginx"], read_map)


def test_exceptions():
    names.check_regexes(["nginx"], read_map)


def test_addresses():
    names.check_addresses(["nginx"], read_geo)


def test_shapes():
    """Words of a map, long names, and wildcards that cross."""
    with stage.Place() as place:
        table = truth.Table("shapes", [place.write("shapes.rules", SHAPES)])
        text = truth.export(table, "nginx")
        hosts = ["include", "default", f"{LONG}.example", f"a.{LONG}.example", f"q.{LONG}.example", f"a.q.{LONG}.example",
                 "wide.example", "a.wide.example", "a-x.wide.example", "b-x.wide.example", "abc.odd.example", "b.odd.example"]
        wanted = truth.selected(table, hosts)
        stage.want("wanted", len(wanted), 7)
        answer = read_map(text)
        truth.compare("shapes", hosts, {host for host in hosts if answer(host)}, wanted)
        stage.check("    \\include 1;\n" in text, text)


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
