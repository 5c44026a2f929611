# SPDX-License-Identifier: GPL-2.0-or-later
# The library of the house: everything but the programs. Order of files: by floor, see tests/house/.

noinst_LIBRARIES += libm365.a
libm365_a_SOURCES = \
	%D%/err.c %D%/err.h \
	%D%/arena.c %D%/arena.h %D%/buf.c %D%/buf.h \
	%D%/addr.c %D%/addr.h %D%/day.c %D%/day.h %D%/file.c %D%/file.h \
	%D%/host.c %D%/host.h %D%/host_idn.c %D%/host_psl.c \
	%D%/pattern.h %D%/ports.c %D%/ports.h \
	%D%/request.c %D%/request.h %D%/url.c %D%/url.h
libm365_a_CPPFLAGS = $(AM_CPPFLAGS) $(PCRE2_CFLAGS) $(CJSON_CFLAGS) $(IDN2_CFLAGS) $(PSL_CFLAGS)

M365_LIBS = libm365.a $(PCRE2_LIBS) $(CJSON_LIBS) $(IDN2_LIBS) $(PSL_LIBS)
