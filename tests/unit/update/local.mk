# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += \
	%D%/flow_first_test %D%/flow_parts_test %D%/flow_test %D%/late_test %D%/meanwhile_test %D%/notice_tell_test \
	%D%/notice_test %D%/publish_test %D%/service_test %D%/update_test

FLOW_STAGE = %D%/flow_stage.c %D%/flow_stage.h
UPDATE_STAGE = %D%/update_stage.c %D%/update_stage.h $(FLOW_STAGE)
%C%_flow_first_test_SOURCES = %D%/flow_first_test.c $(FLOW_STAGE)
%C%_flow_parts_test_SOURCES = %D%/flow_parts_test.c $(FLOW_STAGE)
%C%_flow_test_SOURCES = %D%/flow_test.c $(FLOW_STAGE)
%C%_notice_tell_test_SOURCES = %D%/notice_tell_test.c $(FLOW_STAGE)
%C%_update_test_SOURCES = %D%/update_test.c $(UPDATE_STAGE)
%C%_publish_test_SOURCES = %D%/publish_test.c $(FLOW_STAGE)
%C%_late_test_SOURCES = %D%/late_test.c $(UPDATE_STAGE)
%C%_meanwhile_test_SOURCES = %D%/meanwhile_test.c $(FLOW_STAGE)
