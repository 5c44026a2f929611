# SPDX-License-Identifier: GPL-2.0-or-later
libm365_a_SOURCES += \
	%D%/list.c %D%/list.h %D%/list_address.c %D%/list_adblock.c %D%/list_build.h %D%/list_clash.c %D%/list_dnsmasq.c \
	%D%/list_edl.c %D%/list_hosts.c %D%/list_ipset.c %D%/list_line.c %D%/list_rpz.c %D%/list_tags.c %D%/list_unbound.c
EXTRA_DIST += %D%/README.md
