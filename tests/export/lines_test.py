#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
lines_test.py - the formats of lines (text, csv, json, markdown, html): read back by other readers, they have the lines of
the table, no more and no fewer.

Where it sits: tests/export/. Run by `make check`.
"""

import csv
import html.parser
import io
import json
import os
import re
import stat
import sys

import truth
from truth import stage

NASTY = """\
allow  a.example    note="<script>alert(1)</script> | `x` \\"quoted\\" & =1+1" owner="=cmd|x" ticket=T-1
allow  b.example    note="-->" tcp=443
inspect ~(a|b)[0-9]+\\.example\\.net
default *.c.example id=7 area=Exchange tcp=80,443 udp=443 required note="a, b; c"
allow  2001:db8::/48 id=7 area=Exchange tcp=80,443 udp=443 required
"""


def words_of(line):
    return [word.replace('\\"', '"').replace("\\\\", "\\") for word in re.findall(r'(?:"(?:\\.|[^"\\])*"|[^\s"])+', line)]


def lines_of(table):
    """(verb, pattern) of each line that has not expired."""
    return [(words[0], words[1]) for words in table.rules()
            if not any(word.startswith("expires=2020") for word in words) or words[0] == "inspect"]


def samples(place):
    return [*truth.tables(place)[:4], truth.Table("nasty", [place.write("nasty.rules", NASTY)])]


class Page(html.parser.HTMLParser):
    """The patterns of a page, by the class of their article. Markup must be closed in order."""

    def __init__(self):
        super().__init__()
        self.found, self.open, self.kind, self.code = [], [], None, None

    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.open.append(tag)
        stage.check(tag not in ("script", "img", "link"), f"the page has <{tag}>")
        self.kind = dict(attrs)["class"] if tag == "article" else self.kind
        self.code = "" if tag == "code" else self.code

    def handle_endtag(self, tag):
        stage.want("closed tag", tag, self.open.pop())
        if tag == "code":
            self.found.append((self.kind, self.code))
            self.code = None

    def handle_data(self, data):
        if self.code is not None:
            self.code += data


def test_text():
    """Each pattern once, and only the category asked for."""
    with stage.Place() as place:
        for table in samples(place):
            for words, verbs in (([], {"optimize", "allow", "default"}), (["--bypassed"], {"optimize", "allow"}),
                                 (["--category", "Default"], {"default"})):
                got = [line for line in truth.export(table, "text", *words).splitlines() if not line.startswith("#")]
                wanted = {pattern for verb, pattern in lines_of(table) if verb in verbs}
                stage.want(f"{table.name} {words}", sorted(got), sorted(wanted))


FILTERS = [
    (["--area", "Exchange"], lambda words, keys: keys.get("area") == "Exchange"),
    (["--area", "Teams,Common"], lambda words, keys: keys.get("area") in ("Skype", "Common")),
    (["--required"], lambda words, keys: "required" in words),
    (["--optional"], lambda words, keys: "required" not in words),
    (["--expressroute"], lambda words, keys: "expressroute" in words),
    (["--expressroute", "--optional"], lambda words, keys: "expressroute" in words and "required" not in words),
    (["--ipv4"], lambda words, keys: "/" in words[1] and words[1][0] != "~" and ":" not in words[1]),
    (["--ipv6"], lambda words, keys: "/" in words[1] and words[1][0] != "~" and ":" in words[1]),
    (["--tcp", "25"], lambda words, keys: truth.speaks(keys, "tcp", 25)),
    (["--tcp", "443"], lambda words, keys: truth.speaks(keys, "tcp", 443)),
    (["--udp", "3480"], lambda words, keys: truth.speaks(keys, "udp", 3480)),
    (["--tcp", "25", "--udp", "443"], lambda words, keys: truth.speaks(keys, "tcp", 25) or truth.speaks(keys, "udp", 443)),
]


def test_filters():
    """Each option leaves the lines that say so themselves, and all of them."""
    with stage.Place() as place:
        for table in (truth.tables(place)[0], truth.tables(place)[3]):
            rules = [words for words in table.rules() if words[0] != "inspect" and "expires=2020-01-01" not in words]
            for options, keeps in FILTERS:
                wanted = {words[1] for words in rules if keeps(words, truth.keys(words))}
                stage.check(wanted and len(wanted) < len({words[1] for words in rules}), table.name, options, "narrow nothing")
                got = [line for line in truth.export(table, "text", *options).splitlines() if not line.startswith("#")]
                stage.want(f"{table.name} {options}", sorted(got), sorted(wanted))


CELLS = ("verb", "pattern", "id", "area", "tcp", "udp", "required", "expressroute", "held", "expires", "source")


def cells_of(table):
    """What the columns without free text hold, for each line that has not expired."""
    for words in table.rules():
        said = {**dict.fromkeys(CELLS, ""), **truth.keys(words), "verb": words[0], "pattern": words[1]}
        said.update((flag, "yes" if flag in words else "no") for flag in ("required", "expressroute", "held"))
        if words[0] == "inspect" or not said["expires"].startswith("2020"):
            yield tuple(said[name] for name in CELLS)


def test_csv():
    """Python's csv module reads every line with its note; no cell is a formula."""
    with stage.Place() as place:
        for table in samples(place):
            rows = list(csv.DictReader(io.StringIO(truth.export(table, "csv"))))
            stage.want(table.name, sorted((row["verb"], row["pattern"]) for row in rows), sorted(lines_of(table)))
            stage.want(f"{table.name}: cells", sorted(tuple(row[name] for name in CELLS) for row in rows), sorted(cells_of(table)))
            stage.check(not any(cell[:1] in "=+-@" for row in rows for cell in row.values() if cell), "a formula")
            if table.name == "nasty":
                note = next(row["note"] for row in rows if row["pattern"] == "a.example")
                stage.want("note", note, '<script>alert(1)</script> | `x` "quoted" & =1+1')


