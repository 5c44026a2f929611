# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/clients_test %D%/ledger_test %D%/replay_test
