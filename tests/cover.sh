#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# cover.sh - prints which lines of common/ and helper/ the tests ran. Called by `make cover` in a build made with --enable-coverage.
set -u

command -v gcovr >/dev/null || {
	echo 'make cover needs gcovr' >&2
	exit 1
}
[ -n "$(find common -name '*.gcda' -print 2>/dev/null | head -n 1)" ] || {
	echo 'make cover needs a build with coverage: run configure with --enable-coverage' >&2
	exit 1
}
top=$(cd "${top_srcdir:-.}" && pwd) || exit 1
gcovr --root "$top" --filter "$top/common/" --filter "$top/helper/" . | grep -v '^TOTAL'
for folder in helper common; do
	printf '%s: ' "$folder"
	gcovr --root "$top" --filter "$top/$folder/" --print-summary . | grep '^lines:'
done