def test_html():
    """A parser finds every line under its category, and nothing that a note smuggled in."""
    with stage.Place() as place:
        for table in samples(place):
            page = Page()
            page.feed(truth.export(table, "html"))
            stage.want("left open", page.open, [])
            stage.want(table.name, sorted(set(page.found)), sorted(set(lines_of(table))))


def test_markdown():
    """Each row has seven cells, and the patterns in them are those of the table."""
    with stage.Place() as place:
        for table in samples(place):
            text = truth.export(table, "markdown")
            rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| Set")]
            cells = [re.split(r"(?<!\\)\|", row)[1:-1] for row in rows]
            stage.check(all(len(row) == 7 for row in cells), f"{table.name}: a row with other than 7 cells")
            found = [re.sub(r"\\(.)", r"\1", one.strip().strip("`")) if "`" not in one else one.strip().strip("`")
                     for row in cells for cell in row[4:6] if cell.strip() for one in cell.split("<br>")]
            stage.want(table.name, sorted(set(found)), sorted({pattern for _, pattern in lines_of(table)}))


def ports_of(line_keys):
    said = [f"{kind.upper()} " + line_keys[kind].replace(",", ", ") for kind in ("tcp", "udp") if kind in line_keys]
    return "; ".join(said)


def test_pages_of_sets():
    """What a page says of an endpoint set, beside its patterns: category, required or not, ExpressRoute and ports."""
    for name in ("worldwide", "china", "usgovdod"):
        table = truth.Table(name, [os.path.join(truth.CONF, name + ".rules")])
        wanted = {(words[1], truth.keys(words)["id"], words[0].capitalize(),
                   ("required" if "required" in words else "optional") + (", ExpressRoute" if "expressroute" in words else ""),
                   ports_of(truth.keys(words))) for words in table.rules()}
        rows = [line.split(" | ") for line in truth.export(table, "markdown").splitlines() if re.match(r"\| \d", line)]
        stage.want(f"markdown of {name}", {(pattern, row[0].removeprefix("| "), *row[1:4]) for row in rows
                                           for pattern in re.findall("`([^`]*)`", " ".join(row[4:6]))}, wanted)
        heads = re.split(r"<h3><b>(\w+)</b> (.*)</h3>", truth.export(table, "html"))[1:]
        found = set()
        for category, head, body in zip(heads[::3], heads[1::3], heads[2::3]):
            number, kind, ports, *more = re.findall("<span>([^<]*)</span>", head)
            found |= {(pattern, number.removeprefix("set "), category, ", ".join([kind, *more]), ports)
                      for pattern in re.findall("<code>([^<]*)</code>", body)}
        stage.want(f"html of {name}", found, wanted)


