#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The progress line of a long compile: drawn on a terminal, and never seen anywhere else.

    top_builddir=DIR tests/golden/bar_test.py

The program gets one end of a pseudo-terminal as its stderr. What it writes there is drawn on a screen in memory. The
last line is `N passed, N failed`.
"""
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)
from stage import CTL, PATIENCE, check  # noqa: E402

COLUMNS = 80


class Terminal:
    """A pseudo-terminal: the program's end, and what came out of the other one, with the time of each piece."""

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
        """What an endlessly wide screen shows in the end. A line that is drawn over must fit on a narrow one."""
        lines = [""]
        column = 0
        text = self.text()
        for char, after in zip(text, text[1:] + " "):
            if char == "\r":
                check(after == "\n" or column < COLUMNS, "no drawing wraps", lines[-1])
                column = 0
            elif char == "\n":
                lines.append("")
            else:
                check(char.isprintable(), "a printable character", char)
                lines[-1] = lines[-1][:column].ljust(column) + char + lines[-1][column + 1:]
                column += 1
        return [line.rstrip() for line in lines]


def lines(count, start=0):
    return "".join(f"name-{number}.example\n" for number in range(start, start + count)).encode()


def hold(child, until):
    """Stops the program again and again, so that there is time to see what it draws."""
    held = time.monotonic() + 20
    while child.poll() is None and time.monotonic() < held and not until():
        time.sleep(0.02)
        child.send_signal(signal.SIGSTOP)
        time.sleep(0.25)
        child.send_signal(signal.SIGCONT)


def every_step(folder):
    """Reading, sorting and compiling, one after the other; not too often; nothing stays."""
    path = os.path.join(folder, "list")
    with open(path, "wb") as file:
        file.write(lines(900000))
    terminal = Terminal()
    child = terminal.start(CTL, "compile", "-t", "inspect:" + path, "-o", os.path.join(folder, "a.image"))
    hold(child, lambda: terminal.text().count("reading") >= 2)
    check(terminal.finish(child) == 0, "exit status", terminal.text())
    drawn = re.findall(r"\rm365ctl: reading \S+: (\d+) lines, ", terminal.text())
    check(len(drawn) >= 2, "the line is drawn", terminal.text())
    check([int(n) for n in drawn] == sorted({int(n) for n in drawn}), "it counts", drawn)
    check("\rm365ctl: sorting 900000 rules" in terminal.text() and
          "\rm365ctl: compiling 900000 rules" in terminal.text(), "the steps after reading are named", terminal.text())
    for moment, _ in terminal.pieces:
        within = sum(piece.count("\rm365ctl: ") for at, piece in terminal.pieces if moment <= at < moment + 1)
        check(within <= 10, "at most ten times a second", within)
    screen = terminal.screen()
    check(screen[1:] == [""] and screen[0].startswith("m365ctl: wrote '"), "nothing is left of it", screen)


def from_a_file(folder):
    """A file has a size. The program is held again and again, so that there is time to see it."""
    path = os.path.join(folder, "a\tfolder-with-quite-a-long-name-that-nobody-needs", "list.txt")
    os.mkdir(os.path.dirname(path))
    with open(path, "wb") as file:
        file.write(lines(900000))
        file.write(b"bad!\n")
    terminal = Terminal()
    child = terminal.start(CTL, "compile", "-t", "allow:" + path, "-o", os.path.join(folder, "b.image"))
    hold(child, lambda: terminal.text().count("reading") >= 2)
    check(terminal.finish(child) == 0, "exit status", terminal.text())
    drawn = re.findall(r"\rm365ctl: reading (\S+): \d+ lines, (\d+) % of (\d+) MiB *(?=\r)", terminal.text())
    check(len(drawn) >= 1, "the line is drawn", terminal.text())
    for name, share, size in drawn:
        check(name.startswith("...") and name.endswith("/list.txt"), "the end of the path", name)
        check(0 < int(share) <= 100 and int(size) == os.path.getsize(path) >> 20, "per cent", drawn)
    screen = terminal.screen()
    check(len(screen) == 4 and screen[0].startswith("m365ctl: '") and
          screen[1].endswith("1 refused, the rest is loaded") and screen[2].startswith("m365ctl: wrote '"),
          "complaints have lines of their own", screen)


def what_is_quick(folder):
    """Nothing is drawn for a moment's work, and nothing is left on the screen after a failure."""
    with open(os.path.join(folder, "t.rules"), "wb") as file:
        file.write(b"allow a.example\n")
    for name, status in (("t.rules", 0), ("absent", 2)):
        terminal = Terminal()
        child = terminal.start(CTL, "compile", "-t", os.path.join(folder, name), "-o", os.path.join(folder, "c.image"))
        check(terminal.finish(child) == status, "exit status", terminal.text())
        check(re.fullmatch(r"m365ctl: [^\r]*\r\n", terminal.text()), "one line", terminal.text())


def no_terminal(folder):
    """If stderr is a pipe, no progress line is written to it."""
    path = os.path.join(folder, "list")
    with open(path, "wb") as file:
        file.write(lines(900000))
    child = subprocess.Popen([CTL, "compile", "-t", "inspect:" + path, "-o", os.path.join(folder, "d.image")],
                             stderr=subprocess.PIPE)
    end = time.monotonic() + 1.5
    hold(child, lambda: time.monotonic() > end)
    said = child.communicate(timeout=PATIENCE)[1].decode()
    check(re.fullmatch(r"m365ctl: wrote '[^\r\n]*\n", said), "one sentence", said)


def main():
    if not stage.built(CTL):
        return 1
    tally = stage.Tally()
    for one in (every_step, from_a_file, what_is_quick, no_terminal):
        with stage.Place() as place:
            tally.attempt(one.__name__, one, place.top)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
