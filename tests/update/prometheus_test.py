#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
prometheus_test.py - real runs, scraped by a real Prometheus through the real node_exporter: alerts fire, and stop.

    helper --> counters --> m365ctl metrics -o FILE --> prometheus-node-exporter --> prometheus --> alerts

Where it sits: tests/update/. Run by `make update`. Everything is on loopback, in a network namespace of its own. What
the metrics are is in metrics_test.py. The rules are those of conf/monitoring; only their waiting is shortened.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import ACL, CTL, Failed, Skip, check, endpoint_set, run, want  # noqa: E402

INSIDE = "--inside"
SOON = 60  # seconds until something must be seen
PROMETHEUS = 9090
FIRST = [endpoint_set(1, "Optimize", ["mail.example"])]
RULES = os.path.join(stage.SOURCE, "conf", "monitoring", "squid-m365.rules.yml")


def namespace():
    """The command that runs others without a network, but for loopback."""
    for command in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if run(*command, "ip", "link", "set", "lo", "up").returncode == 0:
            return command
    raise Skip("no network namespaces here")


class Proxy(stage.Site):
    """A state folder, a folder for counters, and the file that a node_exporter of its own shows."""

    def __init__(self, port):
        super().__init__()
        for name in ("run", "textfile"):
            os.mkdir(self.path(name))
        self.address = f"127.0.0.1:{port}"
        self.write("m365.conf", f"state {self.state}\ndefault_canaries off\nshrink_limit 100%\n")
        self.import_("2026010100", FIRST)
        self.helpers = []
        self.log = open(self.path("log"), "wb")  # pylint: disable=consider-using-with
        self.exporter = subprocess.Popen(
            ["prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
             f"--collector.textfile.directory={self.path('textfile')}", f"--web.listen-address={self.address}"],
            stdout=self.log, stderr=self.log)

    def import_(self, version, document):
        done = self.ctl("import", "--version", version, self.write("document.json", json.dumps(document)))
        want("import", (done.returncode, done.stderr if done.returncode else ""), (0, ""))

    def collect(self):
        """What the timer does."""
        done = self.ctl("metrics", "--stats", self.path("run"), "-o", self.path("textfile", "squid-m365.prom"))
        want("metrics", (done.returncode, done.stderr), (0, ""))

    def helper(self, table):
        helper = subprocess.Popen([ACL, "-s", self.path("run"), "-t", table], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=self.log, text=True)
        self.helpers.append(helper)
        return helper

    def close(self):
        for helper in self.helpers:
            end(helper)
        self.exporter.terminate()
        self.exporter.wait()
        self.log.close()
        super().close()


def end(helper):
    if helper.poll() is None:
        helper.kill()
        helper.wait()
    helper.stdin.close()
    helper.stdout.close()


def ask(helper, line):
    helper.stdin.write(line + "\n")
    helper.stdin.flush()
    return helper.stdout.readline()


class Prometheus(stage.Place):
    """A Prometheus that asks these proxies every second."""

    def __init__(self, proxies):
        super().__init__()
        with open(RULES, encoding="ascii") as file:
            self.write("rules.yml", re.sub(r"for: \S+", "for: 2s", file.read()))
        targets = ", ".join(f'"{proxy.address}"' for proxy in proxies)
        self.write("prometheus.yml", "global:\n  scrape_interval: 1s\n  evaluation_interval: 1s\nrule_files: [rules.yml]\n"
                                     f"scrape_configs:\n  - job_name: proxy\n    static_configs:\n      - targets: [{targets}]\n")
        self.log = open(self.path("log"), "wb")  # pylint: disable=consider-using-with
        self.child = subprocess.Popen(
            ["prometheus", f"--config.file={self.path('prometheus.yml')}", f"--storage.tsdb.path={self.path('data')}",
             f"--web.listen-address=127.0.0.1:{PROMETHEUS}"], stdout=self.log, stderr=self.log)

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PROMETHEUS}/api/v1/{path}", timeout=5) as answer:
                return json.load(answer)["data"]
        except OSError:
            return None

    def ask(self, query):
        """The answer to a query: labels without the usual ones, and values."""
        data = self.get("query?" + urllib.parse.urlencode({"query": query}))
        return data and [(one["metric"], float(one["value"][1])) for one in data["result"]]

    def firing(self):
        data = self.get("alerts") or {"alerts": []}
        return {one["labels"]["alertname"] for one in data["alerts"] if one["state"] == "firing"}

    def close(self):
        self.child.terminate()
        self.child.wait()
        self.log.close()
        super().close()


