#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
squid_test.py - the format `squid-acl`, read as Squid does, says what the matcher says about hosts and addresses.

Where it sits: tests/export/. Run by `make check`; squid_live.py asks Squid itself.
"""

import functools
import re
import sys

import names
import truth
from truth import stage

TYPES = {
    "dstdomain": ["-n"],
    "dstdom_regex": ["-n", "-i"],
    "ssl::server_name": ["--client-requested"],
    "ssl::server_name_regex": ["-i"],
    "dst": ["-n"],
    "any-of": [],
    "all-of": [],
}
SHAPES = """\
allow    none
allow    .none.example
allow    *.under.example
allow    both.example
allow    *.both.example
inspect  in.both.example
allow    *-files.dash.example
allow    ~(a|b)[0-9]+\\.REGEX\\.example
optimize x.both.example
default  *.x.both.example
allow    y.x.both.example
"""


def read_acls(text):
    """{name: (type, [value])}; an ACL may be used only after it was written."""
    acls = {"all": ("all", [])}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        word, name, kind, *values = line.split()
        stage.check(word == "acl" and len(name) < 64 and kind in TYPES, f"not understood: {line}")
        flags, values = values[:len(TYPES[kind])], values[len(TYPES[kind]):]
        stage.want(line, flags, TYPES[kind])
        stage.check(values and not any(one.startswith("-") for one in values), f"a value like an option: {line}")
        known = acls.setdefault(name, (kind, []))
        stage.check(known[0] == kind and (not known[1] or kind not in ("any-of", "all-of")), f"again: {line}")
        stage.check(kind not in ("any-of", "all-of") or all(one.strip("!") in acls for one in values), f"unknown: {line}")
        known[1].extend(values)
    for name, (kind, values) in acls.items():
        check_overlaps(name, values if kind in ("dstdomain", "ssl::server_name") else [])
    return acls


def check_overlaps(name, values):
    """Squid warns if a value of a list is inside another one."""
    inside = {value for value in values if value[0] == "."}
    for value in values:
        labels = ("." + value.strip(".")).split(".")
        over = {"." + ".".join(labels[i:]) for i in range(1, len(labels))} - ({value} if value[0] == "." else set())
        stage.check(not over & inside and value != "none", f"{name}: {value} is inside {over & inside}")
    stage.want(name, len(values), len(set(values)))


def matches(acls, name, host):
    kind, values = acls[name]
    if kind == "all":
        return True
    if kind in ("any-of", "all-of"):
        found = (matches(acls, one.strip("!"), host) != one.startswith("!") for one in values)
        return any(found) if kind == "any-of" else all(found)
    if kind in ("dstdomain", "ssl::server_name"):
        exact, below = domains(tuple(values))
        labels = host.split(".")
        return host in exact or any(".".join(labels[i:]) in below for i in range(len(labels)))
    stage.check(kind != "dst", "an address among the names", name)
    return any(one.search(host) for one in expressions(tuple(values)))


@functools.cache
def domains(values):
    return {one for one in values if one[0] != "."}, {one[1:] for one in values if one[0] == "."}


@functools.cache
def expressions(values):
    return [re.compile(one, re.I) for one in values]


def reader(name):
    def read(text):
        acls = read_acls(text)
        return lambda host: matches(acls, name, host)
    return read


def test_names():
    names.check_tables(["squid-acl"], reader("m365"))


def test_exceptions():
    for name in ("m365", "m365_sni"):
        names.check_regexes(["squid-acl"], reader(name))


def test_sni():
    names.check_tables(["squid-acl"], reader("m365_sni"), randoms=20)


def test_categories():
    """Each category has an ACL of its own: what the verdict says."""
    with stage.Place() as place:
        for table in truth.tables(place):
            text = truth.export(table, "squid-acl", "--name", "x", "--category", "Optimize,Allow,Default")
            acls = read_acls(text)
            hosts = truth.hosts(table)
            for category in ("Optimize", "Allow", "Default"):
                wanted = truth.selected(table, hosts, categories=["Optimize", "Allow", "Default"],
                                        keeps=lambda answer, word=category: answer["category"] == word)
                for suffix in ("", "_sni"):
                    got = {host for host in hosts if matches(acls, f"x_{category.lower()}{suffix}", host)}
                    truth.compare(f"{table.name} {category}", hosts, got, wanted)


def addresses_of(name):
    return rf"^acl m365_{name}_dst dst -n (\S+)$"


def test_addresses():
    union = "(?:optimize|allow|default)"
    names.check_addresses(["squid-acl"], lambda text: names.addresses_at(text, addresses_of(union), joins=False))


def test_addresses_of_categories():
    with stage.Place() as place:
        for table in truth.tables(place):
            text = truth.export(table, "squid-acl")
            asked = truth.addresses(table)
            for category in ("Optimize", "Allow"):
                wanted = truth.selected(table, asked, keeps=lambda answer, word=category: answer["category"] == word)
                answer = names.addresses_at(text, addresses_of(category.lower()))
                truth.compare(f"{table.name} {category}", asked, {one for one in asked if answer(one)}, wanted)


def test_shapes():
    """Words that Squid would take for something else, and exceptions inside exceptions."""
    with stage.Place() as place:
        table = truth.Table("shapes", [place.write("shapes.rules", SHAPES)])
        acls = read_acls(truth.export(table, "squid-acl"))
        hosts = ["none", "none.example", "a.none.example", "under.example", "a.under.example", "both.example",
                 "a.both.example", "in.both.example", "a.in.both.example", "x.both.example", "a.x.both.example",
                 "y.x.both.example", "a-files.dash.example", "files.dash.example", "b7.regex.example", "b.regex.example"]
        wanted = truth.selected(table, hosts)
        stage.want("wanted", set(hosts) - wanted,
                   {"under.example", "in.both.example", "a.x.both.example", "files.dash.example", "b.regex.example"})
        for name in ("m365", "m365_sni"):
            truth.compare(name, hosts, {host for host in hosts if matches(acls, name, host)}, wanted)
        stage.want("both", acls["m365_allow_names2_regex"][1], ["\\.both\\.example$"])


def test_empty():
    """A category without names or addresses has ACLs that match nothing: squid.conf may still name them."""
    with stage.Place() as place:
        text = truth.export(truth.Table("empty", [place.write("empty.rules", "allow a.example\n")]), "squid-acl")
        for line in ("acl m365_default all-of !all", "acl m365_default_sni all-of !all", "acl m365_default_dst all-of !all",
                     "acl m365_optimize all-of !all", "acl m365_optimize_sni all-of !all", "acl m365_allow_dst all-of !all"):
            stage.check(f"\n{line}\n" in text, line, text)


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
