# SPDX-License-Identifier: GPL-2.0-or-later
"""
names.py - compares what a reader of an export says about hosts or addresses with the matcher; every difference must be named
in the header.

Where it sits: tests/export/, under the tests of the formats with names. What does not belong here: anything about one format.
"""

import bisect
import ipaddress
import re

import truth
from truth import stage

# Words of the header before a pattern: what they say about the names that it matches.
ZONE = "a zone holds the names below it, so these are "
LESS = ("not expressible, left out: ", "only some of the names belong to your tenants, left out: ", ZONE + "left out as well: ")
LESS_BELOW = re.compile(r"not expressible: (\S+); everything below (\S+) is left out instead")
MORE = ("no exceptions in this format, so included as well: ", ZONE + "included as well: ")


def expression(pattern):
    """Of a pattern of a rules file, tenants filled in; the meaning is that of m365-tables(5)."""
    if pattern.startswith("~"):
        return re.compile(pattern[1:], re.I)
    text = "".join("[^.]+" if byte == "*" else re.escape(byte) for byte in pattern)
    if pattern.startswith("*."):
        text = ".+" + text[len("[^.]+"):]
    elif pattern.startswith("*"):
        text = ".*" + text[len("[^.]+"):]
    return re.compile(text)


def named(text, starts):
    """What the header names after these words, as a test of one host."""
    found = [expression(word) for start in starts for rest in truth.notes(text, start) for word in rest.split()]
    return lambda host: any(one.fullmatch(host) for one in found)


def compare(what, text, names, got, wanted):
    """Fails unless every difference is one that the header names. Returns how many there are."""
    more, less = named(text, MORE), named(text, LESS)
    below = [suffix for _, suffix in LESS_BELOW.findall(text)]

    def is_less(host):
        return less(host) or any(host.endswith("." + suffix) for suffix in below)

    extra, missing = set(got) - set(wanted), set(wanted) - set(got)
    truth.compare(what, names, {one for one in got if one not in extra or not more(one)},
                  {one for one in wanted if one not in missing or not is_less(one)})
    return len(extra), len(missing)


