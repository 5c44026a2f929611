# SPDX-License-Identifier: GPL-2.0-or-later
# Tests: each kind in its folder, one line in TESTS for each program or script. `make check` runs what needs neither network
# nor root; lint, fuzz, cover, valgrind and e2e are targets of their own, each of which fails if its tool is missing.

TEST_EXTENSIONS = .py .sh
PY_LOG_COMPILER = $(PYTHON3)
AM_PY_LOG_FLAGS = -B
SH_LOG_COMPILER = $(SHELL)

EXTRA_DIST += %D%/run.sh %D%/packages.txt %D%/totals.py

# A missing tool is no reason to call a check passed.
if !HAVE_CMOCKA
check-local: no-cmocka
no-cmocka:
	@echo "make check needs cmocka (Debian: libcmocka-dev); install it and run configure again" >&2; exit 1
endif
if !HAVE_PYTHON3
check-local: no-python3
no-python3:
	@echo "make check needs python3; install it and run configure again" >&2; exit 1
endif
.PHONY: no-cmocka no-python3

# ---- house: the law ----

TESTS += %D%/house/house.py %D%/house/selftest.py
EXTRA_DIST += %D%/house/floors %D%/house/house.py %D%/house/selftest.py

# What the tarball will hold, for house.py to compare with what git has.
check_DATA = %D%/dist.list
%D%/dist.list: Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && for name in $(DISTFILES); do echo "$$name"; done | sed 's,^$(srcdir)/,,' >$@
CLEANFILES += %D%/dist.list
AM_TESTS_ENVIRONMENT += dist_list=%D%/dist.list; export dist_list; PYTHONDONTWRITEBYTECODE=1; export PYTHONDONTWRITEBYTECODE;

# ---- unit: one program for each module ----

if HAVE_CMOCKA
UNIT_TESTS = \
	%D%/unit/addr_test %D%/unit/arena_test %D%/unit/buf_test %D%/unit/covers_test %D%/unit/day_test %D%/unit/err_test \
	%D%/unit/file_test %D%/unit/host_test %D%/unit/ports_test %D%/unit/request_test %D%/unit/rewrite_test %D%/unit/serve_test \
	%D%/unit/serve_watch_test %D%/unit/squid_test %D%/unit/url_test

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

%C%_unit_covers_test_SOURCES = %D%/unit/covers_test.c
%C%_unit_covers_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_covers_test_LDADD = $(UNIT_LDADD)

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

%C%_unit_rewrite_test_SOURCES = %D%/unit/rewrite_test.c
%C%_unit_rewrite_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_rewrite_test_LDADD = $(UNIT_LDADD)

# These bring a load.h of their own, and so no load.o of the library.
SERVE_STAGE = %D%/unit/serve_stage.c %D%/unit/serve_stage.h helper/serve.c helper/serve.h

%C%_unit_serve_test_SOURCES = %D%/unit/serve_test.c $(SERVE_STAGE)
%C%_unit_serve_test_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/helper
%C%_unit_serve_test_LDADD = $(UNIT_LDADD)

%C%_unit_serve_watch_test_SOURCES = %D%/unit/serve_watch_test.c $(SERVE_STAGE)
%C%_unit_serve_watch_test_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/helper
%C%_unit_serve_watch_test_LDADD = $(UNIT_LDADD)

%C%_unit_squid_test_SOURCES = %D%/unit/squid_test.c
%C%_unit_squid_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_squid_test_LDADD = $(UNIT_LDADD)

%C%_unit_url_test_SOURCES = %D%/unit/url_test.c
%C%_unit_url_test_CPPFLAGS = $(UNIT_CPPFLAGS)
%C%_unit_url_test_LDADD = $(UNIT_LDADD)
endif

# ---- the built programs: protocol, transcripts, the oracle ----

TESTS += %D%/golden/run.sh %D%/protocol/protocol_test.py %D%/man/run.sh %D%/oracle/selftest.py %D%/oracle/run.sh
EXTRA_DIST += \
	%D%/transcript.py %D%/golden/run.sh %D%/golden/check.t %D%/golden/compile.t %D%/golden/explain.t %D%/golden/json.t \
	%D%/golden/lookup.t %D%/golden/presets.t %D%/golden/refusals.t %D%/golden/table.t %D%/golden/tenant.t %D%/golden/data/local.rules \
	%D%/golden/data/m365.json %D%/golden/data/m365.rules %D%/golden/data/partners.txt %D%/man/run.sh %D%/protocol/protocol_test.py \
	%D%/oracle/compare.py %D%/oracle/generate.py %D%/oracle/oracle.py %D%/oracle/run.sh %D%/oracle/selftest.py

# ---- targets of their own ----

EXTRA_DIST += %D%/lint.h %D%/lint.sh %D%/cover.sh %D%/cppcheck.txt %D%/codespell.txt .clang-tidy

EXTRA_DIST += \
	%D%/e2e/cases.py %D%/e2e/client.py %D%/e2e/common.conf.in %D%/e2e/explicit-rules.conf %D%/e2e/explicit.conf.in \
	%D%/e2e/hello.py %D%/e2e/intercept.conf.in %D%/e2e/lib.sh %D%/e2e/origin.py %D%/e2e/readme-fragment.sh \
	%D%/e2e/rewrite.conf.in %D%/e2e/run.sh

# A real Squid in namespaces of its own; needs root and squid-openssl, and says so where it skips.
e2e: all
	$(SHELL) $(top_srcdir)/%D%/e2e/run.sh '$(abs_top_builddir)'

lint:
	@top_srcdir='$(top_srcdir)' PYTHON3='$(PYTHON3)' LINT_JOBS='$(LINT_JOBS)' $(SHELL) $(top_srcdir)/%D%/lint.sh \
		$(AM_CPPFLAGS) $(PCRE2_CFLAGS) $(CJSON_CFLAGS) $(IDN2_CFLAGS) $(PSL_CFLAGS) $(CMOCKA_CFLAGS) \
		-I$(top_srcdir)/helper -I$(top_srcdir)/%D%/unit

cover: check
	@top_srcdir='$(top_srcdir)' $(SHELL) $(top_srcdir)/%D%/cover.sh

# Every allocation and every read of the unit and fuzz programs; not together with --enable-sanitizers.
VALGRIND = valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible
valgrind: all
	@command -v valgrind >/dev/null || { echo "make valgrind needs valgrind" >&2; exit 1; }
	$(MAKE) $(check_PROGRAMS)
	$(MAKE) check-TESTS TESTS='$(UNIT_TESTS) $(FUZZ_PROGRAMS)' LOG_COMPILER='$(VALGRIND)'

.PHONY: cover e2e lint valgrind
