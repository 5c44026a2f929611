# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/advise.c %D%/advise.h %D%/advise_access.c %D%/advise_build.h %D%/advise_bump.c %D%/advise_edit.c %D%/advise_edit.h \
	%D%/advise_find.c %D%/advise_later.c %D%/advise_meant.c %D%/advise_name.c %D%/advise_own.c %D%/advise_port.c %D%/advise_reach.c %D%/advise_rules.c %D%/advise_say.c %D%/advise_try.c %D%/advise_user.c %D%/advise_worker.c %D%/advise_worker.h
EXTRA_DIST += %D%/README.md
