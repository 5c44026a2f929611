# SPDX-License-Identifier: GPL-2.0-or-later
HELPER_LOOP += \
	%D%/options.c %D%/options.h %D%/serve.c %D%/serve.h %D%/serve_say.c
EXTRA_DIST += %D%/README.md
