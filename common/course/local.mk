# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/course.h %D%/course_assume.c %D%/course_auth.c %D%/course_early.c %D%/course_find.c %D%/course_follow.c %D%/course_helper.c %D%/course_hosts.c \
	%D%/course_hosts.h %D%/course_list.c %D%/course_match.c %D%/course_match.h %D%/course_name.c %D%/course_note.c %D%/course_note.h \
	%D%/course_onward.c %D%/course_onward.h \
	%D%/course_print.c %D%/course_request.c %D%/course_step.c %D%/course_tls.c %D%/course_verify.c %D%/course_view.c \
	%D%/course_view.h %D%/course_walk.c %D%/course_walk.h %D%/course_worker.c %D%/course_worker.h %D%/situation.h
EXTRA_DIST += %D%/README.md
