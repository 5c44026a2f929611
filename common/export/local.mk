# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/export.c %D%/export.h %D%/export_addrs.c %D%/export_addrs.h %D%/export_build.h %D%/export_entry.c \
	%D%/export_filter.c %D%/export_fit.c %D%/export_guard.c %D%/export_head.c %D%/export_head.h %D%/export_names.c \
	%D%/export_names.h %D%/export_note.c %D%/export_reduce.c %D%/export_regex.c %D%/export_service.c %D%/export_wish.c
EXTRA_DIST += %D%/README.md
