# SPDX-License-Identifier: GPL-2.0-or-later
# Benchmarks and what they compare with: `make bench` only. `make check` builds and runs nothing here, except report.py on a
# small table.

EXTRA_DIST += \
	%D%/bench.sh %D%/data.c %D%/data.h %D%/data_ask.c %D%/data_tool.c %D%/host_bench.c %D%/host_berkeley.c %D%/host_cdb.c \
	%D%/host_cmph.c %D%/host_hyperscan.c %D%/host_lmdb.c %D%/host_method.h %D%/host_ours.c %D%/host_plain.c %D%/host_regex.c \
	%D%/host_regex.h %D%/hosts.gp %D%/line_bench.c %D%/line_echo.c %D%/packages.txt %D%/prefix_bench.c %D%/prefix_data.c %D%/prefix_data.h %D%/prefix_dpdk.c \
	%D%/prefix_maxmind.c %D%/prefix_ours.c %D%/prefix_rivals.h %D%/program_bench.c %D%/report.py %D%/report_test.py %D%/rules_bench.c %D%/sizing.svg %D%/squid.conf.in \
	%D%/squid.sh %D%/squid_echo.c %D%/wrk.lua
TESTS += %D%/report_test.py

# BENCH="STEP..." runs some of the steps; see bench.sh.
bench: all
	@top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' CC='$(CC)' PYTHON3='$(PYTHON3)' \
		BENCH_CFLAGS='$(AM_CFLAGS) $(CFLAGS)' BENCH_LIBS='$(PCRE2_LIBS) $(CJSON_LIBS) $(IDN2_LIBS) $(PSL_LIBS)' \
		$(SHELL) $(top_srcdir)/%D%/bench.sh $(BENCH)

clean-local: bench-clean
bench-clean:
	rm -rf bench-results
.PHONY: bench bench-clean
