#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# readme-fragment.sh - print the squid.conf fragment of README.md, so that what administrators copy is what the tests run.
#
#     readme-fragment.sh README.md > rules.conf
#
# The fragment is the first fenced block after a line that is exactly
#
#     <!-- squid.conf fragment run by tests/e2e -->
#
# Prints nothing else. Exit 0: printed; 1: README.md has no such line; 2: error (unreadable, no block after the line, a block
# without an end, two such lines). run.sh adapts the fragment so that it can run (paths, ports, users).
set -u

if [ $# -ne 1 ]; then
	echo "usage: ${0##*/} README.md" >&2
	exit 2
fi
[ -r "$1" ] || {
	echo "${0##*/}: cannot read '$1'" >&2
	exit 2
}
exec awk -v file="$1" '
	function trouble(text) {
		printf "readme-fragment.sh: %s: %s\n", file, text >"/dev/stderr"
		failed = 1
		exit 2
	}
	{ sub(/\r$/, "") }
	$0 == "<!-- squid.conf fragment run by tests/e2e -->" {
		if (marks++) trouble("line " NR " marks a second fragment")
		wait = 1
		next
	}
	wait && /^(```|~~~)/ { fence = substr($0, 1, 3); wait = 0; inside = 1; next }
	wait && NF { trouble("line " NR " is between the mark and the fenced block") }
	inside && index($0, fence) == 1 { inside = 0; found = 1; next }
	inside { print }
	END {
		if (failed) exit 2
		if (!marks) exit 1
		if (inside) trouble("the fenced block has no end")
		if (!found) trouble("no fenced block follows the mark")
	}' "$1"
