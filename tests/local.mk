# SPDX-License-Identifier: GPL-2.0-or-later
# Tests: each kind in its folder. `make check` runs those that need neither network nor root; see README.md.

TEST_EXTENSIONS = .py .sh
PY_LOG_COMPILER = $(PYTHON3)
AM_PY_LOG_FLAGS = -B
SH_LOG_COMPILER = $(SHELL)

# ---- unit: one program for each module ----

UNIT_TESTS = \
	%D%/unit/addr_test %D%/unit/arena_test %D%/unit/buf_test %D%/unit/day_test %D%/unit/err_test \
	%D%/unit/file_test %D%/unit/host_test %D%/unit/ports_test %D%/unit/request_test %D%/unit/url_test

check_LIBRARIES = %D%/libunit.a
%C%_libunit_a_SOURCES = %D%/unit/unit.c %D%/unit/unit.h
%C%_libunit_a_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
UNIT_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/%D%/unit $(CMOCKA_CFLAGS)
UNIT_LDADD = %D%/libunit.a $(M365_LIBS) $(CMOCKA_LIBS)

%C%_unit_addr_test_SOURCES = %D%/unit/addr_test.c
%C%_unit_addr_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_addr_test_LDADD = $(UNIT_LDADD)

%C%_unit_arena_test_SOURCES = %D%/unit/arena_test.c
%C%_unit_arena_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_arena_test_LDADD = $(UNIT_LDADD)

%C%_unit_buf_test_SOURCES = %D%/unit/buf_test.c
%C%_unit_buf_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_buf_test_LDADD = $(UNIT_LDADD)

%C%_unit_day_test_SOURCES = %D%/unit/day_test.c
%C%_unit_day_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_day_test_LDADD = $(UNIT_LDADD)

%C%_unit_err_test_SOURCES = %D%/unit/err_test.c
%C%_unit_err_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_err_test_LDADD = $(UNIT_LDADD)

%C%_unit_file_test_SOURCES = %D%/unit/file_test.c
%C%_unit_file_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_file_test_LDADD = $(UNIT_LDADD)

%C%_unit_host_test_SOURCES = %D%/unit/host_test.c
%C%_unit_host_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_host_test_LDADD = $(UNIT_LDADD)

%C%_unit_ports_test_SOURCES = %D%/unit/ports_test.c
%C%_unit_ports_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_ports_test_LDADD = $(UNIT_LDADD)

%C%_unit_request_test_SOURCES = %D%/unit/request_test.c
%C%_unit_request_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_request_test_LDADD = $(UNIT_LDADD)

%C%_unit_url_test_SOURCES = %D%/unit/url_test.c
%C%_unit_url_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_url_test_LDADD = $(UNIT_LDADD)
