#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The laws of the house, as a test.

What it is for: which room may see which (rooms), that there is no circle among
files, how large things may be, which words are banned, what a program may
link, what the tarball holds. There is no list of exceptions: mend the file, or change
the law in a separate commit.

    house.py [--top FOLDER] [--build FOLDER] [--dist-list FILE]

Where it sits: tests/house/, run by `make check`. The laws about sources are here,
those about what was built are in objects.py. selftest.py proves that every law
complains where it should.

What does not belong here: layout (clang-format) and bugs (make lint).
"""

import argparse
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import files as project  # noqa: E402
import c_text  # noqa: E402
import objects  # noqa: E402

C_FOLDERS = ("common", "helper", "tests")
BODY_MAX, SOURCE_MAX, HEADER_MAX = 50, 500, 150
FOLDER_MAX, README_MAX, ROOM_README_MAX = 30, 150, 10
PARAMETERS_MAX = 6
FOLDERS = {"common", "conf", "helper", "tests", ".ci"}
ROOT_FILES = {
    ".clang-format", ".clang-tidy", ".gitignore", "CHANGES.md", "LICENSE", "Makefile.am", "README.md", "autogen.sh",
    "configure.ac",
}

BANNED = {"strcpy", "stpcpy", "strcat", "sprintf", "vsprintf", "gets", "strtok"}
MEMORY = {"malloc", "calloc", "realloc", "reallocarray", "free", "strdup", "strndup", "asprintf", "vasprintf", "alloca",
          "aligned_alloc", "posix_memalign", "memalign", "valloc"}
MEMORY_FILES = {"common/base/arena.c", "common/base/buf.c"}
PRINTING = {"printf", "vprintf", "fprintf", "vfprintf", "dprintf", "vdprintf", "puts", "fputs", "putchar", "putc", "fputc",
            "stdout", "stderr", "perror", "psignal", "psiginfo", "syslog", "vsyslog", "exit", "_exit", "_Exit", "quick_exit", "abort"}
PRINTING_CALLS = {"err", "errx", "verr", "verrx", "warn", "warnx", "vwarn", "vwarnx", "error"}  # banned as calls: `err` is a variable, too

# Makefiles: what a room adds to; what only common/ and helper/, or only Makefile.am, assign; options that hide an include.
ROOM_LISTS = {"libm365_a_SOURCES", "libm365ctl_a_SOURCES", "M365CTL_SOURCES", "HELPER_LOOP"}
LIBRARIES = r"(M365|M365CTL|PCRE2|CJSON|IDN2|PSL|SODIUM|CURL|ZLIB|ZSTD|LZMA)_(CFLAGS|LIBS)"
OF_PROGRAMS = re.compile(rf"libm365|{LIBRARIES}$|(M365CTL_SOURCES|HELPER_LOOP)$|(%[CD]%|helper)_(ext_m365_acl|url_m365_rewrite|m365ctl)_")
OF_ALL = {"AM_CPPFLAGS", "AM_CFLAGS", "AM_LDFLAGS", "CPPFLAGS", "CFLAGS", "DEFS", "DEFAULT_INCLUDES", "INCLUDES", "LIBS"}
UNSEEN = re.compile(r"\W*-(include|imacros|iquote|isystem|idirafter)")
OPTION = re.compile(r"\W*-[ID]")
HOUSE_WORD = re.compile(rf"%D%/[\w-]+(\.[ch1-8]|\.md)?|libm365(ctl)?\.a|\$\((AM_CPPFLAGS|{LIBRARIES}|HELPER_LOOP|M365CTL_SOURCES)\)")

SOURCE = re.compile(r".*\.(c|h|py|sh|mk|ac|am|awk|[1-8])$")
ASCII = re.compile(r".*\.(c|h|py|sh|mk|ac|am|awk|[1-8]|rules|conf|in|supp|md)$|(^|/)(rooms|LICENSE|run)$")


class Law:
    """The file `rooms`, read."""

    def __init__(self, path):
        self.folder, self.sees = {}, {}  # by the name of the room
        self.public, self.lent = {}, {}  # headers by room; rooms that borrow by header of a room
        self.library, self.links, self.never, self.system = {}, {}, {}, set()
        with open(path, encoding="ascii") as file:
            for number, line in enumerate(file, 1):
                words = line.split("#", 1)[0].split()
                if words:
                    self.read_line(words, f"{path}:{number}")
        for room in set(self.folder) - set(self.public) - {"helper"}:
            sys.exit(f"{path}: room '{room}' has no line that names its public headers")

    def read_line(self, words, where):
        kind, rest = words[0], words[1:]
        left, right = (rest[:rest.index(":")], rest[rest.index(":") + 1:]) if ":" in rest else (rest, [])
        if kind == "room" and len(left) == 1:
            self.add_room(left[0], right, where)
        elif kind == "public" and len(left) == 1 and left[0] in self.folder:
            self.public[left[0]] = set(right)
        elif kind == "lent" and len(left) == 2 and set(left) <= set(self.folder):
            self.lent.update({f"{left[0]}/{header}": left[1] for header in right})
        elif kind == "library" and len(left) == 1 and len(right) == 1:
            self.library[left[0]] = right[0]
        elif kind == "system":
            self.system.update(left)
        elif kind in ("links", "never") and len(left) == 1:
            getattr(self, kind)[left[0]] = set(right)
        else:
            sys.exit(f"{where}: no such law")

    def add_room(self, folder, sees, where):
        name = folder.split("/")[-1]
        if name in self.folder:
            sys.exit(f"{where}: there are two rooms named '{name}'")
        for other in sees:
            if other not in self.folder:
                sys.exit(f"{where}: '{name}' sees '{other}', which is not a room above it")
        self.folder[name], self.sees[name] = folder, set(sees)

    def room(self, path):
        """The room of a file, or None."""
        folder = os.path.dirname(path)
        name = folder.split("/")[-1]
        return name if self.folder.get(name) == folder else None

    def may_include(self, own, room, header):
        """May a room (None: a test) include this header of another one?"""
        return header in self.public.get(room, ()) or own is not None and self.lent.get(f"{room}/{header}") == own

    @staticmethod
    def banned(name):
        """The words that a file must not use, and why."""
        banned = {word: "is banned" for word in BANNED}
        if not name.startswith("tests/") and name not in MEMORY_FILES:
            banned.update({word: "belongs to arena.c and buf.c" for word in MEMORY})
        if name.startswith("common/"):
            banned.update({word: "does not belong in common/: the library never prints and never exits" for word in PRINTING | PRINTING_CALLS})
        return banned

    @staticmethod
    def plain(word):
        """A function's name without what the compiler and the C library put around it."""
        return re.sub(r"^__(.*)_chk$", r"\1", word.removeprefix("__builtin_")).removesuffix("_unlocked")


