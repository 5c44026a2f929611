# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/evidence.h %D%/evidence_folder.c %D%/evidence_judge.c %D%/evidence_row.c %D%/evidence_row.h
EXTRA_DIST += %D%/README.md
