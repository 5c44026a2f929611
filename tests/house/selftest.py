#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The laws of the house, proven: each case breaks one in a small tree, and it has to complain.

What it is for: a law that never complains proves nothing. The tree is made in a
temporary folder and is lawful, except for the one thing that a case changes. The laws
about objects are tried on real objects.

Where it sits: tests/house/, run by `make check` next to house.py.

What does not belong here: the laws themselves.
"""

import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import house  # noqa: E402
import objects  # noqa: E402

MK = "# SPDX-License-Identifier: GPL-2.0-or-later\n"
SPDX = "// SPDX-License-Identifier: GPL-2.0-or-later\n"
GOOD = {
    "README.md": "# small\n",
    "LICENSE": "terms\n",
    ".gitignore": "*.o\n/build*/\n/autom4te.cache/\n/config.*\n",
    "common/base/err.h": SPDX + "int err_set(const char *fmt, ...) __attribute__((format(printf, 1, 2)));\n",
    "common/base/arena.c": SPDX
    + '#include <stdlib.h>\n#include "arena.h"\n\nvoid\narena_free(void *p)\n{\n    free(p);\n}\n',
    "common/base/arena.h": SPDX + "void arena_free(void *p);\n",
    "common/name/host.h": SPDX,
    "common/name/host_idn.c": SPDX + '#include <idn2.h>\n#include "base/err.h"\n#include "host.h"\n',
    "common/name/url.h": SPDX,
    "common/name/url.c": SPDX + '#include "host.h" // puts "malloc" in a comment\n/* strcpy\n too */\nconst char *s = "sprintf";\n',
    "common/table/table.h": SPDX,
    "common/table/table_build.h": SPDX + '#include "table.h"\n',
    "common/table/table_text.c": SPDX + '#include "name/host.h"\n#include "table_build.h"\n',
    "common/image/image.h": SPDX,
    "common/image/image_format.h": SPDX,
    "common/image/image_find.h": SPDX + '#include "image_format.h"\n#include "image.h"\n',
    "common/compile/compile.c": SPDX + '#include "image/image_format.h"\n#include "table/table.h"\n',
    "helper/m365ctl.c": SPDX + '#include <stdio.h>\n#include "table/table.h"\n\nint\nmain(void)\n{\n    puts("x");\n}\n',
    "tests/unit/table_test.c": SPDX + '#include <cmocka.h>\n#include "table/table.h"\n\nint\nmain(void)\n{\n    free(0);\n}\n',
    "tests/unit/unit.h": SPDX,
    "tests/unit/name/host_test.c": SPDX + '#include "near.h"\n#include "base/err.h"\n#include "unit.h"\n',
    "tests/unit/name/near.h": SPDX + '#include <stdio.h>\n#include "name/host.h"\n',
    "tests/fuzz/line.h": SPDX,
    "tests/fuzz/line_fuzz.c": SPDX + '#include "line.h"\n#include "unit.h"\n',
    "tests/run.sh": "#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-or-later\n",
    ".ci/run": "#!/bin/bash\n# SPDX-License-Identifier: GPL-2.0-or-later\n",
}
ROOMS = """\
room common/base    :
room common/name    : base
room common/image   : name base
room common/table   : name base
room common/compile : table image name base
room helper         : compile table image name base
public base    : arena.h err.h
public name    : host.h url.h
public image   : image.h
public table   : table.h
public compile :
lent image compile : image_format.h
library idn2.h       : common/name/host_idn.c
library curl/curl.h  : common/name/fetch.c
system stdio.h stdlib.h cmocka.h
links ext_m365_acl     : libc
links url_m365_rewrite : libc
"""


def sign_all(law):
    """A README and a local.mk in each room."""
    for room, folder in law.folder.items():
        GOOD[f"{folder}/local.mk"] = MK
        GOOD[f"{folder}/README.md"] = f"Public: {' '.join(sorted(law.public.get(room, ())))}\n"


def body(lines):
    return SPDX + "\nint\nf(int i)\n{\n" + "    i++;\n" * lines + "}\n"


# (why, law, file, its text or None to take the file away, what the complaint says)
CASES = (
    ("an include goes up", house.law_rooms, "common/name/host.h", SPDX + '#include "table/table.h"\n', "'name' may not see 'table'"),
    ("... also with spaces in it", house.law_rooms, "common/name/host.h", SPDX + ' #  include  "image/image.h"\n', "may not see 'image'"),
    ("an include of a program's header", house.law_rooms, "common/name/url.c", SPDX + '#include "helper/m365ctl.h"\n', "may not see 'helper'"),
    ("table sees image", house.law_rooms, "common/table/table_text.c", SPDX + '#include "image/image.h"\n', "may not see 'image'"),
    ("image sees table", house.law_rooms, "common/image/image.h", SPDX + '#include "table/table.h"\n', "may not see 'table'"),
    ("a file outside any room", house.law_rooms, "common/wild.c", SPDX, "in no room"),
    ("a folder that is not a room", house.law_rooms, "common/wild/wild.c", SPDX, "in no room"),
    ("a header without its room", house.law_rooms, "common/table/table.h", SPDX + '#include "host.h"\n', "neither a header"),
    ("a header that does not exist", house.law_rooms, "common/name/url.c", SPDX + '#include "wild.h"\n', "'wild.h' is neither a header"),
    ("a header by the room's own name", house.law_rooms, "common/name/url.c", SPDX + '#include "name/host.h"\n', "by its name alone"),
    ("a private header leaves its room", house.law_public, "common/compile/compile.c", SPDX + '#include "table/table_build.h"\n', "not a public"),
    ("a lent header reaches a third room", house.law_public, "helper/m365ctl.c", SPDX + '#include "image/image_format.h"\n', "not a public"),
    ("a test sees a private header", house.law_public, "tests/unit/table_test.c", SPDX + '#include "table/table_build.h"\n', "not a public"),
    ("a private header comes along with a public one", house.law_public, "common/table/table.h", SPDX + '#include "table_build.h"\n',
     "'table_build.h' is not a public header but this one is"),
    ("a private header comes along with a lent one", house.law_public, "common/image/image_format.h", SPDX + '#include "image_find.h"\n',
     "'image_find.h' is not a public header but this one is"),
    ("a test finds a private header by its name alone", house.law_public, "tests/unit/table_test.c", SPDX + '#include "table_build.h"\n',
     "'table_build.h' is not in this folder"),
    ("a test finds a header of another kind of test", house.law_public, "tests/unit/table_test.c", SPDX + '#include "line.h"\n', "'line.h' is not in"),
    ("an include through a macro", house.law_includes, "common/name/url.c", SPDX + '#define WHERE "image/image.h"\n#include WHERE\n', "url.c:3: WHERE is not"),
    ("... in a test", house.law_includes, "tests/unit/table_test.c", SPDX + '#define WHERE "table/table_build.h"\n#include WHERE\n', "WHERE is not"),
    ("a path that climbs", house.law_includes, "common/name/url.c", SPDX + '#include "../image/image_format.h"\n', "is not the plain name"),
    ("... after a room", house.law_includes, "common/name/url.c", SPDX + '#include "base/../image/image.h"\n', "is not the plain name"),
    ("... in a test", house.law_includes, "tests/unit/table_test.c", SPDX + '#include "../../common/table/table_build.h"\n', "is not the plain name"),
    ("a path with a dot", house.law_includes, "common/name/url.c", SPDX + '#include "./host.h"\n', "is not the plain name"),
    ("a path with two slashes", house.law_includes, "common/name/url.c", SPDX + '#include "base//err.h"\n', "is not the plain name"),
    ("a path from the root", house.law_includes, "common/name/url.c", SPDX + '#include "/usr/include/zlib.h"\n', "is not the plain name"),
    ("a test includes a source", house.law_includes, "tests/unit/url_test.c", SPDX + '#include "../../common/name/url.c"\n', "is not the plain name"),
    ("a source of the same folder", house.law_includes, "common/name/url.c", SPDX + '#include "host_idn.c"\n', "is not the plain name"),
    ("a part in another file", house.law_includes, "common/name/url.c", SPDX + '#include "url.inc"\n', "is not the plain name"),
    ("a header of the project in angle brackets", house.law_includes, "common/name/url.c", SPDX + "#include <image/image.h>\n", "write it in quotes"),
    ("... in a test", house.law_includes, "tests/unit/table_test.c", SPDX + "#include <table_build.h>\n", "write it in quotes"),
    ("include_next", house.law_includes, "common/name/url.c", SPDX + '#include_next "image/image.h"\n', "'#include_next' is not"),
    ("import", house.law_includes, "common/name/url.c", SPDX + '#import "image/image.h"\n', "'#import' is not"),
    ("a digraph", house.law_includes, "common/name/url.c", SPDX + '%:include "image/image.h"\n', "'%:include' is not"),
    ("a trigraph", house.law_includes, "common/name/url.c", SPDX + '??=include "image/image.h"\n', "'??=include' is not"),
    ("an include after a comment", house.law_rooms, "common/name/url.c", SPDX + '/* a\n */ #/**/include/**/"image/image.h"\n', "url.c:3: 'name' may not see"),
    ("an include in two pieces", house.law_rooms, "common/name/url.c", SPDX + '#inc\\\nlude \\\n "image/image.h"\n', "url.c:2: 'name' may not see"),
    ("a folder inside a room", house.law_rooms, "common/name/deep/x.c", SPDX, "in no room"),
    ("a header in a folder that is not a room", house.law_kinds, "common/wild/wild.h", SPDX, "in no room"),
    ("a header in a folder inside a room", house.law_kinds, "common/name/deep/x.h", SPDX, "in no room"),
    ("a header directly in common/", house.law_kinds, "common/x.h", SPDX, "in no room"),
    ("a manual outside any room", house.law_kinds, "common/wild/x.8", SPDX, "in no room"),
    ("a part of C in a room", house.law_kinds, "common/name/url.inc", SPDX, "neither C nor"),
    ("C under another suffix", house.law_kinds, "common/name/url.C", SPDX, "neither C nor"),
    ("C elsewhere", house.law_kinds, "conf/x.c", SPDX, "C is in common, helper, tests only"),
    ("a public header that is not there", house.law_public, "common/name/host.h", None, "'host.h' is public"),
    ("a room without a README", house.law_signs, "common/name/README.md", None, "no README.md"),
    ("a room without a local.mk", house.law_signs, "common/name/local.mk", None, "no local.mk"),
    ("a long README of a room", house.law_signs, "common/name/README.md", "host.h url.h\n" * 11, "11 lines"),
    ("a README that forgets a header", house.law_signs, "common/name/README.md", "host.h\n", "other headers than tests/house/rooms: url.h"),
    ("a README that names too many", house.law_signs, "common/name/README.md", "host.h url.h x.h\n", "rooms: x.h"),
    ("a room's list takes a source of no room", house.law_lists, "common/name/local.mk", MK + "libm365_a_SOURCES += tests/unit/evil.c\n",
     "'tests/unit/evil.c' is not a file of this room"),
    ("... by climbing", house.law_lists, "common/name/local.mk",
     MK + "libm365_a_SOURCES += \\\n\t%D%/url.c \\\n\t%D%/../../tests/evil.c\n", "local.mk:4: '%D%/.."),
    ("... through a variable", house.law_lists, "common/name/local.mk", MK + "libm365_a_SOURCES += $(EVIL)\n", "'$(EVIL)' is not a file"),
    ("... in the list of a program", house.law_lists, "helper/local.mk",
     MK + "%C%_m365ctl_SOURCES = %D%/m365ctl.c tests/evil.c\n", "'tests/evil.c' is neither"),
    ("... in what a program links", house.law_lists, "helper/local.mk",
     MK + "%C%_m365ctl_LDADD = tests/evil.o\n", "'tests/evil.o' is neither"),
    ("... in another makefile", house.law_lists, "tests/local.mk",
     MK + "libm365_a_SOURCES += %D%/evil.c\n", "'libm365_a_SOURCES' does not belong"),
    ("... which names a program", house.law_lists, "Makefile.am",
     MK + "helper_m365ctl_LDADD += tests/evil.o\n", "'helper_m365ctl_LDADD' does not belong"),
    ("a room's flags", house.law_lists, "common/name/local.mk",
     MK + "libm365_a_CPPFLAGS += -include tests/evil.h\n", "'libm365_a_CPPFLAGS' does not"),
    ("... for everybody", house.law_lists, "common/name/local.mk",
     MK + "AM_CPPFLAGS += -I$(srcdir)/common/image\n", "'AM_CPPFLAGS' does not"),
    ("... in a list", house.law_lists, "common/name/local.mk", MK + "libm365_a_SOURCES += -DX\n", "'-DX' is not a file"),
    ("... in the library's line", house.law_lists, "common/local.mk", MK + "libm365_a_CPPFLAGS = $(AM_CPPFLAGS) -DX\n", "'-DX' is neither"),
    ("... of the tests", house.law_lists, "tests/local.mk", MK + "AM_CPPFLAGS += $(X)\n", "'AM_CPPFLAGS' does not"),
    ("... of one object", house.law_lists, "tests/local.mk", MK + "common/name/url.o: CPPFLAGS += -I.\n", "'-I.' would change"),
    ("an include on the command line", house.law_lists, "Makefile.am",
     MK + "AM_CPPFLAGS = -Icommon -include evil.h\n", "'-include' would change"),
    ("... of configure", house.law_lists, "configure.ac", MK + 'HOUSE_CFLAGS="-imacros evil.h"\n', "would change"),
    ("a library's name for an object", house.law_lists, "tests/local.mk", MK + "CURL_LIBS += tests/evil.o\n", "'CURL_LIBS' does not belong"),
    ("a rule in a room's makefile", house.law_lists, "common/name/local.mk", MK + "%D%/url.o: x\n\tcp x $@\n", "'%D%/url.o:' does not"),
    ("a condition in a room's makefile", house.law_lists, "common/name/local.mk", MK + "if X\nendif\n", "'if' does not"),
    ("a foreign list", house.law_lists, "common/local.mk", MK + "include tests/evil.mk\n", "'include tests/evil.mk' is neither"),
    ("a test in another room's folder", house.law_mirror, "tests/unit/table/host_test.c",
     SPDX + '#include "name/host.h"\n#include "table/table.h"\n',
     "host_test.c:2: the first header of a room is of 'name', not of 'table'"),
    ("... by a header of its folder", house.law_mirror, "tests/unit/name/near.h",
     SPDX + '#include "table/table.h"\n', "host_test.c:2: the first header"),
    ("a test of no room", house.law_mirror, "tests/unit/name/host_test.c", SPDX + "#include <stdio.h>\n", "no header of a room"),
    ("a folder of tests that is not a room", house.law_mirror, "tests/unit/wild/host_test.c",
     SPDX + '#include "name/host.h"\n', "no room 'wild'"),
    ("another file takes a library", house.law_libraries, "common/name/url.c", SPDX + "#include <idn2.h>\n", "only common/name/host_idn.c"),
    ("an unknown library", house.law_libraries, "common/name/url.c", SPDX + "#include <zlib.h>\n", "not a header of the C library"),
    ("curl in a helper", house.law_libraries, "helper/serve.c", SPDX + "#include <curl/curl.h>\n", "only common/name/fetch.c"),
    ("a long body", house.law_sizes, "common/name/url.c", body(51), "a body of 51 lines"),
    ("a long body in a test", house.law_sizes, "tests/unit/url_test.c", body(60), "a body of 60 lines"),
    ("a body without end", house.law_sizes, "common/name/url.c", SPDX + "int\nf(void)\n{\n  return 0; }\n", "without end"),
    ("a brace at the end of a line", house.law_sizes, "common/name/url.c",
     SPDX + "int f(int i) {\n  return i;\n}\n", "url.c:2: the brace of a body"),
    ("... after more lines", house.law_sizes, "common/name/url.c",
     SPDX + "int\nf(int i,\n  int j) {\n  return i;\n}\n", "url.c:4: the brace"),
    ("... after an attribute", house.law_sizes, "common/name/url.c",
     SPDX + "int f(int i) __attribute__((cold)) {\n}\n", "url.c:2: the brace"),
    ("... in a header", house.law_sizes, "common/name/url.h", SPDX + "static inline int f(int i) { return i; }\n", "url.h:2: the brace"),
    ("a brace that is not at the start of its line", house.law_sizes, "tests/unit/url_test.c",
     SPDX + "int\nf(void)\n  {\n  }\n", "url_test.c:4: the brace"),
    ("a body that #if splits", house.law_sizes, "common/name/url.c",
     SPDX + "#if X\nint f(int i)\n{\n#else\nint f(void)\n{\n#endif\n}\n", "do not pair"),
    ("seven parameters", house.law_parameters, "common/name/url.c",
     SPDX + "int\nf(int a, int b, int c, int d,\n  int e, int f, int g)\n{\n}\n", "url.c:3: 'f' has 7 parameters"),
    ("... in a prototype", house.law_parameters, "common/name/url.h",
     SPDX + "int f(int, int, int (*)(int, int), int, int, int, int);\n", "'f' has 7"),
    ("... of a pointer", house.law_parameters, "helper/serve.c", SPDX + "int (*f)(int, int, int, int, int, int, int);\n", "'f' has 7"),
    ("... in a struct", house.law_parameters, "tests/unit/url_test.c",
     SPDX + "struct s {\n  int (*f)(int, int, int, int, int, int, int);\n};\n", "url_test.c:3: 'f' has 7"),
    ("... in a parameter", house.law_parameters, "common/name/url.h",
     SPDX + "int f(int (*g)(int, int, int, int, int, int, int));\n", "'g' has 7"),
    ("... in a body", house.law_parameters, "common/name/url.c",
     SPDX + "int\nf(void)\n{\n  int (*g)(int, int, int, int, int, int, int) = h;\n}\n", "url.c:5: 'g' has 7"),
    ("... of a type", house.law_parameters, "common/name/url.h", SPDX + "typedef int f(int, int, int, int, int, int, int);\n", "'f' has 7"),
    ("a long source", house.law_sizes, "common/name/url.c", SPDX + "int x;\n" * 500, "501 lines"),
    ("a long header", house.law_sizes, "common/name/url.h", SPDX + "int x;\n" * 150, "151 lines"),
    ("a long test", house.law_sizes, "tests/unit/url_test.c", SPDX + "int x;\n" * 500, "501 lines"),
    ("a long front page", house.law_sizes, "README.md", "x\n" * 151, "151 lines, at most 150"),
    ("strcpy", house.law_words, "helper/serve.c", SPDX + "x = strcpy (a, b);\n", "'strcpy' is banned"),
    ("sprintf in a test", house.law_words, "tests/unit/url_test.c", SPDX + "sprintf(a, b);\n", "'sprintf' is banned"),
    ("gets", house.law_words, "common/name/url.c", SPDX + "/* a */ gets(b);\n", "'gets' is banned"),
    ("strtok", house.law_words, "common/name/url.c", SPDX + 'char *x = strtok("a", b);\n', "'strtok' is banned"),
    ("malloc outside", house.law_words, "common/name/url.c", SPDX + "\n\nx = malloc(1);\n", "url.c:4: 'malloc'"),
    ("free in a helper", house.law_words, "helper/serve.c", SPDX + "free(x);\n", "'free' belongs"),
    ("free under another name", house.law_words, "common/name/url.c", SPDX + "#define release(p) free(p)\n", "'free' belongs"),
    ("... in two pieces", house.law_words, "common/name/url.c", SPDX + "fr\\\nee(p);\n", "'free' belongs"),
    ("aligned memory outside", house.law_words, "common/name/url.c", SPDX + "x = aligned_alloc(64, 64);\n", "'aligned_alloc' belongs"),
    ("realloc by pointer", house.law_words, "common/name/url.c", SPDX + "void *(*f)(void *, size_t) = realloc;\n", "'realloc'"),
    ("printing inside", house.law_words, "common/name/url.c", SPDX + 'fprintf(stderr, "x");\n', "'fprintf' does not belong"),
    ("memory by the compiler's name", house.law_words, "common/name/url.c", SPDX + "p = __builtin_alloca(9);\n", "'__builtin_alloca' belongs"),
    ("strcpy by the compiler's name", house.law_words, "tests/unit/url_test.c", SPDX + "__builtin_strcpy(a, b);\n", "'__builtin_strcpy' is banned"),
    ("... that checks", house.law_words, "helper/serve.c", SPDX + "__builtin___strcpy_chk(a, b, 9);\n", "strcpy_chk' is banned"),
    ("writing to a stream of the program", house.law_words, "common/name/url.c",
     SPDX + "fwrite(a, 1, 1, stderr);\n", "'stderr' does not belong"),
    ("... the other one", house.law_words, "common/name/url.h", SPDX + "#define OUT stdout\n", "'stdout' does not belong"),
    ("printing without a lock", house.law_words, "common/name/url.c", SPDX + "putchar_unlocked(1);\n", "'putchar_unlocked' does not"),
    ("the log of the system", house.law_words, "common/name/url.c", SPDX + 'syslog(1, "x");\n', "'syslog' does not belong"),
    ("psignal inside", house.law_words, "common/name/url.c", SPDX + 'psignal(1, "x");\n', "'psignal' does not belong"),
    ("warn inside", house.law_words, "common/name/url.c", SPDX + 'warn ("x");\n', "'warn' does not belong"),
    ("errx inside", house.law_words, "common/name/url.c", SPDX + 'errx(1, "x");\n', "'errx' does not belong"),
    ("err inside", house.law_words, "common/name/url.c", SPDX + "struct err *err;\n" + 'err(1, "x");\n', "url.c:3: 'err' does not belong"),
    ("perror inside", house.law_words, "common/name/url.h", SPDX + "perror(0);\n", "'perror' does not belong"),
    ("leaving inside", house.law_words, "common/name/url.c", SPDX + "if (x) exit(1);\n", "'exit' does not belong"),
    ("no licence in C", house.law_licence, "common/name/url.c", "int x;\n", "no SPDX"),
    ("no licence in Python", house.law_licence, "tests/x.py", "import os\n", "no SPDX"),
    ("no licence in a manual", house.law_licence, "helper/x.8", ".Dd today\n", "no SPDX"),
    ("no licence in a script without suffix", house.law_licence, ".ci/run", "#!/bin/sh\n", "no SPDX"),
    ("another licence", house.law_licence, "common/name/url.c", SPDX.replace("GPL-2.0-or-later", "MIT"), "no SPDX"),
    ("a byte above ASCII", house.law_ascii, "common/name/url.c", SPDX + "// \u00e4\n", "url.c:2: a byte"),
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


def put_tree(top, tree):
    for path, content in tree.items():
        if content is not None:
            put(top, path, content)


def broken_trees(law):
    for why, one, name, text, want in CASES:
        with tempfile.TemporaryDirectory() as top:
            put_tree(top, {**GOOD, name: text})
            got = list(one(law, top, house.project.files(top)))
            check(why, any(want in line for line in got), f"want: {want}", f"got:  {got}")


def good_tree(law):
    with tempfile.TemporaryDirectory() as top:
        put_tree(top, GOOD)
        for rubbish in ("config.log", "common/base/err.o", "build-x/a.c", "autom4te.cache/x.c", ".git/hooks/x.sample"):
            put(top, rubbish, "x\n")
        files = house.project.files(top)
        check("what a build leaves is not a file of the project", sorted(files) == sorted(GOOD), f"got: {files}")
        for one in house.SOURCE_LAWS:
            got = list(one(law, top, files))
            check(f"a lawful tree: {one.__doc__}", not got, *got)
        covered = {case[1] for case in CASES}
        check("every law is broken by some case", covered == set(house.SOURCE_LAWS), f"not: {set(house.SOURCE_LAWS) - covered}")
        put(top, "common/name/long.c", body(50))
        put(top, "common/name/err.c", SPDX + "#define MANY(a, b, c, d, e, f, g) a\n"
            "struct s {\n  int a, b, c, d, e, f, g;\n} s = {\n  1, 2, 3, 4, 5, 6, 7\n};\n"
            "int\nf(struct err *err, int b, int c, int d, int (*e)(int, int), int g) __attribute__((cold))\n"
            "{\n  warn = err;\n  return g(1, 2, 3, 4, 5, 6, 7);\n}\nint x = MANY(1, 2, 3, 4, 5, 6, 7);\n")
        for one in (house.law_sizes, house.law_parameters, house.law_words):
            got = list(one(law, top, ["common/name/err.c"]))
            check(f"what looks like an offence: {one.__doc__}", not got, *got)
        check("fifty lines are not too many", not list(house.law_sizes(law, top, ["common/name/long.c"])))
        kinds = ("c", "h", "py", "sh")
        many = [f"tests/x/x{n}.{kinds[n % len(kinds)]}" for n in range(house.FOLDER_MAX + 1)]
        put_tree(top, {name: SPDX for name in many})
        check("thirty sources are not too many", not list(house.law_sizes(law, top, many[:-1])))
        got = list(house.law_sizes(law, top, many))
        check("a full folder", got == [f"tests/x: {len(many)} sources, at most {house.FOLDER_MAX}"], f"got: {got}")


def broken_rooms():
    for why, text in (("a room that sees a later one", "room common/a : b\nroom common/b :\n"), ("a room that sees itself", "room common/a : a\n"),
                      ("two rooms of one name", "room common/a :\nroom helper/a :\n"), ("public headers of no room", "public a : x.h\n"),
                      ("a header lent to no room", "room common/a :\nlent a b : x.h\n"),
                      ("a room without public headers", "room common/a :\n"), ("a word that is not a law", "floor 1 a\n")):
        with tempfile.NamedTemporaryFile("w", suffix=".rooms") as file:
            file.write(text)
            file.flush()
            try:
                house.Law(file.name)
                check(why, False, "no complaint")
            except SystemExit as refusal:
                check(why, file.name in str(refusal), f"got: {refusal}")


def compile_c(build, name, text):
    """An object as automake names it; False without a compiler."""
    put(build, name, text)
    command = [*os.environ.get("CC", "cc").split(), "-c", "-o", os.path.join(build, name[:-2] + ".o"), os.path.join(build, name)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


# (why, law, sources, what the complaint says; None: none)
OBJECTS = (
    ("arrows that go down", objects.law_circles,
     {"common/name/host.c": "int url(void); int host(void) { return url(); }", "common/name/url.c": "int url(void) { return 1; }"}, None),
    ("two files that need each other", objects.law_circles,
     {"common/name/host.c": "int url(void); int host(void) { return url(); }",
      "common/name/url.c": "int host(void); int url(void) { return host(); }"},
     "a circle: common/name/host.c uses url of common/name/url.c, common/name/url.c uses host of common/name/host.c"),
    ("a circle of three, one arrow a variable", objects.law_circles,
     {"common/name/host.c": "int url(void); int host(void) { return url(); }",
      "common/name/url.c": "extern int pin; int url(void) { return pin; }",
      "common/name/pin.c": "int host(void); int pin = 1; int f(void) { return host(); }"}, "uses pin of common/name/pin.c"),
    ("a circle of pointers in tables", objects.law_circles,
     {"common/name/host.c": "int url(void); int (*const host[])(void) = {url};",
      "common/name/url.c": "extern int (*const host[])(void); int url(void) { return host[0](); }"}, "a circle"),
    ("a circle across rooms", objects.law_circles,
     {"common/name/host.c": "int arena(void); int host(void) { return arena(); }",
      "common/base/arena.c": "int host(void); int arena(void) { return host(); }"}, "a circle"),
    ("static functions of one name", objects.law_circles,
     {"common/name/host.c": "static int f(void) { return 1; } int host(void) { return f(); }",
      "common/name/url.c": "int host(void); static int f(void) { return host(); } int url(void) { return f(); }"}, None),
    ("a source that was not built", objects.law_fresh, {"common/name/host.c": "int host(void) { return 1; }", "common/name/url.c": None},
     "common/name/url.c: no object"),
    ("a call into a lower room", objects.law_reach,
     {"common/name/host.c": "int arena(void); int host(void) { return arena(); }", "common/base/arena.c": "int arena(void) { return 1; }"},
     None),
    ("a call that climbs, declared by hand", objects.law_reach,
     {"common/name/host.c": "int host(void) { return 1; }", "common/base/arena.c": "int host(void); int arena(void) { return host(); }"},
     "common/base/arena.c: uses host of common/name/host.c, but 'base' may not see 'name'"),
    ("... inside a function", objects.law_reach,
     {"common/name/host.c": "int host(void) { return 1; }",
      "common/base/arena.c": "int arena(void) { extern int host(void); return host(); }"}, "uses host of common/name/host.c"),
    ("... by a weak symbol", objects.law_reach,
     {"common/name/host.c": "int host(void) { return 1; }",
      "common/base/arena.c": "int host(void) __attribute__((weak)); int arena(void) { return host ? host() : 0; }"}, "uses host"),
    ("... of a weak symbol", objects.law_reach,
     {"common/name/host.c": "__attribute__((weak)) int host(void) { return 1; }",
      "common/base/arena.c": "int host(void); int arena(void) { return host(); }"}, "uses host"),
    ("... of a function that is chosen at start", objects.law_reach,
     {"common/name/host.c": "static int one(void) { return 1; } static int (*choose(void))(void) { return one; }\n"
                            "int host(void) __attribute__((ifunc(\"choose\")));",
      "common/base/arena.c": "int host(void); int arena(void) { return host(); }"}, "uses host"),
    ("... under another name", objects.law_reach,
     {"common/name/host.c": "int host(void) { return 1; }",
      "common/base/arena.c": "int mine(void) __asm__(\"host\"); int arena(void) { return mine(); }"}, "uses host"),
    ("... in a header's function that nobody calls", objects.law_reach,
     {"common/name/host.c": "int host(void) { return 1; }", "common/base/err.h": "int host(void);\nstatic inline int err(void) { return host(); }\n"},
     "common/base/err.h: uses host of common/name/host.c, but 'base' may not see 'name'"),
    ("... in a header's macro", objects.law_reach,
     {"common/name/host.c": "int host(void) { return 1; }", "common/base/err.h": "#define ERR() \\\n  host()\n"}, "common/base/err.h: uses host"),
    ("... in a header's table", objects.law_reach,
     {"common/name/host.c": "int host(void) { return 1; }",
      "common/base/err.h": "int host(void);\nstatic int (*const all[1])(void) = {\n  host,\n};\n"}, "common/base/err.h: uses host"),
    ("... in a header's variable", objects.law_reach,
     {"common/name/host.c": "int host(void) { return 1; }", "common/base/err.h": "int host(void);\nstatic int (*const one)(void) = host;\n"},
     "common/base/err.h: uses host"),
    ("a header's declarations are not uses", objects.law_reach,
     {"common/name/host.c": "int host(void) { return 1; }",
      "common/base/err.h": "int host(void);\nstruct err {\n  int (*host)(void);\n};\nenum { ERR = 1 };\nstatic int host_of(int host);\n"}, None),
    ("a header's function that goes down", objects.law_reach,
     {"common/base/arena.c": "int arena(void) { return 1; }", "common/name/host.h": "int arena(void);\nstatic inline int f(void) { return arena(); }\n"},
     None),
    ("a circle through a header's function", objects.law_circles,
     {"common/name/host.c": '#include "pin.h"\nint host(void) { return pin(); }',
      "common/name/pin.h": "int url(void);\nstatic inline int pin(void) { return url(); }\n",
      "common/name/url.c": "int host(void); int url(void) { return host(); }"}, "a circle"),
    ("a circle that only a header's function closes", objects.law_circles,
     {"common/name/url.c": '#include "deep.h"\nint url(void) { return 0 && pin(); }',
      "common/name/deep.h": '#include "pin.h"\n',
      "common/name/pin.h": "int url(void);\nstatic inline int pin(void) { return url(); }\n"}, "common/name/url.c uses pin of common/name/pin.h"),
    ("a header's function and the source of its name", objects.law_circles,
     {"common/name/url.c": '#include "url.h"\nint url(void) { return quick(); } int slow(void) { return 1; }',
      "common/name/url.h": "int slow(void);\nstatic inline int quick(void) { return slow(); }\n"}, None),
    ("a header's constants are not calls", objects.law_circles,
     {"common/name/host.c": '#include "url.h"\nint host(void) { return MOST; }', "common/name/url.h": "#define MOST 4\n",
      "common/name/url.c": "int host(void); int url(void) { return host(); }"}, None),
    ("a private function declared by hand", objects.law_declared,
     {"common/table/table.c": "int inside(void) { return 1; }", "common/table/table_build.h": "int inside(void);\n",
      "common/compile/compile.c": "int inside(void); int compile(void) { return inside(); }"},
     "common/compile/compile.c: uses inside of common/table/table.c, but no header"),
    ("... inside the room", objects.law_declared,
     {"common/name/host.c": "int host(void) { return 1; }", "common/name/url.c": "int url(void) { extern int host(void); return host(); }"},
     "common/name/url.c: uses host"),
    ("... in a header of a third room", objects.law_declared,
     {"common/name/host.c": "int host(void) { return 1; }", "common/table/table.h": "int host(void);\n",
      "common/table/table.c": "int host(void); int table(void) { return host(); }"}, "common/table/table.c: uses host"),
    ("... in a test", objects.law_declared,
     {"common/name/host.c": "int host(void) { return 1; }", "common/name/host_inner.h": "int host(void);\n",
      "tests/unit/name/host_test.c": "int host(void); int main(void) { return host(); }"}, "tests/unit/name/host_test.c: uses host"),
    ("a public header, a lent one and one of the room", objects.law_declared,
     {"common/image/image.c": "int image(void) { return 1; } int format(void) { return 1; } int inner(void) { return 1; }",
      "common/image/image.h": "int image(void);\n", "common/image/image_format.h": "int format(void);\n", "common/image/image_in.h": "int inner(void);\n",
      "common/image/image_open.c": "int inner(void); int image_open(void) { return inner(); }",
      "common/compile/compile.c": "int image(void); int format(void); int compile(void) { return image() + format(); }",
      "tests/unit/image_test.c": "int image(void); int main(void) { return image(); }"}, None),
    ("a lent header is not lent to tests", objects.law_declared,
     {"common/image/image.c": "int format(void) { return 1; }", "common/image/image_format.h": "int format(void);\n",
      "tests/unit/image_test.c": "int format(void); int main(void) { return format(); }"}, "tests/unit/image_test.c: uses format"),
    ("a room that is seen in vain", objects.law_arrows, {"common/name/host.c": "int host(void) { return 1; }"}, "'name' uses nothing of 'base'"),
    ("memory by a name in pieces", objects.law_calls,
     {"common/name/host.c": "#define GLUE(a, b) a##b\nvoid GLUE(fr, ee)(void *); void host(void *p) { GLUE(fr, ee)(p); }"},
     "its object calls 'free', and 'free' belongs to arena.c"),
    ("printing by another name", objects.law_calls,
     {"common/name/host.c": "int say(const char *) __asm__(\"puts\"); int host(void) { return say(\"x\"); }"}, "'puts' does not belong"),
    ("memory where it belongs", objects.law_calls, {"common/base/arena.c": "void free(void *); void arena(void *p) { free(p); }"}, None),
    ("an unknown program", objects.law_links, {"helper/wild.c": "int main(void) { return 0; }"}, "helper/wild.c: is a program"),
    ("a source without a symbol", objects.law_fresh, {"common/name/host.c": "typedef int t;"}, "no symbol in its object"),
)


def built(law):
    for why, one, sources, want in OBJECTS:
        with tempfile.TemporaryDirectory() as build:
            put_tree(build, {name: text or "" for name, text in sources.items()})
            if not all(text is None or name.endswith(".h") or compile_c(build, name, text) for name, text in sources.items()):
                return "objects: no compiler"
            got = list(one(law, objects.Objects(build, build, sorted(sources))))
            check(why, any(want in line for line in got) if want else not got, f"want: {want}", f"got:  {got}")
    covered = {case[1] for case in OBJECTS} | {objects.law_members}
    check("every law about objects is broken by some case", covered == set(objects.LAWS), f"not: {set(objects.LAWS) - covered}")
    with tempfile.TemporaryDirectory() as build:
        names = ["common/name/host.c", "common/name/url.c"]
        compile_c(build, "common/name/libm365_a-host.c", "int url(void); int host(void) { return url(); }")
        compile_c(build, names[1], "int host(void); int url(void) { return host(); }")
        put(build, names[0], "")
        got = list(objects.law_circles(law, objects.Objects(build, build, names)))
        check("a circle through a library's object", any("a circle" in line for line in got), f"got: {got}")
        for name in names:
            os.utime(os.path.join(build, name), (0, 0))
        check("objects that are newer than their sources", not list(objects.law_fresh(law, objects.Objects(build, build, names))))
        os.utime(os.path.join(build, names[0]))
        os.utime(os.path.join(build, "common/name/libm365_a-host.o"), (0, 0))
        got = list(objects.law_fresh(law, objects.Objects(build, build, names)))
        check("an object that is older than its source", len(got) == 1 and "host.c: newer than 'common/name/libm365_a-host.o'" in got[0], f"got: {got}")
    return None


def arrows():
    with tempfile.TemporaryDirectory() as top:
        put(top, "rooms", "room common/a :\nroom common/b : a\nroom common/c : b a\npublic a : a.h\npublic b :\npublic c :\n")
        law = house.Law(os.path.join(top, "rooms"))
        sources = {"common/b/b.c": "int b(void) { return 1; }\n", "common/c/c.c": "int b(void); int c(void) { return b(); }\n"}
        if not all(compile_c(top, name, text) for name, text in sources.items()):
            return "arrows: no compiler"
        put_tree(top, {"common/a/a.h": "", "common/b/b.c": '#include "a/a.h"\n'})
        got = list(objects.law_arrows(law, objects.Objects(top, top, ["common/a/a.h", *sources])))
        check("an include and a symbol use an arrow", got == ["tests/house/rooms: 'c' uses nothing of 'a'; take the arrow away"], f"got: {got}")
    return None


def members(law):
    names = ("common/name/libm365_a-host", "common/wild/libm365_a-wild", "tests/unit/libm365_a-host")
    with tempfile.TemporaryDirectory() as top:
        if not all(compile_c(top, name + ".c", f"int f{len(name)}(void) {{ return 1; }}\n") for name in names):
            return "members: no compiler"
        put_tree(top, {"common/name/host.c": "", "common/wild/wild.c": ""})
        for inside, want in ((names[:1], None), (names[:2], "'libm365_a-wild.o' is not made"), (names[::2], "'libm365_a-host.o' is not made")):
            paths = [os.path.join(top, name + ".o") for name in inside]
            library = os.path.join(top, "libm365.a")
            if os.path.exists(library):
                os.remove(library)
            subprocess.run(["ar", "cq", library, *paths], capture_output=True, check=False)
            got = list(objects.law_members(law, objects.Objects(top, top, ["common/name/host.c", "common/wild/wild.c"])))
            check(f"a library of {inside}", len(got) == 1 and want in got[0] if want else not got, f"got: {got}")
        put(top, "libm365.a", "not a library\n")
        got = list(objects.law_members(law, objects.Objects(top, top, ["common/name/host.c"])))
        check("a file that is not a library", got == ["libm365.a: ar finds no member"], f"got: {got}")
    return None


def program(top, name, *libraries):
    """A program that needs what it is told to; False without a compiler."""
    os.makedirs(os.path.join(top, "helper"), exist_ok=True)
    put(top, "main.c", "int main(void) { return 0; }\n")
    command = [*os.environ.get("CC", "cc").split(), "-o", os.path.join(top, "helper", name), os.path.join(top, "main.c"),
               "-Wl,--no-as-needed", *libraries]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def links(law):
    with tempfile.TemporaryDirectory() as top:
        if not program(top, "ext_m365_acl"):
            return "links: no compiler"
        check("a program that needs libc only", not list(objects.law_links(law, objects.Objects(top, top, []))))
        put(top, "helper/url_m365_rewrite", "not a program\n")
        got = list(objects.law_links(law, objects.Objects(top, top, [])))
        check("a file that is not a program", any("finds no library" in line for line in got), f"got: {got}")
        program(top, "url_m365_rewrite", "-ldl", "-lresolv")
        got = list(objects.law_links(law, objects.Objects(top, top, [])))
        check("a library that is not listed", any("'libresolv" in line for line in got), f"got: {got}")
        law.never["ext_m365_acl"] = {"libc"}
        got = list(objects.law_links(law, objects.Objects(top, top, [])))
        check("a library that must not come along", any("'libc' comes with it" in line for line in got), f"got: {got}")
    return None


def library_names():
    for soname, want in (("libc.so.6", "libc"), ("libpcre2-8.so.0", "libpcre2-8"), ("libcurl-gnutls.so.4", "libcurl-gnutls"),
                         ("libfoo-1.2.so", "libfoo"), ("ld-linux-x86-64.so.2", "ld-linux-x86-64")):
        check(f"the name in {soname}", objects.library_name(soname) == want, objects.library_name(soname))


def tarball():
    with tempfile.TemporaryDirectory() as top:
        put(top, "list", "common/err.c\n./README.md\ntests/fuzz/url.in\n")
        files = ["README.md", "common/err.c", "tests/fuzz/url.in/a", ".gitignore", ".ci/run"]
        check("a tarball with everything", not list(house.law_dist(files, os.path.join(top, "list"))))
        got = list(house.law_dist(files + ["tests/fuzz/urls"], os.path.join(top, "list")))
        check("a tarball without a file", len(got) == 1 and "tests/fuzz/urls: not in the tarball" in got[0], f"got: {got}")


def links_of_files(law):
    with tempfile.TemporaryDirectory() as top:
        put_tree(top, GOOD)
        os.symlink("../image/image_format.h", os.path.join(top, "common/name/mine.h"))
        got = list(house.law_kinds(law, top, house.project.files(top)))
        check("a link to a private header", len(got) == 1 and "common/name/mine.h: a link" in got[0], f"got: {got}")


def main():
    with tempfile.NamedTemporaryFile("w", suffix=".rooms") as file:
        file.write(ROOMS)
        file.flush()
        law = house.Law(file.name)
    sign_all(law)
    good_tree(law)
    broken_trees(law)
    broken_rooms()
    library_names()
    tarball()
    links_of_files(law)
    skipped = [why for why in (built(law), arrows(), members(law), links(law)) if why]
    for why in skipped:
        print(f"skipped - {why}")
    print(f"{PASSED} passed, {FAILED} failed" + (f", {len(skipped)} skipped" if skipped else ""))
    return 1 if FAILED or not PASSED else 0


if __name__ == "__main__":
    sys.exit(main())
