# SPDX-License-Identifier: GPL-2.0-or-later
"""
truth.py - tables to export, hosts and addresses to ask, and what the matcher says about them.

Where it sits: tests/export/, under the tests of the formats. A test exports a table, reads the text back with its
consumer or with a reader of its own, and compares the answers with those of `m365ctl lookup`, which asks the compiled
table as the helpers do (tests/oracle compares that with a second implementation).

What does not belong here: anything about one format.
"""

import ipaddress
import json
import os
import random
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "oracle"))
import generate  # noqa: E402
import stage  # noqa: E402  (of tests/)

CONF = os.path.join(stage.SOURCE, "conf")
HOSTS = 5000
DAY = "2026-11-30"

# Every shape that a local line can have, in and around the names of the published table.
LOCAL = """\
inspect  .inspected.example
inspect  *.reports.office.com
inspect  a.*.teams.microsoft.com
inspect  ~cdn[0-9]+\\.sharepoint\\.com
inspect  ~(?i).*\\.pay\\.partner\\.example
inspect  ~(?:a|b-[0-9]+)\\.odd\\.partner\\.example
inspect  52.112.0.0/16
inspect  outlook.office.com tcp=8080
inspect  old.inspected.example expires=2020-01-01
allow    .partner.example tcp=443,8443
allow    10.20.0.0/16
allow    192.0.2.0/24 tcp=443
allow    198.51.100.0/24 udp=5000-5001
allow    2001:db8:5::/48 area=Exchange
allow    *files.partner2.example
allow    a.*.partner3.example tcp=443
allow    *-x.*.partner4.example
allow    ~srv[0-9]+\\.partner5\\.example
allow    deep.inspected.example
allow    expired.example expires=2020-01-01
default  low.partner.example
default  *.low.partner.example
optimize top.low.partner.example area=Exchange required
"""


class Table:
    """Sources of a table, and the options that go with them."""

    def __init__(self, name, sources, options=(), day=DAY):
        self.name, self.sources, self.options, self.day = name, list(sources), list(options), day

    def arguments(self):
        return [word for source in self.sources for word in ("-t", source)] + self.options + ["--at", self.day]

    def rules(self):
        """The lines of the merged table, as lists of words."""
        words = [word for source in self.sources for word in ("-t", source)]
        done = stage.run(stage.CTL, "table", *words)
        stage.check(done.returncode == 0, "table", done.stderr)
        return [line.split() for line in done.stdout.splitlines() if line and not line.startswith("#")]


def keys(words):
    """The keys of a line, as text."""
    return dict(word.split("=", 1) for word in words[2:] if "=" in word)


def speaks(keys_of_line, protocol, port):
    """Whether a line is about a port: without ports a published one is about the web's, and a local one about all."""
    if not {"tcp", "udp"} & set(keys_of_line):
        return "id" not in keys_of_line or (protocol == "tcp" and port in (80, 443))
    ranges = re.findall(r"(\d+)(?:-(\d+))?", keys_of_line.get(protocol, ""))
    return any(int(low) <= port <= int(high or low) for low, high in ranges)


def tables(place):
    """The tables that every format is tried on; the local lines go into a file of the place."""
    local = place.write("local.rules", LOCAL)
    worldwide = os.path.join(CONF, "worldwide.rules")
    preset = os.path.join(CONF, "presets", "tenant-restrictions.rules")
    return [
        Table("worldwide", [worldwide]),
        Table("china", [os.path.join(CONF, "china.rules")]),
        Table("tenant", [worldwide, preset], ["--tenant", "contoso", "--tenant", "fabrikam"]),
        Table("local", [worldwide, local, preset], ["--tenant", "contoso"]),
        Table("highest", [worldwide, local], ["--precedence", "highest"]),
    ]


def random_tables(place, count, first=0):
    """Small tables in which every rule of the matching contract applies. Sources that are refused are left out."""
    number = first
    while count > 0:
        made = generate.sources(random.Random(f"export.{number}"))
        folder = place.path(f"random-{number}")
        number += 1
        os.mkdir(folder)
        made.write(folder)
        options = [word for tenant in made.tenants for word in ("--tenant", tenant)]
        options += ["--precedence", made.precedence] + (["--bypass", made.bypass] if made.bypass else [])
        table = Table(f"random {number - 1}", made.paths(folder), options, made.day or DAY)
        if stage.run(stage.CTL, "lookup", *table.arguments(), "a.ex.test").returncode != 2:
            count -= 1
            yield table


def export(table, *words, want=0):
    """The text of an export."""
    done = stage.run(stage.CTL, "export", *words, *table.arguments())
    stage.check(done.returncode == want, f"export {words} of {table.name}: {done.returncode}", done.stderr)
    return done.stdout if want == 0 else done.stderr


LABEL = re.compile(r"[a-z0-9_-]{1,63}")  # of a host; anything else is `bad-name`, which no table decides
FILL = ["z", "a", "cdn", "cdn7", "a.b", "z-1", "contoso", "contoso-my", "contoso-evil", "fabrikam-files", "x.contoso", "q-x"]


