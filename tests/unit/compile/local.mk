# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/compile_test %D%/index_test %D%/load_default_test %D%/load_test %D%/memory_test \
	%D%/sealed_test

%C%_memory_test_SOURCES = %D%/memory_test.c $(ALLOC_FAILS)
%C%_memory_test_LDFLAGS = $(WRAP_ALLOC)
