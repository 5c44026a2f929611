# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/ask.c %D%/ask.h %D%/flow.c \
	%D%/flow.h %D%/flow_build.h %D%/flow_compare.c %D%/flow_lost.c %D%/flow_rejected.c %D%/flow_split.c %D%/flow_stays.c %D%/flow_tell.c \
	%D%/flow_unfinished.c %D%/import.c %D%/import.h \
	%D%/late.c %D%/late.h %D%/notice.c %D%/notice.h %D%/notice_feed.c %D%/notice_tell.c %D%/notice_tell.h \
	%D%/notice_text.c %D%/notice_text.h %D%/publish.c %D%/publish.h %D%/repair.c %D%/repair.h %D%/update.c \
	%D%/update.h
EXTRA_DIST += %D%/README.md
