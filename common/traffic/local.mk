# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/traffic.h %D%/traffic_folder.c %D%/traffic_folder.h %D%/traffic_key.c %D%/traffic_key.h %D%/traffic_logs.c \
	%D%/traffic_logs.h %D%/traffic_place.c %D%/traffic_place.h %D%/traffic_reach.c %D%/traffic_take.c
EXTRA_DIST += %D%/README.md
