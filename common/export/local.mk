# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/export.c %D%/export.h %D%/export_addrs.c %D%/export_build.h %D%/export_filter.c %D%/export_addrs.h %D%/export_entry.c %D%/export_fit.c \
	%D%/export_formats.c %D%/export_guard.c %D%/export_head.c %D%/export_head.h %D%/export_list.c %D%/export_names.c %D%/export_names.h %D%/export_nginx.c \
	%D%/export_pac.c %D%/export_reduce.c %D%/export_resolver.c %D%/export_squid.c %D%/export_text.c %D%/export_wish.c %D%/export_write.h
EXTRA_DIST += %D%/README.md
