# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/insert.c %D%/insert.h %D%/insert_build.h %D%/insert_client.c %D%/insert_diff.c %D%/insert_extras.c %D%/insert_file.c %D%/insert_has.c %D%/insert_judge.c %D%/insert_judge.h \
	%D%/insert_law.c %D%/insert_law.h %D%/insert_lines.c %D%/insert_lines.h %D%/insert_name.c %D%/insert_patch.h %D%/insert_place.c %D%/insert_plan.c \
	%D%/insert_prune.c %D%/insert_refuse.c %D%/insert_rule.c %D%/insert_search.c %D%/insert_try.c %D%/insert_worse.c
EXTRA_DIST += %D%/README.md
