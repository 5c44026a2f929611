# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/decide.c %D%/decide.h %D%/decide_build.h %D%/decide_gates.c %D%/decide_name.c %D%/decide_outcome.c %D%/decide_pick.c \
	%D%/decide_rollback.c %D%/decide_rows.c
EXTRA_DIST += %D%/README.md
