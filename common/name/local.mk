# SPDX-License-Identifier: GPL-2.0-or-later
libm365_a_SOURCES += \
	%D%/addr.c %D%/addr.h %D%/addr_special.c %D%/addr_special.h %D%/host.c %D%/host.h %D%/host_cloud.c \
	%D%/host_idn.c %D%/host_psl.c %D%/pattern.c %D%/pattern.h %D%/pattern_covers.c \
	%D%/pattern_cross.c %D%/pattern_ends.c %D%/pattern_meets.c %D%/pattern_regex.c %D%/pattern_suffix.c %D%/ports.c %D%/ports.h %D%/precedence.c \
	%D%/precedence.h %D%/spec.c %D%/spec.h %D%/tenant.c %D%/tenant.h %D%/url.c %D%/url.h %D%/url_pasted.c %D%/verb.c %D%/verb.h
EXTRA_DIST += %D%/README.md
