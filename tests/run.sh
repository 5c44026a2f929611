#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh - every test, from a bare Debian 12 or 13 to one last line.
#
#     sh tests/run.sh                  all steps
#     sh tests/run.sh STEP...          some: check sanitize clang update export e2e squid-model distcheck lint
#
# As root, or where sudo needs no password, it installs the packages of packages.txt that its steps need and that are missing;
# otherwise it says what is missing and goes on. Nothing is written into the source tree: a copy is built in a temporary
# folder, which is removed.
#
#     check      build with gcc, warnings are errors; make check
#     sanitize   the same with AddressSanitizer and UndefinedBehaviorSanitizer
#     clang      the same with clang, in the folder of the sources
#     update     the updater against a service that misbehaves; its state folder broken at every step; logs of three hosts
#     export     exports, read by the programs that they are for
#     e2e        a real Squid (after check)
#     squid-model  what m365ctl-trace says, and what a real Squid does (after check)
#     distcheck  the tarball builds, passes its tests and uninstalls
#     lint       the tools that check sources
#
# At the end there is a line for each suite, and the last line is `N passed, N failed` or `N passed, N failed, N skipped`. Exit
# 0 only if nothing failed. RUN_KEEP=1 keeps the folder.
set -u

TOP=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 2
STEPS=${*:-check sanitize clang update export e2e squid-model distcheck lint}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/squid-m365-run.XXXXXX") || exit 2
chmod 755 "$WORK" # some tests run programs as another user
LOGS=$WORK/logs
JOBS=$(nproc 2>/dev/null || echo 2)
PASSED=0 FAILED=0 SKIPPED=0
LC_ALL=C
export LC_ALL
exec </dev/null

say() {
	printf '%s\n' "$*"
}

# shellcheck disable=SC2317 # called by a trap
finish() {
	status=$?
	trap - EXIT HUP INT TERM
	[ -n "${POLICY:-}" ] && as_root rm -f "$POLICY"
	if [ -n "${RUN_KEEP:-}" ]; then
		say "kept: $WORK"
	else
		chmod -R u+w "$WORK" 2>/dev/null
		rm -rf "$WORK"
	fi
	exit "$status"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- what is missing -------------------------------------------------------------------------------------------------

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

# The kinds of packages.txt that the steps need: everything is built and checked first.
kinds() {
	printf 'build check'
	for kinds_step in $STEPS; do
		case $kinds_step in
		clang | update | export | e2e | squid-model | lint) printf ' %s' "$kinds_step" ;;
		esac
	done
}

missing_packages() {
	awk -v kinds=" $(kinds) " '!/^#/ && NF == 2 && index(kinds, " " $1 " ") && !seen[$2]++ { print $2 }' \
		"$TOP/tests/packages.txt" | while read -r package; do
		dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q ' installed$' || printf ' %s' "$package"
	done
}

# A package that brings a service must not start it: invoke-rc.d and systemd's helper both ask policy-rc.d.
without_services() {
	if [ ! -e /usr/sbin/policy-rc.d ]; then
		printf '#!/bin/sh\nexit 101\n' >"$WORK/policy"
		as_root install -m 755 "$WORK/policy" /usr/sbin/policy-rc.d && POLICY=/usr/sbin/policy-rc.d
	fi
	"$@"
	without_status=$?
	[ -z "${POLICY:-}" ] || as_root rm -f "$POLICY"
	POLICY=
	return $without_status
}

apt() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@"
}

# What was installed for the tests must not start with the machine either.
disable_services() {
	for service in bind9:named bird2:bird firewalld:firewalld frr:frr haproxy:haproxy nginx-light:nginx openssh-server:ssh \
		prometheus:prometheus prometheus-node-exporter:prometheus-node-exporter squid-openssl:squid unbound:unbound; do
		case "$missing " in
		*" ${service%:*} "*) as_root systemctl --quiet disable "${service#*:}.service" 2>/dev/null ;;
		esac
	done
}

install_missing() {
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		say 'no apt-get here: what is missing is not installed'
		return
	fi
	missing=$(missing_packages)
	[ -n "$missing" ] || return 0
	as_root true 2>/dev/null || {
		say "not installed, and neither root nor sudo:$missing"
		return
	}
	say "installing:$missing"
	# shellcheck disable=SC2086 # a list of names
	{ apt update && without_services apt install --no-install-recommends $missing; } >"$LOGS/apt" 2>&1 || {
		tail -n 15 "$LOGS/apt"
		say "apt-get failed; going on without:$(missing_packages)"
	}
	[ ! -d /run/systemd/system ] || disable_services
}

# ---- a copy of the sources --------------------------------------------------------------------------------------------

copy_sources() {
	mkdir "$WORK/src" || return 1
	if python3 -B "$TOP/tests/files.py" -0 "$TOP" >"$WORK/names" 2>"$LOGS/autogen"; then
		(cd "$TOP" && tar --null -T "$WORK/names" -cf -) | tar --no-same-owner -xf - -C "$WORK/src" || return 1
	else
		say 'python3 does not list the files: the whole folder is copied'
		(cd "$TOP" && tar --exclude=./.git --exclude='./build*' --exclude=./bare --exclude=./autom4te.cache --exclude='./config.*' \
			--exclude=./Makefile --exclude='*.o' --exclude='*.a' --exclude=.deps --exclude='*.log' --exclude='*.trs' -cf - .) |
			tar --no-same-owner -xf - -C "$WORK/src" || return 1
	fi
	(cd "$WORK/src" && sh ./autogen.sh) >>"$LOGS/autogen" 2>&1
}

