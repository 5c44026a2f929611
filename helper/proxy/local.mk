# SPDX-License-Identifier: GPL-2.0-or-later
M365CTL_SOURCES += \
	%D%/cmd_doctor.c %D%/cmd_doctor.h %D%/cmd_doctor_outcomes.c %D%/cmd_rules.c %D%/cmd_rules.h \
	%D%/cmd_squid_conf.c %D%/cmd_squid_conf_into.c %D%/cmd_squid_conf_into.h %D%/cmd_trace.c %D%/proxy.h
EXTRA_DIST += %D%/README.md
