#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares m365ctl with the oracle: the same tables, the same requests, every answer.

What it is for: it finds requests for which the compiled lookup and the plain
reading of the contract give different answers. Each set of sources is tested
twice: loaded by `lookup` itself, and as an image made by `compile`.

    compare.py --ctl helper/m365ctl                        random tables
    compare.py --ctl helper/m365ctl -t FILE -t FILE...     these sources, random modes

Where it sits: tests/oracle/; the answers come from oracle.py, the random tables
and all requests from generate.py.

What does not belong here: expected answers, speed, the helper protocol.
"""

import argparse
import collections
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import generate  # noqa: E402
import oracle  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)

FIELDS = "dst,sni,la,port"
TIMEOUT = 300  # seconds for one run of m365ctl


class Runner:
    def __init__(self, given):
        self.given = given
        self.cases = stage.Tally(show=given.show)
        self.good = self.cases.good
        self.tally = collections.Counter()

    def bad(self, *paragraphs):
        self.cases.bad("a difference", *paragraphs)

    def ctl(self, arguments, requests=()):
        """Run m365ctl; (exit code, lines of stdout, stderr)."""
        data = "".join(request + "\n" for request in requests).encode()
        try:
            done = stage.run(self.given.ctl, *arguments, input=data, text=False, limit=TIMEOUT)
        except subprocess.TimeoutExpired:
            return None, [], f"did not end within {TIMEOUT} seconds"
        lines = done.stdout.decode("utf-8", "replace").split("\n")
        if lines[-1] == "":
            lines.pop()
        return done.returncode, lines, done.stderr.decode("utf-8", "replace")

    # ---- one set of sources in one mode -------------------------------------

    def table(self, title, paths, modes, seed, count, contents):
        """Compare both ways of loading `paths`; `contents` is called to show them."""
        options = options_of(modes)
        rng = random.Random(seed)
        describe = lambda: f"{title}\nmodes: {' '.join(mode_arguments(modes) + at_arguments(modes))}\n{contents()}"
        try:
            rules = oracle.load(paths, options)
        except oracle.Refused as reason:
            self.refused(describe, paths, modes, reason)
            return
        requests = generate.queries(rng, rules, modes.tenants, count)
        wanted = [oracle.answers(rules, request, options) for request in requests]
        self.tally.update(f"{found[0]['action']} {found[0]['why']}" for found in wanted)
        sources = [word for path in paths for word in ("-t", path)]
        self.lookup(describe, "in the process", sources + mode_arguments(modes), modes, requests, wanted)
        if self.given.no_image or (self.given.image_without_at and modes.day):
            return
        with tempfile.TemporaryDirectory(prefix="compare-") as folder:
            image = os.path.join(folder, "table.image")
            code, _, talk = self.ctl(["compile", "-o", image, *sources, *mode_arguments(modes)])
            if code != 0:
                self.bad(describe(), f"compile: want exit code 0, got {code}", talk)
                return
            self.lookup(describe, "from the image", ["-t", image], modes, requests, wanted)

    def refused(self, describe, paths, modes, reason):
        self.tally["refused sources"] += 1
        sources = [word for path in paths for word in ("-t", path)]
        arguments = ["lookup", *sources, "-F", FIELDS, "--json", *mode_arguments(modes), *at_arguments(modes)]
        code, lines, talk = self.ctl(arguments, ["a.ex.test - - 443"])
        if code == 2 and not lines:
            self.good()
        else:
            self.bad(describe(), f"oracle: refused, {reason}", f"m365ctl: exit code {code}", *lines, talk)

    def lookup(self, describe, way, arguments, modes, requests, wanted):
        code, lines, talk = self.ctl(
            ["lookup", *arguments, "-F", FIELDS, "--json", *at_arguments(modes)], requests
        )
        want_code = 0 if all(found[0]["action"] == "bypass" for found in wanted) else 1
        if code != want_code or len(lines) != len(requests):
            self.bad(
                describe(),
                f"{way}: want exit code {want_code} and {len(requests)} lines, got {code} and {len(lines)}",
                talk,
            )
            if len(lines) != len(requests):
                return
        else:
            self.good()
        for request, line, found in zip(requests, lines, wanted):
            # The order of the keys matters, and `true` is not 1, so compare as text.
            texts = [json.dumps(one) for one in found]
            if canonical(line) in texts:
                self.good()
            else:
                self.bad(describe(), f"query:   {request}", f"way:     {way}", f"oracle:  {texts[0]}",
                         *(f"     or: {text}" for text in texts[1:]), f"m365ctl: {line}")


def canonical(line):
    try:
        return json.dumps(json.loads(line))
    except ValueError:
        return None


def options_of(modes):
    options = oracle.Options(tenants=modes.tenants, precedence=modes.precedence)
    if modes.bypass:
        options.bypass = tuple(modes.bypass.split(","))
    if modes.day:
        options.day = datetime.date.fromisoformat(modes.day)
    return options


def mode_arguments(modes):
    words = []
    for tenant in modes.tenants:
        words += ["--tenant", tenant]
    if modes.precedence != "specific":
        words += ["--precedence", modes.precedence]
    if modes.bypass:
        words += ["--bypass", modes.bypass]
    return words


def at_arguments(modes):
    return ["--at", modes.day] if modes.day else []


def fixed_modes(made, given):
    """Modes given on the command line are not chosen at random."""
    made.tenants = given.tenant or made.tenants
    made.precedence = given.precedence or made.precedence
    made.bypass = given.bypass or made.bypass
    made.day = given.at or made.day


def random_tables(runner, given):
    for number in range(given.documents):
        seed = f"{given.seed}.{number}"
        made = generate.sources(random.Random(seed))
        fixed_modes(made, given)
        with tempfile.TemporaryDirectory(prefix="compare-") as folder:
            made.write(folder)
            contents = lambda: "\n".join(
                f"==> {spec}\n{made.files[spec.rpartition(':')[2]].decode()}" for spec in made.specs
            )
            runner.table(f"table {number} of seed {given.seed}", list(made.paths(folder)), made, seed + "q",
                         given.queries or 200, contents)


def given_files(runner, given):
    total, rounds = given.queries or 20000, given.documents
    for number in range(rounds):
        seed = f"{given.seed}.{number}"
        made = generate.Sources()
        generate.modes(random.Random(seed), made)
        fixed_modes(made, given)
        count = total // rounds + (number < total % rounds)
        runner.table(f"round {number} of seed {given.seed}", given.files, made, seed + "q", count,
                     lambda: "sources: " + " ".join(given.files))


def main():
    parser = argparse.ArgumentParser(description="Compare m365ctl with the oracle.")
    parser.add_argument("--ctl", required=True, metavar="PATH", help="the m365ctl to test")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, metavar="N", help="random tables (150), or rounds with -t (8)")
    parser.add_argument("--queries", type=int, metavar="N", help="requests per table (200), or in total with -t (20000)")
    parser.add_argument("-t", dest="files", action="append", default=[], metavar="FILE", help="FILE or VERB:FILE")
    parser.add_argument("--tenant", action="append", default=[])
    parser.add_argument("--precedence", choices=("specific", "highest"))
    parser.add_argument("--bypass", metavar="LIST")
    parser.add_argument("--at", metavar="DATE")
    parser.add_argument("--show", type=int, default=3, metavar="N", help="differences printed in full")
    parser.add_argument("--no-image", action="store_true", help="do not test the compiled image")
    parser.add_argument("--image-without-at", action="store_true", help="do not test the compiled image with a given day")
    given = parser.parse_args()
    given.documents = given.documents or (8 if given.files else 150)
    runner = Runner(given)
    (given_files if given.files else random_tables)(runner, given)
    for what, count in sorted(runner.tally.items()):
        print(f"{count:8} {what}")
    return runner.cases.finish()


if __name__ == "__main__":
    sys.exit(main())
