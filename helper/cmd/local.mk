# SPDX-License-Identifier: GPL-2.0-or-later
M365CTL_SOURCES += \
	%D%/cmd.c %D%/cmd.h %D%/cmd_approve.c %D%/cmd_bar.c %D%/cmd_bar.h %D%/cmd_blame.c %D%/cmd_check.c \
	%D%/cmd_check.h %D%/cmd_check_sources.c %D%/cmd_compile.c %D%/cmd_decide.c %D%/cmd_decide.h %D%/cmd_diff.c %D%/cmd_diff_log.c \
	%D%/cmd_diff_log.h \
	%D%/cmd_export.c %D%/cmd_help.c %D%/cmd_history.c %D%/cmd_import.c %D%/cmd_log.c %D%/cmd_log.h %D%/cmd_owner.c %D%/cmd_owner.h %D%/cmd_publish.c %D%/cmd_reject.c \
	%D%/cmd_rollback.c %D%/cmd_state.c %D%/cmd_state.h %D%/cmd_table.c \
	%D%/cmd_update.c
EXTRA_DIST += %D%/README.md
