#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
lists_test.py - the formats `edl`, `haproxy`, `haproxy-acl` and `rpz`, read as their programs do, say what the matcher says.

Where it sits: tests/export/. Run by `make check`; haproxy_live.py and dns_live.py ask the programs themselves.
"""

import re
import sys

import names
import truth
from truth import stage

REGEXES = """\
allow    ~SRV[A-Z0-9]+\\.upper\\.example
inspect  ~srv[0-9]\\.UPPER\\.example
allow    ~(a|b)?x\\.(one|two)\\.example
allow    ~[A-z]+\\.mixed\\.example
allow    ~(?i:a)\\.extended\\.example
"""


def entries(text, comment):
    return [line for line in text.splitlines() if line and not line.startswith(comment)]


def read_edl(text):
    """A list of whole names and of `*.b.c`, which needs at least one label before b.c."""
    lines = [line.removesuffix("/") for line in entries(text, "#")]
    exact, under = {line for line in lines if line[0] != "*"}, {line[1:] for line in lines if line[0] == "*"}
    stage.check(not any("*" in line.removeprefix("*.") for line in lines), "a wildcard that no list has", lines)

    def answer(host):
        labels = host.split(".")
        return host in exact or any("." + ".".join(labels[i:]) in under for i in range(1, len(labels)))

    return answer


def read_haproxy(text):
    """map_reg: the first expression that is found in the host; the value is the word after it."""
    rules = [line.split() for line in entries(text, "#")]
    rules = [(re.compile(key), value == "bypass") for key, value in rules]
    return lambda host: next((good for key, good in rules if key.search(host)), False)


def read_rpz(text):
    """The name itself, or the wildcard of the closest parent."""
    lines = [line.split() for line in entries(text, ";")[3:]]
    stage.check(all(words[1:] == ["CNAME", "rpz-passthru."] for words in lines), "no passthru", lines[:3])
    return read_edl("\n".join(words[0] for words in lines))


def without_exceptions(table):
    """Hosts that differ because edl and rpz have no exceptions, or cannot express a pattern."""
    return 200 if table.name in ("local", "highest") else 30


def test_edl():
    names.check_tables(["edl"], read_edl, without_exceptions)


def test_edl_slash():
    """With --slash the same lines end with a slash."""
    with stage.Place() as place:
        for table in truth.tables(place):
            plain, slash = (entries(truth.export(table, "edl", *more), "#") for more in ([], ["--slash"]))
            stage.want(table.name, slash, [line + "/" for line in plain])


def test_haproxy():
    names.check_tables(["haproxy"], read_haproxy)


def test_haproxy_acl():
    names.check_addresses(["haproxy-acl"], lambda text: names.addresses_at(text, r"^([0-9a-f.:]+/[0-9]+)$"))


def test_haproxy_acl_port():
    """Each port has its own addresses, and a family can be left out."""
    with stage.Place() as place:
        table = truth.Table("ports", [place.write("ports.rules", "allow 192.0.2.0/24 id=1 tcp=25\nallow 2001:db8::/32 id=1 tcp=443\n")])
        for more, wanted in (([], ["2001:db8::/32"]), (["--tcp", "25"], ["192.0.2.0/24"]), (["--ipv4"], [])):
            stage.want(more, entries(truth.export(table, "haproxy-acl", *more), "#"), wanted)


def test_haproxy_regexes():
    """Capital letters count as small ones; what depends on the dialect is left out, and named."""
    with stage.Place() as place:
        table = truth.Table("regexes", [place.write("regexes.rules", REGEXES)])
        text = truth.export(table, "haproxy")
        hosts = ["srvq.upper.example", "srv1.upper.example", "srv11.upper.example", "ax.one.example", "x.two.example",
                 "cx.one.example", "q.mixed.example", "a.extended.example", "upper.example"]
        wanted = truth.selected(table, hosts)
        stage.want("wanted", wanted, set(hosts) - {"srv1.upper.example", "cx.one.example", "upper.example"})
        answer = read_haproxy(text)
        got = {host for host in hosts if answer(host)}
        names.compare("regexes", text, hosts, got, wanted)
        stage.want("left out", wanted - got, {"q.mixed.example", "a.extended.example"})


def test_haproxy_exceptions():
    names.check_regexes(["haproxy"], read_haproxy)


def test_required():
    """--required and --optional share the names and the lines among them: one rule, for published lines and local ones."""
    with stage.Place() as place:
        table = truth.tables(place)[3]
        patterns = [words[1] for words in table.rules()]
        twice = {pattern for pattern in patterns if patterns.count(pattern) > 1}
        hosts = sorted({*truth.hosts(table), "top.low.partner.example", "x.partner.example"} - twice)
        answers = dict(zip(hosts, truth.verdicts(table, [(host, 443) for host in hosts])))
        bypassed = {host for host, answer in answers.items() if answer["action"] == "bypass"}
        required = {host for host in bypassed if answers[host]["required"]}
        stage.check("top.low.partner.example" in required and "x.partner.example" in bypassed - required, "local lines")
        both = sorted(twice & {"device.login.microsoftonline.com"})
        stage.want("a preset has a published name", both, ["device.login.microsoftonline.com"])
        found, lines = {}, {}
        for option in ("--required", "--optional"):
            answer = read_haproxy(truth.export(table, "haproxy", option))
            found[option] = {host for host in hosts if answer(host)}
            stage.check(answer(both[0]), f"{option}: {both}")
            lines[option] = entries(truth.export(table, "text", option), "#")
        truth.compare("--required", hosts, found["--required"], required)
        truth.compare("--optional", hosts, found["--optional"], bypassed - required)
        every = entries(truth.export(table, "text"), "#")
        stage.want("lines", sorted(set(lines["--required"] + lines["--optional"])), sorted(every))


# An option, the port that it asks about, and which verdicts it is about.
OPTIONS = [
    (["--area", "Exchange"], 443, lambda answer: answer["area"] == "Exchange"),
    (["--area", "Teams,Common"], 443, lambda answer: answer["area"] in ("Skype", "Common")),
    (["--expressroute"], 443, lambda answer: answer["expressRoute"]),
    (["--category", "Optimize"], 443, lambda answer: answer["category"] == "Optimize"),
    (["--tcp", "25"], 25, lambda answer: True),
    (["--tcp", "80"], 80, lambda answer: True),
    (["--tcp", "80", "--area", "Common"], 80, lambda answer: answer["area"] == "Common"),
]


def test_filters():
    """A name is exported if it is bypassed at the port that is asked about, by a line that says what the options say."""
    with stage.Place() as place:
        for table in (truth.tables(place)[0], truth.tables(place)[3]):
            hosts = truth.hosts(table)
            usual = truth.selected(table, hosts)
            for options, port, keeps in OPTIONS:
                wanted = truth.selected(table, hosts, port, keeps=keeps)
                stage.check(wanted and wanted != usual, table.name, options, "change nothing")
                answer = read_haproxy(truth.export(table, "haproxy", *options))
                truth.compare(f"{table.name} {options}", hosts, {host for host in hosts if answer(host)}, wanted)


def test_rpz():
    names.check_tables(["rpz"], read_rpz, without_exceptions)


def test_rpz_zone():
    """The serial follows the names; names that a zone cannot hold are left out."""
    long = ".".join(["l" * 60] * 3 + ["l" * 40, "example"])
    with stage.Place() as place:
        make = lambda name, lines: truth.Table(name, [place.write(f"{name}.rules", lines)])
        one, same, other = make("a", "allow a.example\n"), make("b", "allow a.example # x\n"), make("c", "allow b.example\n")
        serial = lambda table: entries(truth.export(table, "rpz"), ";")[1]
        stage.check(serial(one) == serial(same) != serial(other), serial(one), serial(same), serial(other))
        text = truth.export(make("d", f"allow 32.1.0.0.10.rpz-ip\nallow {long}\nallow good.example\n"), "rpz")
        stage.want("lines", entries(text, ";")[3:], ["good.example CNAME rpz-passthru."])
        stage.want("notes", truth.notes(text, "not expressible, left out:"), [f"32.1.0.0.10.rpz-ip {long}"])


# Exceptions of every kind in a format that has none: (lines, names that it must not have, what the header says is included).
INCLUDED = [
    ("allow .corp.example\ninspect ~.*\\.bad\\.corp\\.example\n", set(), ["~.*\\.bad\\.corp\\.example"]),
    ("allow .corp.example\ninspect ~.*bank.*\n", set(), ["~.*bank.*"]),
    ("allow bank.corp.example\nallow www.corp.example\ninspect ~.*bank.*\n", {"bank.corp.example"}, []),
    ("allow bank.corp.example\nallow *.a.example\ninspect ~.*(bank|x)\\.corp\\.example\n", {"bank.corp.example"}, []),
    ("allow .corp.example\ninspect a*.corp.example\nallow a1.corp.example2\n", set(), ["a*.corp.example"]),
    ("allow ab.corp.example\ninspect a*.corp.example\nallow b.corp.example\n", {"ab.corp.example"}, []),
    ("allow *.corp.example\ninspect a*.corp.example\ninspect b.corp.example\n", set(), ["a*.corp.example", "b.corp.example"]),
]


def test_included():
    """Where a format has no exceptions, the header names exactly those whose names a wildcard includes, and says nothing else."""
    with stage.Place() as place:
        for number, (lines, left_out, included) in enumerate(INCLUDED):
            table = truth.Table(f"included {number}", [place.write(f"{number}.rules", lines)])
            for form, read in (("edl", read_edl), ("rpz", read_rpz)):
                text = truth.export(table, form)
                stage.want(f"{form}: {lines}", sorted(word for note in truth.notes(text, "included as well:") for word in note.split()),
                           sorted(included))
                stage.check(not truth.notes(text, "left out"), f"{form}: {lines}", text)
                hosts = ["bank.corp.example", "www.corp.example", "ab.corp.example", "b.corp.example", "q.a.example", "c.corp.example"]
                wanted = truth.selected(table, hosts)
                got = {host for host in hosts if read(text)(host)}
                stage.check(got & left_out == set() and wanted <= got, f"{form}: {lines}", got, wanted)


def test_all_named():
    """However many exceptions there are, each is named once; so are patterns that a format cannot express."""
    lines = "allow .corp.example\nallow *x.corp2.example\n"
    exceptions = [f"h{number}.corp.example" for number in range(3000)]
    globs = [f"{number}-*.corp3.example" for number in range(50)]
    lines += "".join(f"inspect {name}\n" for name in exceptions) + "".join(f"allow {name}\n" for name in globs)
    with stage.Place() as place:
        table = truth.Table("many", [place.write("many.rules", lines)])
        for form in ("edl", "rpz"):
            text = truth.export(table, form)
            for start, wanted in (("included as well:", exceptions), ("left out:", globs + ["*x.corp2.example"])):
                stage.want(f"{form}: {start}", sorted(word for note in truth.notes(text, start) for word in note.split()), sorted(wanted))


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
