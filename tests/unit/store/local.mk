# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/candidate_test %D%/health_test %D%/rejected_test

STORE_STAGE = %D%/store_stage.c %D%/store_stage.h
%C%_candidate_test_SOURCES = %D%/candidate_test.c $(STORE_STAGE)
%C%_health_test_SOURCES = %D%/health_test.c $(STORE_STAGE)
%C%_rejected_test_SOURCES = %D%/rejected_test.c $(STORE_STAGE)