def sample(names, wanted, count=200):
    """Some of the names, as many that are wanted as others."""
    rest = [one for one in names if one not in wanted]
    return sorted(wanted)[::max(1, len(wanted) * 2 // count)] + rest[::max(1, len(rest) * 2 // count)]


def check_tables(words, read, most=lambda table: 0, categories=None, randoms=60):
    """
    Every table of truth.py, 5,000 hosts each, and random ones: `words` are the format and its options, `read(text)` is a
    function from a host to True. `most` is how many hosts of a table may differ by nature.
    """
    with stage.Place() as place:
        for table in truth.tables(place):
            names = truth.hosts(table)
            wanted = truth.selected(table, names, categories=categories)
            text = truth.export(table, *words)
            answer = read(text)
            more, less = compare(table.name, text, names, {one for one in names if answer(one)}, wanted)
            stage.check(len(wanted) > 50, f"{table.name}: only {len(wanted)} of {len(names)} are wanted")
            print(f"# {table.name}: {len(names)} hosts, {len(wanted)} wanted; {more} more and {less} fewer, as the header says")
            stage.check(more + less <= most(table), f"{table.name}: {more} more, {less} fewer, of {len(names)}")
        found = [check_random(table, words, read) for table in truth.random_tables(place, randoms)]
        done = [one for one in found if one is not None]
        stage.check(len(done) >= randoms * 0.7, f"only {len(done)} of {randoms} random tables are exported")
        print(f"# {len(done)} random tables: {sum(done)} of {len(done) * 300} differ, as the headers say; "
              f"{randoms - len(done)} tables are refused")


def check_random(table, words, read):
    """How many hosts differ; None if the format cannot keep something closed, which the program says."""
    done = stage.run(stage.CTL, "export", *words, *table.arguments())
    if done.returncode == 2 and ("cannot keep the names of" in done.stderr or "nothing to export" in done.stderr):
        return None
    stage.check(done.returncode == 0, f"{table.name}: {done.returncode}", done.stderr)
    names = truth.hosts(table, 300)
    wanted = truth.selected(table, names)
    answer = read(done.stdout)
    return sum(compare(table.name, done.stdout, names, {one for one in names if answer(one)}, wanted))


REGEXES = """\
allow    .corp.example
allow    .example.com
allow    ~(?:q|r)+\\.(?i:x)\\.example
allow    ~(?:q|r)+\\.y\\.example
inspect  ~.*bank.*
inspect  ~(?:a|b)\\.pay\\.corp.example
inspect  ~(?i).*\\.pay\\.example\\.com
inspect  ~x[y-]*z\\.corp\\.example
inspect  ~(?:(?:c\\.)?d|e)\\.CORP\\.example
"""


def check_regexes(words, read):
    """Exceptions that are regexes, with groups that are not captured and a leading (?i), in a format that has regexes."""
    hosts = ["corp.example", "bank.corp.example", "mybanker.example.com", "a.pay.corp.example", "c.pay.corp.example", "a.pay.corpxexample",
             "x.pay.example.com", "pay.example.com", "q.y.example", "qr.y.example", "s.y.example", "d.corp.example", "c.d.corp.example",
             "e.corp.example", "f.corp.example", "ce.corp.example", "xz.corp.example", "xyz.corp.example", "x-z.corp.example"]
    with stage.Place() as place:
        table = truth.Table("regexes", [place.write("regexes.rules", REGEXES)])
        wanted = truth.selected(table, hosts)
        stage.want("wanted", wanted, {"corp.example", "c.pay.corp.example", "pay.example.com", "q.y.example", "qr.y.example",
                                      "f.corp.example", "ce.corp.example"})
        text = truth.export(table, *words)
        answer = read(text)
        truth.compare(words[0], hosts, {host for host in hosts if answer(host)}, wanted)
        stage.want("left out", truth.notes(text, "left out:"), ["~(?:q|r)+\\.(?i:x)\\.example"])
        for ranges in ("0-_", ".-_", "+-_", "?-_", "--z", "a^-z"):
            table = truth.Table("ranges", [place.write("ranges.rules", f"allow *.b.example\ninspect ~[{ranges}]+\\.b\\.example\n")])
            hosts = ["a.b.example", "0.b.example", "x_y.b.example", "z.b.example"]
            done = stage.run(stage.CTL, "export", *words, *table.arguments())
            answer = read(done.stdout) if done.returncode == 0 else lambda host: False
            stage.want(f"[{ranges}]: more", [host for host in hosts if answer(host) and host not in truth.selected(table, hosts)], [])
        table = truth.Table("refused", [place.write("refused.rules", "allow .corp.example\ninspect ~x{2}\\.[(?:]+.corp.example\n")])
        said = truth.export(table, *words, want=2)
        stage.check("'inspect ~x{2}\\.[(?:]+.corp.example' (source refused)" in said and "not all regex engines" in said, said)


def addresses_at(text, pattern, joins=True):
    """Of prefixes that a pattern finds in a text (its group 1): a function from an address to True. Prefixes that overlap, or
    could be joined, fail."""
    nets = [ipaddress.ip_network(one) for one in re.findall(pattern, text, re.M)]
    stage.check(not joins or len(nets) == sum(len(list(ipaddress.collapse_addresses(some))) for some in
                                 ([one for one in nets if one.version == kind] for kind in (4, 6))), "prefixes that join")
    ends = sorted((one.version, int(one[0]), int(one[-1])) for one in nets)

    def answer(address):
        at = bisect.bisect_right(ends, (address.version, int(address), 2 ** 128)) - 1
        return at >= 0 and ends[at][0] == address.version and int(address) <= ends[at][2]

    return answer


def check_addresses(words, read, randoms=60, categories=None):
    """As check_tables(), for 5,000 addresses each; nothing may differ. `read(text)` is a function from an address to True."""
    with stage.Place() as place:
        refused = 0
        for table in [*truth.tables(place), *truth.random_tables(place, randoms)]:
            few = table.name.startswith("random")
            done = stage.run(stage.CTL, "export", *words, *table.arguments())
            if few and done.returncode == 2 and "cannot keep the names of" in done.stderr:
                refused += 1
                continue
            stage.check(done.returncode == 0, f"{table.name}: {done.returncode}", done.stderr)
            answer = read(done.stdout)
            asked = truth.addresses(table, 300 if few else truth.HOSTS)
            wanted = truth.selected(table, asked, categories=categories)
            truth.compare(table.name, asked, {one for one in asked if answer(one)}, wanted)
            if not few:
                stage.check(len(wanted) > 50, f"{table.name}: only {len(wanted)} of {len(asked)} are wanted")
                print(f"# {table.name}: {len(asked)} addresses, {len(wanted)} wanted; none differs")
        stage.check(refused <= randoms * 0.3, f"{refused} of {randoms} random tables are refused")
