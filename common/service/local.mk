# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += %D%/fetch.c %D%/fetch.h %D%/service.c %D%/service.h
EXTRA_DIST += %D%/README.md
