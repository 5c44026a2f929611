# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += %D%/seen.c %D%/seen.h
EXTRA_DIST += %D%/README.md
