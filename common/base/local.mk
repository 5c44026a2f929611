# SPDX-License-Identifier: GPL-2.0-or-later
libm365_a_SOURCES += \
	%D%/arena.c %D%/arena.h %D%/buf.c %D%/buf.h %D%/day.c %D%/day.h %D%/digest.h %D%/digest_pair.c %D%/digits.h %D%/err.c \
	%D%/err.h %D%/file.c %D%/file.h %D%/head.c %D%/head.h %D%/json.c %D%/json.h %D%/json_write.c %D%/json_write.h \
	%D%/kind.c %D%/kind.h %D%/order.h %D%/place.c %D%/place.h %D%/say.h %D%/utf8.c %D%/utf8.h %D%/watch.c \
	%D%/watch.h
libm365ctl_a_SOURCES += \
	%D%/digest.c
EXTRA_DIST += %D%/README.md
