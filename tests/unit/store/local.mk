# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += \
	%D%/candidate_test %D%/health_test %D%/state_foreign_test %D%/state_lock_test %D%/state_test

STORE_STAGE = %D%/store_stage.c %D%/store_stage.h
%C%_candidate_test_SOURCES = %D%/candidate_test.c $(STORE_STAGE)
%C%_health_test_SOURCES = %D%/health_test.c $(STORE_STAGE)

STATE_STAGE = %D%/state_stage.c %D%/state_stage.h
%C%_state_foreign_test_SOURCES = %D%/state_foreign_test.c $(STATE_STAGE)
%C%_state_lock_test_SOURCES = %D%/state_lock_test.c $(STATE_STAGE)
%C%_state_test_SOURCES = %D%/state_test.c $(STATE_STAGE)
