# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/act.c %D%/act.h %D%/candidate.c %D%/candidate.h %D%/candidate_file.c %D%/candidate_file.h \
	%D%/candidate_known.c \
	%D%/candidate_shipped.c %D%/candidate_shipped.h %D%/decision.c %D%/decision.h %D%/document.c %D%/document.h \
	%D%/generation_commit.c %D%/generation_image.c %D%/generation_image.h %D%/generation_named.c \
	%D%/generation_named.h %D%/health.c %D%/health.h %D%/holding.c %D%/holding.h %D%/holding_rejected.c %D%/record.c %D%/record.h %D%/rejected.c %D%/rejected.h \
	%D%/source.c %D%/source.h
EXTRA_DIST += %D%/README.md
