# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/outcome_test

%C%_outcome_test_SOURCES = %D%/outcome_test.c $(ALLOC_FAILS)
%C%_outcome_test_LDFLAGS = $(WRAP_ALLOC)
