# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/format.c %D%/format.h %D%/format_bird.c %D%/format_csv.c %D%/format_firewalld.c %D%/format_frr.c %D%/format_html.c %D%/format_ipset.c \
	%D%/format_iptables.c %D%/format_json.c %D%/format_junos.c %D%/format_list.c %D%/format_markdown.c %D%/format_nft.c %D%/format_nginx.c %D%/format_pac.c %D%/format_page.c \
	%D%/format_page.h %D%/format_pf.c %D%/format_resolver.c %D%/format_routes.c %D%/format_routes.h %D%/format_squid.c %D%/format_text.c %D%/format_write.h
EXTRA_DIST += %D%/README.md
