# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/counter_test %D%/tally_damage_test

COUNTER_STAGE = %D%/counter_stage.c %D%/counter_stage.h
%C%_counter_test_SOURCES = %D%/counter_test.c $(COUNTER_STAGE)
%C%_tally_damage_test_SOURCES = %D%/tally_damage_test.c $(COUNTER_STAGE)
