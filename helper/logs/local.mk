# SPDX-License-Identifier: GPL-2.0-or-later
M365CTL_SOURCES += \
	%D%/cmd_replay.c %D%/cmd_replay.h %D%/cmd_replay_format.c %D%/cmd_replay_format.h %D%/cmd_replay_tables.c \
	%D%/cmd_replay_tables.h
EXTRA_DIST += %D%/README.md
