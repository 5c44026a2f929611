# SPDX-License-Identifier: GPL-2.0-or-later
libm365_a_SOURCES += \
	%D%/rewrite.c %D%/rewrite.h %D%/rewrite_read.c %D%/rewrite_rules.h %D%/rewrite_watch.c %D%/squid.c \
	%D%/squid.h %D%/squid_code.c %D%/squid_code.h %D%/squid_ids.c %D%/squid_reply.c
EXTRA_DIST += %D%/README.md
