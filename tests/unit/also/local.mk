# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/also_test

%C%_also_test_SOURCES = %D%/also_test.c $(ALLOC_FAILS)
%C%_also_test_LDFLAGS = $(WRAP_ALLOC)
