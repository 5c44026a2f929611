# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/metric_text.c %D%/metric_text.h %D%/metrics.c %D%/metrics.h %D%/metrics_build.h %D%/metrics_helpers.c
EXTRA_DIST += %D%/README.md
