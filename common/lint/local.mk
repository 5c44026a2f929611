# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/lint.c %D%/lint.h %D%/lint_bare.c %D%/lint_book.c %D%/lint_build.h %D%/lint_expiry.c %D%/lint_kept.c \
	%D%/lint_local.c %D%/lint_preset.c %D%/lint_reach.c %D%/lint_run.c %D%/lint_width.c
EXTRA_DIST += %D%/README.md
