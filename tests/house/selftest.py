#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The house laws, proven: each is broken once in a small tree and has to complain.

What it is for: a checker that finds nothing is no news unless it is known to find
something. The tree is made in a temporary folder, is lawful, and stays so but for
the one thing a case changes.

Where it sits: tests/house/, run by `make check` beside house.py.

What does not belong here: the laws themselves.
"""

import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import house  # noqa: E402

SPDX = "// SPDX-License-Identifier: GPL-2.0-or-later\n"
GOOD = {
    "README.md": "# small\n",
    "LICENSE": "terms\n",
    "common/local.mk": "# SPDX-License-Identifier: GPL-2.0-or-later\n",
    "common/err.h": SPDX + "int err_set(const char *fmt, ...) __attribute__((format(printf, 1, 2)));\n",
    "common/base/arena.c": SPDX + '#include <stdlib.h>\n#include "arena.h"\n\nvoid\narena_free(void *p)\n{\n    free(p);\n}\n',
    "common/base/arena.h": SPDX + "void arena_free(void *p);\n",
    "common/host.h": SPDX,
    "common/name/host_idn.c": SPDX + '#include <idn2.h>\n#include "err.h"\n#include "host.h"\n',
    "common/url.c": SPDX + '#include "host.h" // puts "malloc" in a comment\n/* strcpy\n too */\nconst char *s = "sprintf";\n',
    "common/table.h": SPDX,
    "common/table_build.h": SPDX + '#include "table.h"\n',
    "common/table_text.c": SPDX + '#include "table_build.h"\n',
    "common/image.h": SPDX,
    "common/image_format.h": SPDX,
    "common/compile.c": SPDX + '#include "image_format.h"\n#include "table.h"\n',
    "common/load.c": SPDX + '#include "image.h"\n#include "table.h"\n',
    "helper/m365ctl.c": SPDX + '#include <stdio.h>\n\nint\nmain(void)\n{\n    puts("x");\n}\n',
    "tests/unit/table_test.c": SPDX + '#include <cmocka.h>\n#include "table.h"\n\nint\nmain(void)\n{\n    free(0);\n}\n',
    "tests/run.sh": "#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-or-later\n",
    ".ci/run": "#!/bin/bash\n# SPDX-License-Identifier: GPL-2.0-or-later\n",
}


def body(lines):
    return SPDX + "\nint\nf(int i)\n{\n" + "    i++;\n" * lines + "}\n"


# (why, law, file, its text (None: appended text follows), what the complaint says)
CASES = (
    ("an include goes up", house.law_layers, "common/host.h", SPDX + '#include "table.h"\n', "includes up: 'table.h'"),
    ("... also with blanks in it", house.law_layers, "common/host.h", SPDX + ' #  include  "load.h"\n', "includes up"),
    ("... also from a program's floor", house.law_layers, "helper/serve.c", SPDX + '#include "m365ctl.h"\n', "includes up"),
    ("an include goes to the right", house.law_layers, "common/host.h", SPDX + '#include "url.h"\n', "not to the left"),
    ("a module without a floor", house.law_layers, "common/wild.c", SPDX, "on no floor"),
    ("a header without a floor", house.law_layers, "common/url.c", SPDX + '#include "wild.h"\n', "'wild.h' is on no floor"),
    ("table sees image", house.law_apart, "common/table_text.c", SPDX + '#include "image.h"\n', "meet here"),
    ("image sees table", house.law_apart, "common/image.h", SPDX + '#include "table.h"\n', "meet here"),
    ("a third sees both", house.law_apart, "common/squid.c", SPDX + '#include "image.h"\n#include "table.h"\n', "meet here"),
    ("the layout leaves the family", house.law_private, "common/verdict.c", SPDX + '#include "image_format.h"\n', "private"),
    ("table_build.h leaves", house.law_private, "common/compile.c", SPDX + '#include "table_build.h"\n', "private to table"),
    ("a test sees a private header", house.law_private, "tests/unit/image_test.c", SPDX + '#include "image_format.h"\n',
     "private to compile and image"),
    ("a test includes a source", house.law_private, "tests/unit/url_test.c", SPDX + '#include "../../common/url.c"\n', "a .c"),
    ("another file takes a library", house.law_libraries, "common/url.c", SPDX + "#include <idn2.h>\n", "only common/name/host_idn.c"),
    ("a library nobody knows", house.law_libraries, "common/url.c", SPDX + "#include <zlib.h>\n", "no header of the C library"),
    ("curl in a helper", house.law_libraries, "helper/serve.c", SPDX + "#include <curl/curl.h>\n", "only common/update/fetch.c"),
    ("a long body", house.law_sizes, "common/url.c", body(51), "a body of 51 lines"),
    ("a long body in a test", house.law_sizes, "tests/unit/url_test.c", body(60), "a body of 60 lines"),
    ("a body without end", house.law_sizes, "common/url.c", SPDX + "int\nf(void)\n{\n  return 0; }\n", "without end"),
    ("a long source", house.law_sizes, "common/url.c", SPDX + "int x;\n" * 500, "501 lines"),
    ("a long header", house.law_sizes, "common/url.h", SPDX + "int x;\n" * 150, "151 lines"),
    ("a long test", house.law_sizes, "tests/unit/url_test.c", SPDX + "int x;\n" * 500, "501 lines"),
    ("strcpy", house.law_words, "helper/serve.c", SPDX + "x = strcpy (a, b);\n", "'strcpy' is banned"),
    ("sprintf in a test", house.law_words, "tests/unit/url_test.c", SPDX + "sprintf(a, b);\n", "'sprintf' is banned"),
    ("gets", house.law_words, "common/url.c", SPDX + "/* a */ gets(b);\n", "'gets' is banned"),
    ("strtok", house.law_words, "common/url.c", SPDX + 'char *x = strtok("a", b);\n', "'strtok' is banned"),
    ("malloc outside", house.law_words, "common/url.c", SPDX + "\n\nx = malloc(1);\n", "url.c:4: 'malloc'"),
    ("free in a helper", house.law_words, "helper/serve.c", SPDX + "free(x);\n", "'free' belongs"),
    ("realloc by pointer", house.law_words, "common/url.c", SPDX + "void *(*f)(void *, size_t) = realloc;\n", "'realloc'"),
    ("printing inside", house.law_words, "common/url.c", SPDX + 'fprintf(stderr, "x");\n', "'fprintf' does not belong"),
    ("perror inside", house.law_words, "common/url.h", SPDX + "perror(0);\n", "'perror' does not belong"),
    ("leaving inside", house.law_words, "common/url.c", SPDX + "if (x) exit(1);\n", "'exit' does not belong"),
    ("no licence in C", house.law_licence, "common/url.c", "int x;\n", "no SPDX"),
    ("no licence in Python", house.law_licence, "tests/x.py", "import os\n", "no SPDX"),
    ("no licence in a manual", house.law_licence, "helper/x.8", ".Dd today\n", "no SPDX"),
    ("no licence in a script without suffix", house.law_licence, ".ci/run", "#!/bin/sh\n", "no SPDX"),
    ("another licence", house.law_licence, "common/url.c", SPDX.replace("GPL-2.0-or-later", "MIT"), "no SPDX"),
    ("a byte above ASCII", house.law_ascii, "common/url.c", SPDX + "// \u00e4\n", "url.c:2: a byte"),
    ("a control byte", house.law_ascii, "tests/run.sh", "#!/bin/sh\r\n", "a byte outside"),
    ("a new folder", house.law_top, "docs/x.txt", "x\n", "docs: not a folder"),
    ("a new root file", house.law_top, "notes.txt", "x\n", "notes.txt: not a file"),
)

PASSED = FAILED = 0


def check(why, good, *details):
    global PASSED, FAILED
    PASSED, FAILED = PASSED + good, FAILED + (not good)
    if not good:
        print(f"FAILED: {why}", *details, sep="\n    ")


def put(top, name, text):
    path = os.path.join(top, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text.encode())


def broken_trees(law):
    for why, one, name, text, want in CASES:
        with tempfile.TemporaryDirectory() as top:
            for path, content in {**GOOD, name: text}.items():
                put(top, path, content)
            got = list(one(law, top, house.walked(top)))
            check(why, any(want in line and name.split("/")[0] in line for line in got), f"want: {want}", f"got:  {got}")


def good_tree(law):
    with tempfile.TemporaryDirectory() as top:
        for path, content in GOOD.items():
            put(top, path, content)
        for rubbish in ("config.log", "common/err.o", "build-x/a.c", "autom4te.cache/x.c"):
            put(top, rubbish, "x\n")
        files = [f for f in house.walked(top) if not f.endswith(".o")]
        check("a tree without git is walked", sorted(files) == sorted(GOOD), f"got: {files}")
        for one in house.SOURCE_LAWS:
            got = list(one(law, top, files))
            check(f"a lawful tree: {one.__doc__}", not got, *got)
        covered = {case[1] for case in CASES}
        check("every law is broken by some case", covered == set(house.SOURCE_LAWS), f"not: {set(house.SOURCE_LAWS) - covered}")
        put(top, "common/long.c", body(50))
        check("fifty lines are not too many", not list(house.law_sizes(law, top, ["common/long.c"])))


def program(top, name, *libraries):
    """A program that needs what it is told to; False without a compiler."""
    os.makedirs(os.path.join(top, "helper"), exist_ok=True)
    put(top, "main.c", "int main(void) { return 0; }\n")
    command = [os.environ.get("CC", "cc").split()[0], "-o", os.path.join(top, "helper", name), os.path.join(top, "main.c"),
               "-Wl,--no-as-needed", *libraries]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def links(law):
    with tempfile.TemporaryDirectory() as top:
        if not program(top, "ext_m365_acl"):
            return "links: no compiler"
        check("a program that needs libc only", not list(house.law_links(law, top)))
        put(top, "helper/url_m365_rewrite", "no program\n")
        got = list(house.law_links(law, top))
        check("a file that is no program", any("nothing needed" in line for line in got), f"got: {got}")
        program(top, "url_m365_rewrite", "-ldl", "-lresolv")
        got = list(house.law_links(law, top))
        check("a library nobody expects", any("'libresolv" in line for line in got), f"got: {got}")
        law.never["ext_m365_acl"] = {"libc"}
        got = list(house.law_links(law, top))
        check("a library that must not come along", any("'libc' comes with it" in line for line in got), f"got: {got}")
    return None


def library_names():
    for soname, want in (("libc.so.6", "libc"), ("libpcre2-8.so.0", "libpcre2-8"), ("libcurl-gnutls.so.4", "libcurl-gnutls"),
                         ("libfoo-1.2.so", "libfoo"), ("ld-linux-x86-64.so.2", "ld-linux-x86-64")):
        check(f"the name in {soname}", house.library_name(soname) == want, house.library_name(soname))


def tarball():
    with tempfile.TemporaryDirectory() as top:
        put(top, "list", "common/err.c\n./README.md\ntests/fuzz/url.in\n")
        files = ["README.md", "common/err.c", "tests/fuzz/url.in/a", ".gitignore", ".ci/run"]
        check("a tarball with everything", not list(house.law_dist(files, os.path.join(top, "list"))))
        got = list(house.law_dist(files + ["tests/fuzz/urls"], os.path.join(top, "list")))
        check("a tarball without a file", len(got) == 1 and "tests/fuzz/urls: not in the tarball" in got[0], f"got: {got}")


def main():
    law = house.Law(os.path.join(os.path.dirname(os.path.abspath(__file__)), "floors"))
    good_tree(law)
    broken_trees(law)
    library_names()
    tarball()
    skipped = links(law)
    if skipped:
        print(f"skipped - {skipped}")
    print(f"{PASSED} passed, {FAILED} failed" + (", 1 skipped" if skipped else ""))
    return 1 if FAILED or not PASSED else 0


if __name__ == "__main__":
    sys.exit(main())
