#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# lint.sh - runs the tools that check sources. Called by `make lint` with the compiler flags of the build.
#
#     tests/lint.sh [FLAG]...
#
# One case for each tool: `ok - tool`, `not ok - tool` with what it found, or `skipped - tool` if this version of it cannot
# judge. A tool that is not installed has failed. The last line is `N passed, N failed[, N skipped]`. LINT_ONLY="tool
# tool" runs these only, LINT_JOBS is the number of processes (2).
set -u

top=${top_srcdir:-.}
cd "$top" || exit 2
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT
passed=0 failed=0 skipped=0
CANNOT_TELL=77

"${PYTHON3:-python3}" -B tests/files.py . >"$out/files" || exit 2
grep -E '^(common|helper|tests)/.*\.[ch]$' "$out/files" >"$out/c_and_h"
grep -E '\.c$' "$out/c_and_h" >"$out/c"
grep -E '\.py$' "$out/files" >"$out/py"
grep -E '^conf/.*\.(service\.in|timer)$' "$out/files" >"$out/units.list"
grep -E '\.[1-8]$' "$out/files" >"$out/man"
while read -r name; do
	case $(head -n 1 "$name" | tr -d '\0') in
	'#!/bin/sh'* | '#!/bin/bash'* | '#!/usr/bin/env bash'*) printf '%s\n' "$name" ;;
	*) case $name in *.sh) printf '%s\n' "$name" ;; esac ;;
	esac
done <"$out/files" >"$out/sh"

# run NAME LIST COMMAND... - one tool over the files of a list. It may return CANNOT_TELL and print why.
run() {
	name=$1 list=$2
	shift 2
	case " ${LINT_ONLY:-$name} " in *" $name "*) ;; *) return ;; esac
	if ! command -v "$name" >/dev/null; then
		echo "not ok - $name: not installed"
		failed=$((failed + 1))
		return
	fi
	status=0
	: >"$out/log"
	[ ! -s "$list" ] || "$@" >"$out/log" 2>&1 || status=$?
	case $status in
	0)
		echo "ok - $name ($(wc -l <"$list") files)"
		passed=$((passed + 1))
		;;
	"$CANNOT_TELL")
		echo "skipped - $name: $(tail -n 1 "$out/log")"
		skipped=$((skipped + 1))
		;;
	*)
		echo "not ok - $name"
		sed 's/^/    /' "$out/log"
		failed=$((failed + 1))
		;;
	esac
}

each() {
	tr '\n' '\0' <"$list" | xargs -0 "$@"
}

# The layout is that of one version. Another version that agrees is as good. If it disagrees, both may be right.
LAYOUT_VERSION=14
layout() {
	each clang-format --dry-run -Werror && return
	version=$(clang-format --version | sed -n 's/.* version \([0-9]*\).*/\1/p')
	[ "$version" != "$LAYOUT_VERSION" ] || return 1
	echo "this is version $version, and the layout is that of version $LAYOUT_VERSION"
	return "$CANNOT_TELL"
}

tidy() {
	: >"$out/tidy_flags"
	for flag in $flags; do
		printf -- '--extra-arg=%s\n' "$flag" >>"$out/tidy_flags"
	done
	printf -- '--extra-arg=%s\n' -include tests/lint.h >>"$out/tidy_flags"
	grep -v '^common/base/err\.c$' "$list" >"$out/but_err"
	list=$out/but_err
	# shellcheck disable=SC2046 # a list of flags
	each -n 4 -P "${LINT_JOBS:-2}" clang-tidy --quiet --extra-arg=-std=gnu17 $(cat "$out/tidy_flags") 2>/dev/null
}

compile_python() {
	PYTHONPYCACHEPREFIX=$out/cache each "${PYTHON3:-python3}" -m py_compile
}

lint_man() {
	each mandoc -T lint -W warning
}

# The units as they are installed, except for the program, which does not exist here.
verify_units() {
	mkdir -p "$out/units"
	sed -e 's,@sbindir@/m365ctl,/bin/true,' -e 's,@STATE@,StateDirectory=squid-m365,' -e 's,@statedir@,/var/lib/squid-m365,' \
		conf/squid-m365-update.service.in \
		>"$out/units/squid-m365-update.service"
	sed -e 's,@sbindir@/m365ctl,/bin/true,' conf/squid-m365-metrics.service.in >"$out/units/squid-m365-metrics.service"
	cp conf/squid-m365-metrics.timer conf/squid-m365-update.timer "$out/units" && systemd-analyze --man=no verify "$out"/units/*
}

# The build names folders relative to its own. Here they are looked up from the top.
flags=
for flag; do
	case $flag in
	-I*) [ -d "${flag#-I}" ] && flags="$flags $flag" ;;
	*) flags="$flags $flag" ;;
	esac
done
flags="$flags -D_GNU_SOURCE -Icommon -Ihelper -Itests/unit -Itests/fuzz -Itests/bench"

run clang-format "$out/c_and_h" layout
run clang-tidy "$out/c" tidy
run cppcheck "$out/c" each cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
	--error-exitcode=1 --suppressions-list=tests/cppcheck.txt -j "${LINT_JOBS:-2}" -Icommon -Ihelper -Itests/unit -Itests/bench -D__GNUC__ -D_GNU_SOURCE
run shellcheck "$out/sh" each shellcheck -x
run codespell "$out/files" each codespell --ignore-words=tests/codespell.txt
run mandoc "$out/man" lint_man
run "${PYTHON3:-python3}" "$out/py" compile_python
# Only a system with systemd has this tool.
! command -v systemd-analyze >/dev/null || run systemd-analyze "$out/units.list" verify_units
echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
