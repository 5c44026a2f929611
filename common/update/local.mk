# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/ask.c %D%/ask.h %D%/decide.c %D%/decide.h %D%/decide_rollback.c %D%/fetch.c %D%/fetch.h %D%/flow.c \
	%D%/flow.h %D%/import.c %D%/import.h %D%/late.c %D%/late.h %D%/notice.c %D%/notice.h %D%/notice_feed.c %D%/publish.c \
	%D%/publish.h %D%/service.c %D%/service.h %D%/update.c %D%/update.h
EXTRA_DIST += %D%/README.md
