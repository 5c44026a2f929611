# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += \
	%D%/announced_test %D%/diff_random_test %D%/diff_summary_test %D%/diff_test %D%/diff_work_test %D%/opening_name_test \
	%D%/opening_random_test %D%/opening_test

%C%_diff_random_test_SOURCES = %D%/diff_random_test.c $(DIFF_STAGE)
%C%_diff_summary_test_SOURCES = %D%/diff_summary_test.c $(DIFF_STAGE)
%C%_diff_test_SOURCES = %D%/diff_test.c $(DIFF_STAGE)
%C%_diff_work_test_SOURCES = %D%/diff_work_test.c $(DIFF_STAGE)
%C%_opening_random_test_SOURCES = %D%/opening_random_test.c $(OPENING_ORACLE) $(DIFF_STAGE)
%C%_opening_test_SOURCES = %D%/opening_test.c $(OPENING_STAGE) $(OPENING_ORACLE) $(DIFF_STAGE)
%C%_opening_name_test_SOURCES = %D%/opening_name_test.c $(OPENING_STAGE) $(OPENING_ORACLE) $(DIFF_STAGE)