# ---- counting ----------------------------------------------------------------------------------------------------------

# count SUITE PASSED FAILED SKIPPED
count() {
	PASSED=$((PASSED + $2)) FAILED=$((FAILED + $3)) SKIPPED=$((SKIPPED + $4))
	if [ "$4" -gt 0 ]; then
		printf '%-24s %s passed, %s failed, %s skipped\n' "$1:" "$2" "$3" "$4" >>"$WORK/summary"
	else
		printf '%-24s %s passed, %s failed\n' "$1:" "$2" "$3" >>"$WORK/summary"
	fi
}

# broke STEP LOG - a step that could not count at all.
broke() {
	say "FAILED: $1"
	tail -n 60 "$2"
	count "$1" 0 1 0
}

# last_word STEP LOG STATUS - what a runner counted in its last line of that kind.
last_word() {
	words=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 \4/p' "$2" | tail -n 1)
	[ -n "$words" ] || {
		broke "$1" "$2"
		return
	}
	# shellcheck disable=SC2086 # three numbers
	set -- "$1" "$2" "$3" $words
	[ "$3" -eq 0 ] || [ "$5" -gt 0 ] || set -- "$1" "$2" "$3" "$4" 1 "${6:-0}"
	[ "$5" -eq 0 ] || cat "$2"
	grep -E '^(# )?skipped|^skip' "$2"
	count "$1" "$4" "$5" "${6:-0}"
}

# ---- steps -------------------------------------------------------------------------------------------------------------

# build STEP [CONFIGURE OPTION]... - in a folder of its own, or where the sources are if STEP has a copy of them.
build() {
	built=$1
	shift
	mkdir -p "$WORK/$built" && cd "$WORK/$built" && {
		from=.
		[ -f configure ] || from=../src
		"$from"/configure --quiet --enable-werror "$@" && make -j "$JOBS" && make -j "$JOBS" check TESTS=
	} >"$LOGS/$built" 2>&1
}

check() {
	step=$1
	shift
	say "== $step: build and make check"
	build "$step" "$@" || {
		broke "$step" "$LOGS/$step"
		return
	}
	make -k -j "$JOBS" check >"$LOGS/$step-check" 2>&1
	status=$?
	[ $status -eq 0 ] || cat test-suite.log 2>/dev/null || tail -n 60 "$LOGS/$step-check"
	grep -rhE '^skipped' tests --include='*.log'
	python3 "$TOP/tests/totals.py" . >"$LOGS/$step-totals" || {
		broke "$step" "$LOGS/$step-check"
		return
	}
	counted_failures=0
	while read -r suite p _ f _ s _; do
		count "$step ${suite%:}" "$p" "$f" "$s"
		counted_failures=$((counted_failures + f))
	done <"$LOGS/$step-totals"
	[ $status -eq 0 ] || [ $counted_failures -gt 0 ] || count "$step make" 0 1 0
}

run_make() {
	step=$1
	shift
	say "== $step"
	[ -f "$WORK/check/Makefile" ] || build check || {
		broke "$step" "$LOGS/check"
		return
	}
	cd "$WORK/check" && make "$@" >"$LOGS/$step" 2>&1
	last_word "$step" "$LOGS/$step" $?
}

step() {
	case $1 in
	check) check check ;;
	# Some loops are written twice; here the plain ones are tested.
	sanitize) check sanitize --enable-sanitizers CFLAGS='-O1 -g' CPPFLAGS=-DM365_PLAIN ;;
	# As the README has it, where the sources are: what a build leaves there must not be taken for a source.
	clang)
		cp -a "$WORK/src" "$WORK/clang" && check clang CC=clang
		;;
	update) run_make update update ;;
	export) run_make export export ;;
	e2e) run_make e2e e2e ;;
	squid-model) run_make squid-model squid-model ;;
	lint) run_make lint lint LINT_JOBS="$JOBS" ;;
	distcheck)
		say '== distcheck'
		[ -f "$WORK/check/Makefile" ] || build check
		if cd "$WORK/check" && make -j "$JOBS" distcheck >"$LOGS/distcheck" 2>&1; then
			count distcheck 1 0 0
		else
			cat squid-m365-*/_build/sub/test-suite.log 2>/dev/null
			broke distcheck "$LOGS/distcheck"
		fi
		;;
	*)
		say "run.sh: no step '$1'; steps are: check sanitize clang update export e2e squid-model distcheck lint" >&2
		exit 2
		;;
	esac
}

mkdir "$LOGS" || exit 2
: >"$WORK/summary"
install_missing
if copy_sources; then
	for one in $STEPS; do
		step "$one"
	done
else
	broke autogen "$LOGS/autogen"
fi
cd "$TOP" || exit 2
say ''
cat "$WORK/summary"
if [ "$SKIPPED" -gt 0 ]; then
	say "$PASSED passed, $FAILED failed, $SKIPPED skipped"
else
	say "$PASSED passed, $FAILED failed"
fi
[ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
