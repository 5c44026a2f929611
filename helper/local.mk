# SPDX-License-Identifier: GPL-2.0-or-later
# The programs. The two helpers contain no network code: what links libcurl has no place in their lists.

libexec_PROGRAMS += %D%/ext_m365_acl %D%/url_m365_rewrite
# As Squid's own helpers they take plain getopt letters only.
AM_INSTALLCHECK_STD_OPTIONS_EXEMPT = %D%/ext_m365_acl %D%/url_m365_rewrite

HELPER_LOOP = %D%/options.c %D%/options.h %D%/serve.c %D%/serve.h

%C%_ext_m365_acl_SOURCES = %D%/ext_m365_acl.c $(HELPER_LOOP)
%C%_ext_m365_acl_LDADD = $(M365_LIBS)

%C%_url_m365_rewrite_SOURCES = %D%/url_m365_rewrite.c $(HELPER_LOOP)
%C%_url_m365_rewrite_LDADD = $(M365_LIBS)

dist_man_MANS += %D%/ext_m365_acl.8 %D%/url_m365_rewrite.8

# m365ctl: one cmd_*.c file for each command, and what they share.
sbin_PROGRAMS += %D%/m365ctl
%C%_m365ctl_SOURCES = \
	%D%/m365ctl.c %D%/cmd.c %D%/cmd.h %D%/cmd_bar.c %D%/cmd_bar.h \
	%D%/cmd_check.c %D%/cmd_check.h %D%/cmd_check_sources.c %D%/cmd_compile.c %D%/cmd_doctor.c %D%/cmd_help.c %D%/cmd_squid_conf.c \
	%D%/cmd_table.c \
	%D%/cmd_import.c %D%/cmd_update.c \
	%D%/cmd_approve.c %D%/cmd_blame.c %D%/cmd_decide.c %D%/cmd_decide.h \
	%D%/cmd_diff.c %D%/cmd_reject.c \
	%D%/cmd_history.c %D%/cmd_publish.c %D%/cmd_rollback.c %D%/cmd_state.c %D%/cmd_state.h %D%/cmd_status.c \
	%D%/cmd_lookup.c %D%/cmd_lookup.h %D%/cmd_answer.c %D%/cmd_explain.c %D%/cmd_explain.h %D%/cmd_explain_say.c \
	%D%/cmd_explain_why.c
%C%_m365ctl_LDADD = $(M365CTL_LIBS)
dist_man_MANS += %D%/m365ctl.8
