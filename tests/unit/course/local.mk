# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/course_access_test %D%/course_early_test %D%/course_memory_test %D%/course_tls_test \
	%D%/course_user_test

COURSE_STAGE = %D%/course_stage.c %D%/course_stage.h
%C%_course_access_test_SOURCES = %D%/course_access_test.c $(COURSE_STAGE)
%C%_course_early_test_SOURCES = %D%/course_early_test.c $(COURSE_STAGE)
%C%_course_tls_test_SOURCES = %D%/course_tls_test.c $(COURSE_STAGE)
%C%_course_user_test_SOURCES = %D%/course_user_test.c $(COURSE_STAGE)

%C%_course_memory_test_SOURCES = %D%/course_memory_test.c $(ALLOC_FAILS)
%C%_course_memory_test_LDFLAGS = $(WRAP_ALLOC)
