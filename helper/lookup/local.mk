# SPDX-License-Identifier: GPL-2.0-or-later
M365CTL_SOURCES += \
	%D%/cmd_answer.c %D%/cmd_answer_tail.c %D%/cmd_answer_tail.h %D%/cmd_explain.c %D%/cmd_explain.h \
	%D%/cmd_explain_addr.c %D%/cmd_explain_also.c %D%/cmd_explain_held.c %D%/cmd_explain_say.c %D%/cmd_explain_why.c %D%/cmd_lookup.c \
	%D%/cmd_lookup.h %D%/cmd_paste.c %D%/cmd_paste.h %D%/cmd_prefix.c %D%/cmd_prefix.h %D%/cmd_prefix_build.h \
	%D%/cmd_prefix_json.c %D%/cmd_prefix_text.c %D%/lookup.h
EXTRA_DIST += %D%/README.md
