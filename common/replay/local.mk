# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/clients.c %D%/clients.h %D%/count.c %D%/count.h %D%/merge.c %D%/merge.h %D%/replay.c %D%/replay.h %D%/run.c \
	%D%/run.h %D%/subject.c %D%/subject.h %D%/ledger.c %D%/ledger.h %D%/work.c %D%/work.h
EXTRA_DIST += %D%/README.md
