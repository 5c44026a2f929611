# SPDX-License-Identifier: GPL-2.0-or-later
libm365_a_SOURCES += \
	%D%/endpoint_set.h %D%/held.c %D%/held.h %D%/policy.c %D%/policy.h %D%/table.c %D%/table.h %D%/table_build.h \
	%D%/table_copy.c %D%/table_copy.h %D%/table_except.c %D%/table_except.h %D%/table_input.c %D%/table_json.c \
	%D%/table_known.c %D%/table_list.c %D%/table_print.c %D%/table_read.c \
	%D%/table_rule.c %D%/table_sort.c %D%/table_terms.c %D%/table_text.c
libm365ctl_a_SOURCES += %D%/expiry.c %D%/expiry.h %D%/held_concern.c %D%/held_taker.c
EXTRA_DIST += %D%/README.md