def read(top, name):
    with open(os.path.join(top, name), "rb") as file:
        return file.read()


def lines_of(top, name):
    return read(top, name).decode("utf-8", "replace").split("\n")


def count_lines(top, name):
    lines = lines_of(top, name)
    return len(lines) - (lines[-1] == "")


def c_files(files, *folders):
    return [f for f in files if f.endswith((".c", ".h")) and f.split("/")[0] in folders]


# ---- the laws about sources: each yields complaints -----------------------------------------------------------------


def law_includes(law, top, files):
    """Every include names one header, plainly."""
    for name in c_files(files, *C_FOLDERS):
        for number, header, angle, wrong in c_text.includes(top, name):
            room = header.rpartition("/")[0]
            if wrong:
                yield f"{name}:{number}: {wrong}"
            elif angle and (room in law.folder or any(f.endswith("/" + header) for f in files)):
                yield f"{name}:{number}: <{header}> is a header of this project; write it in quotes"


def law_rooms(law, top, files):
    """A room includes only what its line in tests/house/rooms allows."""
    for name in c_files(files, "common", "helper"):
        own = law.room(name)
        if own is None:
            yield f"{name}: in no room; write its folder into tests/house/rooms"
            continue
        for number, header, angle, wrong in c_text.includes(top, name):
            room, _, base = header.rpartition("/")
            if wrong or angle or (not room and os.path.join(os.path.dirname(name), base) in files):
                continue
            if room == own:
                yield f"{name}:{number}: '{base}' is of this room; include it by its name alone"
            elif room not in law.folder:
                yield f"{name}:{number}: '{header}' is neither a header of this room nor of another"
            elif room not in law.sees[own]:
                yield f"{name}:{number}: '{own}' may not see '{room}'"


