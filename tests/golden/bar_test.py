#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The line that a long compile draws on a terminal, and that nobody else ever sees.

    top_builddir=DIR tests/golden/bar_test.py

The program gets one end of a pseudo-terminal as its stderr; what it writes there is put on a screen of one's own. The
last line is `N passed, N failed`.
"""
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

CTL = os.path.join(os.path.abspath(os.environ.get("top_builddir", ".")), "helper", "m365ctl")
PATIENCE = 60
COLUMNS = 80


class Failed(Exception):
    """Says what was not so."""


def check(what, good, seen=None):
    if not good:
        raise Failed(f"{what}: {seen!r:.2000}")


class Terminal:
    """A pseudo-terminal; its end for a program and what came out of it, with the time of each piece."""

    def __init__(self):
        self.ours, self.theirs = pty.openpty()
        self.pieces = []
        self.reader = threading.Thread(target=self.read)

    def read(self):
        while True:
            try:
                piece = os.read(self.ours, 4096)
            except OSError:
                return
            if not piece:
                return
            self.pieces.append((time.monotonic(), piece.decode()))

    def start(self, *command, **more):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=self.theirs, **more)
        os.close(self.theirs)
        self.reader.start()
        return child

    def finish(self, child):
        status = child.wait(PATIENCE)
        self.reader.join(PATIENCE)
        os.close(self.ours)
        return status

    def text(self):
        return "".join(piece for _, piece in self.pieces)

    def screen(self):
        """What stands on a screen as wide as need be in the end; what is drawn over must not wrap on a narrow one."""
        lines = [""]
        column = 0
        text = self.text()
        for char, after in zip(text, text[1:] + " "):
            if char == "\r":
                check("no drawing wraps", after == "\n" or column < COLUMNS, lines[-1])
                column = 0
            elif char == "\n":
                lines.append("")
            else:
                check("a printable character", char.isprintable(), char)
                lines[-1] = lines[-1][:column].ljust(column) + char + lines[-1][column + 1:]
                column += 1
        return [line.rstrip() for line in lines]


def lines(count, start=0):
    return "".join(f"name-{number}.example\n" for number in range(start, start + count)).encode()


def from_a_pipe(folder):
    """A pipe has no size; four pieces, each later than the last."""
    terminal = Terminal()
    child = terminal.start(CTL, "compile", "-t", "inspect:-", "-o", os.path.join(folder, "a.image"),
                           stdin=subprocess.PIPE)
    for piece in range(4):
        child.stdin.write(lines(70000, piece * 70000))
        child.stdin.flush()
        time.sleep(0.3)
    child.stdin.close()
    check("exit status", terminal.finish(child) == 0, terminal.text())
    drawn = re.findall(r"\rm365ctl: reading -: (\d+) lines, (\d+) MiB *(?=\r)", terminal.text())
    check("the line is drawn", len(drawn) >= 2, terminal.text())
    check("it counts", [int(n) for n, _ in drawn] == sorted({int(n) for n, _ in drawn}), drawn)
    check("the work behind it is named", "\rm365ctl: sorting 280000 rules" in terminal.text() and
          "\rm365ctl: compiling 280000 rules" in terminal.text(), terminal.text())
    for moment, _ in terminal.pieces:
        within = sum(piece.count("\rm365ctl: ") for at, piece in terminal.pieces if moment <= at < moment + 1)
        check("at most ten times a second", within <= 10, within)
    screen = terminal.screen()
    check("nothing is left of it", screen[1:] == [""] and screen[0].startswith("m365ctl: wrote '"), screen)


def from_a_file(folder):
    """A file has a size. The program is held again and again, so that there is time to see it."""
    path = os.path.join(folder, "a\tfolder-with-quite-a-long-name-that-nobody-needs", "list.txt")
    os.mkdir(os.path.dirname(path))
    with open(path, "wb") as file:
        file.write(lines(900000))
        file.write(b"bad!\n")
    terminal = Terminal()
    child = terminal.start(CTL, "compile", "-t", "allow:" + path, "-o", os.path.join(folder, "b.image"))
    held = time.monotonic() + 20
    while child.poll() is None and time.monotonic() < held and terminal.text().count("reading") < 2:
        time.sleep(0.02)
        child.send_signal(signal.SIGSTOP)
        time.sleep(0.25)
        child.send_signal(signal.SIGCONT)
    check("exit status", terminal.finish(child) == 0, terminal.text())
    drawn = re.findall(r"\rm365ctl: reading (\S+): \d+ lines, (\d+) % of (\d+) MiB *(?=\r)", terminal.text())
    check("the line is drawn", len(drawn) >= 1, terminal.text())
    for name, share, size in drawn:
        check("the end of the path", name.startswith("...") and name.endswith("/list.txt"), name)
        check("per cent", 0 < int(share) <= 100 and int(size) == os.path.getsize(path) >> 20, drawn)
    screen = terminal.screen()
    check("complaints stand alone", len(screen) == 4 and screen[0].startswith("m365ctl: '") and
          screen[1].endswith("1 refused, the rest is loaded") and screen[2].startswith("m365ctl: wrote '"), screen)


def what_is_quick(folder):
    """Nothing is drawn for a moment's work, and a failure leaves nothing behind."""
    with open(os.path.join(folder, "t.rules"), "wb") as file:
        file.write(b"allow a.example\n")
    for name, status in (("t.rules", 0), ("absent", 2)):
        terminal = Terminal()
        child = terminal.start(CTL, "compile", "-t", os.path.join(folder, name), "-o", os.path.join(folder, "c.image"))
        check("exit status", terminal.finish(child) == status, terminal.text())
        check("one line", re.fullmatch(r"m365ctl: [^\r]*\r\n", terminal.text()), terminal.text())


def no_terminal(folder):
    """A pipe behind stderr sees what it ever saw."""
    child = subprocess.Popen([CTL, "compile", "-t", "inspect:-", "-o", os.path.join(folder, "d.image")],
                             stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    for piece in range(2):
        child.stdin.write(lines(70000, piece * 70000))
        child.stdin.flush()
        time.sleep(0.3)
    said = child.communicate(timeout=PATIENCE)[1].decode()
    check("one sentence", re.fullmatch(r"m365ctl: wrote '[^\r\n]*\n", said), said)


def main():
    failed = 0
    tests = (from_a_pipe, from_a_file, what_is_quick, no_terminal)
    for one in tests:
        folder = tempfile.mkdtemp(prefix="m365-bar-")
        try:
            one(folder)
        except Failed as failure:
            failed += 1
            print(f"FAILED {one.__name__}: {failure}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
