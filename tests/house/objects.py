#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The laws about what was built: read from the objects, not from what sources say.

What it is for: an include shows what a file may call, an object shows what it does
call. From the symbols (nm) follows which file uses which; that picture has no
circle, inside a room or across, and keeps to the rooms. And what a program links
(readelf, ldd).

Where it sits: tests/house/, called by house.py with the folder of a build.

What does not belong here: laws that need no build.
"""

import os
import re
import subprocess

LIBRARIES_ANYWHERE = {"libasan", "libubsan", "liblsan", "libgcc_s", "ld-linux-x86-64", "ld-linux-aarch64"}


def tool(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    return done.stdout if done.returncode == 0 else ""


class Objects:
    """Which source uses which symbols of which other source."""

    def __init__(self, build, files):
        self.sources = [f for f in files if f.endswith(".c") and f.split("/")[0] in ("common", "helper")]
        self.defined, self.wanted = {}, {}  # symbol -> sources that define it; source -> symbols it wants
        for source in self.sources:
            for path in self.objects_of(build, source):
                self.read_symbols(source, tool("nm", "--format=posix", path))
        self.uses = {source: self.uses_of(source) for source in self.wanted}

    @staticmethod
    def objects_of(build, source):
        """The objects made of a source: automake puts `LIBRARY-` before the name if flags are the target's own."""
        folder, name = os.path.split(source[:-2])
        here = os.path.join(build, folder)
        pattern = re.compile(r"([A-Za-z0-9_]+-)?" + re.escape(name) + r"\.o")
        found = sorted(os.listdir(here)) if os.path.isdir(here) else []
        return [os.path.join(here, f) for f in found if pattern.fullmatch(f)]

    def read_symbols(self, source, text):
        wanted = self.wanted.setdefault(source, set())
        for symbol, kind in re.findall(r"^(\S+) (\S)(?: |$)", text, re.M):
            if kind in "Uvw":
                wanted.add(symbol)
            elif kind.isupper() and symbol != "main":
                self.defined.setdefault(symbol, set()).add(source)

    def uses_of(self, source):
        """other source -> one symbol by which it is used"""
        return {other: symbol for symbol in sorted(self.wanted[source], reverse=True)
                for other in self.defined.get(symbol, ()) if other != source}


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


def law_circles(law, build, files):
    """No file needs itself through others: the objects show no circle."""
    objects = Objects(build, files)
    for source in objects.sources:
        if source not in objects.wanted:
            yield f"{source}: no object; is it in the local.mk of its room?"
    if objects.sources and not objects.defined:
        yield "nm finds no symbol in any object; is it installed?"
    left = set(objects.uses)
    for source in sorted(objects.uses):
        circle = way(objects.uses, source, source) if source in left else None
        if circle:
            left -= set(circle)
            steps = zip([source] + circle, circle)
            yield f"{source}: a circle: " + ", ".join(f"{a} uses {objects.uses[a][b]} of {b}" for a, b in steps)


def law_reach(law, build, files):
    """Objects keep to the rooms, too."""
    objects = Objects(build, files)
    for source, others in sorted(objects.uses.items()):
        own = law.room(source)
        for other, symbol in sorted(others.items()):
            room = law.room(other)
            if own and room and room != own and room not in law.sees[own]:
                yield f"{source}: uses {symbol} of {other}, but '{own}' may not see '{room}'"


def library_name(soname):
    return re.sub(r"-\d+\.\d[\d.]*$", "", soname.split(".so")[0])


def law_links(law, build, files):
    """The helpers contain no network code, and no program needs what nobody expects."""
    for program, allowed in law.links.items():
        path = os.path.join(build, "helper", program)
        if not os.path.exists(path):
            continue
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", tool("readelf", "-d", path))
        if not needed:
            yield f"helper/{program}: readelf finds nothing needed"
        for soname in needed:
            if library_name(soname) not in allowed | LIBRARIES_ANYWHERE:
                yield f"helper/{program}: links '{soname}', which nobody expects"
        along = {library_name(line.split()[0]) for line in tool("ldd", path).splitlines() if line.split()}
        for name in sorted(b for b in along if any((b + "-").startswith(n + "-") for n in law.never.get(program, ()))):
            yield f"helper/{program}: '{name}' comes with it, perhaps through another library"


LAWS = (law_circles, law_reach, law_links)
