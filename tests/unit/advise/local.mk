# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/advise_test

%C%_advise_test_SOURCES = %D%/advise_test.c $(ALLOC_FAILS) $(LEND)
%C%_advise_test_LDFLAGS = $(WRAP_ALLOC)
