# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += \
	%D%/addr_special_test %D%/addr_test %D%/covers_test %D%/host_test %D%/pattern_covers_test \
	%D%/pattern_cross_test %D%/pattern_ends_test %D%/pattern_test %D%/ports_test %D%/precedence_test %D%/spec_test %D%/tenant_test %D%/url_test %D%/verb_test
