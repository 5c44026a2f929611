# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/log_file_test %D%/log_find_test %D%/log_test
