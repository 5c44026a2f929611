# SPDX-License-Identifier: GPL-2.0-or-later
"""
pac.py - reads the plain and the indexed form of a PAC file without a JavaScript engine, to ask many hosts of many tables.

Where it sits: tests/export/, under pac_test.py, which asks real engines as well. What does not belong here: verdicts.
"""

import re

TEST = re.compile(r'shExpMatch\(host, "([^"]*)"\)|host == "([^"]*)"|/((?:[^/\\]|\\.)*)/i\.test\(host\)')
KEY = re.compile(r'"\.([^"]*)": (\d+)')
EXPRESSION = re.compile(r"\[(\d+), /((?:[^/\\]|\\.)*)/i\]")


def shell(pattern):
    return re.compile("".join(".*" if byte == "*" else "." if byte == "?" else re.escape(byte) for byte in pattern) + r"\Z")


def test_of(match):
    wildcard, exact, expression = match.groups()
    if wildcard is not None:
        return shell(wildcard).match
    if exact is not None:
        return exact.__eq__
    return re.compile(expression, re.I).search


LOWER = "    host = host.toLowerCase();\n"
DOT = """    if (host.charAt(host.length - 1) == ".")
        host = host.substring(0, host.length - 1);
"""


def spelled(text, answer):
    """The answer to a host as the script spells it before it compares."""
    lower, dot = LOWER in text, DOT in text

    def spell(host):
        host = host.lower() if lower else host
        return answer(host[:-1] if dot and host.endswith(".") else host)

    return spell


def read_plain(text):
    """A function from a host to True (past the proxy)."""
    clauses, tests = [], []
    for line in text.split("function FindProxyForURL", 1)[1].splitlines():
        line = line.split(" // ")[0].strip()
        tests += [test_of(match) for match in TEST.finditer(line)]
        if line.startswith("return ") and tests:
            clauses.append((tests, line == "return direct;"))
            tests = []
    return spelled(text, lambda host: next((past for some, past in clauses if any(test(host) for test in some)), False))


def read_fast(text):
    part = lambda name: text.split(f"var {name} = ", 1)[1].split("\n};" if name != "expressions" else "\n];", 1)[0]
    names = {key: int(rank) for key, rank in KEY.findall(part("names"))}
    parents = {key: int(rank) for key, rank in KEY.findall(part("parents"))}
    expressions = [(int(rank), re.compile(one, re.I)) for rank, one in EXPRESSION.findall(part("expressions"))]

    def answer(host):
        ranks = [names[host]] if host in names else []
        labels = host.split(".")
        ranks += [parents[one] for one in (".".join(labels[i:]) for i in range(1, len(labels))) if one in parents]
        ranks += [rank for rank, one in expressions if one.search(host)]
        return bool(ranks) and min(ranks) % 2 == 1

    return spelled(text, answer)
