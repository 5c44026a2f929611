#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
metrics_test.py - what monitoring gets: `m365ctl metrics`, `status --nagios`, decisions in the system's log, and what
conf/monitoring makes of the metrics.

Where it sits: tests/update/. Run by `make check`. promtool, and Python's OpenMetrics parser, are asked if they are
installed. A real Prometheus is in prometheus_test.py, the files of the helpers in protocol/counter_test.py.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import ACL, CTL, Skip, check, endpoint_set, run, want  # noqa: E402

FIRST = [endpoint_set(1, "Optimize", ["mail.example"], ["192.0.2.0/24"])]
LATER = FIRST + [endpoint_set(2, "Allow", ["new.example"]), endpoint_set(4, "Default", ["www.example"])]  # in part at once, in part held
QUIET = "default_canaries off\nshrink_limit 100%\n"
MONITORING = os.path.join(stage.SOURCE, "conf", "monitoring")
NAME = re.compile(r"\bm365_[a-z_]+\b")


class Proxy(stage.Site):
    """A configuration with a folder for counters."""

    def __init__(self, *lines):
        super().__init__()
        os.mkdir(self.path("run"))
        os.mkdir(self.path("out"))
        self.write("m365.conf", f"state {self.state}\n{QUIET}" + "".join(f"{line}\n" for line in lines))

    def good(self, *words, code=0):
        done = self.ctl(*words)
        check(done.returncode == code, f"{words}: exit {done.returncode}", done.stdout, done.stderr)
        return done

    def take(self, document, version, code=0):
        return self.good("import", "--version", version, self.write("document.json", json.dumps(document)), code=code)

    def metrics(self, *words):
        """Samples by name and labels; the text itself is in `text`."""
        self.text = self.good("metrics", "--stats", self.path("run"), *words).stdout
        return samples(self.text)

    def asked(self, *lines, table=None):
        """A helper that answered these lines and ended."""
        table = table or self.kept("current", "image")
        run(ACL, "-s", self.path("run"), "-t", table, input="".join(f"{line}\n" for line in lines))


def samples(text):
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = re.fullmatch(r'([a-z0-9_]+)(?:\{(.*)\})? (-?[0-9]+)', line)
        check(match, "no sample", line)
        labels = tuple(re.findall(r'([a-z]+)="((?:[^"\\]|\\.)*)"', match[2] or ""))
        check((match[1], labels) not in found, "twice", line)
        found[match[1], labels] = int(match[3])
    return found


def values(found, name):
    return {labels: value for (known, labels), value in found.items() if known == name}


def only(found, name):
    got = values(found, name)
    want(f"samples of {name}", len(got), 1)
    return next(iter(got.items()))


