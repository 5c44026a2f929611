#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh - exports, read by the programs that they are for. Called by `make export`, which sets top_srcdir and
# top_builddir. Each *_live.py skips what is not installed and says so.
#
# Prints what they print; the last line is the sum, `N passed, N failed, N skipped`. Exit 0 only if nothing failed.
set -u

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 2
LOG=$(mktemp) || exit 2
trap 'rm -f "$LOG" "$LOG.one"' EXIT
failed=0 runs=0
for test in "$HERE"/*_live.py; do
	runs=$((runs + 1))
	python3 -B "$test" >"$LOG.one" 2>&1 || failed=1
	cat "$LOG.one"
	cat "$LOG.one" >>"$LOG"
done
awk -v failed=$failed -v runs=$runs '
	/^[0-9]+ passed, [0-9]+ failed/ { passed += $1; wrong += $3; skipped += $5; ended++ }
	END {
		if (ended != runs || (failed && !wrong)) wrong++
		printf "%d passed, %d failed, %d skipped\n", passed, wrong, skipped
		exit wrong > 0
	}' "$LOG"
