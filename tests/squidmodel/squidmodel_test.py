#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
squidmodel_test.py - the parts of `make squid-model` that need no Squid: reading its log, judging, shrinking, the grammar.

What stands between Squid and the verdict `agrees` must be able to disagree. The log lines are those of a real Squid 5.7.
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import stage  # noqa: E402  pylint: disable=wrong-import-position
import grammar  # noqa: E402  pylint: disable=wrong-import-position
import judge  # noqa: E402  pylint: disable=wrong-import-position
import model  # noqa: E402  pylint: disable=wrong-import-position
import seen  # noqa: E402  pylint: disable=wrong-import-position
import shrink  # noqa: E402  pylint: disable=wrong-import-position
from situation import Situation, client  # noqa: E402  pylint: disable=wrong-import-position

CONF = """\
# a comment
http_access deny bad
http_access allow \\
    m365
http_access deny users
ssl_bump peek step1 # first
ssl_bump splice \\
    m365
ssl_bump stare all
"""
SPLICED = """\
83,3| client_side_request.cc(1770) doCallouts: Doing calloutContext->clientAccessCheck()
28,3| Checklist.cc(70) preCheck: 0x56267c5a3758 checking slow rules
28,3| Acl.cc(151) matches: checked: bad = 0
28,3| Acl.cc(151) matches: checked: http_access#1 = 0
28,3| Acl.cc(151) matches: checked: m365 = -1 async
28,3| Acl.cc(151) matches: checked: http_access#2 = -1 async
28,3| Acl.cc(151) matches: checked: http_access = -1 async
28,3| Checklist.cc(70) preCheck: 0x7fff9a0ea900 checking fast ACLs
28,3| Acl.cc(151) matches: checked: access_log stdio:/x = 1
28,3| Checklist.cc(63) markFinished: 0x7fff9a0ea900 answer ALLOWED for match
28,3| Acl.cc(151) matches: checked: m365 = 1
28,3| InnerNode.cc(98) resumeMatchingAt: checked: http_access#2 = 1
28,3| InnerNode.cc(98) resumeMatchingAt: checked: http_access = 1
28,3| Checklist.cc(63) markFinished: 0x56267c5a3758 answer ALLOWED for match
83,3| client_side_request.cc(1825) doCallouts: Doing calloutContext->checkNoCache()
28,3| Checklist.cc(70) preCheck: 0x56267c5afdb8 checking slow rules
28,3| Acl.cc(151) matches: checked: all = 1
28,3| Acl.cc(151) matches: checked: cache#1 = 1
28,3| Acl.cc(151) matches: checked: cache = 1
28,3| Checklist.cc(63) markFinished: 0x56267c5afdb8 answer DENIED for match
28,3| Checklist.cc(70) preCheck: 0x56267c5b0428 checking slow rules
28,3| Acl.cc(151) matches: checked: step1 = 1
28,3| Acl.cc(151) matches: checked: line_6 = 1
28,3| Acl.cc(151) matches: checked: (ssl_bump rule) = 1
28,3| Acl.cc(151) matches: checked: (ssl_bump rules) = 1
28,3| Checklist.cc(63) markFinished: 0x56267c5b0428 answer ALLOWED for match
28,3| Checklist.cc(70) preCheck: 0x56267c5a3758 checking slow rules
28,3| Acl.cc(151) matches: checked: step1 = 0
28,3| Acl.cc(151) matches: checked: (ssl_bump rule) = 0
28,3| Acl.cc(151) matches: checked: m365 = 1
28,3| Acl.cc(151) matches: checked: line_7 = 1
28,3| Acl.cc(151) matches: checked: (ssl_bump rule) = 1
28,3| Acl.cc(151) matches: checked: (ssl_bump rules) = 1
28,3| Checklist.cc(63) markFinished: 0x56267c5a3758 answer ALLOWED for match
"""
ENDED_IN_FIRST_RULE = """\
83,3| client_side_request.cc(1770) doCallouts: Doing calloutContext->clientAccessCheck()
28,3| Checklist.cc(70) preCheck: 0x1 checking slow rules
28,3| Checklist.cc(63) markFinished: 0x1 answer AUTH_REQUIRED for AuthenticateAcl exception
28,3| Checklist.cc(70) preCheck: 0x2 checking slow rules
28,3| Checklist.cc(63) markFinished: 0x2 answer DUNNO for external ACL
"""
NO_RULE = """\
28,3| Checklist.cc(70) preCheck: 0x1 checking slow rules
28,3| Acl.cc(151) matches: checked: http_access#3 = 0
28,3| Acl.cc(151) matches: checked: http_access = 0
28,3| Checklist.cc(63) markFinished: 0x1 answer ALLOWED for all rules failed to match
28,3| Checklist.cc(70) preCheck: 0x2 checking slow rules
28,3| Acl.cc(151) matches: checked: (ssl_bump rule) = 0
28,3| Acl.cc(151) matches: checked: (ssl_bump rules) = 0
28,3| Checklist.cc(63) markFinished: 0x2 answer DENIED for ACLs failed to match
"""
COURSE = {"assuming": [], "http_access": {"action": "allow", "line": 3}, "http_access_again": None,
          "http_access_inside": {"action": "deny", "line": None}, "ssl_bump": [{"step": 1, "action": "peek", "line": 6}], "end": "deny"}


