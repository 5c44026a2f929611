# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/also.c %D%/also.h %D%/also_build.h %D%/also_find.c %D%/also_public.c %D%/also_read.c %D%/also_tags.c
EXTRA_DIST += %D%/README.md
