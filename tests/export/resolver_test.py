#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
resolver_test.py - the formats `dnsmasq` and `unbound`, read as their programs do, say what the matcher says.

Where it sits: tests/export/. Run by `make check`; dns_live.py asks the programs themselves.
"""

import re
import sys

import names
import truth
from truth import stage

DNSMASQ = re.compile(r"(server|address)=/(\*\.)?([^/*#]+)/#")
ZONE = re.compile(r'    local-zone: "([^"]+)\." (transparent|refuse)')
DATA = re.compile(r"""    local-data: '(\S+)\. TXT "not exported"'""")


def parents(host):
    labels = host.split(".")
    return [".".join(labels[i:]) for i in range(1, len(labels))]


def read_dnsmasq(text):
    """The longest domain counts; `*.b.c` is longer than b.c and does not match it."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    stage.want("first line", lines[0], "address=/#/#")
    whole, below = {}, {}
    for line in lines[1:]:
        found = DNSMASQ.fullmatch(line)
        stage.check(found, f"not understood: {line}")
        kind, star, name = found.groups()
        rules = below if star else whole
        stage.check(name not in rules, f"{name} twice")
        rules[name] = kind == "server"

    def answer(host):
        if host in whole:
            return whole[host]
        return next((rules[name] for name in parents(host) for rules in (below, whole) if name in rules), False)

    return answer


def read_unbound(text):
    """The closest zone counts, for its name and everything below; a name with data has no address."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    stage.want("first lines", lines[:2], ["server:", '    local-zone: "." refuse'])
    zones, data = {}, set()
    for line in lines[2:]:
        zone, record = ZONE.fullmatch(line), DATA.fullmatch(line)
        stage.check(zone or record, f"not understood: {line}")
        if zone:
            stage.check(zone[1] not in zones, f"{zone[1]} twice")
            zones[zone[1]] = zone[2] == "transparent"
        else:
            data.add(record[1])
    return lambda host: host not in data and next((zones[one] for one in [host, *parents(host)] if one in zones), False)


def test_dnsmasq():
    names.check_tables(["dnsmasq"], read_dnsmasq, lambda table: 200 if table.name in ("local", "highest") else 0)


def test_unbound():
    names.check_tables(["unbound"], read_unbound, lambda table: 700)


# Exceptions that no resolver can keep closed, and what the refusal advises.
REFUSED = [("~.*bank.*", "end it with a domain whose dots are written '\\.'"), ("~(?:a|b)\\.pay\\.corp.example", "dots are written '\\.'"),
           ("a*.corp.exa*", "a wildcard with a whole domain after its last '*'")]


def test_refused():
    """The refusal names the line and says what to write; a literal end that is there is seen."""
    with stage.Place() as place:
        for form, read in (("dnsmasq", read_dnsmasq), ("unbound", read_unbound)):
            for number, (pattern, advice) in enumerate(REFUSED):
                table = truth.Table("refused", [place.write(f"r{number}.rules", f"allow .corp.example\ninspect {pattern}\n")])
                said = truth.export(table, form, want=2)
                stage.check(f"'inspect {pattern}' (source r{number})" in said and advice in said and form in said, said)
            for pattern in ("~(?i).*\\.pay\\.corp\\.example", "~(?:a|b)\\.pay\\.corp\\.example", "~[a-c]{1,3}(?:-x)?\\.pay\\.corp\\.example"):
                table = truth.Table("taken", [place.write("taken.rules", f"allow .corp.example\ninspect {pattern}\n")])
                text = truth.export(table, form)
                stage.want(pattern, truth.notes(text, "not expressible:"), [f"{pattern}; everything below pay.corp.example is left out instead"])
                stage.want(pattern, [read(text)(host) for host in ("a.pay.corp.example", "x.corp.example")], [False, True])


def test_unbound_many():
    """40,000 whole names, the names below each of which are included: all of them are in the header."""
    hosts = [f"h{number}.corp.example" for number in range(40000)]
    with stage.Place() as place:
        table = truth.Table("many", [place.write("many.rules", "".join(f"allow {host}\n" for host in hosts))])
        text = truth.export(table, "unbound")
        stage.want("zones", text.count(" transparent\n"), len(hosts))
        said = [word for note in truth.notes(text, "included as well:") for word in note.split()]
        stage.want("named", sorted(said), sorted(f"*.{host}" for host in hosts))


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
