#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
squidmodel.py - the model of squid.conf against the real Squid.

    grammar.py, public/*.conf, printed.py --> configuration, situations --+--> squid.py (the real one) --+--> judge.py
                                                                          `--> model.py (m365ctl trace) -'

Called by run.sh in namespaces. Words choose what is run: random, public, printed, mistakes, into; all without words. A word with a slash or a
blank in it chooses configurations by name. Each disagreement is a failed test with the configuration, shrunk while they still
disagree. Where it sits: tests/squidmodel/. What does not belong here: what Squid or the model would do.
"""

import collections
import itertools
import multiprocessing
import os
import re
import subprocess
import sys
import time
import traceback

import grammar
import judge
import model
import names
import patched
import printed
import shrink
from situation import Situation, client
from squid import Refused, Site, Squid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import stage  # noqa: E402  pylint: disable=wrong-import-position

SITUATIONS = 12
SHRUNK = 12  # so many disagreements are made smaller; of the others the configuration is printed as it was
UNCERTAIN_MOST = 0.10
MORE_MOST = 0.005  # of all
KINDS = ("random", "public", "printed", "mistakes", "into")
MUST = "end: whatever the model says, it must be "
WORKER = {}


class Outcome:
    """One configuration: what became of each of its situations."""

    def __init__(self, made):
        self.name, self.computed = made.name, made.computed
        self.refused = self.agreed = None
        self.deaths = []
        self.certain = self.uncertain = self.more = 0
        self.wrong = []  # (request, difference, text for people)


def begin(folder, version, numbers):
    """A worker process: its own Squid, its own ports for clients."""
    with numbers.get_lock():
        number = numbers.value
        numbers.value += 1
    client.PORTS = itertools.cycle(range(12000 + 2000 * number, 14000 + 2000 * number))
    site = Site(folder)
    WORKER.update(site=site, squid=Squid(site, number), version=version, shrunk=0)


class Agreed(Refused):
    """Neither Squid nor the model takes the configuration."""


def both(text, requests):
    """[(request, Asked, Said)] of a configuration. Raises Refused, Agreed or model.Unable."""
    squid = WORKER["squid"]
    requests = [squid.fill(request) for request in requests]
    path = squid.configure(text)
    try:
        said = model.said(WORKER["site"].folder, path, requests, WORKER["version"])
    except model.Unable as unable:
        try:
            with squid:
                pass
        except Refused as refused:
            raise Agreed(str(unable)) from refused
        raise
    with squid:
        asked = [squid.ask(Situation(request)) for request in requests]
    return list(zip(requests, asked, said))


def once(text, request):
    """The difference on this request alone, '' without one or where it cannot be said."""
    try:
        _, asked, said = both(text, [request])[0]
    except (Refused, model.Unable):
        return ""
    return judge.differs(asked, said) if asked else ""


def judged(made, outcome):
    for wanted, (request, asked, said) in zip(made.requests, both(made.text, made.requests)):
        if asked is None:
            continue
        if said.certain:
            outcome.certain += 1
        else:
            outcome.uncertain += 1
            outcome.more += said.more
        difference = judge.differs(asked, said)
        if not difference and made.must.get(wanted, asked.end) != asked.end:
            difference = f"{MUST}{made.must[wanted]}, but Squid says {asked.end}"
        if difference:
            outcome.wrong.append([request, difference, judge.told(asked, said)])


def explain(made, outcome):
    """Each disagreement alone and smaller. One that is not there alone is told with all requests before it."""
    for wrong in outcome.wrong:
        request, difference, told = wrong
        text = made.text
        if difference.startswith(MUST):
            wrong[2] = f"{told}\nConfiguration:\n{text}"
            continue
        first = once(text, request)
        if not first:
            before = "\n".join(made.requests[:made.requests.index(request) + 1])
            wrong[1] += " (not when it is asked alone)"
            wrong[2] = f"{told}\nRequests:\n{before}\nConfiguration:\n{text}"
            continue
        if WORKER["shrunk"] < SHRUNK:
            WORKER["shrunk"] += 1
            start = first.split(":")[0]
            text, request = shrink.smaller(text, request, lambda t, r: once(t, r).split(":")[0] == start)
            _, asked, said = both(text, [request])[0]
            told = f"{judge.differs(asked, said)}\n{judge.told(asked, said)}" if asked else told
        wrong[2] = f"{told}\nRequest:\n{request}\nConfiguration (the first line is the include of the test's own part):\n{text}"


def work(made):
    outcome = Outcome(made)
    WORKER["squid"].deaths = []
    try:
        judged(made, outcome)
        outcome.deaths = WORKER["squid"].deaths[:]
        explain(made, outcome)
    except Agreed as why:
        outcome.agreed = str(why)
    except Refused as why:
        outcome.refused = str(why)
    except model.Unable as why:
        outcome.wrong.append(["all", f"trace: {why}"[:300], f"{why}\nConfiguration:\n{made.text}"])
    except Exception:  # pylint: disable=broad-except
        outcome.wrong.append(["all", "the test itself failed", f"{traceback.format_exc()}\nConfiguration:\n{made.text}"])
    return outcome


def random_ones(seed, count):
    return [grammar.Grammar(number, WORKER["version"]).made(SITUATIONS) for number in range(seed, seed + count)]


def public_ones():
    """public/*.conf, asked the usual and their lines `# ask: REQUEST`."""
    for name in sorted(os.listdir(os.path.join(HERE, "public"))):
        if name.endswith(".conf"):
            with open(os.path.join(HERE, "public", name), encoding="utf-8") as file:
                made = printed.one(f"public/{name}", file.read())
            made.requests[:0] = re.findall(r"^# ask: (.*)", made.text, re.M)
            yield made


def selected(words):
    kinds = [word for word in words if word in KINDS] or KINDS
    made = []
    if "random" in kinds:
        made += random_ones(int(os.environ.get("SEED") or 1), int(os.environ.get("COUNT") or 60))
    if "public" in kinds:
        made += public_ones()
    if "printed" in kinds:
        made += printed.made(os.environ["SITE"], WORKER["version"])
    if "mistakes" in kinds:
        made += printed.of_mistakes(os.environ["SITE"], WORKER["version"])
    if "into" in kinds:
        made += patched.ones(os.environ["SITE"], WORKER["version"], public_ones())
    chosen = [word for word in words if "/" in word or " " in word]
    return [one for one in made if not chosen or one.name in chosen]


class Report:
    """Counts and prints."""

    def __init__(self):
        self.tally = stage.Tally()
        self.kinds, self.refused = collections.Counter(), []
        self.counts = {True: [0, 0, 0], False: [0, 0, 0]}  # by `computed`: configurations, certain, uncertain
        self.more = 0  # of the uncertain ones: there are more courses than trace follows, and it says so

    def add(self, outcome):
        if outcome.refused is not None:
            self.refused.append(outcome.name)
            self.tally.bad(f"{outcome.name}: Squid does not take it", outcome.refused)
            return
        if outcome.agreed is not None and WORKER["version"].startswith("4"):
            self.tally.skip(outcome.name, f"made for a later Squid, and trace says so, too: {outcome.agreed}")
            return
        if outcome.agreed is not None:
            self.tally.bad(f"{outcome.name}: neither Squid nor trace takes it", outcome.agreed)
            return
        for request, why in outcome.deaths:
            self.tally.skip(f"{outcome.name}: {request}", f"Squid itself died: {why}")
        counts = self.counts[outcome.computed]
        counts[0] += 1
        counts[1] += outcome.certain
        counts[2] += outcome.uncertain
        self.more += outcome.more
        self.tally.good(max(0, outcome.certain + outcome.uncertain - len(outcome.wrong)))
        for request, difference, told in outcome.wrong:
            self.kinds[judge.kind(difference)] += 1
            self.tally.bad(f"{outcome.name}: {request}", difference, told)
            self.keep(f"{outcome.name}: {request}\n{difference}\n{told}\n")

    def keep(self, text):
        folder = os.environ.get("SQUIDMODEL_WRITE")
        if folder:
            with open(os.path.join(folder, f"{self.tally.failed:03}.txt"), "w", encoding="utf-8") as file:
                file.write(text)

    def finish(self, seconds):
        for difference, count in self.kinds.most_common(20):
            print(f"{count} x {difference}")
        for computed, what in ((True, "computed types"), (False, "with unknown types")):
            configurations, certain, uncertain = self.counts[computed]
            if configurations:
                share = uncertain / max(1, certain + uncertain)
                print(f"{what}: {configurations} configurations, {certain + uncertain} situations, {uncertain} of them uncertain "
                      f"({100 * share:.1f} %)")
                if computed:
                    self.tally.case(f"at most {UNCERTAIN_MOST:.0%} uncertain", "too many" if share > UNCERTAIN_MOST else "")
        asked = sum(counts[1] + counts[2] for counts in self.counts.values())
        if self.more:
            print(f"{self.more} situations with more courses than trace follows")
        self.tally.case(f"at most {MORE_MOST:.1%} with more courses than trace follows", "too many" if self.more > max(12, MORE_MOST * asked) else "")
        print(f"{seconds:.0f} s")
        return self.tally.finish()


def main():
    site, jobs = Site(os.environ["SITE"]), int(os.environ.get("JOBS") or os.cpu_count() or 2)
    said = subprocess.run([site.squid, "-v"], capture_output=True, text=True, check=True).stdout
    version = WORKER["version"] = re.search(r"Version (\S+)", said)[1]
    names.serve(site.addresses)
    started, report = time.monotonic(), Report()
    print(f"Squid {version}, {jobs} at a time")
    numbers = multiprocessing.Value("i", 0)
    with multiprocessing.Pool(jobs, begin, (site.folder, version, numbers)) as pool:
        for number, outcome in enumerate(pool.imap(work, selected(sys.argv[1:])), 1):
            report.add(outcome)
            if number % 200 == 0:
                print(f"{number} configurations, {report.tally.failed} disagreements, {time.monotonic() - started:.0f} s", flush=True)
    return report.finish(time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
