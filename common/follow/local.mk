# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/exports.c %D%/exports.h %D%/file_staged.c %D%/file_staged.h
EXTRA_DIST += %D%/README.md
