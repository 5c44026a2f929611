# SPDX-License-Identifier: GPL-2.0-or-later
# prefix_bench: how long an address takes among many prefixes. Not part of `make all` or `make check`; what pkg-config does
# not find (libdpdk, libmaxminddb) is not measured.

PREFIX_BENCH = \
	$(top_srcdir)/tests/bench/prefix_bench.c $(top_srcdir)/tests/bench/prefix_data.c $(top_srcdir)/tests/bench/prefix_dpdk.c \
	$(top_srcdir)/tests/bench/prefix_maxmind.c $(top_srcdir)/tests/bench/prefix_ours.c

tests/bench/prefix_bench: $(PREFIX_BENCH) libm365.a
	@$(MKDIR_P) tests/bench
	flags=; libs=; \
	if pkg-config --exists libdpdk; then \
		flags="-DHAVE_DPDK $$(pkg-config --cflags libdpdk)"; libs='-lrte_fib -lrte_rib -lrte_eal'; fi; \
	if pkg-config --exists libmaxminddb; then \
		flags="$$flags -DHAVE_MAXMINDDB"; libs="$$libs $$(pkg-config --libs libmaxminddb)"; fi; \
	$(CC) -std=gnu17 -O2 -I$(top_srcdir)/common $$flags -o $@ $(PREFIX_BENCH) $(M365_LIBS) $$libs
