# SPDX-License-Identifier: GPL-2.0-or-later
libm365_a_SOURCES += \
	%D%/image.h %D%/image_addr.c %D%/image_addrs.c %D%/image_bucket.h %D%/image_check.c %D%/image_check_addr.c %D%/image_find.c \
	%D%/image_find.h %D%/image_format.h %D%/image_guard.c %D%/image_guard.h %D%/image_handle.h %D%/image_hash.h \
	%D%/image_layout.c %D%/image_layout.h %D%/image_name.c %D%/image_name.h %D%/image_open.c %D%/image_piece.c \
	%D%/image_read.c %D%/image_step.h %D%/image_tree.h
EXTRA_DIST += %D%/README.md
