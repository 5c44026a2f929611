# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/candidate_test %D%/state_test
