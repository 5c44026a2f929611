# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/announced_test %D%/blame_test %D%/diff_random_test %D%/diff_test %D%/history_test %D%/review_space_test \
	%D%/review_test

DIFF_STAGE = %D%/diff_stage.c %D%/diff_stage.h
%C%_diff_random_test_SOURCES = %D%/diff_random_test.c $(DIFF_STAGE)
%C%_diff_test_SOURCES = %D%/diff_test.c $(DIFF_STAGE)
%C%_review_space_test_SOURCES = %D%/review_space_test.c $(DIFF_STAGE)
%C%_review_test_SOURCES = %D%/review_test.c $(DIFF_STAGE)
