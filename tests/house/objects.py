#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The laws about what was built, read from the objects.

What it is for: an include shows what a file may call, an object shows what it does
call. The symbols (nm) show which file uses which. That picture has no circle, inside a
room or across rooms, and keeps to the rooms. readelf and ldd show what a program
links.

Where it sits: tests/house/, called by house.py with the folder of a build.

What does not belong here: laws that need no build.
"""

import collections
import os
import re
import subprocess

import c_text

LIBRARIES_ANYWHERE = {"libasan", "libubsan", "liblsan", "libgcc_s", "ld-linux-x86-64", "ld-linux-aarch64"}
WANTED = "Uvw"  # kinds of nm: wanted from others; defined for others (i and u are GNU's)
DEFINED = "ABCDGRSTVWiu"


def tool(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    return done.stdout if done.returncode == 0 else ""


class Objects:
    """Which file uses which symbols of which other file. A function or macro in a header belongs to the .c file of
    the same name, or to the header itself if there is none."""

    def __init__(self, top, build, files):
        self.top, self.build, self.files = top, build, set(files)
        self.sources = [f for f in files if f.endswith(".c") and f.split("/")[0] in ("common", "helper")]
        self.headers = [f for f in files if f.endswith(".h") and f.split("/")[0] in ("common", "helper")]
        self.defined, self.wanted = {}, {}  # symbol -> sources that define it; source -> symbols it wants
        self.known = {}  # file -> headers it includes
        self.objects = {source: self.objects_of(source) for source in self.sources}
        self.silent, self.programs = [], []  # objects without a symbol; sources with a main()
        for source, paths in self.objects.items():
            for path in paths:
                self.read_symbols(source, tool("nm", "--format=posix", path))
        self.uses = {source: self.uses_of(source, self.wanted[source]) for source in self.wanted}
        self.add_headers()

    def objects_of(self, source):
        """The objects made of a source: automake puts `TARGET-` before the name if flags are the target's own."""
        folder, name = os.path.split(source[:-2])
        here = os.path.join(self.build, folder)
        pattern = re.compile(r"([A-Za-z0-9_]+-)?" + re.escape(name) + r"\.o")
        found = sorted(os.listdir(here)) if os.path.isdir(here) else []
        return [os.path.join(here, f) for f in found if pattern.fullmatch(f)]

    def read_symbols(self, source, text):
        wanted = self.wanted.setdefault(source, set())
        symbols = re.findall(r"^(\S+) (\S)(?: |$)", text, re.M)
        if not any(kind in DEFINED for _, kind in symbols):
            self.silent.append(source)
        for symbol, kind in symbols:
            if kind in WANTED:
                wanted.add(symbol)
            elif kind in DEFINED and symbol == "main":
                self.programs.append(source)
            elif kind in DEFINED:
                self.defined.setdefault(symbol, set()).add(source)

    def uses_of(self, user, symbols):
        """other source -> one symbol by which it is used"""
        return {other: symbol for symbol in sorted(symbols, reverse=True)
                for other in self.defined.get(symbol, ()) if other != user}

    def add_headers(self):
        """What functions and macros in headers use, and who uses these. One that uses nothing draws no arrow."""
        self.home = {header: header[:-2] + ".c" if header[:-2] + ".c" in self.files else header for header in self.headers}
        text = {name: c_text.read(self.top, name) for name in self.sources + self.headers}
        pieces = {header: [(name, set(c_text.WORD.findall(code))) for name, code in c_text.carried(text[header])] for header in self.headers}
        live, grown = set(self.defined), True
        while grown:
            more = {name for inside in pieces.values() for name, words in inside if words & live}
            grown = not more <= live
            live |= more
        for header, inside in pieces.items():
            for name, words in inside:
                self.add(self.home[header], self.uses_of(self.home[header], words & set(self.defined)))
        for name, code in text.items():
            words = set(c_text.WORD.findall(c_text.code_only(code))) & live
            for header in self.seen_by(name) if words else ():
                for piece in words & {piece for piece, inside in pieces[header] if inside & live}:
                    self.add(self.home.get(name, name), {self.home[header]: piece})

    def add(self, user, used):
        for other, symbol in used.items():
            if other != user:
                self.uses.setdefault(user, {}).setdefault(other, symbol)

    def seen_by(self, name):
        """The headers that a file includes, also through others."""
        seen, queue = {name}, [name]
        for at in queue:
            new = sorted(self.included(at) - seen)
            seen.update(new)
            queue += new
        return seen - {name}

    def included(self, name):
        """The headers of the project that a file itself includes."""
        if name not in self.known:
            near = [os.path.dirname(name), "common", "helper"]
            found = (f"{folder}/{header}" for _, header, _, wrong in c_text.includes(self.top, name) if not wrong for folder in near)
            self.known[name] = set(found) & set(self.headers)
        return self.known[name]

    def tests(self):
        """(test, the symbols it wants) of each test that was built."""
        for source in sorted(f for f in self.files if f.startswith("tests/") and f.endswith(".c")):
            for path in self.objects_of(source):
                symbols = re.findall(r"^(\S+) (\S)(?: |$)", tool("nm", "--format=posix", path), re.M)
                yield source, {symbol for symbol, kind in symbols if kind in WANTED}


