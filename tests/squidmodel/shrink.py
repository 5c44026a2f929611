# SPDX-License-Identifier: GPL-2.0-or-later
"""
shrink.py - a smaller configuration and request on which Squid and the model still disagree.

Where it sits: tests/squidmodel/, called with a test that runs both. Lines are dropped in groups of 16, 8, 4, 2 and 1, then words of
the request. What does not belong here: what a disagreement is.
"""

import re

TRIALS = 120
DROPPABLE = re.compile(r"^\s*(http_access|ssl_bump|acl)\s")
RULE = re.compile(r"^\s*(http_access|ssl_bump)\s")


def _used(lines):
    """Without the ACLs that nothing names. An ACL may be named in any case."""
    while True:
        words = {word.lstrip("!").lower() for line in lines if not line.startswith("#")
                 for word in line.split()[2 if RULE.match(line) else 3:]}
        kept = [line for line in lines if not re.match(r"^\s*acl\s", line) or line.split()[1].lower() in words]
        if len(kept) == len(lines):
            return lines
        lines = kept


def smaller(text, request, still):
    """`still(text, request)` is true where they disagree. Returns the smallest pair found."""
    lines, left = text.splitlines(), [TRIALS]

    def holds(some, asked):
        if left[0] <= 0:
            return False
        left[0] -= 1
        return still("\n".join(some) + "\n", asked)

    tried = _used(lines)
    if holds(tried, request):
        lines = tried
    for size in (16, 8, 4, 2, 1):
        at = len(lines)
        while at > 0:
            rules = [number for number in range(at) if DROPPABLE.match(lines[number])][-size:]
            if not rules:
                break
            tried = _used([line for number, line in enumerate(lines) if number not in rules])
            if holds(tried, request):
                lines = tried
            at = min(rules[0], len(lines))
    for word in re.findall(r' (?:user|password|tls|agent|header|sni|helper)=(?:"[^"]*"|\S+)', request):
        shorter = request.replace(word, "", 1)
        if holds(lines, shorter):
            request = shorter
    return "\n".join(lines) + "\n", request
