# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/lead_random_test %D%/lead_test

%C%_lead_random_test_SOURCES = %D%/lead_random_test.c $(OPENING_ORACLE) $(DIFF_STAGE)
%C%_lead_test_SOURCES = %D%/lead_test.c $(DIFF_STAGE) $(ALLOC_FAILS)
%C%_lead_test_LDFLAGS = $(WRAP_ALLOC)
