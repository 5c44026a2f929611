# SPDX-License-Identifier: GPL-2.0-or-later
"""
seen.py - Squid's course of one request, read from its debug log.

    cache.log (debug_options 28,3 33,2 83,3) --> evaluations --> (http_access lines, ssl_bump lines)

Squid names each rule that it tries (`checked: http_access#3 = 1`) and the answer of each evaluation (`markFinished`). ssl_bump
rules have no number there, so each line of the configuration ends with an ACL of its own that is always true; labelled() adds
them. Where it sits: tests/squidmodel/. What does not belong here: what the client saw (situation.py).
"""

import re

LABEL = "line_{}"
ACTIONS = re.compile(r"^\s*(http_access|ssl_bump)\s+([a-z-]+)\b")
WORKER = re.compile(r"if \$\{process_number\} = [1-9]")
ENDED_INSIDE = ("AUTH_REQUIRED", "DUNNO")
EVENT = re.compile(r"(?:preCheck: (0x[0-9a-f]+) checking (slow|fast)"
                   r"|checked: (.+) = (-?[0-9]+)"
                   r"|markFinished: (0x[0-9a-f]+) answer ([A-Z_]+)(?:[^ ]*) for (.*)"
                   r"|Doing calloutContext->([a-zA-Z0-9]+))")


class Conf:
    """The lines of a configuration that decide: http_access by their number, ssl_bump by their label. The Squid of this test runs
    alone (`squid -N`) and has the process number 0, so it does not read what is for a worker."""

    def __init__(self, text):
        self.access, self.bump = [], {}
        start, joined, worker = 0, "", False
        for number, line in enumerate(text.splitlines(), 1):
            start = start or number
            joined += line
            if line.endswith("\\"):
                joined = joined[:-1] + " "
                continue
            match = ACTIONS.match(joined)
            worker = bool(WORKER.match(joined)) or (worker and not joined.startswith("endif"))
            if match and match[1] == "http_access" and not worker:
                self.access.append((start, match[2]))
            elif match and match[1] == "ssl_bump":
                self.bump[LABEL.format(start)] = (start, match[2])
            start, joined = 0, ""

    def labels(self):
        """The definitions of the ACLs that labelled() adds."""
        return "".join(f"acl {label} src all\n" for label in self.bump)


def labelled(text):
    """The same lines, each ssl_bump rule with its label at the end."""
    lines, start, joined = [], 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        start = start or number
        joined += line + " "
        if not line.endswith("\\"):
            match = ACTIONS.match(joined)
            if match and match[1] == "ssl_bump":
                rule, mark, comment = line.partition(" #")
                line = f"{rule} {LABEL.format(start)}{mark}{comment}"
            start, joined = 0, ""
        lines.append(line)
    return "\n".join(lines) + "\n"


class _Evaluation:
    """One list being walked: the names that were 1, and which list it is. Squid does not name the list of an evaluation that ends
    inside its first rule; then what Squid was about to do says it."""

    def __init__(self, fast, about):
        self.fast, self.about, self.true, self.kind = fast, about, [], None

    def checked(self, name, value):
        if value == "1":
            self.true.append(name)
        for kind, start in (("http_access", "http_access"), ("ssl_bump", "(ssl_bump rule"), ("follow", "follow_x_forwarded_for")):
            if name.startswith(start):
                self.kind = kind

    def ended(self, answer):
        if self.kind is None and not self.fast and answer in ENDED_INSIDE:
            self.kind = {"clientAccessCheck": "http_access", "clientAccessCheck2": "adapted_http_access"}.get(self.about, "ssl_bump")


def _evaluations(log):
    """(evaluation, answer, reason) in the order of their ends. Fast ones are walked in one go, inside of others."""
    walked, current, stack, about = {}, None, [], None
    for match in filter(None, map(EVENT.search, log)):
        begun, speed, name, value, ended, answer, reason, doing = match.groups()
        if doing:
            about = doing
        elif begun:
            walked[begun] = _Evaluation(speed == "fast", about)
            if speed == "fast":
                stack.append(current)
            else:
                about = None
            current = begun
        elif name and current in walked:
            walked[current].checked(name, value)
        elif ended in walked:
            one = walked.pop(ended)
            if one.fast:
                current = stack.pop()
            one.ended(answer)
            if one.kind == "follow":
                about = "clientAccessCheck"
            yield one, answer, reason


def course(log, conf):
    """What Squid decided: a list of (action, line or None) for http_access, and one for ssl_bump, step by step. Without a line,
    an ssl_bump step has no action of its own."""
    access, bump = [], []
    for one, answer, reason in _evaluations(log):
        matched = reason == "match"
        if one.kind == "http_access":
            numbers = [int(name[len("http_access#"):]) for name in one.true if name.startswith("http_access#")]
            # Without any line Squid has a rule of its own.
            line = conf.access[numbers[-1] - 1][0] if numbers and matched and conf.access else None
            access.append(("allow" if answer == "ALLOWED" else "ask" if answer == "AUTH_REQUIRED" else "deny", line))
        elif one.kind == "ssl_bump":
            labels = [name for name in one.true if name in conf.bump]
            line, action = conf.bump[labels[-1]] if labels and matched and answer == "ALLOWED" else (None, None)
            bump.append((action, line))
    return access, bump
