# SPDX-License-Identifier: GPL-2.0-or-later
# Tests: each kind in its folder, one line in TESTS for each program or script. `make check` runs what needs neither network
# nor root. lint, fuzz, cover, valgrind and e2e are separate targets; each fails if its tool is missing.

TEST_EXTENSIONS = .py .sh
PY_LOG_COMPILER = $(PYTHON3)
AM_PY_LOG_FLAGS = -B
SH_LOG_COMPILER = $(SHELL)

EXTRA_DIST += %D%/README.md %D%/bare.sh %D%/files.py %D%/run.sh %D%/packages.txt %D%/totals.py

# A check whose tool is missing has not passed.
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

# ---- house: the laws ----

TESTS += %D%/house/files_test.py %D%/house/house.py %D%/house/selftest.py
EXTRA_DIST += \
	%D%/house/c_text.py %D%/house/files_test.py %D%/house/house.py %D%/house/objects.py %D%/house/rooms \
	%D%/house/selftest.py

# What the tarball will hold; house.py compares it with the files of the tree.
check_DATA = %D%/dist.list
%D%/dist.list: Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && for name in $(DISTFILES); do echo "$$name"; done | sed 's,^$(srcdir)/,,' >$@
CLEANFILES += %D%/dist.list
AM_TESTS_ENVIRONMENT += dist_list=%D%/dist.list; export dist_list; PYTHONDONTWRITEBYTECODE=1; export PYTHONDONTWRITEBYTECODE;

# ---- unit: one program for each module, in rooms as in common/ and helper/ ----

if HAVE_CMOCKA
include %D%/unit/local.mk
endif

# ---- fuzz: one program for each kind of input; without an engine it replays its corpus ----

FUZZ_TESTS = \
	%D%/fuzz/also_fuzz %D%/fuzz/image_fuzz %D%/fuzz/json_fuzz %D%/fuzz/line_fuzz %D%/fuzz/list_fuzz \
	%D%/fuzz/rules_fuzz %D%/fuzz/text_fuzz %D%/fuzz/url_fuzz
check_PROGRAMS += $(FUZZ_TESTS)
TESTS += $(FUZZ_TESTS)
FUZZ_LINK = $(AM_LDFLAGS) $(FUZZ_ENGINE)
FUZZ_LIBS = $(M365_LIBS)
FUZZ_SHARED = %D%/fuzz/fuzz.h
if !FUZZING
FUZZ_SHARED += %D%/fuzz/main.c
endif
FUZZ_WALK = $(FUZZ_SHARED) %D%/unit/walk.c %D%/unit/walk.h
FUZZ_SOURCE = $(FUZZ_WALK) %D%/fuzz/source.c
EXTRA_DIST += %D%/fuzz/fuzz.sh %D%/fuzz/main.c \
	%D%/fuzz/also.in %D%/fuzz/image.in %D%/fuzz/json.in %D%/fuzz/line.in %D%/fuzz/list.in %D%/fuzz/rules.in %D%/fuzz/text.in %D%/fuzz/url.in

%C%_fuzz_also_fuzz_SOURCES = %D%/fuzz/also_fuzz.c $(FUZZ_SHARED)
%C%_fuzz_also_fuzz_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_also_fuzz_LDADD = libm365ctl.a $(FUZZ_LIBS)

%C%_fuzz_image_fuzz_SOURCES = %D%/fuzz/image_fuzz.c $(FUZZ_WALK)
%C%_fuzz_image_fuzz_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_image_fuzz_LDADD = $(FUZZ_LIBS)

%C%_fuzz_json_fuzz_SOURCES = %D%/fuzz/json_fuzz.c $(FUZZ_SOURCE)
%C%_fuzz_json_fuzz_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_json_fuzz_LDADD = $(FUZZ_LIBS)

%C%_fuzz_line_fuzz_SOURCES = %D%/fuzz/line_fuzz.c $(FUZZ_SHARED)
%C%_fuzz_line_fuzz_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_line_fuzz_LDADD = $(FUZZ_LIBS)

%C%_fuzz_list_fuzz_SOURCES = %D%/fuzz/list_fuzz.c $(FUZZ_SOURCE)
%C%_fuzz_list_fuzz_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_list_fuzz_LDADD = $(FUZZ_LIBS)

%C%_fuzz_rules_fuzz_SOURCES = %D%/fuzz/rules_fuzz.c $(FUZZ_SHARED)
%C%_fuzz_rules_fuzz_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_rules_fuzz_LDADD = $(FUZZ_LIBS)

%C%_fuzz_text_fuzz_SOURCES = %D%/fuzz/text_fuzz.c $(FUZZ_SOURCE)
%C%_fuzz_text_fuzz_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_text_fuzz_LDADD = $(FUZZ_LIBS)

%C%_fuzz_url_fuzz_SOURCES = %D%/fuzz/url_fuzz.c $(FUZZ_SHARED)
%C%_fuzz_url_fuzz_LDFLAGS = $(FUZZ_LINK)
%C%_fuzz_url_fuzz_LDADD = $(FUZZ_LIBS)

