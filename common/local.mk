# SPDX-License-Identifier: GPL-2.0-or-later
# The library of the house: everything but the programs. Order of files: by floor, see tests/house/.

noinst_LIBRARIES += libm365.a
libm365_a_SOURCES = \
	%D%/err.c %D%/err.h \
	%D%/arena.c %D%/arena.h %D%/buf.c %D%/buf.h \
	%D%/addr.c %D%/addr.h %D%/day.c %D%/day.h %D%/file.c %D%/file.h \
	%D%/host.c %D%/host.h %D%/host_cloud.c %D%/host_idn.c %D%/host_psl.c %D%/json.c %D%/json.h %D%/json_text.c \
	%D%/pattern.c %D%/pattern.h %D%/pattern_covers.c %D%/pattern_meets.c %D%/pattern_regex.c %D%/pattern_suffix.c %D%/ports.c %D%/ports.h \
	%D%/request.c %D%/request.h %D%/tenant.c %D%/tenant.h %D%/url.c %D%/url.h %D%/verb.c %D%/verb.h \
	%D%/image.h %D%/image_addr.c %D%/image_bucket.h %D%/image_check.c %D%/image_check_addr.c %D%/image_find.c %D%/image_find.h %D%/image_format.h %D%/image_guard.c %D%/image_guard.h %D%/image_handle.h %D%/image_hash.h \
	%D%/image_open.c %D%/image_read.c %D%/image_tree.h \
	%D%/table.c %D%/table.h %D%/table_build.h %D%/table_json.c %D%/table_print.c %D%/table_read.c \
	%D%/table_rule.c %D%/table_set.c %D%/table_sort.c %D%/table_text.c \
	%D%/verdict.c %D%/verdict.h %D%/verdict_explain.c %D%/verdict_judge.c %D%/verdict_judge.h \
	%D%/compile.c %D%/compile.h %D%/compile_addr.c %D%/compile_addr.h %D%/compile_build.h %D%/compile_chain.c %D%/compile_host.c %D%/compile_index.c %D%/compile_options.c \
	%D%/compile_policy.c %D%/compile_set.c %D%/compile_tree.c %D%/rewrite.c %D%/rewrite.h %D%/rewrite_read.c \
	%D%/rewrite_rules.h %D%/rewrite_watch.c %D%/squid.c %D%/squid.h %D%/squid_ids.c %D%/squid_reply.c %D%/state.h %D%/state_default.c \
	%D%/load.c %D%/load.h
libm365_a_CPPFLAGS = $(AM_CPPFLAGS) $(PCRE2_CFLAGS) $(CJSON_CFLAGS) $(IDN2_CFLAGS) $(PSL_CFLAGS)

M365_LIBS = libm365.a $(PCRE2_LIBS) $(CJSON_LIBS) $(IDN2_LIBS) $(PSL_LIBS)

# What only m365ctl links: no helper reads the configuration, writes the state or knows libsodium and libcurl.
noinst_LIBRARIES += libm365ctl.a
libm365ctl_a_SOURCES = \
	%D%/conf.c %D%/conf.h %D%/conf_directives.c %D%/conf_parse.c %D%/conf_parse.h \
	%D%/digest.c %D%/digest.h \
	%D%/state.c %D%/state_generation.c %D%/state_handle.h %D%/state_link.c %D%/state_prune.c %D%/state_status.c \
	%D%/state_write.c \
	%D%/fetch.c %D%/fetch.h %D%/service.c %D%/service.h %D%/service_changes.c \
	%D%/generation.c %D%/generation.h %D%/generation_commit.c %D%/generation_review.c \
	%D%/generation_source.h
# What changed, may it be published, who is told.
libm365ctl_a_SOURCES += \
	%D%/diff.c %D%/diff.h %D%/diff_ask.c %D%/diff_build.h %D%/diff_json.c %D%/diff_pair.c %D%/diff_print.c \
	%D%/diff_range.c %D%/diff_summary.c %D%/diff_verdict.c \
	%D%/notice.c %D%/notice.h %D%/notice_feed.c \
	%D%/review.c %D%/review.h %D%/review_build.h %D%/review_gate.c %D%/review_widening.c
# The squid.conf generator and the doctor.
libm365ctl_a_SOURCES += \
	%D%/squidconf.h %D%/squidconf_check.c %D%/squidconf_check_host.c %D%/squidconf_check_rules.c \
	%D%/squidconf_check_type.c %D%/squidconf_extras.c %D%/squidconf_fix.c %D%/squidconf_model.c %D%/squidconf_model.h \
	%D%/squidconf_print.c %D%/squidconf_read.c %D%/squidconf_wish.h
libm365ctl_a_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(CURL_CFLAGS)

M365CTL_LIBS = libm365ctl.a $(M365_LIBS) $(SODIUM_LIBS) $(CURL_LIBS)
