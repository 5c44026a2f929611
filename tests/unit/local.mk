# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests, in rooms as in common/ and helper/. A program is made of NAME_test.c alone unless the local.mk of its room
# says more. All link LDADD.

check_LIBRARIES = %D%/libunit.a
%C%_libunit_a_SOURCES = %D%/tables.c %D%/tables.h %D%/unit.c %D%/unit.h %D%/walk.c %D%/walk.h
LDADD = %D%/libunit.a $(M365CTL_LIBS) $(CMOCKA_LIBS)

# Fails the n-th allocation. Only arena.c and buf.c of the library allocate.
ALLOC_FAILS = %D%/alloc_fails.c %D%/alloc_fails.h
LEND = %D%/lend.c %D%/lend.h
WRAP_ALLOC = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc

# Two tables and their diff.
DIFF_STAGE = %D%/diff_stage.c %D%/diff_stage.h

# What the review decides about them.
REVIEW_STAGE = %D%/review_stage.c %D%/review_stage.h

# Random pairs of tables, and what opens between them, found by asking everything.
OPENING_ORACLE = %D%/opening_oracle.c %D%/opening_oracle.h %D%/opening_pairs.c %D%/opening_pairs.h \
	%D%/opening_shrink.c

# Small tables, and the request that opens between them.
OPENING_STAGE = %D%/opening_stage.c %D%/opening_stage.h

UNIT_TESTS =
include %D%/base/local.mk
include %D%/cloud/local.mk
include %D%/name/local.mk
include %D%/also/local.mk
include %D%/image/local.mk
include %D%/list/local.mk
include %D%/table/local.mk
include %D%/lint/local.mk
include %D%/verdict/local.mk
include %D%/counter/local.mk
include %D%/compile/local.mk
include %D%/squid/local.mk
include %D%/conf/local.mk
include %D%/state/local.mk
include %D%/store/local.mk
include %D%/change/local.mk
include %D%/lead/local.mk
include %D%/history/local.mk
include %D%/review/local.mk
include %D%/squidconf/local.mk
include %D%/ruleset/local.mk
include %D%/course/local.mk
include %D%/outcome/local.mk
include %D%/advise/local.mk
include %D%/insert/local.mk
include %D%/log/local.mk
include %D%/replay/local.mk
include %D%/service/local.mk
include %D%/update/local.mk
include %D%/serve/local.mk

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
