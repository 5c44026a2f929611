#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The law of the house, as a test.

What it is for: who may include whom (floors), how large things may be, which
words nobody writes, what a program may link, what the tarball holds. There is no
list of exceptions: whoever breaks a law mends the file, or changes the law in a
commit of its own.

    house.py [--top FOLDER] [--build FOLDER] [--dist-list FILE]

Where it sits: tests/house/, run by `make check`; selftest.py proves that every
law complains where it should.

What does not belong here: layout (clang-format) and bugs (make lint).
"""

import argparse
import os
import re
import subprocess
import sys

BODY_MAX, SOURCE_MAX, HEADER_MAX = 50, 500, 150
FOLDERS = {"common", "conf", "helper", "tests", ".ci"}
ROOT_FILES = {
    ".clang-format", ".clang-tidy", ".gitignore", "CHANGES.md", "LICENSE", "Makefile.am", "README.md", "autogen.sh",
    "configure.ac",
}
# What the build leaves behind; looked over only where git cannot tell.
BUILT = re.compile(r"(build.*|_build|_inst|autom4te\.cache|aclocal\.m4|config\..*|configure~?|Makefile(\.in)?|stamp-h1"
                   r"|libm365\.a|squid-m365-[0-9.]+(\.tar\.[a-z]+)?|.*\.log|.*\.trs|\.git|\.deps|\.dirstamp)")

BANNED = {"strcpy", "stpcpy", "strcat", "sprintf", "vsprintf", "gets", "strtok"}
MEMORY = {"malloc", "calloc", "realloc", "reallocarray", "free", "strdup", "strndup", "asprintf", "vasprintf", "alloca"}
MEMORY_FILES = {"common/base/arena.c", "common/base/buf.c"}
PRINTING = {"printf", "vprintf", "fprintf", "vfprintf", "dprintf", "vdprintf", "puts", "fputs", "putchar", "putc", "fputc",
            "perror", "exit", "_exit", "_Exit", "quick_exit", "abort"}

SOURCE = re.compile(r".*\.(c|h|py|sh|mk|ac|am|awk|[1-8])$")
ASCII = re.compile(r".*\.(c|h|py|sh|mk|ac|am|awk|[1-8]|rules|conf|in|supp|md)$|(^|/)(floors|LICENSE|run)$")


class Law:
    """The floors file, read."""

    def __init__(self, path):
        self.place = {}  # module -> (floor, position)
        self.apart, self.private, self.library = [], {}, {}
        self.links, self.never, self.system = {}, {}, set()
        with open(path, encoding="ascii") as file:
            for number, line in enumerate(file, 1):
                words = line.split("#", 1)[0].split()
                if words:
                    self.take(words, f"{path}:{number}")

    def take(self, words, where):
        kind, rest = words[0], words[1:]
        left, right = (rest[:rest.index(":")], rest[rest.index(":") + 1:]) if ":" in rest else (rest, [])
        if kind == "floor" and not right:
            for position, module in enumerate(left[1:]):
                if module in self.place:
                    sys.exit(f"{where}: '{module}' stands on two floors")
                self.place[module] = (int(left[0]), position)
        elif kind == "apart" and len(left) == 2:
            self.apart.append((left[0], left[1], set(right)))
        elif kind == "private" and len(left) == 1:
            self.private[left[0]] = set(right)
        elif kind == "library" and len(left) == 1 and len(right) == 1:
            self.library[left[0]] = right[0]
        elif kind == "system":
            self.system.update(left)
        elif kind in ("links", "never") and len(left) == 1:
            getattr(self, kind)[left[0]] = set(right)
        else:
            sys.exit(f"{where}: no such law")

    def module(self, path):
        """The module of a file or header, or None."""
        stem = os.path.basename(path).rsplit(".", 1)[0]
        fits = [m for m in self.place if stem == m or stem.startswith(m + "_")]
        return max(fits, key=len) if fits else None


def tracked(top):
    """The files git knows or would take, or None where git cannot say."""
    try:
        done = subprocess.run(["git", "-C", top, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                              capture_output=True, check=True)
        if not os.path.exists(os.path.join(top, ".git")):
            return None
    except (OSError, subprocess.CalledProcessError):
        return None
    names = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    return sorted(n for n in set(names) if n and os.path.lexists(os.path.join(top, n)))


def walked(top):
    found = []
    for folder, folders, files in os.walk(top):
        at_top = folder == top
        folders[:] = [f for f in folders if not (BUILT.fullmatch(f) or f == "__pycache__" or f == "build-aux")]
        found += [os.path.relpath(os.path.join(folder, f), top) for f in files
                  if not (BUILT.fullmatch(f) and (at_top or not SOURCE.match(f)))]
    return sorted(found)


def read(top, name):
    with open(os.path.join(top, name), "rb") as file:
        return file.read()


def lines_of(top, name):
    return read(top, name).decode("utf-8", "replace").split("\n")


def c_files(files, *folders):
    return [f for f in files if f.endswith((".c", ".h")) and f.split("/")[0] in folders]


def code_only(text):
    """C without comments and without the inside of literals; line numbers stay."""
    text = re.sub(r"__attribute__\(\(format\(\w+, \d+, \d+\)\)\)", "", text)
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return pattern.sub(lambda m: '""' if m[0][0] in "\"'" else "\n" * m[0].count("\n") or " ", text)


def includes(top, name):
    """(line, header, in angle brackets) of each include."""
    for number, line in enumerate(lines_of(top, name), 1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if found:
            yield number, found[2], found[1] == "<"
        elif re.match(r"\s*#\s*include\b", line):
            yield number, line.split("include", 1)[1].strip(), False


# ---- the laws: each yields complaints ---------------------------------------------------------------------------------


def law_layers(law, top, files):
    """Includes go down, or to the left on one floor."""
    for name in c_files(files, "common", "helper"):
        own = law.module(name)
        if own is None:
            yield f"{name}: on no floor; write it into tests/house/floors"
            continue
        for number, header, angle in includes(top, name):
            other = None if angle else law.module(header)
            if angle or other == own:
                continue
            if other is None:
                yield f"{name}:{number}: '{header}' is on no floor"
            elif law.place[other][0] > law.place[own][0]:
                yield f"{name}:{number}: includes up: '{header}' is on floor {law.place[other][0]}"
            elif law.place[other] > law.place[own]:
                yield f"{name}:{number}: '{other}' is not to the left of '{own}' on their floor"


def law_apart(law, top, files):
    """Modules that never meet."""
    for name in c_files(files, "common", "helper"):
        own = law.module(name)
        seen = {own} | {law.module(header) for _, header, angle in includes(top, name) if not angle}
        for one, two, both in law.apart:
            if one in seen and two in seen and own not in both:
                yield f"{name}: '{one}' and '{two}' meet here; only {' and '.join(sorted(both))} may see both"


def law_private(law, top, files):
    """Private headers stay in their family; no test includes a .c file."""
    for name in c_files(files, "common", "helper", "tests"):
        for number, header, _ in includes(top, name):
            family = law.private.get(os.path.basename(header))
            inside = not name.startswith("tests/") and law.module(name) in (family or ())
            if family is not None and not inside:
                yield f"{name}:{number}: '{header}' is private to {' and '.join(sorted(family))}"
            if header.endswith(".c"):
                yield f"{name}:{number}: includes a .c file"


def law_libraries(law, top, files):
    """A library's header is included by one file."""
    for name in c_files(files, "common", "helper"):
        for number, header, angle in includes(top, name):
            if header in law.library:
                if law.library[header] != name:
                    yield f"{name}:{number}: only {law.library[header]} includes <{header}>"
            elif angle and header not in law.system:
                yield f"{name}:{number}: <{header}> is no header of the C library; write into tests/house/floors who may"


