# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/state_foreign_test %D%/state_lock_test %D%/state_test

STATE_STAGE = %D%/state_stage.c %D%/state_stage.h
%C%_state_foreign_test_SOURCES = %D%/state_foreign_test.c $(STATE_STAGE)
%C%_state_lock_test_SOURCES = %D%/state_lock_test.c $(STATE_STAGE)
%C%_state_test_SOURCES = %D%/state_test.c $(STATE_STAGE)
