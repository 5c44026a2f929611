# SPDX-License-Identifier: GPL-2.0-or-later
libm365_a_SOURCES += \
	%D%/request.c %D%/request.h %D%/verdict.c %D%/verdict.h %D%/verdict_explain.c %D%/verdict_judge.c \
	%D%/verdict_judge.h
EXTRA_DIST += %D%/README.md
