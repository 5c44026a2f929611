# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/outcome.h %D%/outcome_about.c %D%/outcome_build.c %D%/outcome_build.h %D%/outcome_case.c %D%/outcome_claim.c \
	%D%/outcome_class.c %D%/outcome_client.c %D%/outcome_find.c %D%/outcome_kept.c %D%/outcome_listed.c %D%/outcome_more.c %D%/outcome_name.c \
	%D%/outcome_net.c %D%/outcome_net.h %D%/outcome_opened.c %D%/outcome_own.c %D%/outcome_parts.h %D%/outcome_ports.c \
	%D%/outcome_print.c %D%/outcome_proxy.c %D%/outcome_special.c %D%/outcome_user.c %D%/outcome_user.h
EXTRA_DIST += %D%/README.md