def until(what, probe, *more):
    end_at = time.monotonic() + SOON
    while not probe():
        if time.monotonic() > end_at:
            raise Failed(f"not within {SOON} s: {what}", *(one() for one in more))
        time.sleep(0.2)


class Timer:
    """Collects all the time, as the timer does every minute. What fails there is raised at the end."""

    def __init__(self, proxies):
        self.proxies, self.over, self.problem = proxies, threading.Event(), None
        self.thread = threading.Thread(target=self.run)

    def run(self):
        try:
            while not self.over.wait(0.5):
                for proxy in self.proxies:
                    proxy.collect()
        except Exception as problem:  # pylint: disable=broad-except
            self.problem = problem

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        if self.problem:
            raise self.problem


def watch(prometheus, one, other):
    def firing(name):
        return lambda: name in prometheus.firing()

    def quiet(*names):
        return lambda: not prometheus.firing() & set(names)
    good = one.helper(one.kept("current", "image"))
    check(ask(good, "mail.example - 443").startswith("OK "), "the helper")
    other.helper(other.kept("current", "image"))
    until("the answers of the helper", lambda: prometheus.ask('m365_helper_answers_total{why="rule"} == 1'), prometheus.firing)
    until("both proxies", lambda: len(prometheus.ask("m365_table_info") or ()) == 2)
    want("alike", prometheus.ask("count(count by (digest) (m365_table_info))")[0][1], 1)
    time.sleep(5)
    check(quiet("M365NoTable", "M365NodesDiffer", "M365Trouble", "M365HelperGone", "M365HelperBehind", "M365MetricsStale")(),
          "a false alarm", prometheus.firing())
    # A helper without a table.
    bad = one.helper(one.path("nothing"))
    check(ask(bad, "mail.example - 443") == "ERR m365_why_=no-table\n", "the helper without a table")
    until("an alert about no-table", firing("M365NoTable"), prometheus.firing)
    want("who", {labels["instance"] for labels, _ in prometheus.ask('ALERTS{alertname="M365NoTable"}')}, {one.address})
    # A fleet that differs, until the other one has the update, too.
    later = FIRST + [endpoint_set(2, "Default", ["www.example"])]
    one.import_("2026020100", later)
    until("an alert about proxies that differ", firing("M365NodesDiffer"), prometheus.firing)
    other.import_("2026020100", later)
    until("no such alert any more", quiet("M365NodesDiffer"), prometheus.firing)
    # Helpers that are gone, with all that they counted.
    end(good)
    end(bad)
    until("an alert about helpers that are gone", firing("M365HelperGone"), prometheus.firing)
    want("whose", {labels["instance"] for labels, _ in prometheus.ask('ALERTS{alertname="M365HelperGone"}')}, {one.address})
    want("sums stay", prometheus.ask('sum(m365_helper_answers_total{why=~"rule|no-table"})')[0][1], 2)


def test_alerts():
    for program in ("prometheus", "prometheus-node-exporter", "ip"):
        if shutil.which(program) is None:
            raise Skip(f"{program} is not installed")
    done = run(*namespace(), sys.executable, "-B", os.path.abspath(__file__), INSIDE, limit=600)
    check(done.returncode == 0, done.stdout, done.stderr)


def inside():
    want("loopback", run("ip", "link", "set", "lo", "up").returncode, 0)
    with Proxy(9100) as one, Proxy(9101) as other, Timer((one, other)), Prometheus((one, other)) as prometheus:
        watch(prometheus, one, other)
    return 0


if __name__ == "__main__":
    sys.exit(inside() if INSIDE in sys.argv[1:] else stage.run_tests(globals(), CTL, ACL))
