# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/state.c %D%/state.h %D%/state_folder.c %D%/state_generation.c %D%/state_handle.h %D%/state_link.c \
	%D%/state_lock.c %D%/state_lock.h %D%/state_prune.c %D%/state_status.c %D%/state_write.c
EXTRA_DIST += %D%/README.md