class Asked:
    """What squid.Asked has, without a Squid."""

    def __init__(self, end="deny", access=(("allow", 3), ("deny", None)), bump=(("peek", 6),)):
        self.end, self.access, self.bump = end, list(access), list(bump)


def said(*courses, certain=True):
    return model.Said({"certain": certain, "courses": list(courses)})


def read(log):
    return seen.course(log.splitlines(), seen.Conf(CONF))


def test_log_of_a_splice():
    stage.want("course", read(SPLICED), ([("allow", 3)], [("peek", 6), ("splice", 7)]))


def test_log_that_ends_in_the_first_rule():
    stage.want("course", read(ENDED_IN_FIRST_RULE), ([("ask", None)], [(None, None)]))


def test_log_without_a_match():
    stage.want("course", read(NO_RULE), ([("allow", None)], [(None, None)]))


def test_labels():
    labelled = seen.labelled(CONF).splitlines()
    stage.want("lines", len(labelled), len(CONF.splitlines()))
    stage.want("a comment stays behind", labelled[5], "ssl_bump peek step1 line_6 # first")
    stage.want("a continued line", labelled[6:8], ["ssl_bump splice \\", "    m365 line_7"])
    stage.want("other lines", labelled[:5], CONF.splitlines()[:5])
    stage.want("definitions", seen.Conf(CONF).labels(), "acl line_6 src all\nacl line_7 src all\nacl line_9 src all\n")


def test_judge_agrees():
    stage.want("the same", judge.differs(Asked(), said(COURSE)), "")
    stage.want("one of several", judge.differs(Asked(), said({**COURSE, "end": "bump"}, COURSE, certain=False)), "")


def test_judge_disagrees():
    wrong = (
        ("end", {"end": "bump"}),
        ("line", {"http_access": {"action": "allow", "line": 5}}),
        ("action", {"http_access": {"action": "deny", "line": 3}}),
        ("no request inside", {"http_access_inside": None}),
        ("a step more", {"ssl_bump": [*COURSE["ssl_bump"], {"step": 2, "action": "bump", "line": 9}]}),
        ("no step", {"ssl_bump": []}),
        ("another action of a step", {"ssl_bump": [{"step": 1, "action": "stare", "line": 6}]}),
    )
    for what, change in wrong:
        stage.check(judge.differs(Asked(), said({**COURSE, **change})), what)
        stage.check(judge.differs(Asked(), said({**COURSE, **change}, {**COURSE, "end": "splice"}, certain=False)), what)
    stage.check(judge.differs(Asked(), said(COURSE, COURSE)), "certain, with two courses")
    stage.check(judge.differs(Asked(), said(certain=False)), "no course")
    open_end = model.Said({"certain": False, "more": True, "courses": [{**COURSE, "end": "bump"}]})
    stage.want("one of more than trace follows", judge.differs(Asked(), open_end), "")


def answer(**values):
    made = client.Answer()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def test_ends():
    connect, get = Situation("CONNECT a.example:443 sni=a.example"), Situation('GET http://a.example/ agent="x y"')
    stage.want("a quoted word", get.words["agent"], "x y")
    for end, values in (
            ("ask", {"connect": 407}), ("deny", {"connect": 403}), ("conflict", {"connect": 200, "clear": 409}),
            ("terminate", {"connect": 200, "error": "broken off (ConnectionResetError)"}),
            ("bump", {"connect": 200, "cert": "squid", "http": 200}), ("deny", {"connect": 200, "cert": "squid", "http": 403}),
            ("splice", {"connect": 200, "cert": "origin a.example", "http": 200, "untouched": True})):
        stage.want(str(values), connect.end(answer(**values)), end)
    for end, status in (("allow", 200), ("deny", 403), ("ask", 407), ("conflict", 409)):
        stage.want(status, get.end(answer(http=status)), end)
    for values in ({"connect": 200, "cert": "squid", "http": 503}, {"connect": 200, "cert": "origin a", "http": 200},
                   {"connect": 200, "error": "no answer in time"}, {"connect": 501}):
        stage.check(connect.end(answer(**values)) not in ("splice", "bump", "terminate", "deny", "ask"), values)


def test_shrink():
    text = "# first\n" + "".join(f"acl a{n} src 10.0.0.{n}\nhttp_access deny a{n}\n" for n in range(20))
    small, request = shrink.smaller(text, "GET http://x/ user=a tls=1.2", lambda t, r: "deny a7\n" in t and "acl a7 " in t and "user" in r)
    stage.want("configuration", small, "# first\nacl a7 src 10.0.0.7\nhttp_access deny a7\n")
    stage.want("request", request, "GET http://x/ user=a")


def test_grammar():
    for seed in range(1, 200):
        one, again = grammar.Grammar(seed).made(12), grammar.Grammar(seed).made(12)
        stage.want("the same seed", (one.text, one.requests), (again.text, again.requests))
        rules = len(re.findall(r"^(?:http_access|ssl_bump) ", one.text, re.M))
        stage.check(5 <= rules <= 40, f"seed {seed} has {rules} rules")
        stage.want(f"situations of seed {seed}", len(one.requests), 12)
    stage.check(grammar.Grammar(1).made(12).text != grammar.Grammar(2).made(12).text, "two seeds, one configuration")


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals()))
