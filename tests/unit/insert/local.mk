# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/insert_test

%C%_insert_test_SOURCES = %D%/insert_test.c $(ALLOC_FAILS) $(LEND)
%C%_insert_test_LDFLAGS = $(WRAP_ALLOC)
