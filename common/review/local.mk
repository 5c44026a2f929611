# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/review.c %D%/review.h %D%/review_build.h %D%/review_gate.c %D%/review_growth.c %D%/review_growth.h %D%/review_later.c \
	%D%/review_must_not.c \
	%D%/review_reason.c %D%/review_record.c %D%/review_rejected.c %D%/review_widening.c %D%/safe.c %D%/safe.h %D%/safe_build.h \
	%D%/safe_kept.c %D%/safe_kept.h %D%/safe_lost.c %D%/safe_rejected.c %D%/safe_units.c
EXTRA_DIST += %D%/README.md