def law_public(law, top, files):
    """Only public headers leave their room."""
    for name in c_files(files, *C_FOLDERS):
        for number, header, angle, wrong in c_text.includes(top, name):
            room, _, base = header.rpartition("/")
            if wrong or angle:
                continue
            if room and room != law.room(name) and not law.may_include(law.room(name), room, base):
                yield f"{name}:{number}: '{header}' is not a public header"
            elif not room and not may_carry(law, name, base):
                yield f"{name}:{number}: '{base}' is not a public header but this one is: a file that includes this one would see both"
            elif not room and name.startswith("tests/") and not near(name, base, files):
                yield f"{name}:{number}: '{base}' is not in this folder, nor in one above it, nor in tests/unit"
    for room, headers in law.public.items():
        for header in sorted(headers):
            if f"{law.folder[room]}/{header}" not in files:
                yield f"tests/house/rooms: '{header}' is public in '{room}', but not there"


def may_carry(law, name, base):
    """May a file include this header of its own room? A public header leaves the room with all that it includes."""
    own, header = law.room(name), os.path.basename(name)
    if header in law.public.get(own, ()):
        return base in law.public[own]
    lent = law.lent.get(f"{own}/{header}")
    return lent is None or law.may_include(lent, own, base)


def near(name, base, files):
    """Is a header that a test includes in its folder, in one above it, or in tests/unit?"""
    folders = name.split("/")[:-1]
    return any(f"{folder}/{base}" in files for folder in ["/".join(folders[:n]) for n in range(1, len(folders) + 1)] + ["tests/unit"])


def law_kinds(law, top, files):
    """C is in common/, helper/ and tests/. A room holds C, manuals, README.md and local.mk. No file is a link."""
    for name in files:
        folder, base = os.path.dirname(name), os.path.basename(name)
        top_folder = name.split("/")[0]
        if os.path.islink(os.path.join(top, name)):
            yield f"{name}: a link; the laws would judge its target in the wrong place"
        elif re.search(r"\.(c|h)$", name) and top_folder not in C_FOLDERS:
            yield f"{name}: C is in {', '.join(C_FOLDERS)} only"
        elif top_folder in ("common", "helper") and not re.search(r"\.(c|h|[1-8])$", base) and base not in ("README.md", "local.mk"):
            yield f"{name}: neither C nor a manual nor README.md nor local.mk"
        elif top_folder in ("common", "helper") and folder not in law.folder.values() and name != f"{top_folder}/local.mk":
            yield f"{name}: in no room; write its folder into tests/house/rooms"


def law_signs(law, top, files):
    """Every room has a local.mk and a short README.md that names its public headers."""
    for room, folder in law.folder.items():
        readme = f"{folder}/README.md"
        if f"{folder}/local.mk" not in files:
            yield f"{folder}: no local.mk"
        if readme not in files:
            yield f"{folder}: no README.md"
            continue
        if count_lines(top, readme) > ROOM_README_MAX:
            yield f"{readme}: {count_lines(top, readme)} lines, at most {ROOM_README_MAX}"
        said = set(re.findall(r"\b\w+\.h\b", read(top, readme).decode()))
        if said != law.public.get(room, set()):
            yield f"{readme}: names other headers than tests/house/rooms: {' '.join(sorted(said ^ law.public.get(room, set())))}"


def assignments(top, name):
    """(the number of its last line, variable, mark, words) of each assignment of a makefile; (line, None, None, its words) of any other line."""
    line = ""
    for number, part in enumerate(lines_of(top, name), 1):
        line += part
        if line.endswith("\\"):
            line = line[:-1] + " "
            continue
        found = re.match(r" *([^\s:=+?!#]+)\s*(\+=|\?=|:*=)(.*)", line)
        if found:
            yield number, found[1], found[2], found[3].split()
        elif line.strip() and not line.startswith("#"):
            yield number, None, None, line.split()
        line = ""


