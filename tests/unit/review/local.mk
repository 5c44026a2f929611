# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/review_later_test %D%/review_space_test %D%/review_test %D%/safe_random_test %D%/safe_test

%C%_review_later_test_SOURCES = %D%/review_later_test.c $(REVIEW_STAGE) $(DIFF_STAGE)
%C%_review_space_test_SOURCES = %D%/review_space_test.c $(DIFF_STAGE)
%C%_review_test_SOURCES = %D%/review_test.c $(REVIEW_STAGE) $(DIFF_STAGE)
%C%_safe_random_test_SOURCES = %D%/safe_random_test.c $(OPENING_ORACLE) $(DIFF_STAGE)
%C%_safe_test_SOURCES = %D%/safe_test.c $(DIFF_STAGE)
