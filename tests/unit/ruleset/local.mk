# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/ruleset_test

%C%_ruleset_test_SOURCES = %D%/ruleset_test.c $(ALLOC_FAILS)
%C%_ruleset_test_LDFLAGS = $(WRAP_ALLOC)
