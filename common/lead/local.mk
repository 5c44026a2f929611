# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/lead.c %D%/lead.h %D%/lead_build.h %D%/lead_close.c %D%/lead_count.c \
	%D%/lead_later.c %D%/lead_line.c %D%/lead_page.c %D%/lead_probe.c %D%/lead_probe.h \
	%D%/lead_victim.c
EXTRA_DIST += %D%/README.md
