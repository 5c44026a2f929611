#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs written transcripts of commands and compares what they print with what is written.

A transcript is a text file:

    # a comment, or any other line that does not belong to a command
    $ m365ctl lookup -t rules.txt outlook.office365.com
    outlook.office365.com ...        <- standard output and standard error as they come, without their empty lines. An
                                        empty line in the transcript ends them
    [1]                              <- the exit code, if it is not 0

A command continues after a backslash at the end of its line, and in lines that begin with `> ` (a here-document). In a
manual page the literal blocks (`.Bd -literal` to `.Ed`, `.nf` to `.fi`) are read in the same way. Exit codes are not
shown there; a command that prints nothing must end with 0, since nothing else would tell that it failed.

Each file runs in its own scratch folder with copies of the shipped tables and of the `data` folder next to the
transcript. The programs just built come first in PATH. Every command runs with the C locale in UTC.

    transcript.py [--update] FILE...     last line: N passed, N failed
"""

import difflib
import os
import pathlib
import shutil
import subprocess
import sys

import stage

SOURCE, BUILD = pathlib.Path(stage.SOURCE), pathlib.Path(stage.BUILD)


class Step:
    """One command: its words as written, and what it must print."""

    def __init__(self, line):
        self.line = line  # index of its first line
        self.shown = []  # as written, with `$ `
        self.expected = []

    def command(self):
        return "\n".join(line[2:] if line.startswith(("$ ", "> ")) else line for line in self.shown)


def read_steps(lines):
    """The steps of a transcript, in order."""
    steps, step = [], None
    for index, line in enumerate(lines):
        if step and not step.expected and (step.shown[-1].endswith("\\") or line.startswith("> ")):
            step.shown.append(line)
        elif line.startswith("$ "):
            step = Step(index)
            step.shown.append(line)
            steps.append(step)
        elif not line:
            step = None
        elif step:
            step.expected.append(line)
    return steps


def read_manual(lines):
    """The steps in the literal blocks of a manual page; roff's escapes are taken back."""
    text, inside = [], False
    for line in lines:
        if line.startswith(".Bd -literal") or (line.startswith(".") and line.endswith(".nf")):
            inside = True
        elif line.startswith(".Ed") or (line.startswith(".") and line.endswith(".fi")):
            inside = False
        if not inside or line.startswith("."):
            text.append("")
            continue
        line = line[2:] if line.startswith("\\&") else line
        for escape, plain in (("\\(aq", "'"), ("\\(ti", "~"), ("\\(ha", "^"), ("\\-", "-"), ("\\(dq", '"'), ("\\e", "\\")):
            line = line.replace(escape, plain)
        text.append(line)
    return read_steps(text)


def run(step, folder, manual):
    """What the command prints, as lines."""
    environment = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC0", SOURCE=str(SOURCE), BUILD=str(BUILD))
    environment["PATH"] = f"{BUILD / 'helper'}:{environment['PATH']}"
    done = stage.run("sh", "-c", step.command(), cwd=folder, env=environment, text=False, capture_output=False,
                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = done.stdout.decode("utf-8", "backslashreplace").split("\n")
    lines = [line for line in lines if line]
    if done.returncode != 0 and (not manual or not lines):
        lines.append(f"[{done.returncode}]")
    return lines


def fill_folder(folder, path):
    """Copies contents only: the source may be read-only."""
    for file in sorted((SOURCE / "conf").glob("*.rules")) + sorted((path.parent / "data").glob("*")):
        shutil.copyfile(file, pathlib.Path(folder) / file.name)


def check(tally, path, update):
    """The steps of one file."""
    lines = path.read_text(encoding="utf-8").split("\n")
    manual = not path.name.endswith(".t")
    steps = read_manual(lines) if manual else read_steps(lines)
    before = tally.failed
    with stage.Place() as place:
        fill_folder(place.top, path)
        for step in steps:
            printed = run(step, place.top, manual)
            where = f"{os.path.relpath(path, SOURCE)}:{step.line + 1}"
            tally.case(where, "\n".join(difflib.unified_diff(step.expected, printed, where, "printed", lineterm="")))
            step.expected = printed
    if update and tally.failed > before:
        write_back(path, lines, steps, manual)


def escape(line):
    """A line of output as a literal block of a manual page writes it."""
    line = line.replace("\\", "\\e")
    return "\\&" + line if line.startswith((".", "'")) else line


def write_back(path, lines, steps, manual):
    """Replaces what was expected by what was printed."""
    result, at = [], 0
    for step in steps:
        start = step.line + len(step.shown)
        result += lines[at:start] + [escape(line) if manual else line for line in step.expected]
        at = start
        while at < len(lines) and lines[at] and not lines[at].startswith(("$ ", "." if manual else "$ ")):
            at += 1
    path.write_text("\n".join(result + lines[at:]), encoding="utf-8")


def main():
    words = sys.argv[1:]
    update = "--update" in words
    tally = stage.Tally()
    for name in words:
        if name != "--update":
            check(tally, pathlib.Path(name).resolve(), update)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
