# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += %D%/blame.c %D%/blame.h %D%/history.c %D%/history.h
EXTRA_DIST += %D%/README.md
