# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/image_addr_test %D%/image_damage_test %D%/image_test