def law_sizes(law, top, files):
    """Small enough to read standing."""
    for name in c_files(files, "common", "helper", "tests"):
        lines = lines_of(top, name)
        count = len(lines) - (lines[-1] == "")
        most = HEADER_MAX if name.endswith(".h") else SOURCE_MAX
        if count > most:
            yield f"{name}: {count} lines, at most {most}"
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif start is not None and re.match(r"}[^;,)]*$", line):
                if number - start - 1 > BODY_MAX:
                    yield f"{name}:{start}: a body of {number - start - 1} lines, at most {BODY_MAX}"
                start = None
        if start is not None:
            yield f"{name}:{start}: a body without end; is the layout clang-format's?"


def law_words(law, top, files):
    """Words that nobody writes."""
    for name in c_files(files, "common", "helper", "tests"):
        banned = {word: "is banned" for word in BANNED}
        if not name.startswith("tests/") and name not in MEMORY_FILES:
            banned.update({word: "belongs to arena.c and buf.c" for word in MEMORY})
        if name.startswith("common/"):
            banned.update({word: "does not belong in common/: the library never prints and never exits" for word in PRINTING})
        for number, line in enumerate(code_only(read(top, name).decode("utf-8", "replace")).split("\n"), 1):
            if line.lstrip().startswith("#"):
                continue
            for word in re.findall(r"[A-Za-z_]\w*", line):
                if word in banned:
                    yield f"{name}:{number}: '{word}' {banned[word]}"


