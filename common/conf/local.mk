# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/conf.c %D%/conf.h %D%/conf_directives.c %D%/conf_export.c %D%/conf_export.h %D%/conf_log.c %D%/conf_log.h %D%/conf_parse.c %D%/conf_parse.h %D%/conf_sources.c %D%/conf_sources.h
EXTRA_DIST += %D%/README.md
