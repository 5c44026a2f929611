#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh - the slow tests of the updater, and of logs on many machines, one after the other. Called by `make update`, which
# sets top_srcdir and top_builddir; tests that need no network and only seconds are in `make check`.
#
# Prints what they print; the last line is the sum, `N passed, N failed, N skipped`. Exit 0 only if nothing failed.
set -u

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 2
LOG=$(mktemp) || exit 2
trap 'rm -f "$LOG"' EXIT
failed=0
for test in state_test owner_test service_test prometheus_test ../replay/hosts_test; do
	python3 -B "$HERE/$test.py" >"$LOG.one" 2>&1 || failed=1
	cat "$LOG.one"
	cat "$LOG.one" >>"$LOG"
	rm -f "$LOG.one"
done
awk -v failed=$failed '
	/^[0-9]+ passed, [0-9]+ failed/ { passed += $1; wrong += $3; skipped += $5; runs++ }
	END {
		if (runs < 5 || (failed && !wrong)) wrong++
		printf "%d passed, %d failed, %d skipped\n", passed, wrong, skipped
		exit wrong > 0
	}' "$LOG"
