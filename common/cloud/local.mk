# SPDX-License-Identifier: GPL-2.0-or-later
libm365_a_SOURCES += \
	%D%/area.c %D%/area.h %D%/instance.c %D%/instance.h
libm365ctl_a_SOURCES += \
	%D%/community.c %D%/community.h
EXTRA_DIST += %D%/README.md
