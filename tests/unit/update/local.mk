# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/flow_test %D%/meanwhile_test %D%/notice_test %D%/service_test %D%/update_test

FLOW_STAGE = %D%/flow_stage.c %D%/flow_stage.h
%C%_flow_test_SOURCES = %D%/flow_test.c $(FLOW_STAGE)
%C%_meanwhile_test_SOURCES = %D%/meanwhile_test.c $(FLOW_STAGE)
%C%_update_test_SOURCES = %D%/update_test.c $(FLOW_STAGE)
