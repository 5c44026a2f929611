# SPDX-License-Identifier: GPL-2.0-or-later
libm365_a_SOURCES += \
	%D%/compile.c %D%/compile.h %D%/compile_addr.c %D%/compile_addr.h %D%/compile_build.h %D%/compile_chain.c \
	%D%/compile_entry.c %D%/compile_host.c %D%/compile_index.c %D%/compile_node.c %D%/compile_policy.c \
	%D%/compile_section.c %D%/compile_set.c %D%/compile_tree.c %D%/load.c %D%/load.h %D%/load_default.c \
	%D%/load_generation.c
EXTRA_DIST += %D%/README.md
