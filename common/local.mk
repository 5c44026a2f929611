# SPDX-License-Identifier: GPL-2.0-or-later
# The library of the house: everything but the programs.

noinst_LIBRARIES += libm365.a
libm365_a_SOURCES = \
	%D%/addr.c %D%/addr.h %D%/arena.c %D%/arena.h %D%/buf.c %D%/buf.h %D%/compile.c %D%/compile.h \
	%D%/compile_addr.c %D%/compile_addr.h %D%/compile_build.h %D%/compile_chain.c %D%/compile_entry.c \
	%D%/compile_host.c %D%/compile_index.c %D%/compile_node.c %D%/compile_policy.c %D%/compile_section.c \
	%D%/compile_set.c %D%/compile_tree.c %D%/day.c %D%/day.h %D%/err.c %D%/err.h %D%/file.c %D%/file.h \
	%D%/host.c %D%/host.h %D%/host_cloud.c %D%/host_idn.c %D%/host_psl.c %D%/image.h %D%/image_addr.c \
	%D%/image_bucket.h %D%/image_check.c %D%/image_check_addr.c %D%/image_find.c %D%/image_find.h \
	%D%/image_format.h %D%/image_guard.c %D%/image_guard.h %D%/image_handle.h %D%/image_hash.h %D%/image_open.c \
	%D%/image_read.c %D%/image_tree.h %D%/instance.c %D%/instance.h %D%/json.c %D%/json.h %D%/json_text.c \
	%D%/json_write.c %D%/json_write.h %D%/load.c %D%/load.h %D%/load_default.c %D%/pattern.c %D%/pattern.h \
	%D%/pattern_covers.c %D%/pattern_meets.c %D%/pattern_regex.c %D%/pattern_suffix.c %D%/place.c %D%/place.h \
	%D%/policy.c %D%/policy.h %D%/ports.c %D%/ports.h %D%/request.c %D%/request.h %D%/rewrite.c %D%/rewrite.h \
	%D%/rewrite_read.c %D%/rewrite_rules.h %D%/rewrite_watch.c %D%/say.c %D%/say.h %D%/squid.c %D%/squid.h \
	%D%/squid_ids.c %D%/squid_reply.c %D%/table.c %D%/table.h %D%/table_build.h %D%/table_input.c \
	%D%/table_json.c %D%/table_print.c %D%/table_read.c %D%/table_rule.c %D%/table_set.c %D%/table_sort.c \
	%D%/table_text.c %D%/tenant.c %D%/tenant.h %D%/url.c %D%/url.h %D%/utf8.c %D%/utf8.h %D%/verb.c %D%/verb.h \
	%D%/verdict.c %D%/verdict.h %D%/verdict_explain.c %D%/verdict_judge.c %D%/verdict_judge.h %D%/watch.c \
	%D%/watch.h
libm365_a_CPPFLAGS = $(AM_CPPFLAGS) $(PCRE2_CFLAGS) $(CJSON_CFLAGS) $(IDN2_CFLAGS) $(PSL_CFLAGS)

M365_LIBS = libm365.a $(PCRE2_LIBS) $(CJSON_LIBS) $(IDN2_LIBS) $(PSL_LIBS)

# What only m365ctl links: no helper reads the configuration, writes the state or knows libsodium and libcurl.
noinst_LIBRARIES += libm365ctl.a
libm365ctl_a_SOURCES = \
	%D%/announced.c %D%/announced.h %D%/ask.c %D%/ask.h %D%/candidate.c %D%/candidate.h %D%/candidate_file.c \
	%D%/candidate_file.h %D%/compare.c %D%/compare.h %D%/conf.c %D%/conf.h %D%/conf_directives.c \
	%D%/conf_parse.c %D%/conf_parse.h %D%/decide.c %D%/decide.h %D%/decide_rollback.c %D%/decision.c \
	%D%/decision.h %D%/diff.c %D%/diff.h %D%/diff_ask.c %D%/diff_build.h %D%/diff_json.c %D%/diff_pair.c \
	%D%/diff_print.c %D%/diff_range.c %D%/diff_summary.c %D%/diff_verdict.c %D%/digest.c %D%/digest.h \
	%D%/document.c %D%/document.h %D%/fetch.c %D%/fetch.h %D%/flow.c %D%/flow.h %D%/generation_commit.c \
	%D%/generation_named.c %D%/generation_named.h %D%/health.c %D%/health.h %D%/import.c %D%/import.h %D%/lint.c %D%/lint.h %D%/lint_book.c %D%/lint_build.h \
	%D%/lint_expiry.c %D%/lint_preset.c %D%/lint_reach.c %D%/lint_run.c %D%/lint_width.c %D%/notice.c \
	%D%/notice.h %D%/notice_feed.c %D%/publish.c %D%/publish.h %D%/record.c %D%/record.h %D%/review.c \
	%D%/review.h %D%/review_build.h %D%/review_gate.c %D%/review_reason.c %D%/review_record.c \
	%D%/review_widening.c %D%/service.c %D%/service.h %D%/source.c %D%/source.h %D%/squidconf.h \
	%D%/squidconf_check.c %D%/squidconf_check_host.c %D%/squidconf_check_rules.c %D%/squidconf_check_type.c \
	%D%/squidconf_extras.c %D%/squidconf_finding.c %D%/squidconf_fix.c %D%/squidconf_lines.c \
	%D%/squidconf_model.c %D%/squidconf_model.h %D%/squidconf_print.c %D%/squidconf_read.c %D%/squidconf_wish.h \
	%D%/state.c %D%/state.h %D%/state_folder.c %D%/state_generation.c %D%/state_handle.h %D%/state_link.c \
	%D%/state_prune.c %D%/state_status.c %D%/state_write.c %D%/update.c %D%/update.h
libm365ctl_a_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(CURL_CFLAGS)

M365CTL_LIBS = libm365ctl.a $(M365_LIBS) $(SODIUM_LIBS) $(CURL_LIBS)
