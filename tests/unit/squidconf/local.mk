# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/squidconf_test %D%/squidconf_text_test

%C%_squidconf_test_SOURCES = %D%/squidconf_test.c $(ALLOC_FAILS)
%C%_squidconf_test_LDFLAGS = $(WRAP_ALLOC)
