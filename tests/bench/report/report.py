#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of `make bench`, and targets next to results.

    report.py [--plot FOLDER] FILE.csv

What it is for: reads lines `area,method,size,metric,value` (several lines of one
kind are several runs, of which the median counts), prints a table for each area
and one of targets. With --plot it writes FOLDER/hosts.dat and hosts.gp, which
gnuplot turns into hosts.svg.

Where it sits: tests/bench/report/, the last step of bench.sh. Nothing is measured here.

Exit 1 if a method of this project answered wrongly or broke, or if there is
nothing to report. Being slow is never a failure.
"""

import argparse
import collections
import os
import shutil
import statistics
import sys

HOSTS = ("ours", "ours-batched", "ours-verdict", "ours-verdict-batched", "hash", "cdb", "cmph-bdz", "cmph-chd", "lmdb",
         "berkeley-db", "hyperscan", "hyperscan-ends", "pcre2-jit", "fnmatch")
NAMES = {"ours": "squid-m365", "ours-batched": "squid-m365, batched", "ours-verdict": "squid-m365, parse and verdict",
         "ours-verdict-batched": "squid-m365, the same batched", "hash": "open-addressing hash of suffixes",
         "berkeley-db": "Berkeley DB (as squidGuard)", "hyperscan": "Hyperscan", "hyperscan-ends": "Hyperscan, open ends",
         "pcre2-jit": "PCRE2-JIT alternation", "fnmatch": "fnmatch loop", "lmdb": "LMDB", "cmph-bdz": "cmph bdz + names",
         "cmph-chd": "cmph chd + names"}

UPDATES = {"auto-calm": "200 rows differ, review auto", "parts-calm": "200 rows differ, review parts",
           "auto-opening": "300 rows differ, 100 open, review auto", "parts-opening": "300 rows differ, 100 open, review parts"}


class Rows:
    """What was measured: (area, method, size, metric) -> the values, in the order of the runs."""

    def __init__(self, lines):
        self.values = collections.OrderedDict()
        for number, line in enumerate(lines, 1):
            parts = line.strip().split(",")
            if not line.strip() or parts[0] == "area":
                continue
            try:
                area, method, size, metric, value = parts
                self.values.setdefault((area, method, int(size), metric), []).append(float(value))
            except ValueError:
                sys.exit(f"report.py: line {number}: '{line.strip()}' is not area,method,size,metric,value")

    def get(self, area, method, size, metric):
        """The median, or None."""
        values = self.values.get((area, method, size, metric))
        return statistics.median(values) if values else None

    def ratio(self, one, two):
        """Of two keys: the median ratio of their runs if these took turns, otherwise the ratio of medians."""
        a, b = self.values.get(one), self.values.get(two)
        if not a or not b:
            return None
        if len(a) == len(b) and all(b):
            return statistics.median(x / y for x, y in zip(a, b))
        return statistics.median(a) / statistics.median(b) if statistics.median(b) else None

    def sizes(self, area):
        return sorted({key[2] for key in self.values if key[0] == area})

    def methods(self, area, first=()):
        seen = list(dict.fromkeys(key[1] for key in self.values if key[0] == area))
        return [m for m in first if m in seen] + [m for m in seen if m not in first]

    def broken(self):
        """(is it this project's, sentence) for each method that answered wrongly or crashed."""
        for (area, method, size, metric), values in self.values.items():
            if metric == "wrong" and max(values) > 0:
                yield method.startswith("ours"), f"{area}, {size}: {method} answers wrongly {max(values):.0f} times"
            if metric == "broken":
                yield method.startswith("ours"), f"{area}, {size}: {method} broke"


# ---- tables ------------------------------------------------------------------------------------------------------------


def number(value, digits=3):
    """A number for people: three significant digits."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{max(0, digits - len(str(int(abs(value)))))}f}" if abs(value) >= 1 else f"{value:.{digits}g}"


def size_word(size):
    for unit, word in ((1000000, "M"), (1000, "k")):
        if size >= unit and size % unit == 0:
            return f"{size // unit} {word}"
    return str(size)


def table(title, head, rows):
    """Prints a table in columns; the first one is text, the others are numbers."""
    rows = [row for row in rows if any(cell != "-" for cell in row[1:])]
    if not rows:
        return
    print(f"\n## {title}\n")
    widths = [max(len(row[i]) for row in [head] + rows) for i in range(len(head))]
    for row in [head, ["-" * width for width in widths]] + rows:
        print("| " + " | ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                                for i, (cell, width) in enumerate(zip(row, widths))) + " |")


def host_tables(rows):
    for size in rows.sizes("host-patterns"):
        def cells(method, size=size):
            return [NAMES.get(method, method)] + [number(rows.get("host-patterns", method, size, metric))
                                                  for metric in ("ns", "ns-skewed", "ns-dependent", "bytes-per-entry")]
        table(f"{size} Microsoft-like patterns, hits and misses mixed, one lookup",
              ["method", "ns", "ns skewed", "ns dependent", "bytes/pattern"],
              sorted(map(cells, rows.methods("host-patterns")), key=lambda row: float(row[1].replace(",", "") if row[1] != "-" else "inf")))
    sizes, area = rows.sizes("host-domains"), "host-domains"
    methods = rows.methods(area, HOSTS)
    for metric, title in (("ns", "uniform"), ("ns-skewed", "skewed"), ("ns-dependent", "uniform, each after the answer before")):
        table(f"Domains, suffix match on label boundaries, half hits, {title}: ns per lookup",
              ["method"] + [size_word(size) for size in sizes],
              [[NAMES.get(m, m)] + [number(rows.get(area, m, size, metric)) for size in sizes] for m in methods])
    table("Domains: bytes per entry", ["method"] + [size_word(size) for size in sizes],
          [[NAMES.get(m, m)] + [number(rows.get(area, m, size, "bytes-per-entry")) for size in sizes]
           for m in methods if m not in ("ours-batched", "ours-verdict", "ours-verdict-batched")])
    table("Domains: seconds to build (peak MiB besides the list)", ["method"] + [size_word(size) for size in sizes],
          [[NAMES.get(m, m)] + [build_cell(rows, area, m, size, "build-seconds", "build-peak-mib") for size in sizes] for m in methods])


def build_cell(rows, area, method, size, seconds, peak):
    took, most = rows.get(area, method, size, seconds), rows.get(area, method, size, peak)
    return "-" if took is None else number(took) + (f" ({number(most)})" if most is not None else "")


PREFIX_AREAS = {"prefix4-small": "IPv4 prefixes, the size of Microsoft's list", "prefix4": "IPv4 prefixes, a routing table",
                "prefix6": "IPv6 prefixes, a routing table"}


def prefix_tables(rows):
    for area, title in PREFIX_AREAS.items():
        for size in rows.sizes(area):
            metrics = ("ns-inside", "ns-space", "ns-skewed", "bytes-per-prefix", "build-seconds")
            table(f"{size:,} {title}", ["method", "ns", "ns any address", "ns skewed", "bytes/prefix", "build s"],
                  [[m] + [number(rows.get(area, m, size, metric)) for metric in metrics] for m in rows.methods(area)])


def address_tables(rows):
    for size in rows.sizes("addresses"):
        other = ("addresses", "grepcidr", size, "seconds")

        def cells(method, size=size, other=other):
            key = ("addresses", method, size, "seconds")
            return [ADDRESS_NAMES.get(method, method), number(rate(rows, method, size)), number(rows.ratio(key, other)),
                    number(rows.get("addresses", method, size, "peak-mib"))]

        table(f"{size:,} addresses from a file, the whole run", ["program", "million/s", "time to grepcidr", "peak MiB"],
              [cells(method) for method in rows.methods("addresses", ("ours", "ours-json", "grepcidr"))])


REPLAY_NAMES = {"ours": "m365ctl replay, one core", "ours-all": "m365ctl replay, all cores", "mawk": "mawk, one field",
                "goaccess": "GoAccess", "sarg": "SARG"}


def replay_tables(rows):
    for size in rows.sizes("replay"):
        other = ("replay", "mawk", size, "seconds")

        def cells(method, size=size, other=other):
            key = ("replay", method, size, "seconds")
            seconds = rows.get(*key)
            return [REPLAY_NAMES.get(method, method), number(size / seconds / 1e6 if seconds else None), number(rows.ratio(key, other)),
                    number(rows.get("replay", method, size, "peak-mib"))]

        table(f"a log of {size:,} lines, the whole run", ["program", "million lines/s", "time to mawk", "peak MiB"],
              [cells(method) for method in rows.methods("replay", REPLAY_NAMES)])


ADDRESS_NAMES = {"ours": "m365ctl lookup", "ours-json": "m365ctl lookup --json"}


def rate(rows, method, size):
    """Millions of addresses a second."""
    seconds = rows.get("addresses", method, size, "seconds")
    return size / seconds / 1e6 if seconds else None


RULE_KINDS = {"wildcard-elsewhere": "wildcard inside, other end", "wildcard-here": "wildcard inside, same end",
              "regex-elsewhere": "regex, other end", "regex-here": "regex, same end", "regex-loose": "regex without a literal end"}


def rule_tables(rows):
    sizes = rows.sizes("rules")

    def cells(method):
        ns = [rows.get("rules", method, size, "ns") for size in sizes]
        known = [(size, value) for size, value in zip(sizes, ns) if value is not None]
        (few, low), (many, high) = known[0], known[-1]
        each = None if many == few else round((high - low) / (many - few), 2)
        return [RULE_KINDS.get(method, method)] + [number(value) for value in ns] + [number(each)]

    table("One verdict next to N rules that need more than a hash: ns", ["rules"] + [size_word(size) for size in sizes] + ["each rule"],
          [cells(method) for method in rows.methods("rules", RULE_KINDS)])


def line_tables(rows):
    for area in dict.fromkeys(key[0] for key in rows.values if key[0].startswith("line")):
        metrics = list(dict.fromkeys(key[3] for key in rows.values if key[0] == area))
        for metric in metrics:
            sizes = sorted({key[2] for key in rows.values if key[0] == area and key[3] == metric})
            table(f"{area}: {metric}", ["program"] + [size_word(size) for size in sizes],
                  [[m] + [number(rows.get(area, m, size, metric)) for size in sizes] for m in rows.methods(area)])


def reload_table(rows):
    """Waiting under full load includes waiting for the machine, so the worst of a few turns says little."""
    def cells(size, metric):
        values = rows.values.get(("reload", "ours", size, metric), [])
        return [number(statistics.median(values)), number(max(values))] if values else ["-", "-"]

    table("Longest wait under full load in each turn: ms",
          ["rules", "without reload", "worst turn", "with a reload", "worst turn"],
          [[size_word(size), *cells(size, "steady-ms"), *cells(size, "reload-ms")] for size in rows.sizes("reload")])


def program_tables(rows):
    def mib(method, size):
        value = rows.get("build", method, size, "image-bytes")
        return number(None if value is None else value / 1048576)

    def each(method, size):
        value = rows.get("build", method, size, "image-bytes")
        return number(None if value is None else value / size)

    table("m365ctl compile, and a helper on the image",
          ["rules", "compile s", "peak MiB", "image MiB", "bytes/rule", "first answer ms", "private KiB", "1 process MiB", "10 processes MiB"],
          [[("squidGuard, " if m == "squidguard" else "") + size_word(size),
            number(rows.get("build", m, size, "seconds")), number(rows.get("build", m, size, "peak-mib")), mib(m, size), each(m, size),
            number(rows.get("start", other, size, "first-answer-ms")), number(rows.get("memory", other, size, "private-kib")),
            number(rows.get("memory", other, size, "resident-mib")),
            number(rows.get("memory", "ours-10", size, "total-mib") if other == "ours" else None)]
           for m, other in (("m365ctl", "ours"), ("squidguard", "squidguard")) for size in rows.sizes("build")])
    table("Lists of the same names, read: seconds of the processor", ["format", "lines", "seconds", "to a bare list"],
          [[m, size_word(size), number(rows.get("lists", m, size, "seconds")),
            number(rows.ratio(("lists", m, size, "seconds"), ("lists", "bare", size, "seconds")))]
           for size in rows.sizes("lists") for m in rows.methods("lists")])
    reload_table(rows)
    for size in rows.sizes("squid"):
        def cells(method, size=size):
            key = ("squid", method, size, "requests-per-second")
            return [method, number(rows.get(*key)), number(rows.ratio(key, ("squid", "dstdomain", size, key[3]))),
                    number(rows.ratio(key, ("squid", "none", size, key[3]))), number(rows.get("squid", method, size, "p99-ms")),
                    number(sum(rows.values.get(("squid", method, size, "errors"), [])))]
        table(f"A real Squid, {size:,} domains: requests per second through the proxy",
              ["case", "requests/s", "to dstdomain", "to none", "p99 ms", "errors"],
              [cells(m) for m in rows.methods("squid", ("none", "dstdomain", "echo", "ours", "echocached", "ourscached"))])


def diff_tables(rows):
    def cells(method, size):
        spent, json = (("diff", method, size, metric) for metric in ("seconds", "json-seconds"))
        part = rows.get("diff", method, size, "partial")
        return [f"{method}, {number(size / 1048576)} MiB", number(rows.get(*spent)), number(rows.get(*json)),
                number(rows.ratio(spent, json)), "-" if part is None else "in part" if part else "whole"]

    table("Comparing two documents, or many one after another: seconds of the processor",
          ["documents", "compared", "read by cJSON", "ratio", "how"],
          [cells(method, size) for size in rows.sizes("diff") for method in rows.methods("diff")])
    update_table(rows)


def update_table(rows):
    def cells(method, size):
        spent, json = (("update", method, size, metric) for metric in ("seconds", "json-seconds"))
        alone = ("update", method.replace("parts", "auto"), size, "seconds")
        return [f"{UPDATES.get(method, method)}, {number(size / 1024)} KiB", number(rows.get(*spent)), number(rows.get(*json)),
                number(rows.ratio(spent, json)), number(rows.ratio(spent, alone))]

    table("An update from end to end, m365ctl import: seconds of the processor",
          ["document", "imported", "read by cJSON", "ratio", "to review auto"],
          [cells(method, size) for size in rows.sizes("update") for method in rows.methods("update")])


def export_tables(rows):
    def cells(method):
        key = ("exports", method, 1, "seconds")
        spent = rows.get(*key)
        return [method, number(None if spent is None else spent * 1000), number(rows.ratio(key, ("exports", "table", 1, "seconds")))]

    table("Exports of the shipped table, the whole run", ["format", "ms", "to m365ctl table"],
          [cells(method) for method in rows.methods("exports") if rows.get("exports", method, 1, "seconds") is not None])


def rules_tables(rows):
    def cells(method, size):
        spent = rows.get("squidconf", method, size, "seconds")
        return [f"{method}, {size} lines", number(None if spent is None else spent * 1000)]

    table("A squid.conf, the whole run of m365ctl", ["what", "ms"],
          [cells(method, size) for size in rows.sizes("squidconf") for method in rows.methods("squidconf")])


# ---- targets -----------------------------------------------------------------------------------------------------------


class Targets:
    """Lines of the last table: what, target, ours, the other, figure, verdict."""

    def __init__(self, rows):
        self.rows, self.lines = rows, []

    def add(self, what, ours, other, value, most, unit="x", least=False):
        if value is None:
            verdict = "not measured"
        else:
            verdict = "met" if (value >= most if least else value <= most) else "NOT MET"
        sign = ">=" if least else "<="
        self.lines.append([what, f"{sign} {number(most)} {unit}", number(ours), number(other), number(value), verdict])

    def value(self, what, key, most, unit, scale=1.0):
        found = self.rows.get(*key)
        found = None if found is None else found * scale
        self.add(what, found, None, found, most, unit)

    def ratio(self, what, key, other, most, least=False):
        self.add(what, self.rows.get(*key), self.rows.get(*other), self.rows.ratio(key, other), most, least=least)


def largest(rows, area):
    sizes = rows.sizes(area)
    return sizes[-1] if sizes else 0


def host_targets(rows, targets):
    area, size = "host-patterns", largest(rows, "host-patterns")
    ours = (area, "ours", size, "ns")
    rivals = [m for m in ("hyperscan", "hyperscan-ends") if rows.get(area, m, size, "ns")]
    best = min(rivals, key=lambda m: rows.get(area, m, size, "ns"), default="hyperscan")
    targets.value("Microsoft table, one lookup", ours, 50, "ns")
    targets.ratio("... to Hyperscan", ours, (area, best, size, "ns"), 0.3)
    targets.ratio("... fnmatch loop to it", (area, "fnmatch", size, "ns"), ours, 100, least=True)
    area = "host-domains"
    one, batched, table_ = ((area, m, 1000000, "ns") for m in ("ours", "ours-batched", "hash"))
    targets.ratio("1 M domains, one at a time, to hash", one, table_, 0.9)
    targets.ratio("1 M domains, batched, to hash", batched, table_, 0.6)
    batched, table_, cdb = ((area, m, 10000000, "ns") for m in ("ours-batched", "hash", "cdb"))
    targets.ratio("10 M domains, batched, to hash", batched, table_, 0.35)
    targets.ratio("10 M domains, batched, to cdb one at a time", batched, cdb, 1 / 3)
    for size in (1000000, 10000000):
        targets.value(f"domain image, {size_word(size)}", ("build", "m365ctl", size, "image-bytes"), 26, "bytes/entry", 1 / size)
    targets.value("10 M domains, compile", ("build", "m365ctl", 10000000, "seconds"), 10, "s")
    targets.value("10 M domains, compile, peak", ("build", "m365ctl", 10000000, "peak-mib"), 1024, "MiB")


def prefix_targets(rows, targets):
    def best(area, size, words):
        found = [m for m in rows.methods(area) if any(word in m for word in words) and "bulk" not in m and "batch" not in m
                 and rows.get(area, m, size, "ns-inside")]
        return min(found, key=lambda m: rows.get(area, m, size, "ns-inside"), default="-")

    for area, factor, bulk_factor, bytes_most, what in (("prefix4", 2, 1.5, 5, "IPv4"), ("prefix6", 1.2, 1, 20, "IPv6")):
        size = largest(rows, area)
        fib_name = "rte_fib6" if what == "IPv6" else "rte_fib"
        ours, fib = best(area, size, ("image", "ours")), best(area, size, ("fib",))
        words = f"{size_word(size)} {what} prefixes" if size else f"{what} prefixes"
        targets.ratio(f"{words}, to {fib_name} one at a time", (area, ours, size, "ns-inside"), (area, fib, size, "ns-inside"), factor)
        for metric, asked in (("ns-inside", ""), ("ns-space", ", any address")):
            targets.ratio(f"{words}, batched{asked}, to {fib_name} in bulk", (area, "image-batched", size, metric),
                          (area, f"{fib_name}-bulk", size, metric), bulk_factor)
        targets.value(f"{words}, memory", (area, ours, size, "bytes-per-prefix"), bytes_most, "bytes/prefix")
        if what == "IPv4":
            targets.value(f"{words}, build", (area, ours, size, "build-seconds"), 0.2, "s")


def address_targets(rows, targets):
    size = largest(rows, "addresses")
    ours, other = (("addresses", method, size, "seconds") for method in ("ours", "grepcidr"))
    for method in ("ours", "ours-json"):
        words = "addresses from standard input" + (", --json" if method == "ours-json" else "")
        found = rate(rows, method, size)
        targets.add(words, found, None, found, 1, "million/s", least=True)
    targets.ratio("... time to grepcidr", ours, other, 3)


def replay_targets(rows, targets):
    size = largest(rows, "replay")
    ours, every, mawk = (("replay", method, size, "seconds") for method in ("ours", "ours-all", "mawk"))
    targets.ratio("a log on one core, to mawk counting one field", ours, mawk, 0.7)
    for other in ("goaccess", "sarg"):
        spent, theirs = rows.get(*ours), rows.get("replay", other, size, "seconds")
        targets.add(f"... {REPLAY_NAMES[other]}'s time to it", theirs, spent, theirs / spent if spent and theirs else None, 20, least=True)
    targets.ratio("... on all cores, to one", every, ours, 0.6)
    targets.value("... memory", ("replay", "ours-all", size, "peak-mib"), 64, "MiB")


def export_targets(rows, targets):
    spent = [rows.get("exports", method, 1, "seconds") for method in rows.methods("exports") if method != "table"]
    worst = max((value * 1000 for value in spent if value is not None), default=None)
    targets.add("the slowest export of the shipped table", worst, None, worst, 50, "ms")
    plain, fast = (rows.get("exports", method, 1000, "ms") for method in ("engine", "engine-fast"))
    targets.add("1,000 hosts in a browser's engine, plain PAC file to --fast", plain, fast,
                None if plain is None or not fast else plain / fast, 20, least=True)


def rules_targets(rows, targets):
    size = largest(rows, "squidconf")
    for method, most, words in (("doctor", 200, "doctor"), ("doctor-mistakes", 200, "doctor, with two mistakes to correct"),
                                ("outcomes", 200, "doctor --outcomes"), ("trace", 20, "trace")):
        spent = rows.get("squidconf", method, size, "seconds")
        spent = None if spent is None else spent * 1000
        targets.add(f"a squid.conf of 2,000 lines, {words}", spent, None, spent, most, "ms")


def line_targets(rows, targets):
    for flight, factor in ((256, 3), (1, 1.1)):
        for area in [a for a in dict.fromkeys(key[0] for key in rows.values) if a.startswith("line")] or ["line"]:
            metric = next((k[3] for k in rows.values if k[0] == area and k[3].startswith(("us", "ns"))), "us-per-line")
            targets.ratio(f"helper to echo, {flight} in flight, {area}", (area, "ours", flight, metric),
                          (area, "echo", flight, metric), factor)
    counter_targets(rows, targets)


def counter_targets(rows, targets):
    """Counters: the ratio with many lines in flight, where a line is cheapest. Alone, a line takes as long as two wake-ups."""
    for area in [a for a in dict.fromkeys(key[0] for key in rows.values) if a.startswith("line")]:
        keys = [(area, method, 256, "us-per-line") for method in ("ours-counted", "ours")]
        targets.ratio(f"helper with counters to one without, 256 in flight, {area}", *keys, 1.01)
        ratio, plain = rows.ratio(*keys), rows.get(*keys[1])
        cost = None if ratio is None or plain is None else max(0, (ratio - 1) * plain * 1000)
        targets.add(f"... what counting a line costs, {area}", None, None, cost, 2, "ns")


def program_targets(rows, targets):
    big = 10000000
    targets.value("start to first answer, 10 M", ("start", "ours", big, "first-answer-ms"), 5, "ms")
    private, empty = rows.get("memory", "ours", big, "private-kib"), rows.get("memory", "empty", 0, "private-kib")
    more = None if private is None or empty is None else max(0, private - empty)
    targets.add("private memory above an empty process, 10 M", private, empty, more, 1024, "KiB")
    ten, one = rows.get("memory", "ours-10", big, "total-mib"), rows.get("memory", "ours", big, "resident-mib")
    targets.add("10 processes on one 10 M image, to one process", ten, one, None if not one or ten is None else ten / one, 1.2)
    size = largest(rows, "lists")
    targets.ratio("a hosts file to a bare list, reading", ("lists", "hosts", size, "seconds"), ("lists", "bare", size, "seconds"), 2)
    for size, most, words in ((500, 2, "Microsoft table"), (big, 10, "10 M")):
        steady, reload = (rows.get("reload", "ours", size, metric) for metric in ("steady-ms", "reload-ms"))
        added = None if steady is None or reload is None else max(0, reload - steady)
        targets.add(f"longest wait added by a reload, {words}", reload, steady, added, most, "ms")
    size = largest(rows, "squid")
    keys = {m: ("squid", m, size, "requests-per-second") for m in ("dstdomain", "echo", "ours", "ourscached")}
    targets.ratio("Squid, uncached, to the echo helper", keys["ours"], keys["echo"], 0.97, least=True)
    targets.ratio("Squid, cached, to its own dstdomain", keys["ourscached"], keys["dstdomain"], 0.97, least=True)


def diff_targets(rows, targets):
    size = max((key[2] for key in rows.values if key[0] == "diff" and key[1] != "history"), default=0)
    spent = [rows.get("diff", method, size, "seconds") for method in rows.methods("diff")]
    worst = max((value for value in spent if value is not None), default=None)
    targets.add(f"the worst document of {number(size / 1048576)} MiB, compared" if size else "the worst document, compared",
                worst, None, worst, 10, "s")
    for size in (key[2] for key in rows.values if key[:2] == ("diff", "history") and key[3] == "seconds"):
        targets.value("real documents, all compared and reviewed", ("diff", "history", size, "seconds"), 30, "s")
    for size in (key[2] for key in rows.values if key[:2] == ("update", "parts-opening") and key[3] == "seconds"):
        targets.value("an update of 300 rows, 100 of them held", ("update", "parts-opening", size, "seconds"), 3, "s")
    for key in [key for key in rows.values if key[:2] == ("update", "parts-calm") and key[3] == "seconds"]:
        targets.ratio("an update that opens nothing, to review auto", key, ("update", "auto-calm") + key[2:], 1.2)


def all_targets(rows):
    targets = Targets(rows)
    for part in (host_targets, prefix_targets, address_targets, replay_targets, export_targets, rules_targets, line_targets, program_targets, diff_targets):
        part(rows, targets)
    return targets.lines


# ---- the plot ----------------------------------------------------------------------------------------------------------


def plot(rows, folder):
    """Blocks of `size ns`, one for each method, and the script that draws them."""
    methods = [m for m in rows.methods("host-domains", HOSTS) if m != "ours-verdict-batched"]
    blocks = []
    for method in methods:
        points = [(size, rows.get("host-domains", method, size, "ns")) for size in rows.sizes("host-domains")]
        blocks.append(f'"{NAMES.get(method, method)}"\n' + "".join(f"{size} {ns:.2f}\n" for size, ns in points if ns is not None))
    with open(os.path.join(folder, "hosts.dat"), "w", encoding="ascii") as file:
        file.write("\n\n".join(blocks))
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hosts.gp")
    shutil.copyfile(script, os.path.join(folder, "hosts.gp"))


def main():
    parser = argparse.ArgumentParser(description="The tables of make bench.")
    parser.add_argument("--plot", metavar="FOLDER")
    parser.add_argument("file")
    given = parser.parse_args()
    with open(given.file, encoding="ascii") as file:
        rows = Rows(file)
    if not rows.values:
        sys.exit(f"report.py: '{given.file}' has no numbers")
    for part in (host_tables, rule_tables, prefix_tables, address_tables, replay_tables, export_tables, rules_tables, line_tables, program_tables, diff_tables):
        part(rows)
    table("Targets", ["what", "target", "ours", "the other", "figure", "verdict"], all_targets(rows))
    broken = list(rows.broken())
    if broken:
        print()
    for ours, sentence in broken:
        print(("BROKEN: " if ours else "rival: ") + sentence)
    if given.plot and rows.sizes("host-domains"):
        plot(rows, given.plot)
    return 1 if any(ours for ours, _ in broken) else 0


if __name__ == "__main__":
    sys.exit(main())
