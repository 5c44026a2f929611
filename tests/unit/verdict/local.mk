# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/request_test %D%/verdict_policy_test %D%/verdict_test

VERDICT_STAGE = %D%/verdict_stage.c %D%/verdict_stage.h
%C%_verdict_policy_test_SOURCES = %D%/verdict_policy_test.c $(VERDICT_STAGE)
%C%_verdict_test_SOURCES = %D%/verdict_test.c $(VERDICT_STAGE)