# Needs ./configure --enable-fuzzing CC=clang.
fuzz: $(FUZZ_TESTS)
if FUZZING
	@top_srcdir='$(top_srcdir)' $(SHELL) $(top_srcdir)/%D%/fuzz/fuzz.sh $(FUZZ_TESTS)
else
	@echo "make fuzz needs a build with an engine: run configure with --enable-fuzzing CC=clang" >&2; exit 1
endif
clean-local: fuzz-clean
fuzz-clean:
	rm -rf %D%/fuzz/*.found %D%/fuzz/*.crash-*
.PHONY: fuzz-clean

# ---- the built programs: protocol, transcripts, the oracle ----

TESTS += %D%/lists/lists_test.py %D%/replay/evidence_test.py %D%/replay/replay_test.py
EXTRA_DIST += %D%/lists/lists_test.py %D%/replay/evidence_test.py %D%/replay/hosts_test.py %D%/replay/replay_test.py
TESTS += \
	%D%/golden/run.sh %D%/golden/addresses_test.py %D%/golden/bar_test.py %D%/protocol/counter_test.py %D%/protocol/protocol_test.py %D%/man/run.sh %D%/man/synopsis_test.py %D%/oracle/selftest.py \
	%D%/oracle/run.sh
EXTRA_DIST += \
	%D%/dns.py %D%/port.py %D%/stage.py %D%/transcript.py %D%/golden/addresses_test.py %D%/golden/bar_test.py %D%/golden/run.sh %D%/golden/also.t %D%/golden/check.t %D%/golden/check-conf.t \
	%D%/golden/compile.t %D%/golden/explain.t %D%/golden/json.t %D%/golden/lists.t %D%/golden/lookup.t %D%/golden/presets.t \
	%D%/golden/doctor.t %D%/golden/refusals.t %D%/golden/required.t %D%/golden/shipped.t %D%/golden/table.t %D%/golden/tenant.t %D%/golden/terminal.t %D%/golden/trace.t \
	%D%/golden/data/adblock.txt %D%/golden/data/clash.list %D%/golden/data/dnsmasq.conf %D%/golden/data/edl.txt \
	%D%/golden/data/hosts.txt %D%/golden/data/mixed.txt %D%/golden/data/prose.txt %D%/golden/data/ranges.txt \
	%D%/golden/data/trace.conf %D%/golden/data/trace.hosts %D%/golden/data/servicetags.json %D%/golden/data/sets.ipset %D%/golden/data/unbound.conf %D%/golden/data/zone.rpz \
	%D%/golden/data/local.rules %D%/golden/data/m365.json %D%/golden/data/m365.rules %D%/golden/data/partners.txt %D%/man/run.sh %D%/man/synopsis_test.py %D%/protocol/counter_test.py %D%/protocol/protocol_test.py \
	%D%/oracle/compare.py %D%/oracle/generate.py %D%/oracle/oracle.py %D%/oracle/run.sh %D%/oracle/selftest.py

# ---- the updater (state_test.py, owner_test.py, service_test.py, prometheus_test.py and replay/hosts_test.py run by
# `make update` only) and squid.conf ----

TESTS += %D%/update/chat_test.py %D%/update/damage_test.py %D%/update/exports_test.py %D%/update/metrics_test.py %D%/update/parts_test.py %D%/update/review_test.py %D%/update/rows_test.py \
	%D%/update/upgrade_test.py %D%/update/waiting_test.py
EXTRA_DIST += \
	%D%/update/chat_test.py %D%/update/damage_test.py %D%/update/exports_test.py %D%/update/metrics_test.py %D%/update/owner_test.py %D%/update/parts_test.py %D%/update/prometheus_test.py %D%/update/review_test.py %D%/update/rows_test.py %D%/update/run.sh \
	%D%/update/state_test.py %D%/update/service_test.py %D%/update/upgrade_test.py %D%/update/waiting_test.py %D%/update/web.py

# The counts of logs that an update keeps, at any time of day.
TESTS += %D%/update/traffic_test.py
EXTRA_DIST += %D%/update/traffic_test.py
check_PROGRAMS += %D%/update/traffic_stage
%C%_update_traffic_stage_SOURCES = %D%/update/traffic_stage.c
%C%_update_traffic_stage_LDADD = $(M365CTL_LIBS)

TESTS += %D%/squidconf/squidconf_test.py %D%/squidconf/into_test.py
EXTRA_DIST += %D%/squidconf/into_test.py %D%/squidconf/lines.py %D%/squidconf/mistakes.py %D%/squidconf/squidconf_test.py %D%/squidconf/values.py %D%/squidconf/bad %D%/squidconf/good %D%/squidconf/parts

# ---- exports: what other programs are given says what the matcher says. *_live.py ask the programs themselves and run
# by `make export` only ----

TESTS += \
	%D%/export/firewall_test.py %D%/export/lines_test.py %D%/export/lists_test.py %D%/export/nginx_test.py \
	%D%/export/pac_test.py %D%/export/resolver_test.py %D%/export/routes_test.py %D%/export/squid_test.py
EXTRA_DIST += \
	%D%/export/browser.py %D%/export/dns_live.py %D%/export/firewall.py %D%/export/firewall_live.py \
	%D%/export/firewall_test.py %D%/export/haproxy_live.py %D%/export/lines_test.py %D%/export/lists_test.py \
	%D%/export/live.py %D%/export/names.py %D%/export/nginx_live.py %D%/export/nginx_test.py %D%/export/pac.py \
	%D%/export/page_live.py %D%/export/pac_live.py %D%/export/pac_test.py %D%/export/resolver_test.py %D%/export/routes_live.py \
	%D%/export/routes_test.py %D%/export/run.sh %D%/export/squid_live.py %D%/export/squid_test.py %D%/export/truth.py

# ---- generations of old layouts, as their programs sealed them; README.md there ----

EXTRA_DIST += \
	%D%/generations/README.md \
	%D%/generations/layout-1/image %D%/generations/layout-1/review.txt %D%/generations/layout-1/source.json \
	%D%/generations/layout-1/table.txt \
	%D%/generations/layout-2/image %D%/generations/layout-2/review.txt %D%/generations/layout-2/source.json \
	%D%/generations/layout-2/table.txt

# ---- targets of their own ----

EXTRA_DIST += %D%/lint.h %D%/lint.sh %D%/cover.sh %D%/cppcheck.txt %D%/codespell.txt .clang-tidy %D%/.clang-tidy

EXTRA_DIST += \
	%D%/e2e/cases.py %D%/e2e/client.py %D%/e2e/common.conf.in %D%/e2e/explicit.conf.in %D%/e2e/generated.py \
	%D%/e2e/hello.py %D%/e2e/intercept.conf.in %D%/e2e/lacking.py %D%/e2e/lib.sh %D%/e2e/namespaces.sh %D%/e2e/origin.py %D%/e2e/readme-fragment.sh \
	%D%/e2e/rewrite.conf.in %D%/e2e/rewrite.rules %D%/e2e/rules.conf.in %D%/e2e/rules.py %D%/e2e/run.sh

include %D%/bench/local.mk

# A real Squid in its own namespaces. Needs root and squid-openssl, and says what is missing if it skips.
e2e: all
	$(SHELL) $(top_srcdir)/%D%/e2e/run.sh '$(abs_top_builddir)'

# What m365ctl-trace says, and what a real Squid does. Needs what e2e needs. COUNT=2000 SEED=1 for a long run, SQUID=/path for
# another Squid.
TESTS += %D%/squidmodel/squidmodel_test.py
EXTRA_DIST += \
	%D%/squidmodel/addresses %D%/squidmodel/grammar.py %D%/squidmodel/judge.py %D%/squidmodel/model.py %D%/squidmodel/names.py \
	%D%/squidmodel/laws.py %D%/squidmodel/patched.py %D%/squidmodel/printed.py %D%/squidmodel/public %D%/squidmodel/run.sh %D%/squidmodel/seen.py %D%/squidmodel/shrink.py \
	%D%/squidmodel/situation.py %D%/squidmodel/squid.py %D%/squidmodel/squidmodel.py %D%/squidmodel/squidmodel_test.py \
	%D%/squidmodel/usual.py
squid-model: all
	@$(SHELL) $(top_srcdir)/%D%/squidmodel/run.sh '$(abs_top_builddir)'
.PHONY: squid-model

# Exports read by the programs that they are for; each that is missing is named and skipped.
export: all
	@top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' $(SHELL) $(top_srcdir)/%D%/export/run.sh

# The updater against a service that misbehaves, and its state folder broken at every step; logs counted on three hosts.
# Takes minutes and needs a loopback network.
update: all
	@top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' $(SHELL) $(top_srcdir)/%D%/update/run.sh

# README's commands on a minimal Debian; needs root, debootstrap and, the first time, a mirror.
bare:
	@$(SHELL) $(top_srcdir)/%D%/bare.sh bare
distclean-local: bare-distclean
bare-distclean:
	rm -rf bare
.PHONY: bare-distclean

lint:
	@top_srcdir='$(top_srcdir)' PYTHON3='$(PYTHON3)' LINT_JOBS='$(LINT_JOBS)' $(SHELL) $(top_srcdir)/%D%/lint.sh \
		$(AM_CPPFLAGS) $(PCRE2_CFLAGS) $(CJSON_CFLAGS) $(IDN2_CFLAGS) $(PSL_CFLAGS) $(CMOCKA_CFLAGS)

cover: check
	@top_srcdir='$(top_srcdir)' $(SHELL) $(top_srcdir)/%D%/cover.sh

# Every allocation and every read of the unit and fuzz programs; not together with --enable-sanitizers. Only definite leaks
# count: a struct that lives in its own arena is reached by a pointer into the middle of a block.
VALGRIND = valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite
valgrind: all
	@command -v valgrind >/dev/null || { echo "make valgrind needs valgrind" >&2; exit 1; }
	$(MAKE) $(check_PROGRAMS)
	UNDER_VALGRIND=1 $(MAKE) check-TESTS TESTS='$(UNIT_TESTS) $(FUZZ_TESTS)' LOG_COMPILER='$(VALGRIND)'

.PHONY: bare export update cover e2e fuzz lint valgrind
