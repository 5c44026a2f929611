#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
pac_test.py - the format `pac`: both forms and all types say what the matcher says.

Where it sits: tests/export/. Run by `make check`; pac_live.py asks real PAC engines.
"""

import os
import re
import sys

import names
import pac
import truth
from truth import stage

PROXY = ["--proxy", "PROXY 192.0.2.1:3128"]
TYPES = {"1": ["Optimize"], "2": ["Optimize", "Allow"]}


def past_the_proxy(table, form, hosts):
    read = pac.read_fast if "--fast" in form else pac.read_plain
    answer = read(truth.export(table, "pac", *form, *PROXY))
    return {name for name in hosts if answer(name)}


def test_types():
    """Types 1 and 2 of every table, both forms, on 5,000 hosts each."""
    with stage.Place() as place:
        for table in truth.tables(place):
            hosts = truth.hosts(table)
            for kind, categories in TYPES.items():
                wanted = truth.selected(table, hosts, categories=categories)
                stage.check(kind == "1" or len(wanted) > 50, f"{table.name}: only {len(wanted)} of {len(hosts)} bypass")
                for form in ([], ["--fast"]):
                    got = past_the_proxy(table, ["--type", kind, *form], hosts)
                    truth.compare(f"{table.name} --type {kind} {form}", hosts, got, wanted)


def test_answers():
    """The two answers are those that were asked for, DIRECT by default, and the script always ends with one."""
    with stage.Place() as place:
        table = truth.Table("answers", [place.write("answers.rules", "allow a.example\n")])
        for words, direct in (([], "DIRECT"), (["--direct", "PROXY 192.0.2.9:8080; DIRECT"], "PROXY 192.0.2.9:8080; DIRECT")):
            for form, last in (([], "return proxy;"), (["--fast"], "return best !== none && best % 2 === 1 ? direct : proxy;")):
                text = truth.export(table, "pac", *form, *words, *PROXY)
                stage.want(f"{form} {words}", re.findall(r'^    var (direct|proxy) = "(.*)";$', text, re.M), [("direct", direct), ("proxy", PROXY[1])])
                stage.check(text.endswith(f"\n    {last}\n}}\n"), text[-100:])


# The names of the preset tenant-restrictions, which type 3 never lets past the proxy.
RESTRICTED = {"login.microsoftonline.com", "login.microsoft.com", "login.windows.net", "login.live.com",
              "device.login.microsoftonline.com", "enterpriseregistration.windows.net"}


def test_type_3():
    """As type 2, without the names of the preset, whatever its lines say."""
    with stage.Place() as place:
        for table in truth.tables(place)[2:4]:
            hosts = sorted({*truth.hosts(table), *RESTRICTED})
            wanted = truth.selected(table, hosts, categories=TYPES["2"])
            stage.check(len(wanted & RESTRICTED) == 2, table.name, wanted & RESTRICTED)
            for form in ([], ["--fast"]):
                truth.compare(f"{table.name} {form}", hosts, past_the_proxy(table, ["--type", "3", *form], hosts), wanted - RESTRICTED)


def get_pac_file(rules, categories):
    """What Microsoft's Get-PacFile makes of names: those of the categories go past the proxy, but not the other names of which the
    text matches another pattern that does. It knows no ports, so it gets the lines about TCP 443."""
    glob = lambda text: re.compile("".join({"*": ".*", "?": "."}.get(byte, re.escape(byte)) for byte in text), re.I)
    lines = [words for words in rules if "/" not in words[1] and truth.speaks(truth.keys(words), "tcp", 443)]
    past = {words[1]: glob(words[1]) for words in lines if words[0].capitalize() in categories}
    others = {words[1] for words in lines if words[0].capitalize() not in categories}
    exceptions = [glob(name) for name in others if any(one.fullmatch(name) for text, one in past.items() if text != name)]
    return lambda host: (not any(one.fullmatch(host) for one in exceptions) and any(one.fullmatch(host) for one in past.values()))


def test_get_pac_file():
    """Types 1 and 2 of every shipped table are what Get-PacFile says, on 5,000 hosts each."""
    for name in ("worldwide", "china", "usgovdod", "usgovgcchigh"):
        table = truth.Table(name, [os.path.join(truth.CONF, name + ".rules")])
        hosts = truth.hosts(table)
        for kind, categories in TYPES.items():
            answer = get_pac_file(table.rules(), categories)
            wanted = {host for host in hosts if answer(host)}
            stage.check(wanted, name, kind)
            for form in ([], ["--fast"]):
                truth.compare(f"{name} --type {kind} {form}", hosts, past_the_proxy(table, ["--type", kind, *form], hosts), wanted)


FORMS = ([], ["--fast"], ["--lowercase"], ["--fast", "--lowercase"])


def test_spelling():
    """Hosts in capital letters and with a final dot: an exception counts for them, in both forms."""
    with stage.Place() as place:
        table, hosts = truth.spellings(place)
        wanted = truth.selected(table, hosts)
        stage.want("wanted", len(wanted), 5 * 6)
        for form in FORMS:
            truth.compare(str(form), hosts, past_the_proxy(table, ["--type", "2", *form], hosts), wanted)


SENTENCES = [
    ("1", [], "Optimize goes past the proxy"),
    ("2", [], "Optimize and Allow go past the proxy"),
    ("2", ["--bypass", "Optimize,Allow,Default"], "Optimize, Allow and Default go past the proxy"),
    ("1", ["--bypass", "Optimize,Allow,Default"], "Optimize goes past the proxy"),
    ("2", ["--bypass", "Default"], "Default goes past the proxy"),
    ("3", [], "Optimize and Allow go past the proxy, but no name of the preset tenant-restrictions"),
]


def test_header():
    """The header says which categories go past the proxy, and so does the file."""
    with stage.Place() as place:
        sources = truth.tables(place)[3].sources
        for kind, options, sentence in SENTENCES:
            text = truth.export(truth.Table("header", sources, options), "pac", "--type", kind, *PROXY)
            stage.want(f"--type {kind} {options}", truth.notes(text, f"type {kind}:"), [sentence])
            past = text.split("// These go past the proxy:", 1)[1].split("return direct;", 1)[0]
            found = {word for word in ("Optimize", "Allow", "Default") if f" // {word}, " in past}
            stage.check(found and found <= set(sentence.replace(",", "").split()), kind, options, found)
            stage.want("Default goes direct", "Default" in found, "Default" in sentence)


def test_exceptions():
    for form, read in ([], pac.read_plain), (["--fast"], pac.read_fast):
        names.check_regexes(["pac", "--type", "2", *form, *PROXY], read)


def test_random():
    """Random tables: ties, nesting, crossing wildcards, regexes, tenants. Type 2 has no Default: tables that bypass it alone have nothing."""
    with stage.Place() as place:
        compared = 0
        for table in truth.random_tables(place, 60):
            hosts = truth.hosts(table, 300)
            bypass = table.options[table.options.index("--bypass") + 1] if "--bypass" in table.options else "Optimize,Allow"
            wanted = truth.selected(table, hosts)
            if "Optimize" not in bypass and not wanted:
                continue
            compared += 1
            for form, read in ([], pac.read_plain), (["--fast"], pac.read_fast):
                text = truth.export(table, "pac", "--type", "2", *form, *PROXY)
                answer = read(text)
                names.compare(f"{table.name} {form}", text, hosts, {host for host in hosts if answer(host)}, wanted)
        stage.check(compared > 40, f"only {compared} tables are compared")


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