def law_lists(law, top, files):
    """Only a room's local.mk says what the library and the programs are made of: files of that room, without options of their own."""
    for name in (f for f in files if f.endswith((".mk", ".am", ".ac"))):
        folder = os.path.dirname(name)
        if folder in law.folder.values() and folder != "helper":
            yield from room_list(top, name)
        elif folder in ("common", "helper"):
            yield from house_list(top, name)
        else:
            for number, variable, _, words in assignments(top, name):
                if OF_PROGRAMS.match(variable or "") or variable in OF_ALL and name != "Makefile.am":
                    yield f"{name}:{number}: '{variable}' does not belong in this file"
                for word in words:
                    if UNSEEN.match(word) or OPTION.match(word) and name != "Makefile.am":
                        yield f"{name}:{number}: '{word}' would change what a source includes"


def room_list(top, name):
    for number, variable, mark, words in assignments(top, name):
        if variable not in ROOM_LISTS | {"EXTRA_DIST"} or mark != "+=":
            yield f"{name}:{number}: '{variable or words[0]}' does not belong in this file; it adds to {', '.join(sorted(ROOM_LISTS))} or EXTRA_DIST"
            continue
        for word in words:
            if not re.fullmatch(r"%D%/README\.md" if variable == "EXTRA_DIST" else r"%D%/\w+\.[ch]", word):
                yield f"{name}:{number}: '{word}' is not a file of this room"


def house_list(top, name):
    for number, variable, _, words in assignments(top, name):
        if variable is None and not re.fullmatch(r"include %D%/\w+/local\.mk", " ".join(words)):
            yield f"{name}:{number}: '{' '.join(words)}' is neither a list nor the local.mk of a room"
        elif variable:
            for word in words:
                if not HOUSE_WORD.fullmatch(word):
                    yield f"{name}:{number}: '{word}' is neither a file of this folder nor a library"


def law_mirror(law, top, files):
    """The tests of a room are in the folder of its name, and the first header of a room that a test includes is of that room."""
    for name in files:
        found = re.fullmatch(r"tests/unit/(\w+)/\w+_test\.c", name)
        if found and found[1] not in law.folder:
            yield f"{name}: there is no room '{found[1]}'"
        elif found:
            room, number = first_room(law, top, files, name)
            if room is None:
                yield f"{name}: includes no header of a room"
            elif room != found[1]:
                yield f"{name}:{number}: the first header of a room is of '{room}', not of '{found[1]}'; is the test in the right folder?"


def first_room(law, top, files, name):
    """The first room of which a test includes a header, perhaps through a header of its own folder, and the line; (None, 1): no room."""
    for number, header, angle, wrong in c_text.includes(top, name):
        room, _, base = header.rpartition("/")
        near_by = f"{os.path.dirname(name)}/{base}"
        if room in law.folder and not angle and not wrong:
            return room, number
        if not room and not angle and not wrong and near_by in files:
            through = first_room(law, top, files, near_by)[0]
            if through:
                return through, number
    return None, 1


def law_libraries(law, top, files):
    """Only one file includes a library's header."""
    for name in c_files(files, "common", "helper"):
        for number, header, angle, _ in c_text.includes(top, name):
            if header in law.library:
                if law.library[header] != name:
                    yield f"{name}:{number}: only {law.library[header]} includes <{header}>"
            elif angle and header not in law.system:
                yield f"{name}:{number}: <{header}> is not a header of the C library; write into tests/house/rooms who may"


def law_sizes(law, top, files):
    """Functions, files and folders are small."""
    for name in c_files(files, "common", "helper", "tests"):
        most = HEADER_MAX if name.endswith(".h") else SOURCE_MAX
        if count_lines(top, name) > most:
            yield f"{name}: {count_lines(top, name)} lines, at most {most}"
        yield from long_bodies(name, lines_of(top, name))
        yield from odd_bodies(name, c_text.code_only(c_text.read(top, name)))
    folders = [os.path.dirname(name) for name in files if name.endswith((".c", ".h", ".py", ".sh"))]
    for folder in sorted(set(folders)):
        if folders.count(folder) > FOLDER_MAX:
            yield f"{folder}: {folders.count(folder)} sources, at most {FOLDER_MAX}"
    if "README.md" in files and count_lines(top, "README.md") > README_MAX:
        yield f"README.md: {count_lines(top, 'README.md')} lines, at most {README_MAX}"