def way(uses, start, end):
    """The shortest way along the arrows from one file to another, without the start; None if there is none."""
    came, queue = {start: None}, [start]
    for at in queue:
        for following in sorted(uses.get(at, ())):
            if following == end:
                path = [following]
                while at != start:
                    path.append(at)
                    at = came[at]
                return path[::-1]
            if following not in came:
                came[following] = at
                queue.append(following)
    return None


def law_fresh(law, objects):
    """Every source was built after its last change."""
    for source, paths in objects.objects.items():
        if not paths:
            yield f"{source}: no object; is it in the local.mk of its room?"
        for path in paths:
            if os.stat(path).st_mtime_ns < os.stat(os.path.join(objects.top, source)).st_mtime_ns:
                yield f"{source}: newer than '{os.path.relpath(path, objects.build)}'; run make, or make clean if it is not built any more"
    for source in objects.silent:
        yield f"{source}: nm finds no symbol in its object; is nm installed?"


def law_circles(law, objects):
    """There is no circle among files."""
    left = set(objects.uses)
    for source in sorted(objects.uses):
        circle = way(objects.uses, source, source) if source in left else None
        if circle:
            left -= set(circle)
            steps = zip([source] + circle, circle)
            yield f"{source}: a circle: " + ", ".join(f"{a} uses {objects.uses[a][b]} of {b}" for a, b in steps)


def law_reach(law, objects):
    """No object uses a room that it may not see."""
    for source, others in sorted(objects.uses.items()):
        own = law.room(source)
        for other, symbol in sorted(others.items()):
            room = law.room(other)
            if own and room and room != own and room not in law.sees[own]:
                yield f"{source}: uses {symbol} of {other}, but '{own}' may not see '{room}'"


def law_arrows(law, objects):
    """A room may see only rooms that it uses."""
    used = {(law.room(name), law.room(header)) for name in objects.sources + objects.headers for header in objects.included(name)}
    used |= {(law.room(source), law.room(other)) for source, others in objects.uses.items() for other in others}
    for room, others in law.sees.items():
        for other in sorted(others):
            if (room, other) not in used:
                yield f"tests/house/rooms: '{room}' uses nothing of '{other}'; take the arrow away"


def law_members(law, objects):
    """A library holds only objects of rooms."""
    made = collections.Counter(os.path.basename(path) for source, paths in objects.objects.items() if law.room(source) for path in paths)
    for name in sorted(os.listdir(objects.build)):
        if name.startswith("libm365") and name.endswith(".a"):
            members = collections.Counter(tool("ar", "t", os.path.join(objects.build, name)).split())
            if not members:
                yield f"{name}: ar finds no member"
            for member in sorted(members - made):
                yield f"{name}: '{member}' is not made of a source in a room"


def law_declared(law, objects):
    """What a file uses of another one, a header declares: a public header if that is another room."""
    words = {header: set(c_text.WORD.findall(c_text.code_only(c_text.read(objects.top, header)))) for header in objects.headers}
    users = sorted(objects.wanted.items()) + list(objects.tests())
    for user, symbols in users:
        own = law.room(user)
        for symbol in sorted(symbols & set(objects.defined)):
            homes = {law.room(source) for source in objects.defined[symbol]}
            if user in objects.defined[symbol] or not any(homes):
                continue
            if not any(symbol in words[header] for header in objects.headers
                       if law.room(header) in homes and (law.room(header) == own or
                                                           law.may_include(own, law.room(header), os.path.basename(header)))):
                yield f"{user}: uses {symbol} of {min(objects.defined[symbol])}, but no header that it may include declares it"


def law_calls(law, objects):
    """No object calls a banned function."""
    for source, symbols in sorted(objects.wanted.items()):
        banned = law.banned(source)
        for symbol in sorted(symbols):
            word = law.plain(symbol)
            if word in banned:
                yield f"{source}: its object calls '{symbol}', and '{word}' {banned[word]}"


def library_name(soname):
    return re.sub(r"-\d+\.\d[\d.]*$", "", soname.split(".so")[0])


def law_links(law, objects):
    """The helpers contain no network code. A program links only what tests/house/rooms lists."""
    for source in objects.programs:
        if os.path.basename(source)[:-2] not in law.links:
            yield f"{source}: is a program; write into tests/house/rooms what it may link"
    for program, allowed in law.links.items():
        path = os.path.join(objects.build, "helper", program)
        if not os.path.exists(path):
            continue
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", tool("readelf", "-d", path))
        if not needed:
            yield f"helper/{program}: readelf finds no library"
        for soname in needed:
            if library_name(soname) not in allowed | LIBRARIES_ANYWHERE:
                yield f"helper/{program}: links '{soname}', which tests/house/rooms does not list"
        along = {library_name(line.split()[0]) for line in tool("ldd", path).splitlines() if line.split()}
        for name in sorted(b for b in along if any((b + "-").startswith(n + "-") for n in law.never.get(program, ()))):
            yield f"helper/{program}: '{name}' comes with it, perhaps through another library"


LAWS = (law_fresh, law_circles, law_reach, law_arrows, law_members, law_declared, law_calls, law_links)
