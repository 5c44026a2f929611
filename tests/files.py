#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The project's own files: all files except those that .gitignore names.

    files.py [-0] [FOLDER]

Prints their names relative to FOLDER (default: the folder above this one), sorted,
one a line or, with -0, each ended by a NUL. Does not ask Git: a tarball, a machine
without git and a clone of another user have the same files.

Where it sits: run.sh, lint.sh and bare.sh run it, house.py imports files(); house/
files_test.py tests it.

What does not belong here: what a file is for.
"""

import os
import re
import sys


def translated(glob):
    """The regular expression of one pattern; `*` and `?` stop at a slash."""
    out, at = "", 0
    while at < len(glob):
        rest = glob[at:]
        group = re.match(r"\[([!^]?)(\]?[^]]*)\]", rest)
        if rest.startswith("**/") and (at == 0 or glob[at - 1] == "/"):
            out, at = out + "(?:[^/]+/)*", at + 3
        elif rest == "**" and at > 0 and glob[at - 1] == "/":
            out, at = out + ".+", at + 2
        elif rest[0] == "*":
            out, at = out + "[^/]*", at + 1
        elif rest[0] == "?":
            out, at = out + "[^/]", at + 1
        elif group:
            inside = re.sub(r"([\\\[&~|])", r"\\\1", group[2])
            out, at = out + f"(?!/)[{'^' if group[1] else ''}{inside}]", at + len(group[0])
        elif rest[0] == "\\" and len(rest) > 1:
            out, at = out + re.escape(rest[1]), at + 2
        else:
            out, at = out + re.escape(rest[0]), at + 1
    return out


def rule(line):
    """(ignored, folders only, expression) of a line of .gitignore, or None."""
    line = re.sub(r"(?<!\\)[ \t\r]+$", "", line.rstrip("\n"))
    if not line or line.startswith("#"):
        return None
    ignored = not line.startswith("!")
    glob = line if ignored else line[1:]
    only_folders = glob.endswith("/")
    glob = glob.rstrip("/")
    anchored = "/" in glob
    return ignored, only_folders, re.compile(("" if anchored else "(?:.*/)?") + translated(glob.lstrip("/")), re.S)


def rules(top):
    """The rules of FOLDER's .gitignore; none without one."""
    try:
        with open(os.path.join(top, ".gitignore"), encoding="utf-8", errors="surrogateescape") as file:
            return [one for one in map(rule, file) if one]
    except FileNotFoundError:
        return []


def ignored(known, name, is_folder):
    """Is the file ignored? The last rule that matches decides."""
    for verdict, only_folders, expression in reversed(known):
        if (is_folder or not only_folders) and expression.fullmatch(name):
            return verdict
    return False


def files(top):
    """The relative names of the project's files below TOP, sorted. Links are files and are not followed."""
    known, found, folders = rules(top), [], [""]
    while folders:
        folder = folders.pop()
        with os.scandir(os.path.join(top, folder)) as entries:
            for entry in entries:
                name, is_folder = folder + entry.name, entry.is_dir(follow_symlinks=False)
                if entry.name == ".git" or ignored(known, name, is_folder):
                    continue
                if is_folder:
                    folders.append(name + "/")
                else:
                    found.append(name)
    return sorted(found)


def main():
    words = sys.argv[1:]
    end = "\n"
    if words[:1] == ["-0"]:
        end, words = "\0", words[1:]
    if len(words) > 1 or words and words[0].startswith("-"):
        print("usage: files.py [-0] [FOLDER]", file=sys.stderr)
        return 2
    top = words[0] if words else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    text = "".join(name + end for name in files(top))
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
