# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/rewrite_test %D%/squid_args_test %D%/squid_gen_test %D%/squid_ids_test %D%/squid_test
