# SPDX-License-Identifier: GPL-2.0-or-later
libm365ctl_a_SOURCES += \
	%D%/ruleset.h %D%/ruleset_acl.c %D%/ruleset_auth.c %D%/ruleset_list.c %D%/ruleset_plain.c %D%/ruleset_acl.h %D%/ruleset_hold.c %D%/ruleset_net.c %D%/ruleset_open.c %D%/ruleset_port.c \
	%D%/ruleset_reading.c %D%/ruleset_reading.h %D%/ruleset_regex.c %D%/ruleset_role.c %D%/ruleset_role.h %D%/ruleset_spelling.c %D%/ruleset_type.c %D%/ruleset_values.c \
	%D%/ruleset_word.c %D%/ruleset_word.h %D%/ruleset_worker.c %D%/ruleset_worker.h
# The values of directives.
libm365ctl_a_SOURCES += \
	%D%/ruleset_cache.c %D%/ruleset_directive.c %D%/ruleset_format.c %D%/ruleset_number.c %D%/ruleset_parse.c %D%/ruleset_parse.h \
	%D%/ruleset_service.c %D%/ruleset_tls.c
EXTRA_DIST += %D%/README.md
