# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += \
	%D%/endpoint_set_test %D%/expiry_test %D%/held_concern_test %D%/held_taker_test %D%/held_test \
	%D%/table_exceptions_test %D%/table_json_test \
	%D%/table_list_test %D%/table_read_test %D%/table_required_test %D%/table_sort_test %D%/table_test %D%/table_usual_test