def hosts(table, count=HOSTS, seed="hosts"):
    """Names that the patterns of a table match, nearly match, or have nothing to do with."""
    rng = random.Random(f"{seed} {table.name}")
    patterns = [words[1] for words in table.rules() if "/" not in words[1]]
    found = {"www.example.com", "localhost", "sharepoint.com", "constructor", "a", "com"}
    for _ in range(count * 40):
        if len(found) >= count:
            break
        text = rng.choice(patterns) if patterns else "a.example"
        if text.startswith("~"):
            text = rng.choice(["srv7.partner5.example", "cdn12.sharepoint.com", "srv.partner5.example", "x.pay.partner.example", "pay.partner.example",
                               "a.odd.partner.example", "b-7.odd.partner.example", "c.odd.partner.example", generate.host(rng)])
        text = text.replace("<tenant>", rng.choice(["contoso", "fabrikam", "evil"]))
        name = generate.near_name(rng, generate.fill_pattern(rng, text)) if rng.random() < 0.6 else text
        while "*" in name:
            name = name.replace("*", rng.choice(FILL), 1)
        name = name.strip(".").lower()
        if rng.random() < 0.2:
            name = rng.choice(FILL) + "." + name
        elif rng.random() < 0.1 and "." in name:
            name = name.split(".", 1)[1]
        if len(name) < 250 and all(LABEL.fullmatch(label) for label in name.split(".")):
            found.add(name)
    return sorted(found)


def addresses(table, count=HOSTS, seed="addresses"):
    """The ends of all prefixes of a table, what is next to them, and addresses inside and outside."""
    rng = random.Random(f"{seed} {table.name}")
    found = {ipaddress.ip_address(one) for one in ("0.0.0.0", "255.255.255.255", "::", "8.8.8.8", "2001:db8::1")}
    nets = [ipaddress.ip_network(words[1]) for words in table.rules() if "/" in words[1] and words[1][0] not in "~*"]
    for net in nets:
        first, last = net[0], net[-1]
        found |= {first, last, net[rng.randrange(net.num_addresses)]}
        kind = type(first)
        if int(first) > 0:
            found.add(kind(int(first) - 1))
        if int(last) < 2 ** first.max_prefixlen - 1:
            found.add(kind(int(last) + 1))
    while len(found) < count:
        if nets and rng.random() < 0.8:
            net = rng.choice(nets)
            found.add(net[rng.randrange(net.num_addresses)])
        else:
            found.add(ipaddress.IPv4Address(rng.randrange(2 ** 32)))
    return sorted(found, key=lambda one: (one.version, int(one)))[:max(count, len(found))]


def verdicts(table, queries):
    """The answers of `m365ctl lookup --json` to queries `DST PORT`, in their order."""
    lines = "".join(f"{dst} {port}\n" for dst, port in queries)
    done = stage.run(stage.CTL, "lookup", "--json", "-F", "dst,port", *table.arguments(), input=lines, limit=300)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    stage.check(len(answers) == len(queries), f"lookup: {len(answers)} answers to {len(queries)}", done.stderr)
    return answers


def selected(table, names, port=443, categories=None, keeps=None):
    """Of hosts or addresses those that are bypassed at a port; `categories` replaces the bypassed ones."""
    options = list(table.options)
    if categories is not None:
        if "--bypass" in options:
            at = options.index("--bypass")
            del options[at:at + 2]
        options += ["--bypass", ",".join(categories)]
    asked = Table(table.name, table.sources, options, table.day)
    answers = verdicts(asked, [(name, port) for name in names])
    return {name for name, answer in zip(names, answers)
            if answer["action"] == "bypass" and (keeps is None or keeps(answer))}


def compare(what, names, got, wanted):
    """Fails unless both say the same about every name."""
    more, less = sorted(set(got) - set(wanted), key=str), sorted(set(wanted) - set(got), key=str)
    stage.check(not more and not less, f"{what}: {len(names)} asked, {len(wanted)} wanted;",
                f"{len(more)} too many: {more[:10]}", f"{len(less)} missing: {less[:10]}")


SPELLED = """\
allow    a-*.corp.example
inspect  a-x.corp.example
allow    *.b.corp.example
inspect  no.b.corp.example
allow    *cdn.corp2.example
inspect  xcdn.corp2.example
inspect  a-*.z.corp.example
allow    .z.corp.example
allow    ~srv[0-9]\\.corp3\\.example
inspect  srv7.corp3.example
"""


def spellings(place):
    """A table of wildcards with exceptions, and hosts in capital letters, mixed ones, and with a final dot."""
    hosts = ["a-x.corp.example", "a-y.corp.example", "no.b.corp.example", "q.b.corp.example", "xcdn.corp2.example", "ycdn.corp2.example",
             "a-q.z.corp.example", "r.z.corp.example", "z.corp.example", "srv1.corp3.example", "srv7.corp3.example", "corp.example"]
    every = hosts + [host.upper() for host in hosts] + [host.title() for host in hosts] + [host + "." for host in hosts]
    return Table("spelled", [place.write("spelled.rules", SPELLED)]), every + [host.upper() + "." for host in hosts]


def notes(text, start):
    """What the header of an export says after these words, in any kind of comment."""
    return [line.split(start, 1)[1].strip() for line in text.splitlines() if start in line]
