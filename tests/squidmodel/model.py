# SPDX-License-Identifier: GPL-2.0-or-later
"""
model.py - the model's courses for a configuration, as `m365ctl trace --json` prints them.

    squid.conf, REQUESTs --> m365ctl trace --> [Said]

Where it sits: tests/squidmodel/. What does not belong here: what Squid does, and the comparison (judge.py).
"""

import json
import os
import subprocess

LIMIT_S = 60


class Unable(Exception):
    """trace said nothing that can be compared; the text says why."""


def deciding(step):
    """The line of the rule that decides; None if the list ended at it, or without one."""
    return None if step.get("stopped") else step["line"]


class Course:
    """One way that a request may go. access, bump: lists of (action, line or None), as seen.course() gives them."""

    def __init__(self, given):
        self.end = given.get("end")
        self.assuming = given.get("assuming") or []
        asked = (given.get(key) for key in ("http_access", "http_access_again", "http_access_inside"))
        self.access = [(one["action"], deciding(one)) for one in asked if one]
        self.bump = [(one["action"] if deciding(one) else None, deciding(one)) for one in given["ssl_bump"]]


class Said:
    """What the model says about one request."""

    def __init__(self, given):
        self.given = given
        self.certain, self.more = bool(given.get("certain")), bool(given.get("more"))
        self.courses = [Course(one) for one in given.get("courses") or []]


def said(folder, conf, requests, version, program="m365ctl"):
    """The model's answer to each request, in order; raises Unable."""
    command = [os.path.join(folder, "programs", program), "trace", "-c", conf, "--squid-version", version,
               "--hosts", os.path.join(folder, "hosts"), "--json"]
    done = subprocess.run(command, input="".join(f"{one}\n" for one in requests), capture_output=True, text=True,
                          timeout=LIMIT_S, check=False)
    try:
        answers = [Said(one) for one in objects(done.stdout)]
    except ValueError as why:
        raise Unable(f"no JSON from trace: {why}: {done.stdout[:300]!r}") from why
    if len(answers) != len(requests):
        raise Unable(f"{len(answers)} answers to {len(requests)} requests, exit {done.returncode}: {done.stderr[:600]}")
    return answers


def objects(text):
    """JSON objects one after the other, or one list of them."""
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        one, at = decoder.raw_decode(text, at)
        yield from (one if isinstance(one, list) else [one])
