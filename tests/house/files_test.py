#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Does ../files.py read .gitignore as git does?

Each case is a .gitignore, and a tree in which some files are the project's and the
others are not. Run by `make check`; needs neither network nor git.
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
import files  # noqa: E402  pylint: disable=wrong-import-position

# (why, .gitignore, the project's files, what is left out)
CASES = (
    ("nothing is left out without a pattern", "", "a b/c .d", ".git/config x/.git/config"),
    ("a worktree's .git is a file", "", "a", ".git"),
    ("a name anywhere", "x.o\n", "x.oo b/y.o", "x.o b/x.o b/c/x.o"),
    ("a star", "*.o\n", "o x.c b/.oo", "x.o .o b/y.o"),
    ("a star stops at a slash", "/b/*.o\n", "x.o b/c/x.o c/b/x.o", "b/x.o"),
    ("a question mark", "a?\n", "a abc", "ab b/ax"),
    ("a question mark is not a slash", "/a?b\n", "a/b", "axb"),
    ("a set", "a[0-9x]\n", "a ay", "a1 b/ax"),
    ("a set that is turned round", "a[!0-9]\n", "a1", "ab a!"),
    ("anchored", "/x\n", "b/x", "x"),
    ("anchored with a star", "/build*\n", "b/build-x", "build build-x/a build-x/b/c"),
    ("a slash in the middle anchors", "b/x\n", "x c/b/x", "b/x"),
    ("folders only", "x/\n", "x b/y", "c/x/a c/x/b/d"),
    ("... anchored", "/x/\n", "b/x/a", "x/a"),
    ("what is below a name that is left out", "x\n", "y/a", "x/a b/x/c/d"),
    ("two stars in front", "**/x\n", "b/y", "x b/x b/c/x"),
    ("two stars at the end", "b/**\n", "c/b/x", "b/x b/c/x"),
    ("two stars between", "b/**/x\n", "x b/y", "b/x b/c/x b/c/d/x"),
    ("two stars that are one", "a**b\n", "a/b", "ab axxb"),
    ("turned back", "*.o\n!x.o\n", "x.o b/x.o", "y.o"),
    ("the last one counts", "!x.o\n*.o\n", "a", "x.o"),
    ("not out of a folder that is left out", "/b/\n!/b/x\n", "a", "b/x b/y"),
    ("a comment", "# x\n", "x #", ""),
    ("a comment that is none", "\\#x\n", "x", "#x"),
    ("an exclamation mark that is one", "\\!x\n", "x", "!x"),
    ("spaces at the end", "x  \r\n\n", "y", "x"),
    ("a dot is a dot", "a.b\n", "axb", "a.b"),
    ("a plus is a plus", "a+\n", "aa", "a+"),
)

PASSED = FAILED = 0


def check(why, got, want):
    global PASSED, FAILED
    PASSED, FAILED = PASSED + (got == want), FAILED + (got != want)
    if got != want:
        print(f"FAILED: {why}", f"want: {want}", f"got:  {got}", sep="\n    ")


def put(top, name, text=""):
    path = os.path.join(top, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def patterns():
    for why, text, ours, others in CASES:
        with tempfile.TemporaryDirectory() as top:
            for name in ours.split() + others.split():
                put(top, name)
            put(top, ".gitignore", text)
            check(why, files.files(top), sorted(ours.split() + [".gitignore"]))


def trees():
    with tempfile.TemporaryDirectory() as top:
        put(top, "b/x")
        check("a tree without .gitignore", files.files(top), ["b/x"])
        os.symlink(top, os.path.join(top, "b", "circle"))
        os.symlink("nowhere", os.path.join(top, "dangling"))
        check("links are files", files.files(top), ["b/circle", "b/x", "dangling"])


def printed():
    program = os.path.join(HERE, "..", "files.py")
    with tempfile.TemporaryDirectory() as top:
        put(top, "b")
        put(top, "a c")
        for options, want in (([], b"a c\nb\n"), (["-0"], b"a c\0b\0")):
            done = subprocess.run([sys.executable, "-B", program, *options, top], stdout=subprocess.PIPE, check=False)
            check(f"printed {options}", (done.returncode, done.stdout), (0, want))
    done = subprocess.run([sys.executable, "-B", program, "--no-such"], stderr=subprocess.DEVNULL, check=False)
    check("a wrong option", done.returncode, 2)


def main():
    patterns()
    trees()
    printed()
    print(f"{PASSED} passed, {FAILED} failed")
    return 1 if FAILED or not PASSED else 0


if __name__ == "__main__":
    sys.exit(main())
