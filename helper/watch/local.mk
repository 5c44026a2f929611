# SPDX-License-Identifier: GPL-2.0-or-later
M365CTL_SOURCES += \
	%D%/cmd_metrics.c %D%/cmd_status.c %D%/cmd_status_helpers.c %D%/cmd_status_helpers.h %D%/cmd_status_log.c %D%/cmd_status_log.h %D%/cmd_status_nagios.c \
	%D%/cmd_status_nagios.h %D%/watch.h
EXTRA_DIST += %D%/README.md
