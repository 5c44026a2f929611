# SPDX-License-Identifier: GPL-2.0-or-later
UNIT_TESTS += %D%/serve_test %D%/serve_watch_test

SERVE_STAGE = %D%/serve_stage.c %D%/serve_stage.h helper/serve/serve.c helper/serve/serve.h helper/serve/serve_say.c
%C%_serve_test_SOURCES = %D%/serve_test.c $(SERVE_STAGE)
%C%_serve_watch_test_SOURCES = %D%/serve_watch_test.c $(SERVE_STAGE)
