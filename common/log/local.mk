# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/log.h %D%/log_file.c %D%/log_file.h %D%/log_find.c %D%/log_format.c %D%/log_format.h %D%/log_gzip.c %D%/log_input.c %D%/log_line.c \
	%D%/log_unpack.h %D%/log_xz.c %D%/log_zstd.c
EXTRA_DIST += %D%/README.md
