# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests, in the rooms of what they test. A program is NAME_test.c alone unless its room's list says more; all are
# linked as LDADD says.

check_LIBRARIES = %D%/libunit.a
%C%_libunit_a_SOURCES = %D%/tables.c %D%/tables.h %D%/unit.c %D%/unit.h %D%/walk.c %D%/walk.h
LDADD = %D%/libunit.a $(M365CTL_LIBS) $(CMOCKA_LIBS)

# Fails the n-th allocation. Only arena.c and buf.c of the library allocate.
ALLOC_FAILS = %D%/alloc_fails.c %D%/alloc_fails.h
WRAP_ALLOC = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc

UNIT_TESTS =
include %D%/base/local.mk
include %D%/name/local.mk
include %D%/image/local.mk
include %D%/table/local.mk
include %D%/verdict/local.mk
include %D%/compile/local.mk
include %D%/squid/local.mk
include %D%/conf/local.mk
include %D%/store/local.mk
include %D%/change/local.mk
include %D%/squidconf/local.mk
include %D%/update/local.mk
include %D%/serve/local.mk

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
