#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the helpers count: real processes, read by `m365ctl status --stats FOLDER`.

    top_builddir=DIR tests/protocol/counter_test.py [WORD]...     only tests whose name contains a WORD

Where it sits: tests/protocol/, beside protocol_test.py, whose table and helpers it uses. The files themselves, damaged
and hostile ones, are tested in unit/counter. The last line is `N passed, N failed`.
"""
import json
import os
import shutil
import signal
import socket
import sys

import protocol_test as protocol
from protocol_test import LINE_MAX, O365, TABLE, Helper, Place, stage, until
from stage import ACL, CTL, URL, want

ZERO = {"lines": 0, "overLong": 0, "withoutId": 0, "longestBatch": 0, "reloads": 0, "refused": 0, "noTable": 0, "answers": []}


class Counted(Place):
    """A place with a folder for counters, and m365ctl to read it."""

    def __init__(self):
        super().__init__()
        self.run = self.path("run")
        os.mkdir(self.run)
        self.conf = self.write("m365.conf", f"state {self.path('state')}\n")
        os.mkdir(self.path("state"))

    def start(self, *options, program=ACL, **more):
        return Helper(self, program, "-s", self.run, *options, **more)

    def status(self, *words):
        done = stage.run(CTL, "status", "-c", self.conf, "--stats", self.run, *words)
        want("exit and stderr of status", (done.returncode, done.stderr), (1, ""))
        return done.stdout

    def read(self, *names):
        """What was counted: the sum of the one program that did, and the processes."""
        helpers = json.loads(self.status("--json"))["helpers"]
        want("trouble", helpers["trouble"], [])
        want("programs", len(helpers["sums"]), 1)
        return helpers["sums"][0], helpers["processes"]


def answers(sum_):
    return {(one["why"], one["category"]): one["count"] for one in sum_["answers"]}


def counts(one):
    return {key: one[key] for key in ZERO if key != "answers"}


def test_every_answer(place):
    table = place.write("t.rules", TABLE)
    helper = place.start("-t", table, kind=socket.SOCK_SEQPACKET)
    try:
        helper.send(f"1 {O365} - 443\n2 {O365} - 443\n3 x.mail.example - 443\n4 x.static.example - 443\n5 a.example - 443\n"
                    f"6 {O365} - 25\n7 login.mail.example - 443\n8 {O365} a.example 443\n9 {O365} - x\n10 x\n11 % - 443\n"
                    f"12 {O365} - 443 Allow\n")
        want("replies", len([helper.line() for _ in range(12)]), 12)
        helper.send(f"x{O365} - 443\n13 {O365} - 443\n")
        helper.line()
        sums, (process,) = place.read()
        want("answers", answers(sums), {
            ("rule", "Optimize"): 4, ("rule", "Allow"): 1, ("category", "Default"): 1, ("no-rule", None): 1, ("port", None): 1,
            ("local-inspect", None): 1, ("sni-mismatch", None): 1, ("bad-port", None): 1, ("bad-line", None): 1,
            ("bad-name", None): 1})
        want("numbers", counts(sums), counts({**ZERO, "lines": 14, "withoutId": 1, "longestBatch": 12}))
        want("process", (process["program"], process["pid"], process["loaded"], process["generation"]),
             ("ext_m365_acl", helper.child.pid, True, "2025120100"))
        want("numbers of the process", counts(process), counts(sums))
        text = place.status()
        for line in ("helpers     1 running, 0 ended, counted in", "  answers   rule Optimize 4\n", "  answers   no-table 0\n",
                     f"  process   ext_m365_acl {helper.child.pid}, table 2025120100, lines 14, no-table 0, began 2"):
            stage.check(line in text, f"no '{line}' in", text)
    finally:
        helper.kill()


def test_over_long_lines(place):
    helper = place.start("-t", place.write("t.rules", TABLE))
    try:
        helper.send(b"1 " + b"x" * LINE_MAX + b"\n2 " + b"x" * (3 * LINE_MAX) + f"\n3 {O365} - 443\n".encode())
        want("replies", [helper.line().split(" ")[0] for _ in range(3)], ["1", "2", "3"])
        sums, _ = place.read()
        want("over-long, answers", (sums["overLong"], sums["lines"], answers(sums)),
             (2, 3, {("bad-line", None): 2, ("rule", "Optimize"): 1}))
    finally:
        helper.kill()


def test_the_rewriter(place):
    table, rules = place.write("t.rules", TABLE), place.write("rewrite", protocol.RULES)
    helper = place.start("-t", table, "-r", rules, program=URL)
    try:
        helper.ask(f"1 https://{O365}/ GET\n")
        helper.ask("2 http://old.example/a GET\n")
        sums, _ = place.read()
        want("program, answers", (sums["program"], answers(sums)),
             ("url_m365_rewrite", {("rule", "Optimize"): 1, ("no-rule", None): 1}))
    finally:
        helper.kill()


BATCH = 32  # lines that a helper answers at once


def test_a_crash_loses_nothing(place):
    """Every reply that came was counted before. The next helper folds what is left."""
    table = place.write("t.rules", TABLE)
    total = missing = answered = 0
    for number in range(5):
        helper = place.start("-t", table)
        try:
            helper.send(f"7 {O365} - 443\n" * 5000)
            for _ in range(1000 * number + 1):
                helper.line()
            helper.child.send_signal(signal.SIGKILL)
            helper.child.wait()
            sums, processes = place.read()
            want("no process", processes, [])
            stage.check(total + 1000 * number + 1 <= sums["lines"] <= total + 5000, sums)
            # A batch counts its lines first, its answers when it has looked them up: the signal may come in between.
            counted = answers(sums)
            want("kinds of answers", list(counted), [("rule", "Optimize")])
            less = sums["lines"] - counted[("rule", "Optimize")]
            stage.check(0 <= less - missing <= BATCH, less, missing, sums)
            stage.check(counted[("rule", "Optimize")] >= answered + 1000 * number + 1, counted, answered)
            want("ended", sums["ended"], number + 1)
            total, missing, answered = sums["lines"], less, counted[("rule", "Optimize")]
        finally:
            helper.kill()


def test_a_new_helper_folds(place):
    table = place.write("t.rules", TABLE)
    for _ in range(3):
        helper = place.start("-t", table)
        helper.ask(f"1 {O365} - 443\n")
        helper.finish()
        want("files of processes", len([name for name in os.listdir(place.run) if name.endswith(".count")]), 1)
    want("lines", place.read()[0]["lines"], 3)


def test_reloads(place):
    table = place.path("t.image")
    place.compile("good")
    helper = place.start("-t", table)

    def seen(**wanted):
        helper.ask(f"1 {O365} - 443\n")
        sums, (process,) = place.read()
        now = {**sums, **process}
        return all(now[key] == value for key, value in wanted.items())
    try:
        stage.check(seen(loaded=False, generation=None, refused=1, noTable=1, reloads=0), place.status())
        os.rename(place.path("good.image"), table)
        until("a table", 20, lambda: seen(loaded=True, generation="2025120100", reloads=0))
        place.compile("other", TABLE.replace("2025120100", "2025120200"))
        os.rename(place.path("other.image"), table)
        until("the next table", 20, lambda: seen(generation="2025120200", reloads=1))
        place.write("bad", "no image at all")
        before = place.read()[0]["refused"]
        os.rename(place.path("bad"), table)
        until("a refused table", 20, lambda: seen(generation="2025120200", reloads=1, refused=before + 1))
    finally:
        helper.kill()


def test_an_image_cut_in_use_counts_once(place):
    place.compile("t")
    helper = place.start("-t", place.path("t.image"))
    try:
        helper.ask(f"1 {O365} - 443\n")
        os.truncate(place.path("t.image"), 0)
        helper.send(f"1 {O365} - 443\n" * 10)
        want("replies", {helper.line() for _ in range(10)}, {"1 ERR m365_why_=no-table"})
        sums, (process,) = place.read()
        want("answers", (sums["lines"], answers(sums)), (11, {("rule", "Optimize"): 1, ("no-table", None): 10}))
        want("the table", (process["loaded"], process["generation"]), (False, None))
    finally:
        helper.kill()


def test_a_file_cut_in_use_stops_nothing(place):
    helper = place.start("-t", place.write("t.rules", TABLE))
    try:
        helper.ask(f"1 {O365} - 443\n")
        (name,) = os.listdir(place.run)
        os.truncate(os.path.join(place.run, name), 0)
        helper.send(f"1 {O365} - 443\n" * 1000)
        want("replies", {helper.line() for _ in range(1000)}, {f"1 OK {protocol.EXCHANGE}"})
        sentence = "ext_m365_acl: the file of counters was cut short: nobody sees what is counted from now on\n"
        until("a sentence", 20, lambda: helper.ask(f"1 {O365} - 443\n") and helper.said() == sentence)
        done = stage.run(CTL, "status", "-c", place.conf, "--stats", place.run)
        stage.check(done.returncode == 1 and f"{name}' is cut short; remove it\n" in done.stderr, done.stderr)
    finally:
        helper.kill()


def test_off_without_a_folder(place):
    table = place.write("t.rules", TABLE)
    line = f"{O365} - 443\n".encode()
    want("not named", protocol.run(ACL, ["-t", table], line)[1:], (0, ""))
    want("named", protocol.run(ACL, ["-t", table, "-s", place.path("no")], line)[1:],
         (0, f"ext_m365_acl: nothing is counted: there is no folder '{place.path('no')}'\n"))
    want("a file", protocol.run(ACL, ["-t", table, "-s", table], line),
         (f"OK {protocol.EXCHANGE}\n".encode(), 0, f"ext_m365_acl: nothing is counted: '{table}' is not a folder\n"))
    done = stage.run(CTL, "status", "-c", place.conf, "--stats", place.path("no"))
    want("status", done.returncode, 2)
    stage.check("it is not known what the helpers counted: cannot open the folder" in done.stderr, done.stderr)


def test_root_reads_what_belongs_to_squid(place):
    """As installed: the helpers are Squid's user, the state folder is another one's, and root starts m365ctl."""
    if os.geteuid() != 0:
        raise stage.Skip("needs root")
    squid, owner = 54321, 12345
    table, program = place.write("t.rules", TABLE), place.path("ext_m365_acl")
    shutil.copy(ACL, program)
    for path, mode in ((place.top, 0o755), (program, 0o755)):
        os.chmod(path, mode)
    os.chown(place.run, squid, squid)
    os.chown(place.path("state"), owner, owner)
    for _ in range(2):
        done = stage.run(program, "-t", table, "-s", place.run, input=f"{O365} - 443\n", user=squid, group=squid, extra_groups=[])
        want("helper", (done.stdout, done.stderr), (f"OK {protocol.EXCHANGE}\n", ""))
    before = sorted(os.listdir(place.run))
    want("the second one folded the first", len(before), 2)
    want("lines, ended", [place.read()[0][key] for key in ("lines", "ended")], [2, 2])
    want("a reader who may not write changes nothing", sorted(os.listdir(place.run)), before)
    os.chown(place.path("state"), 0, 0)
    want("lines, read by root", place.read()[0]["lines"], 2)
    want("root folds, for Squid's user", [(name, os.stat(os.path.join(place.run, name)).st_uid) for name in os.listdir(place.run)],
         [("kept", squid)])


def calls(helper):
    """System calls that read or write, so far."""
    with open(f"/proc/{helper.child.pid}/io", encoding="ascii") as file:
        numbers = dict(line.split(": ") for line in file.read().splitlines())
    return int(numbers["syscr"]) + int(numbers["syscw"])


def test_no_system_call_for_a_line(place):
    table, spent = place.write("t.rules", TABLE), []
    for options in ((), ("-s", place.run)):
        helper = Helper(place, ACL, "-t", table, *options)
        try:
            helper.ask(f"1 {O365} - 443\n")
            before = calls(helper)
            for _ in range(200):
                helper.ask(f"1 {O365} - 443\n")
            spent.append(calls(helper) - before)
        finally:
            helper.kill()
    want("with and without", spent, [400, 400])


def main():
    if not stage.built(ACL, URL, CTL):
        return 1
    tally = stage.Tally()
    for name, test in stage.named(stage.tests_in(globals()), sys.argv[1:]):
        with Counted() as place:
            tally.attempt(name, test, place)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