def long_bodies(name, lines):
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


def odd_bodies(name, code):
    lines = code.split("\n")
    plain = [line for line in lines if not c_text.DIRECTIVE.match(line)]
    if "".join(plain).count("{") != "".join(plain).count("}"):
        yield f"{name}: its braces do not pair; does an #if split a body?"
    for number, head in c_text.braces(code):
        if c_text.is_function(head) and lines[number - 1] != "{":
            yield f"{name}:{number}: the brace of a body is not on a line of its own; is the layout clang-format's?"


def law_parameters(law, top, files):
    """No function has seven or more parameters."""
    for name in c_files(files, *C_FOLDERS):
        for number, function, count in c_text.parameters(c_text.code_only(c_text.read(top, name))):
            if count > PARAMETERS_MAX:
                yield f"{name}:{number}: '{function}' has {count} parameters, at most {PARAMETERS_MAX}; pass a struct"


def law_words(law, top, files):
    """No banned words."""
    for name in c_files(files, "common", "helper", "tests"):
        banned = law.banned(name)
        for number, line in enumerate(c_text.code_only(c_text.read(top, name)).split("\n"), 1):
            if re.match(r"\s*#\s*include\b", line):
                continue
            for found in c_text.WORD.finditer(line):
                word = law.plain(found[0])
                if word in banned and (word not in PRINTING_CALLS or re.match(r"\s*\(", line[found.end():])):
                    yield f"{name}:{number}: '{found[0]}' {banned[word]}"


def law_licence(law, top, files):
    """Every source names its licence in its first lines."""
    for name in files:
        head = read(top, name)[:400]
        if (SOURCE.match(name) or head.startswith(b"#!")) and b"SPDX-License-Identifier: GPL-2.0-or-later" not in head:
            yield f"{name}: no SPDX line at its start"


def law_ascii(law, top, files):
    """Sources are ASCII. A test writes other bytes as escapes."""
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


def law_dist(files, dist_list):
    """Every file of the tree is in the tarball."""
    with open(dist_list, encoding="utf-8") as file:
        listed = {os.path.normpath(line.strip()) for line in file if line.strip()}
    for name in files:
        parts = name.split("/")
        if name not in (".gitignore",) and not name.startswith(".ci/") \
                and not any("/".join(parts[:n]) in listed for n in range(1, len(parts) + 1)):
            yield f"{name}: not in the tarball; write it into EXTRA_DIST of the folder's local.mk"


SOURCE_LAWS = (law_includes, law_rooms, law_public, law_kinds, law_signs, law_lists, law_mirror, law_libraries, law_sizes,
               law_parameters, law_words, law_licence, law_ascii, law_top)


def judge(what, complaints):
    found = list(complaints)
    print(f"{'not ok' if found else 'ok'} - {what}")
    for complaint in found:
        print(f"    {complaint}")
    return not found


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description="The laws of the house, as a test.")
    parser.add_argument("--top", default=os.environ.get("top_srcdir") or os.path.join(here, "..", ".."))
    parser.add_argument("--build", default=os.environ.get("top_builddir"))
    parser.add_argument("--dist-list", default=os.environ.get("dist_list"))
    given = parser.parse_args()
    top = os.path.abspath(given.top)
    law = Law(os.path.join(top, "tests", "house", "rooms"))
    files = project.files(top)
    results = [judge(one.__doc__, one(law, top, files)) for one in SOURCE_LAWS]
    skipped = []
    if given.build and any(os.path.exists(os.path.join(given.build, "helper", name)) for name in law.links):
        built = objects.Objects(top, given.build, files)
        results += [judge(one.__doc__, one(law, built)) for one in objects.LAWS]
    else:
        skipped.append("objects: nothing was built")
    if given.dist_list:
        results.append(judge(law_dist.__doc__, law_dist(files, given.dist_list)))
    else:
        skipped.append("tarball: no list of its files")
    for why in skipped:
        print(f"skipped - {why}")
    failed = results.count(False)
    print(f"{len(results) - failed} passed, {failed} failed" + (f", {len(skipped)} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