def law_licence(law, top, files):
    """Every source says its licence in its first lines."""
    for name in files:
        head = read(top, name)[:400]
        if (SOURCE.match(name) or head.startswith(b"#!")) and b"SPDX-License-Identifier: GPL-2.0-or-later" not in head:
            yield f"{name}: no SPDX line at its start"


def law_ascii(law, top, files):
    """Sources are ASCII; a test writes other bytes as escapes."""
    for name in files:
        if ASCII.match(name) and not re.search(r"\.in/", name):
            for number, line in enumerate(read(top, name).split(b"\n"), 1):
                if any(byte > 0x7e or byte < 0x20 and byte != 0x09 for byte in line):
                    yield f"{name}:{number}: a byte outside printable ASCII"


def law_top(law, top, files):
    """The top level is fixed."""
    for name in sorted({f.split("/")[0] for f in files}):
        inside = any(f.startswith(name + "/") for f in files)
        if name not in (FOLDERS if inside else ROOT_FILES):
            yield f"{name}: not a {'folder' if inside else 'file'} of the top level"


# ---- what was built ----------------------------------------------------------------------------------------------------


def tool(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    return done.stdout if done.returncode == 0 else ""


def library_name(soname):
    return re.sub(r"-\d+\.\d[\d.]*$", "", soname.split(".so")[0])


def law_links(law, build):
    """The helpers contain no network code, and no program needs what nobody expects."""
    expected_everywhere = {"libasan", "libubsan", "liblsan", "libgcc_s", "ld-linux-x86-64", "ld-linux-aarch64"}
    for program, allowed in law.links.items():
        path = os.path.join(build, "helper", program)
        if not os.path.exists(path):
            continue
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", tool("readelf", "-d", path))
        if not needed:
            yield f"helper/{program}: readelf finds nothing needed"
        for soname in needed:
            if library_name(soname) not in allowed | expected_everywhere:
                yield f"helper/{program}: links '{soname}', which nobody expects"
        behind = {library_name(line.split()[0]) for line in tool("ldd", path).splitlines() if line.split()}
        for name in sorted(b for b in behind if any((b + "-").startswith(n + "-") for n in law.never.get(program, ()))):
            yield f"helper/{program}: '{name}' comes with it, perhaps through another library"


def law_dist(files, dist_list):
    """What git has, the tarball has."""
    with open(dist_list, encoding="utf-8") as file:
        listed = {os.path.normpath(line.strip()) for line in file if line.strip()}
    for name in files:
        parts = name.split("/")
        if name not in (".gitignore",) and not name.startswith(".ci/") \
                and not any("/".join(parts[:n]) in listed for n in range(1, len(parts) + 1)):
            yield f"{name}: not in the tarball; write it into EXTRA_DIST of the folder's local.mk"


SOURCE_LAWS = (law_layers, law_apart, law_private, law_libraries, law_sizes, law_words, law_licence, law_ascii, law_top)


def judge(what, complaints):
    found = list(complaints)
    print(f"{'not ok' if found else 'ok'} - {what}")
    for complaint in found:
        print(f"    {complaint}")
    return not found


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description="The law of the house, as a test.")
    parser.add_argument("--top", default=os.environ.get("top_srcdir") or os.path.join(here, "..", ".."))
    parser.add_argument("--build", default=os.environ.get("top_builddir"))
    parser.add_argument("--dist-list", default=os.environ.get("dist_list"))
    given = parser.parse_args()
    top = os.path.abspath(given.top)
    law = Law(os.path.join(top, "tests", "house", "floors"))
    known = tracked(top)
    files = known if known is not None else walked(top)
    results = [judge(one.__doc__, one(law, top, files)) for one in SOURCE_LAWS]
    skipped = []
    if given.build and any(os.path.exists(os.path.join(given.build, "helper", name)) for name in law.links):
        results.append(judge(law_links.__doc__, law_links(law, given.build)))
    else:
        skipped.append("links: nothing was built")
    if given.dist_list and known is not None:
        results.append(judge(law_dist.__doc__, law_dist(files, given.dist_list)))
    else:
        skipped.append("tarball: " + ("no list of its files" if not given.dist_list else "no git here to compare with"))
    for why in skipped:
        print(f"skipped - {why}")
    failed = results.count(False)
    print(f"{len(results) - failed} passed, {failed} failed" + (f", {len(skipped)} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