def test_lead():
    """The first sentence of a page lists the categories that pass as one would say it."""
    with stage.Place() as place:
        sources = truth.tables(place)[0].sources
        for bypass, said in (("Optimize", "Optimize passes"), ("Optimize,Allow", "Optimize and Allow pass"),
                             ("Optimize,Allow,Default", "Optimize, Allow and Default pass")):
            for form, before in (("html", "<p>"), ("markdown", "")):
                lines = truth.export(truth.Table(bypass, sources, ["--bypass", bypass]), form).splitlines()
                stage.want(f"{form} {bypass}", [line for line in lines if line.startswith(f"{before}{said} the proxy without ")],
                           [line for line in lines if " the proxy without TLS inspection" in line])


def test_json():
    """Read again, the shipped tables are the same rules byte by byte; the web service's keys keep their order."""
    with stage.Place() as place:
        for name in ("worldwide", "china", "usgovdod", "usgovgcchigh"):
            shipped = os.path.join(truth.CONF, name + ".rules")
            table = truth.Table(name, [shipped])
            text = truth.export(table, "json")
            again = place.write(name + ".json", text)
            rules = lambda path: [line for line in stage.run(stage.CTL, "table", "-t", path).stdout.splitlines()
                                  if not line.startswith("#")]
            stage.want(name, rules(again), rules(shipped))
            keys = list(json.loads(text)[0])
            order = ["id", "serviceArea", "serviceAreaDisplayName", "urls", "ips", "tcpPorts", "udpPorts", "expressRoute",
                     "category", "required"]
            stage.want("keys", keys, [key for key in order if key in keys])


def test_json_leaves_out():
    """Local lines and held rows have no place in it, which is said; two instances are refused."""
    with stage.Place() as place:
        held = place.write("h.rules", "allow a.example id=1 area=Common\ndefault b.example id=1 area=Common held\n"
                                      "inspect c.example\n")
        done = stage.run(stage.CTL, "export", "json", "-t", held)
        stage.want("urls", [one["urls"] for one in json.loads(done.stdout)], [["a.example"]])
        stage.check("1 local line is left out" in done.stderr and "1 line is left out: category" in done.stderr, done.stderr)
        both = truth.Table("both", [os.path.join(truth.CONF, name + ".rules") for name in ("worldwide", "china")])
        stage.check("name one of the tables" in truth.export(both, "json", want=2), "two instances")


def test_check():
    """--check: current, changed, missing; a day more changes nothing."""
    with stage.Place() as place:
        rules = place.write("a.rules", "allow a.example\n")
        out = place.path("out")
        run = lambda *words: stage.run(stage.CTL, "export", "text", "-t", rules, "-o", out, *words)
        stage.want("missing", run("--check").returncode, 1)
        stage.want("written", run("--at", "2026-01-01").returncode, 0)
        stage.want("another day", run("--check", "--at", "2026-01-02").returncode, 0)
        text = place.read("out")
        place.write("a.rules", "allow b.example\n")
        stage.want("changed", run("--check").returncode, 1)
        stage.want("untouched", place.read("out"), text)
        os.chmod(rules, 0o644)
        place.write("out", text.replace("a.example", "a.exampl3"))
        place.write("a.rules", "allow a.example\n")
        stage.want("edited by hand", run("--check").returncode, 1)
        stage.want("no such folder", stage.run(stage.CTL, "export", "text", "-t", rules, "-o", place.path("x/y")).returncode, 2)


