#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fuzz.sh - runs each fuzz program with its engine for FUZZ_SECONDS (60). Called by `make fuzz` in a build made with
# --enable-fuzzing. New inputs that it finds stay in the build folder (NAME.found/). A crash ends the run; its input is
# written next to that folder (NAME.crash-...). Put the smallest form of it into tests/fuzz/NAME.in/.
set -u

status=0
for program in "$@"; do
	name=$(basename "$program" _fuzz)
	echo "fuzz: $name, ${FUZZ_SECONDS:-60} seconds"
	mkdir -p "tests/fuzz/$name.found"
	"$program" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
		-max_len="${FUZZ_LEN:-4096}" -artifact_prefix="tests/fuzz/$name.crash-" \
		"tests/fuzz/$name.found" "${top_srcdir:-.}/tests/fuzz/$name.in" || status=1
done
exit $status