def whole(proxy):
    """A proxy that has every metric there is."""
    proxy.take(FIRST, "2026010100")
    proxy.good("update", code=2)
    proxy.take(LATER, "2026020100", code=1)
    proxy.asked("mail.example - 443", "other.example - 443")
    helper = subprocess.Popen([ACL, "-s", proxy.path("run"), "-t", proxy.kept("current", "image")], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    ask(helper, "% - 443")  # it has begun to count once there is an answer
    return helper


def ask(helper, line):
    helper.stdin.write(f"{line}\n")
    helper.stdin.flush()
    return helper.stdout.readline()


WHOLE = ("export text -o out/list", "service_url https://127.0.0.1:1")


def end(helper):
    helper.stdin.close()
    helper.stdout.close()
    helper.wait(stage.PATIENCE)


def promtool(*words, **more):
    if shutil.which("promtool") is None:
        raise Skip("promtool is not installed (Debian: prometheus)")
    done = run("promtool", *words, **more)
    check(done.returncode == 0 and "FAILED" not in done.stderr, f"promtool {words}", done.stdout, done.stderr)
    return done


def test_nothing_yet():
    with Proxy() as proxy:
        os.mkdir(proxy.state)
        found = proxy.metrics()
        want("published", only(found, "m365_table_published"), ((), 0))
        want("status", only(found, "m365_status"), ((), 1))
        want("no table", values(found, "m365_table_info"), {})
        want("counted", only(found, "m365_helpers_counted"), ((), 1))
        found = samples(proxy.good("metrics", "--stats", proxy.path("nowhere")).stdout)
        want("not counted", only(found, "m365_helpers_counted"), ((), 0))


def test_the_table():
    with Proxy(*WHOLE) as proxy:
        before = int(time.time())
        helper = whole(proxy)
        try:
            found = proxy.metrics()
            now = int(time.time())
            review = proxy.read("state", "current", "review.txt")
            digest = re.search(r"^digest (.*)$", review, re.M)[1]
            want("info", dict(only(found, "m365_table_info")[0]),
                 {"generation": str(proxy.link("current")), "label": "2026020100", "digest": digest, "how": "import"})
            want("generation", only(found, "m365_table_generation")[1], proxy.link("current"))
            for name in ("m365_table_made_timestamp_seconds", "m365_table_used_timestamp_seconds", "m365_pending_since_timestamp_seconds",
                         "m365_last_check_timestamp_seconds", "m365_fetch_failing_since_timestamp_seconds"):
                check(before - 1 <= only(found, name)[1] <= now, name, proxy.text)
            check(0 <= only(found, "m365_table_age_seconds")[1] <= now - before + 1, "age")
            want("pending", (only(found, "m365_pending")[1], dict(only(found, "m365_pending_table_info")[0])["generation"]),
                 (1, str(proxy.link("pending"))))
            want("held", values(found, "m365_held_rows"), {(("state", "waiting"),): 1, (("state", "rejected"),): 0})
            want("failing", (only(found, "m365_failed_fetches_total")[1], only(found, "m365_fetch_failing")[1]), (1, 1))
        finally:
            end(helper)


def test_failed_fetches_never_go_down():
    with Proxy("service_url https://127.0.0.1:1") as proxy:
        for count in (1, 2, 3):
            proxy.good("update", "--force", code=2)
            want("failed", only(proxy.metrics(), "m365_failed_fetches_total")[1], count)


def test_helpers():
    with Proxy(*WHOLE) as proxy:
        helper = whole(proxy)
        try:
            ask(helper, "mail.example - 443")
            found = proxy.metrics()
            program = ("program", "ext_m365_acl")
            answers = {labels[1:]: value for labels, value in values(found, "m365_helper_answers_total").items() if value}
            want("answers", answers, {
                (("why", "rule"), ("category", "Optimize")): 2, (("why", "bad-name"), ("category", "None")): 1,
                (("why", "no-rule"), ("category", "None")): 1})
            want("a rate of no-table can begin", values(found, "m365_helper_answers_total")[
                program, ("why", "no-table"), ("category", "None")], 0)
            for name, value in (("lines_total", 4), ("processes", 1), ("ended_processes_total", 1), ("longest_batch_lines", 2),
                                ("processes_without_table", 0), ("over_long_lines_total", 0), ("lines_without_id_total", 0)):
                want(name, only(found, f"m365_helper_{name}"), ((program,), value))
            want("table", only(found, "m365_helper_table_processes"),
                 ((program, ("table", f"2026020100.{proxy.link('current')}")), 1))
        finally:
            end(helper)


def test_promtool_accepts_it():
    with Proxy(*WHOLE) as proxy:
        helper = whole(proxy)
        try:
            proxy.metrics()
            want("lint", promtool("check", "metrics", input=proxy.text).stderr, "")
        finally:
            end(helper)


# Python's own parser of OpenMetrics: the types of the families, and the names of all samples.
PARSER = """
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
names = sorted(sample.name for family in families for sample in family.samples)
print(json.dumps([sorted({family.type for family in families}), names]))
"""


def test_openmetrics():
    python = next((one for one in (sys.executable, "/usr/bin/python3") if run(one, "-c", PARSER, input="# EOF\n").returncode == 0), None)
    if python is None:
        raise Skip("Python's prometheus_client is not installed (Debian: python3-prometheus-client)")
    with Proxy(*WHOLE) as proxy:
        helper = whole(proxy)
        try:
            plain = proxy.metrics()
            proxy.metrics("--openmetrics")
            parsed = run(python, "-c", PARSER, input=proxy.text)
            want("the parser", (parsed.returncode, parsed.stderr), (0, ""))
            types, names = json.loads(parsed.stdout)
            want("types", types, ["counter", "gauge", "info"])
            want("the same samples", names, sorted(name for name, _ in plain))
        finally:
            end(helper)


def test_labels_stay_one_line():
    with Proxy('export text -o "out/a \\"quoted\\" b"') as proxy:
        proxy.take(FIRST, "2026010100")
        (labels, value) = only(proxy.metrics(), "m365_export_out_of_date")
        want("export", (labels[0][1].endswith('out/a \\"quoted\\" b'), value), (True, 0))
        os.unlink(proxy.path("out", 'a "quoted" b'))
        want("a file that is gone", only(proxy.metrics(), "m365_export_out_of_date")[1], 1)
        proxy.write('out/a "quoted" b', "allow other.example\n")
        want("another text", only(proxy.metrics(), "m365_export_out_of_date")[1], 1)
        proxy.good("publish")
        want("written again", only(proxy.metrics(), "m365_export_out_of_date")[1], 0)


def test_alike_proxies_have_one_digest():
    digests = []
    for rules in ("inspect a.example\n", "inspect a.example\n", "inspect mail.example\n"):
        with Proxy() as proxy:
            proxy.write("local.d/a.rules", rules)
            proxy.take(FIRST, "2026010100")
            proxy.good("publish")
            digests.append(dict(only(proxy.metrics(), "m365_table_info")[0])["digest"])
    want("alike, and not", (digests[0] == digests[1], digests[0] == digests[2]), (True, False))


def test_a_file_for_a_collector():
    with Proxy() as proxy:
        proxy.take(FIRST, "2026010100")
        file = proxy.path("out", "m365.prom")
        said = proxy.good("metrics", "--stats", proxy.path("run"), "-o", file)
        want("nothing printed", (said.stdout, said.stderr), ("", ""))
        want("readable by everybody", os.stat(file).st_mode & 0o777, 0o644)
        first = proxy.read("out", "m365.prom")
        want("published", only(samples(first), "m365_table_published"), ((), 1))
        with open(file, encoding="ascii") as reader:
            proxy.good("metrics", "--stats", proxy.path("run"), "-o", file)
            want("one who reads sees the old one whole", reader.read(), first)
        want("nothing else is there", os.listdir(proxy.path("out")), ["m365.prom"])
        proxy.write("m365.conf", "nonsense\n")
        proxy.good("metrics", "-o", file, code=2)
        check("m365_table_published 1" in proxy.read("out", "m365.prom"), "the file stays")


def test_hostile_counters_are_left_out():
    with Proxy() as proxy:
        proxy.take(FIRST, "2026010100")
        proxy.asked("mail.example - 443")
        proxy.metrics()
        proxy.write("run/ext_m365_acl-1-0000000000000001.count", b"\xff" * 4096)
        done = proxy.good("metrics", "--stats", proxy.path("run"))
        want("stderr", done.stderr.count("\n"), 1)
        found = samples(done.stdout)
        want("unreadable, lines", (only(found, "m365_helpers_unreadable_files")[1], only(found, "m365_helper_lines_total")[1]), (1, 1))


def nagios(proxy, *words):
    done = proxy.ctl("status", "--nagios", "--stats", proxy.path("run"), *words)
    check(re.fullmatch(r"M365 (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+( \|( [a-z_]+=[0-9]+[sc]?)+)?\n", done.stdout), done.stdout)
    return done.returncode, done.stdout


def test_nagios():
    with Proxy() as proxy:
        proxy.take(FIRST, "2026010100")
        proxy.asked("mail.example - 443")
        code, line = nagios(proxy)
        # The document is older than the service may be silent for.
        want("warning", (code, line.startswith("M365 WARNING - ")), (1, True))
        with open(proxy.kept("status"), "a", encoding="ascii") as status:
            status.write(f"last_good {int(time.time())}\n")
        code, line = nagios(proxy)
        check(code == 0 and re.match(r"M365 OK - generation 1, label 2026010100 \| age=[0-9]+s last_success_age=[0-9]+s pending=0 held=0 "
                                     r"helpers=0 lines=1c no_table=0c\n", line), code, line)
        with open(proxy.path("run", "kept"), "r+b") as kept:
            kept.truncate(100)
        proxy.asked("mail.example - 443")
        for _ in range(2):
            code, line = nagios(proxy)
            check(code == 1 and line.startswith("M365 WARNING - '") and "kept.damaged' is what" in line and " lines=1c " in line,
                  code, line)
        want("folded all the same", sorted(os.listdir(proxy.path("run"))), ["kept", "kept.damaged"])
        os.unlink(proxy.path("run", "kept.damaged"))
        want("removed", nagios(proxy)[0], 0)
        proxy.take(LATER, "2026020100", code=1)
        code, line = nagios(proxy)
        check(code == 1 and "waits for a decision" in line and " pending=1 held=1 " in line and " pending_age=" in line, code, line)
        helper = subprocess.Popen([ACL, "-s", proxy.path("run"), "-t", proxy.path("nothing")], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            ask(helper, "mail.example - 443")
            code, line = nagios(proxy)
            check(code == 2 and line.startswith("M365 CRITICAL - 1 of 1 helpers without a table; ") and " no_table=1c" in line, code, line)
        finally:
            end(helper)
        with open(proxy.kept("current", "image"), "r+b") as image:
            image.truncate(100)
        code, line = nagios(proxy)
        check(code == 2 and line.startswith("M365 CRITICAL - "), code, line)
        proxy.write("m365.conf", "state x | y\n")
        code, line = nagios(proxy)
        check(code == 3 and line.startswith("M365 UNKNOWN - "), code, line)
        for words in (["--nonsense"], ["--stats"], ["word"]):
            for args in (["--nagios", *words], [*words, "--nagios"])[:2 if words != ["--stats"] else 1]:
                done = proxy.ctl("status", *args)
                check(done.returncode == 3 and re.fullmatch(r"M365 UNKNOWN - [^|\n]+\n", done.stdout), args, done)


# Without a device for the system's log, a socket in its place: in a mount namespace of its own.
IN_NAMESPACE = """
set -e
mount -t tmpfs tmpfs "$1"
for name in null zero random urandom; do : >"$1/$name"; mount --bind "/dev/$name" "$1/$name"; done
: >"$1/log"
mount --bind "$2" "$1/log"
mount --rbind "$1" /dev
shift 2
exec "$@"
"""


class Log:
    """A system's log of its own."""

    def __init__(self, proxy):
        os.mkdir(proxy.path("dev"))
        self.proxy, self.path = proxy, proxy.path("log.socket")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        if run("unshare", "-m", "sh", "-c", IN_NAMESPACE, "sh", proxy.path("dev"), self.path, "true").returncode != 0:
            raise Skip("no mount namespaces here")

    def good(self, *words, code=0):
        done = self.proxy.ctl(*words, before=("unshare", "-m", "sh", "-c", IN_NAMESPACE, "sh", self.proxy.path("dev"), self.path))
        check(done.returncode == code, f"{words}: exit {done.returncode}", done.stdout, done.stderr)

    def lines(self):
        found = []
        try:
            while True:
                found.append(self.socket.recv(1 << 16).decode())
        except BlockingIOError:
            return [re.sub(r"^<29>.*m365ctl\[[0-9]+\]: ", "", line).rstrip("\0\n") for line in found]


def test_decisions_are_logged():
    with Proxy() as proxy:
        log = Log(proxy)
        proxy.write("one.json", json.dumps(FIRST))
        proxy.write("two.json", json.dumps(LATER))
        proxy.write("three.json", json.dumps(LATER + [endpoint_set(3, "Allow", ["more.example"])]))

        def logged(*wanted):
            lines = log.lines()
            want("lines", len(lines), len(wanted))
            for line, pattern in zip(lines, wanted):
                check(re.fullmatch(pattern, line), f"not '{pattern}'", line)
        rest = r'label=[0-9]+ digest=[0-9a-f]{64} by=(import|publish|approve)'
        log.good("import", "--version", "2026010100", proxy.path("one.json"))
        logged(rf'decision=published generation=1 {rest} user="[^"]+"')
        log.good("publish")
        logged()
        log.good("import", "--version", "2026020100", proxy.path("two.json"), code=1)
        logged(rf'decision=published generation=2 {rest} replaces=1 user="[^"]+"', rf'decision=held generation=3 {rest} user="[^"]+"')
        log.good("reject", "3", "--by", 'eve "e"\n<0>x', "--note", "no\\no")
        logged(rf'decision=rejected generation=3 {rest} user="eve \\"e\\"\?<0>x" note="no\\\\no"')
        log.good("approve", "3", "--by", "alice", "--note", "CHG-1")
        logged(rf'decision=approved generation=3 {rest} replaces=2 user="alice" note="CHG-1"')
        log.good("rollback", "--by", "bob")
        logged(rf'decision=rollback generation=2 {rest} replaces=3 user="bob"')
        log.good("import", "--version", "2026030100", proxy.path("three.json"), code=1)
        log.lines()
        log.good("approve", str(proxy.link("pending")), "--only", "more.example", "--by", "carol")
        logged(rf'decision=approved-part generation=[0-9]+ {rest} replaces=[0-9]+ user="carol" rows="more.example"')
        log.good("reject", str(proxy.link("pending")), "--only", "new.example", "--by", "carol")
        logged(r'decision=rejected-part generation=[0-9]+ .* user="carol" rows="new.example"')
        log.good("publish", "--dry-run")
        log.good("status", code=1)
        log.good("diff", code=1)
        logged()


def test_alert_rules():
    rules = os.path.join(MONITORING, "squid-m365.rules")
    promtool("check", "rules", f"{rules}.yml")
    promtool("test", "rules", f"{rules}.test.yml")
    with open(f"{rules}.yml", encoding="ascii") as file:
        alerts = set(re.findall(r"- alert: (\w+)", file.read()))
    with open(f"{rules}.test.yml", encoding="ascii") as file:
        want("every alert is tested", set(re.findall(r"alertname: (\w+)", file.read())), alerts)


def expressions():
    """The queries of the dashboard, with values in place of Grafana's variables."""
    with open(os.path.join(MONITORING, "squid-m365.dashboard.json"), encoding="ascii") as file:
        panels = json.load(file)["panels"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    check(len(queries) >= len(panels) > 5, "panels without a query")
    return [query.replace("$__rate_interval", "5m").replace("$instance", ".*") for query in queries]


def test_dashboard():
    with Proxy() as proxy:
        rules = "".join(f"      - record: x:y:z{number}\n        expr: {json.dumps(query)}\n" for number, query in enumerate(expressions()))
        promtool("check", "rules", proxy.write("x.yml", f"groups:\n  - name: x\n    rules:\n{rules}"))


def test_names_are_the_same_everywhere():
    """What is printed is in the manual; what a rule or the dashboard asks for is printed."""
    with Proxy(*WHOLE) as proxy:
        helper = whole(proxy)
        try:
            printed = {name for name, _ in proxy.metrics()} | {"m365_last_success_timestamp_seconds"}
            printed |= set(re.findall(r"^# TYPE (\S+)", proxy.text, re.M))
        finally:
            end(helper)
    with open(os.path.join(stage.SOURCE, "conf", "squid-m365.7"), encoding="ascii") as file:
        manual = {name for name in NAME.findall(file.read()) if not name.endswith("_") or name in printed}
    want("not in the manual", sorted(printed - manual), [])
    want("only in the manual", sorted(name for name in manual - printed if name.count("_") > 1), [])
    with open(os.path.join(MONITORING, "squid-m365.rules.yml"), encoding="ascii") as file:
        asked = set(NAME.findall("".join(re.findall(r"expr: .*", file.read()))))
    asked |= set(NAME.findall(" ".join(expressions())))
    want("asked, but not printed", sorted(asked - printed), [])


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), CTL, ACL))