def test_owner():
    """A file that is written again keeps its mode, and its owner where that is allowed; nobody gets to read more of it."""
    with stage.Place() as place:
        rules = place.write("a.rules", "allow a.example\n")
        os.chmod(place.path(), 0o777)

        def write(name, **more):
            done = stage.run(stage.CTL, "export", "text", "-t", rules, "-o", place.path(name), **more)
            stage.check(done.returncode == 0, name, done.stderr)
            found = os.stat(place.path(name))
            return f"{stat.S_IMODE(found.st_mode):o} {found.st_uid}:{found.st_gid}"

        own = f"{os.geteuid()}:{os.getegid()}"
        for mode in (0o640, 0o600, 0o664, 0o444):
            place.write(f"{mode:o}", "old\n", mode)
            os.chown(place.path(f"{mode:o}"), -1, os.getegid())
            stage.want("mode", write(f"{mode:o}"), f"{mode:o} {own}")
        if os.geteuid() != 0:
            print("# not root: owners are not tested")
            return
        for name in ("root", "group", "stranger"):
            place.write(name, "old\n", 0o640)
            os.chown(place.path(name), 33, 44)
        stage.want("by root", write("root"), "640 33:44")
        try:
            stage.run(stage.CTL, "help", user=65534, cwd="/")
        except PermissionError:
            print("# nobody else may run the programs here: other users are not tested")
            return
        stage.want("by a member of the group", write("group", user=65534, group=65534, extra_groups=[44]), "640 65534:44")
        stage.want("by a stranger", write("stranger", user=65534, group=65534, extra_groups=[]), "600 65534:65534")


def test_manual():
    """m365-export(7) has an example of each format, which tests/man runs."""
    formats = stage.run(stage.CTL, "export", "foo").stderr.split("the formats are: ")[1].split()
    stage.check("csv" in formats and len(formats) > 20, formats)
    with open(os.path.join(truth.CONF, "m365-export.7"), encoding="utf-8") as file:
        shown = re.findall(r"^\$ m365ctl export ([a-z-]+)", file.read().replace("\\-", "-"), re.M)
    stage.want("formats", sorted(set(shown)), sorted(formats))


def test_mistakes():
    """One sentence each, and nothing on standard output."""
    worldwide = os.path.join(truth.CONF, "worldwide.rules")
    for words, says in ((["foo"], "'foo' is not a format; the formats are: bird cisco"),
                        (["text", "--type", "1"], "'--type' means nothing in the format text"),
                        (["pac"], "the format pac needs your proxy: add --proxy"),
                        (["pac", "--proxy", 'PROXY "x"'], "write plain ASCII without quotes"),
                        (["pac", "--proxy", "PROXY x:1", "--type", "3"], "is not in this table; add 'preset"),
                        (["pac", "--proxy", "p:1"], "no browser understands that; write DIRECT"),
                        (["pac", "--proxy", "PROXY p:1; banana"], "no browser understands that"),
                        (["pac", "--proxy", "PROXY p:1", "--direct", "SOCKS5 p"], "no browser understands that"),
                        (["nft", "--area", "Mailbox"], "'--area Mailbox': the table has no such service area"),
                        (["nft", "--area", "Exchange,teams"], "'--area teams'"),
                        (["text", "-o", worldwide], "is one of the tables; name another file"),
                        (["text", "--tcp", "0"], "not a port; write a number from 1 to 65535"),
                        (["text", "--area", ","], "write service areas separated by commas"),
                        (["text", "--required", "--optional"], "leave nothing"),
                        (["text", "--category", "Best"], "Best"),
                        (["text", "--check"], "needs the file to check")):
        done = stage.run(stage.CTL, "export", *words, "-t", worldwide)
        stage.want(f"{words}: exit", done.returncode, 2)
        stage.check(says in done.stderr and done.stdout == "", words, done.stderr)


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
