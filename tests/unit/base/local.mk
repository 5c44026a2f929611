# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += \
	%D%/arena_test %D%/buf_test %D%/day_test %D%/digest_test %D%/digits_test %D%/err_test %D%/file_at_test %D%/file_test \
	%D%/json_test %D%/json_write_test %D%/kind_test %D%/place_test %D%/utf8_test %D%/watch_test
