# SPDX-License-Identifier: GPL-2.0-or-later
# The library: everything except the programs. Each room is a folder with a list of its own; see tests/house/rooms.

noinst_LIBRARIES += libm365.a libm365ctl.a
libm365_a_SOURCES =
libm365_a_CPPFLAGS = $(AM_CPPFLAGS) $(PCRE2_CFLAGS) $(CJSON_CFLAGS) $(IDN2_CFLAGS) $(PSL_CFLAGS)

M365_LIBS = libm365.a $(PCRE2_LIBS) $(CJSON_LIBS) $(IDN2_LIBS) $(PSL_LIBS)

# What only m365ctl links: no helper reads the configuration, writes the state or knows libsodium and libcurl.
libm365ctl_a_SOURCES =
libm365ctl_a_CPPFLAGS = $(AM_CPPFLAGS) $(SODIUM_CFLAGS) $(CURL_CFLAGS) $(ZLIB_CFLAGS) $(ZSTD_CFLAGS) \
	$(LZMA_CFLAGS)

M365CTL_LIBS = libm365ctl.a $(M365_LIBS) $(SODIUM_LIBS) $(CURL_LIBS) $(ZLIB_LIBS) $(ZSTD_LIBS) $(LZMA_LIBS)

include %D%/base/local.mk
include %D%/cloud/local.mk
include %D%/name/local.mk
include %D%/also/local.mk
include %D%/image/local.mk
include %D%/list/local.mk
include %D%/table/local.mk
include %D%/lint/local.mk
include %D%/verdict/local.mk
include %D%/counter/local.mk
include %D%/compile/local.mk
include %D%/page/local.mk
include %D%/export/local.mk
include %D%/format/local.mk
include %D%/squid/local.mk
include %D%/log/local.mk
include %D%/replay/local.mk
include %D%/seen/local.mk
include %D%/report/local.mk
include %D%/conf/local.mk
include %D%/state/local.mk
include %D%/store/local.mk
include %D%/traffic/local.mk
include %D%/change/local.mk
include %D%/evidence/local.mk
include %D%/lead/local.mk
include %D%/history/local.mk
include %D%/review/local.mk
include %D%/squidconf/local.mk
include %D%/ruleset/local.mk
include %D%/course/local.mk
include %D%/outcome/local.mk
include %D%/advise/local.mk
include %D%/insert/local.mk
include %D%/service/local.mk
include %D%/follow/local.mk
include %D%/metric/local.mk
include %D%/update/local.mk
include %D%/decide/local.mk
