# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/announced.c %D%/announced.h %D%/compare.c %D%/compare.h %D%/diff.c %D%/diff.h \
	%D%/diff_ask.c %D%/diff_build.h %D%/diff_json.c %D%/diff_name.h %D%/diff_pair.c %D%/diff_pattern.c %D%/diff_print.c \
	%D%/diff_range.c %D%/diff_regex.c %D%/diff_summary.c %D%/diff_verdict.c %D%/diff_work.c %D%/later.c %D%/later.h \
	%D%/opening.c %D%/opening.h %D%/opening_add.c %D%/opening_bits.c %D%/opening_build.h \
	%D%/opening_find.c %D%/opening_group.c %D%/opening_note.c %D%/opening_regex.c %D%/patience.h
EXTRA_DIST += %D%/README.md
