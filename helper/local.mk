# SPDX-License-Identifier: GPL-2.0-or-later
# The programs. The two helpers contain no network code: nothing that links libcurl belongs in their lists.

HELPER_LOOP =
M365CTL_SOURCES =

include %D%/serve/local.mk
include %D%/cmd/local.mk
include %D%/watch/local.mk
include %D%/lookup/local.mk
include %D%/proxy/local.mk
include %D%/logs/local.mk

libexec_PROGRAMS += %D%/ext_m365_acl %D%/url_m365_rewrite
# Like Squid's own helpers, they take only single-letter options.
AM_INSTALLCHECK_STD_OPTIONS_EXEMPT = %D%/ext_m365_acl %D%/url_m365_rewrite

%C%_ext_m365_acl_SOURCES = %D%/ext_m365_acl.c $(HELPER_LOOP)
%C%_ext_m365_acl_LDADD = $(M365_LIBS)

%C%_url_m365_rewrite_SOURCES = %D%/url_m365_rewrite.c $(HELPER_LOOP)
%C%_url_m365_rewrite_LDADD = $(M365_LIBS)

sbin_PROGRAMS += %D%/m365ctl
%C%_m365ctl_SOURCES = %D%/m365ctl.c $(M365CTL_SOURCES)
%C%_m365ctl_LDADD = $(M365CTL_LIBS)

dist_man_MANS += %D%/ext_m365_acl.8 %D%/url_m365_rewrite.8 %D%/m365ctl.8
EXTRA_DIST += %D%/README.md
