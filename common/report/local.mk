# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/report.c %D%/report.h %D%/report_amount.c %D%/report_build.h %D%/report_group.c %D%/report_html.c \
	%D%/report_json.c %D%/report_judge.c %D%/report_judge.h %D%/report_list.c %D%/report_microsoft.c %D%/report_part.c %D%/report_part.h %D%/report_print.h %D%/report_text.c %D%/report_unused.c
EXTRA_DIST += %D%/README.md
