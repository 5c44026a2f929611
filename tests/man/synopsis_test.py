#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every option that `m365ctl help COMMAND` shows is in the synopsis of m365ctl(8), or in the page of its own.

    top_builddir=DIR tests/man/synopsis_test.py

A synopsis may say `replay-option` and the like; the page that it leads to then has the options. The last line is
`N passed, N failed`.
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import CTL, SOURCE, check, want  # noqa: E402

# What stands for options in a synopsis, and where they are.
ELSEWHERE = {"compile-option": "helper/m365ctl.8", "path-option": "helper/m365ctl.8", "export-option": "conf/m365-export.7",
             "replay-option": "conf/m365-replay.7"}


def page(name):
    with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
        return file.read()


def ask(*words):
    return subprocess.run([CTL, "help", *words], capture_output=True, text=True, timeout=stage.PATIENCE, check=True).stdout


def options(text):
    """Pairs of an option and its letter, which may be empty, as help shows them."""
    return [(name, letter) for letter, name in re.findall(r"^  (?:-(\w), )?--([a-z0-9-]+)", text, re.MULTILINE)]


def synopses():
    """What each command has in the synopsis."""
    text = page("helper/m365ctl.8")
    text = text[text.index(".Sh SYNOPSIS"):text.index(".Sh DESCRIPTION")]
    found = {}
    for part in re.split(r"^\.Nm$", text, flags=re.MULTILINE)[1:]:
        names = re.search(r"^\.Cm (.*)$", part, re.MULTILINE)
        if names:
            found[names.group(1)] = part
    return found


def has(text, option):
    name, letter = option
    return re.search(rf"Fl -{name}(?![\w-])", text) or (letter and re.search(rf"Fl {letter}(?!\w)", text)) or \
        re.search(rf"Fl [^\n]*-{name}(?![\w-])", text)


def test_synopsis():
    places = synopses()
    commands = re.findall(r"^  ([a-z-]+) ", ask(), re.MULTILINE)
    want("commands", sorted(places), sorted(commands))
    missing, seen = [], 0
    for command in commands:
        text = places[command] + "".join(page(where) for word, where in ELSEWHERE.items() if word in places[command])
        of_command = options(ask(command))
        missing += [f"{command} --{option[0]}" for option in of_command if not has(text, option)]
        seen += len(of_command)
    check(seen > 100, f"only {seen} options were found")
    want("missing", missing, [])


if __name__ == "__main__":
    tally = stage.Tally()
    for called, test in stage.named(stage.tests_in(globals()), sys.argv[1:]):
        tally.attempt(called, test)
    sys.exit(tally.finish())
