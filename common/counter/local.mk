# SPDX-License-Identifier: GPL-2.0-or-later
libm365_a_SOURCES += \
	%D%/counter.c %D%/counter.h %D%/counter_file.c %D%/counter_file.h %D%/counter_fold.c %D%/counter_fold.h \
	%D%/counts.c %D%/counts.h %D%/tally.c %D%/tally.h
EXTRA_DIST += %D%/README.md
