# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/squidconf.h %D%/squidconf_accept.c %D%/squidconf_check.c %D%/squidconf_check.h \
	%D%/squidconf_check_files.c %D%/squidconf_check_host.c %D%/squidconf_check_places.c %D%/squidconf_check_rules.c %D%/squidconf_check_type.c \
	%D%/squidconf_check_words.c %D%/squidconf_extras.c %D%/squidconf_finding.c %D%/squidconf_fix.c %D%/squidconf_if.c \
	%D%/squidconf_lines.c %D%/squidconf_model.c %D%/squidconf_model.h %D%/squidconf_preset.c \
	%D%/squidconf_print.c %D%/squidconf_reach.c %D%/squidconf_reach.h %D%/squidconf_read.c %D%/squidconf_reader.h \
	%D%/squidconf_text.h %D%/squidconf_trouble.c %D%/squidconf_wish.h %D%/squidconf_words.c %D%/squidconf_words.h
EXTRA_DIST += %D%/README.md
