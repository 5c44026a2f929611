# SPDX-License-Identifier: GPL-2.0-or-later
# Benchmarks and what they compare with: `make bench` only. `make check` builds and runs nothing here, except report.py on a
# small table.

EXTRA_DIST += \
	%D%/bench.sh %D%/packages.txt %D%/sizing.svg %D%/data.c %D%/data.h %D%/data_ask.c %D%/data_tool.c %D%/list_bench.c \
	%D%/program_bench.c

# One host name among many: this project's image, and each rival in its own file.
EXTRA_DIST += \
	%D%/host/host_bench.c %D%/host/host_berkeley.c %D%/host/host_cdb.c %D%/host/host_cmph.c %D%/host/host_hyperscan.c \
	%D%/host/host_lmdb.c %D%/host/host_method.h %D%/host/host_ours.c %D%/host/host_plain.c %D%/host/host_regex.c \
	%D%/host/host_regex.h %D%/host/rules_bench.c

# One address among many prefixes.
EXTRA_DIST += \
	%D%/prefix/prefix_bench.c %D%/prefix/prefix_data.c %D%/prefix/prefix_data.h %D%/prefix/prefix_dpdk.c \
	%D%/prefix/prefix_maxmind.c %D%/prefix/prefix_ours.c %D%/prefix/prefix_rivals.h

# The helper's lines; a real Squid around it.
EXTRA_DIST += \
	%D%/line/line_bench.c %D%/line/line_echo.c \
	%D%/squid/squid.conf.in %D%/squid/squid.sh %D%/squid/squid_echo.c %D%/squid/wrk.lua

# Comparing documents: the worst ones, and real ones. A whole update.
EXTRA_DIST += %D%/diff/diff_bench.c %D%/diff/diff_worst.c %D%/diff/diff_worst.h %D%/diff/update_bench.c

# The tables of the results.
EXTRA_DIST += %D%/report/hosts.gp %D%/report/report.py %D%/report/report_test.py
TESTS += %D%/report/report_test.py

# BENCH="STEP..." runs some of the steps; see bench.sh.
bench: all
	@top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' CC='$(CC)' PYTHON3='$(PYTHON3)' \
		BENCH_CFLAGS='$(AM_CFLAGS) $(CFLAGS)' BENCH_LIBS='$(PCRE2_LIBS) $(CJSON_LIBS) $(IDN2_LIBS) $(PSL_LIBS)' \
		BENCH_CTL_LIBS='$(CURL_LIBS) $(SODIUM_LIBS)' \
		$(SHELL) $(top_srcdir)/%D%/bench.sh $(BENCH)

clean-local: bench-clean
bench-clean:
	rm -rf bench-results
.PHONY: bench bench-clean
