#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench.sh - how fast this is, compared with the best alternatives, measured in one run. Called by `make bench`.
#
#     tests/bench/bench.sh [STEP]...
#
#     build      m365ctl compile, start to first answer, memory of helpers, from 500 to 10 million rules; reading lists
#     hosts      one host name among that many patterns or domains; what a wildcard inside or a regex costs
#     prefixes   one address among a routing table's prefixes
#     addresses  m365ctl lookup on millions of addresses from a file, against grepcidr
#     exports    m365ctl export of the shipped table in each format, against printing it; PAC files in Chromium's engine
#     rules      m365ctl doctor and trace on a squid.conf of 2,000 lines
#     replay     m365ctl replay on a log of two million lines, against mawk, GoAccess and SARG
#     line       the helper's line protocol against an echo, and what its counters cost
#     squid      requests through a real Squid (root)
#     diff       comparing the worst documents there can be, and real ones if M365_HISTORY names a folder of them;
#                an update from end to end
#     report     the tables, targets and results, CSV and plot; includes steps run earlier
#
# Without STEP it runs all of them in this order: about eight minutes on two cores. Absolute numbers need a quiet machine.
# Every rival is measured in the same run, so read the ratios. All data come from a seed.
#
# Environment: top_srcdir, top_builddir, CC, BENCH_CFLAGS, BENCH_LIBS, BENCH_CTL_LIBS (make sets them); M365_HISTORY=FOLDER with documents
# of the worldwide instance, in the order of their names; BENCH_QUICK=1 for small lists and short runs;
# BENCH_SIZES="COUNT..." for other lists; BENCH_ROUNDS (5); BENCH_INSTALL=no to install nothing.
#
# As root, or if sudo needs no password, missing packages of packages.txt are installed. Otherwise whatever needs them is
# left out, with a message. Results: BUILDDIR/bench-results/ with bench.csv, report.txt, hosts.svg. Exit 0 unless a program
# of this project broke or answered wrongly; being slow is never a failure.
set -u

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 2
TOP=$(CDPATH='' cd -- "${top_srcdir:-$HERE/../..}" && pwd) || exit 2
BUILD=$(CDPATH='' cd -- "${top_builddir:-.}" && pwd) || exit 2
OUT=$BUILD/bench-results
BIN=$OUT/bin WORK=$OUT/work CSV=$OUT/csv
STEPS=${*:-build hosts prefixes addresses exports rules replay line squid diff report}
QUICK=${BENCH_QUICK:-}
ROUNDS=${BENCH_ROUNDS:-5}
SIZES=${BENCH_SIZES:-${QUICK:+10000 100000}}
SIZES=${SIZES:-10000 100000 1000000 10000000}
FLAT=10000 # domains in Squid's own list
BROKEN=0
LC_ALL=C
export LC_ALL
exec </dev/null

say() {
	printf 'bench: %s\n' "$*" >&2
}

broke() {
	say "BROKEN: $*"
	BROKEN=1
}

# ---- what is missing -------------------------------------------------------------------------------------------------

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

# packages KIND... - the names of the packages of these kinds.
packages() {
	for kind; do
		awk -v kind="$kind" '!/^#/ && $1 == kind { print $2 }' "$HERE/packages.txt"
	done
}

missing_packages() {
	packages hosts prefixes addresses exports replay squid report | sort -u | while read -r package; do
		dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q ' installed$' || printf ' %s' "$package"
	done
}

# If the packages cannot be installed together, install them one by one: a missing one must not prevent the others.
install_missing() {
	[ "${BENCH_INSTALL:-yes}" != no ] && command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0
	missing=$(missing_packages)
	[ -n "$missing" ] || return 0
	as_root true 2>/dev/null || {
		say "not installed, and neither root nor sudo:$missing"
		return 0
	}
	say "installing:$missing"
	policy=
	if [ ! -e /usr/sbin/policy-rc.d ]; then # a package that brings a service must not start it
		printf '#!/bin/sh\nexit 101\n' >"$WORK/policy"
		as_root install -m 755 "$WORK/policy" /usr/sbin/policy-rc.d && policy=yes
	fi
	# shellcheck disable=SC2086 # a list of names
	{ apt update && apt install --no-install-recommends $missing; } >"$OUT/apt.log" 2>&1 ||
		for package in $missing; do
			apt install --no-install-recommends "$package" >>"$OUT/apt.log" 2>&1
		done
	[ -z "$policy" ] || as_root rm -f /usr/sbin/policy-rc.d
	missing=$(missing_packages)
	[ -z "$missing" ] || say "cannot be installed, see $OUT/apt.log:$missing"
}

apt() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@"
}

# squidGuard, unpacked below $OUT; fails if it is not available or does not run.
unpack_squidguard() {
	guard=$OUT/squidguard
	[ -x "$guard/usr/bin/squidGuard" ] || {
		[ "${BENCH_INSTALL:-yes}" != no ] && mkdir -p "$guard" || return 1
		# shellcheck disable=SC2046 # a list of names
		(cd "$guard" && apt-get -q download $(packages unpack) && for deb in *.deb; do
			dpkg -x "$deb" . || exit 1
		done) >"$OUT/squidguard.log" 2>&1 || return 1
	}
	guard_run -v >>"$OUT/squidguard.log" 2>&1
}

guard_run() {
	LD_LIBRARY_PATH=$(echo "$OUT"/squidguard/usr/lib/*-linux-*) "$OUT/squidguard/usr/bin/squidGuard" "$@"
}

# ---- programs ----------------------------------------------------------------------------------------------------------

# compile NAME LIBRARIES FILE... - builds BIN/NAME, unless the same command has already built it from these files; the
# libraries are one word.
compile() {
	made=$BIN/$1
	made_libs="$BUILD/libm365.a ${BENCH_LIBS:--lpcre2-8 -lcjson -lidn2 -lpsl} -lm $2"
	made_flags="-D_GNU_SOURCE -I$TOP/common -I$HERE ${BENCH_CFLAGS:--O2 -std=gnu17} $(cat "$OUT/flags" 2>/dev/null)"
	shift 2
	made_by="${CC:-cc} $made_flags $* $made_libs"
	[ "$(cat "$made.by" 2>/dev/null)" = "$made_by" ] && [ -x "$made" ] &&
		[ -z "$(find "$@" "$HERE"/*.h "$HERE"/*/*.h "$BUILD/libm365.a" -newer "$made")" ] && return 0
	# shellcheck disable=SC2086 # lists of flags
	${CC:-cc} $made_flags -o "$made" "$@" $made_libs >"$OUT/compile.log" 2>&1 || {
		cat "$OUT/compile.log" >&2
		broke "${made##*/} cannot be built"
		return 1
	}
	printf '%s\n' "$made_by" >"$made.by"
}

# with NAME HEADER LIBRARIES [PACKAGE] - if a program can be built with them (and the flags that pkg-config has for PACKAGE),
# add -DHAVE_NAME to the flags and the libraries to LIBRARIES.
with() {
	with_flags=
	# An installed library's headers are not this project's to warn about.
	[ $# -lt 4 ] || with_flags=$(pkg-config --cflags "$4" 2>/dev/null | sed 's/ *-I/ -isystem /g')
	# shellcheck disable=SC2086 # lists of flags
	if printf '#include <%s>\nint main(void) { return 0; }\n' "$2" |
		${CC:-cc} $with_flags -x c - -o "$WORK/with" $3 >"$WORK/with.log" 2>&1; then
		printf ' -DHAVE_%s %s' "$1" "$with_flags" >>"$OUT/flags"
		LIBRARIES="$LIBRARIES $3"
	else
		say "left out, not installed: $1"
	fi
}

build_tools() {
	: >"$OUT/flags"
	compile data_tool '' "$HERE/data_tool.c" "$HERE/data.c" "$HERE/data_ask.c" &&
		compile program_bench '' "$HERE/program_bench.c" && compile squid_echo '' "$HERE/squid/squid_echo.c"
}

# ---- data --------------------------------------------------------------------------------------------------------------

newer() {
	[ -f "$1" ] && [ -z "$(find "$BIN/data_tool" "$BUILD/helper/m365ctl" -newer "$1")" ]
}

# list_of COUNT - the source of an image, as the argument of -t; 500 means Microsoft-like patterns.
list_of() {
	if [ "$1" -eq 500 ]; then
		what=rules spec=$WORK/$1.rules
	else
		what=list spec=allow:$WORK/$1.list
	fi
	newer "${spec#allow:}" || "$BIN/data_tool" "$what" "$1" >"${spec#allow:}" || return 1
	echo "$spec"
}

# image_of COUNT - the image of that list.
image_of() {
	spec=$(list_of "$1") || return 1
	newer "$WORK/$1.image" || {
		say "compiling $1 rules"
		"$BUILD/helper/m365ctl" compile -o "$WORK/$1.image" -t "$spec" >"$WORK/compile.log" 2>&1 || {
			cat "$WORK/compile.log" >&2
			return 1
		}
	}
	echo "$WORK/$1.image"
}

# questions_of COUNT - 20,000 lines as Squid sends them.
questions_of() {
	if [ "$1" -eq 500 ]; then what=ask-rules; else what=ask-list; fi
	newer "$WORK/$1.lines" || "$BIN/data_tool" "$what" "$1" 20000 | awk '{ print NR, $1, "-", 443 }' >"$WORK/$1.lines"
	echo "$WORK/$1.lines"
}

# ---- steps -------------------------------------------------------------------------------------------------------------

# note AREA METHOD SIZE METRIC VALUE
note() {
	echo "$1,$2,$3,$4,$5"
}

build() {
	for count in 500 $SIZES; do
		say "build: $count rules"
		spec=$(list_of "$count") || return 1
		"$BIN/program_bench" run "$ROUNDS" build m365ctl "$count" "$BUILD/helper/m365ctl" compile -o "$WORK/$count.image" -t "$spec" \
			2>"$WORK/compile.log" || {
			cat "$WORK/compile.log" >&2
			return 1
		}
		note build m365ctl "$count" image-bytes "$(wc -c <"$WORK/$count.image")"
		lines=$(questions_of "$count")
		set -- "$BUILD/helper/ext_m365_acl" -t "$WORK/$count.image"
		cat "$WORK/$count.image" >/dev/null
		"$BIN/program_bench" start 11 start ours "$count" "$lines" "$@" &&
			"$BIN/program_bench" memory 1 memory ours "$count" "$lines" "$@" &&
			"$BIN/program_bench" memory 10 memory ours-10 "$count" "$lines" "$@" || return 1
	done
	formats || return 1
	# Of the Microsoft table and of the largest list.
	for count in 500 $count; do
		say "build: reload of $count rules under load"
		"$BIN/program_bench" reload "$ROUNDS" reload ours "$count" "$(questions_of "$count")" "$BUILD/helper/ext_m365_acl" \
			-t "$WORK/$count.image" "$WORK/$count.image" || return 1
	done
	lines=$(questions_of 500)
	"$BIN/program_bench" memory 1 memory empty 0 "$lines" "$BIN/squid_echo" || return 1
	squidguard || say 'left out: squidGuard'
}

# The same names as a bare list and in other formats.
formats() {
	many=${QUICK:+100000}
	many=${many:-1000000}
	say "build: reading $many lines in several formats"
	: >"$OUT/flags"
	compile list_bench '' "$HERE/list_bench.c" || return 1
	newer "$WORK/names" || "$BIN/data_tool" domains "$many" >"$WORK/names" || return 1
	sed 's/^/0.0.0.0 /' "$WORK/names" >"$WORK/names.hosts"
	sed 's/.*/||&^/' "$WORK/names" >"$WORK/names.adblock"
	sed 's,.*,address=/&/,' "$WORK/names" >"$WORK/names.dnsmasq"
	"$BIN/list_bench" "$ROUNDS" "$many" bare "inspect:$WORK/names" hosts "inspect:$WORK/names.hosts" \
		adblock "inspect:$WORK/names.adblock" dnsmasq "inspect:$WORK/names.dnsmasq"
}

# Makes a list and a database for squidGuard, and measures a process that answers from it.
squidguard() {
	count=$(for count in $SIZES; do [ "$count" -gt 1000000 ] || echo "$count"; done | tail -n 1)
	[ -n "$count" ] && unpack_squidguard || return 1
	say "build: squidGuard, $count domains"
	home=$WORK/squidguard
	rm -rf "$home"
	mkdir -p "$home/db/l" && "$BIN/data_tool" domains "$count" >"$home/db/l/domains" || return 1
	printf '%s\n' "dbhome $home/db" "logdir $home" 'dest l {' '	domainlist l/domains' '}' 'acl {' '	default {' '		pass !l all' \
		'		redirect http://blocked.example/' '	}' '}' >"$home/conf"
	LD_LIBRARY_PATH=$(echo "$OUT"/squidguard/usr/lib/*-linux-*)
	export LD_LIBRARY_PATH
	"$BIN/program_bench" run 3 build squidguard "$count" "$OUT/squidguard/usr/bin/squidGuard" -c "$home/conf" -C all 2>>"$OUT/squidguard.log"
	note build squidguard "$count" image-bytes "$(wc -c <"$home/db/l/domains.db")"
	awk '{ print "http://" $2 "/ 127.0.0.1/- - GET" }' "$(questions_of "$count")" >"$home/lines"
	"$BIN/program_bench" start 11 start squidguard "$count" "$home/lines" "$OUT/squidguard/usr/bin/squidGuard" -c "$home/conf" 2>>"$OUT/squidguard.log" &&
		"$BIN/program_bench" memory 1 memory squidguard "$count" "$home/lines" "$OUT/squidguard/usr/bin/squidGuard" -c "$home/conf" 2>>"$OUT/squidguard.log"
	guard_status=$?
	unset LD_LIBRARY_PATH
	return "$guard_status"
}

hosts() {
	LIBRARIES=
	: >"$OUT/flags"
	with HYPERSCAN hs/hs.h -lhs
	with CDB cdb.h -lcdb
	with CMPH cmph.h -lcmph
	with LMDB lmdb.h -llmdb
	with BERKELEY db.h -ldb
	compile host_bench "$LIBRARIES" "$HERE"/host/host_*.c "$HERE/data.c" "$HERE/data_ask.c" &&
		compile rules_bench '' "$HERE/host/rules_bench.c" || return 1
	status=0
	"$BIN/rules_bench" "$ROUNDS" || status=1
	for count in 500 $SIZES; do
		image=$(image_of "$count") || return 1
		say "hosts: $count"
		kind=-n
		[ "$count" -ne 500 ] || kind=-p
		"$BIN/host_bench" "$kind" "$count" -i "$image" -d "$WORK" -r "$ROUNDS" || status=1
	done
	return "$status"
}

prefixes() {
	LIBRARIES=
	: >"$OUT/flags"
	with DPDK rte_fib.h '-lrte_fib -lrte_rib -lrte_lpm -lrte_hash -lrte_eal' libdpdk
	with MAXMINDDB maxminddb.h -lmaxminddb
	compile prefix_bench "$LIBRARIES" "$HERE"/prefix/prefix_*.c || return 1
	say 'prefixes'
	rm -f "$WORK/prefixes.csv"
	# shellcheck disable=SC2086 # options
	"$BIN/prefix_bench" -r "$ROUNDS" ${QUICK:+-4 100000 -6 20000 -n 200000} "$WORK/prefixes.csv" >&2 || return 1
	cat "$WORK/prefixes.csv"
}

# Whole runs on the shipped table, with all output: ours says for each address what it gets, grepcidr prints those that are
# in a prefix. Both must agree on how many these are.
addresses() {
	area=addresses
	count=${QUICK:+100000}
	count=${count:-2000000}
	say "addresses: $count"
	"$BUILD/helper/m365ctl" compile -t "$TOP/conf/worldwide.rules" -o "$WORK/shipped.image" 2>"$WORK/compile.log" &&
		awk '$2 ~ /^[0-9.]+\/[0-9]+$/ { print $2 }' "$TOP/conf/worldwide.rules" | sort -u >"$WORK/shipped.prefixes" &&
		make_addresses "$count" "$WORK/shipped.prefixes" >"$WORK/addresses" || return 1
	inside=$("$BUILD/helper/m365ctl" lookup -t "$WORK/shipped.image" <"$WORK/addresses" | grep -vc ' no-rule$')
	command -v grepcidr >/dev/null || say 'left out, not installed: grepcidr'
	# shellcheck disable=SC2016 # scripts for whole_run
	for _ in $(seq "$ROUNDS"); do
		whole_run ours '"$0" lookup -t "$1/shipped.image" <"$1/addresses" >"$1/answers"' "$BUILD/helper/m365ctl" &&
			whole_run ours-json '"$0" lookup --json -t "$1/shipped.image" <"$1/addresses" >"$1/answers"' "$BUILD/helper/m365ctl" || return 1
		! command -v grepcidr >/dev/null ||
			whole_run grepcidr '"$0" -f "$1/shipped.prefixes" "$1/addresses" >"$1/matches"' grepcidr || return 1
	done
	[ ! -f "$WORK/matches" ] || note addresses ours "$count" wrong "$((inside - $(wc -l <"$WORK/matches")))"
	rm -f "$WORK/answers" "$WORK/matches"
}

# A log in Squid's own format, counted and judged on one core and on all, beside programs that only count.
replay() {
	area=replay
	count=${QUICK:+200000}
	count=${count:-2000000}
	say "replay: $count lines"
	"$BUILD/helper/m365ctl" compile -t "$TOP/conf/worldwide.rules" -o "$WORK/shipped.image" 2>"$WORK/compile.log" &&
		make_log "$count" >"$WORK/access.log" || return 1
	for program in mawk goaccess sarg; do
		command -v "$program" >/dev/null || say "left out, not installed: $program"
	done
	# shellcheck disable=SC2016 # scripts for whole_run
	for _ in $(seq "$ROUNDS"); do
		whole_run ours '"$0" replay -j 1 -t "$1/shipped.image" "$1/access.log" >"$1/answers"' "$BUILD/helper/m365ctl" &&
			whole_run ours-all '"$0" replay -t "$1/shipped.image" "$1/access.log" >"$1/answers"' "$BUILD/helper/m365ctl" || return 1
		! command -v mawk >/dev/null || whole_run mawk '"$0" "{c[\$7]++}" "$1/access.log"' mawk || return 1
	done
	# shellcheck disable=SC2016 # scripts for whole_run
	if command -v goaccess >/dev/null; then
		# It does not take every line of Squid's own format, so it gets the same requests in that of web servers.
		awk '{ split($4, result, "/"); print $3, "- - [21/Sep/2026:14:13:20 +0000] \"" $6, $7, "HTTP/1.1\"", result[2], $5 }' \
			"$WORK/access.log" >"$WORK/common.log"
		whole_run goaccess '"$0" "$1/common.log" --log-format=COMMON --no-global-config -o "$1/goaccess.json" >/dev/null 2>&1' goaccess || return 1
		[ -s "$WORK/goaccess.json" ] || note replay goaccess "$count" wrong 1
	fi
	# shellcheck disable=SC2016 # scripts for whole_run
	if command -v sarg >/dev/null; then
		# One report, of the sites that were asked for most: the least that it makes. It keeps files for each user and sorts
		# them with a program for each, which takes minutes; it is stopped after five, and the figure is then too low.
		mkdir -p "$WORK/sarg/out" && printf '%s\n' "temporary_dir $WORK/sarg" "output_dir $WORK/sarg/out" 'report_type topsites' \
			'topsites_num 100' 'resolve_ip no' 'index no' 'exclude_users none' 'exclude_hosts none' 'exclude_codes none' \
			'usertab none' >"$WORK/sarg/sarg.conf" || return 1
		whole_run sarg 'timeout 300 "$0" -f "$1/sarg/sarg.conf" -l "$1/access.log" >/dev/null 2>&1 || :' sarg || return 1
		cat "$WORK"/sarg/out/*/topsites.html 2>/dev/null | grep -q 'outlook\.office\.com' || {
			say 'sarg failed, or was stopped after 300 s'
			note replay sarg "$count" wrong 1
		}
		rm -rf "$WORK/sarg"
	fi
	rm -f "$WORK/answers" "$WORK/access.log" "$WORK/common.log" "$WORK/goaccess.json"
}

# Every format of the shipped table, whole runs; `table` prints the same table in its normal form.
exports() {
	say exports
	formats=$("$BUILD/helper/m365ctl" export none 2>&1 | sed -n 's/.*the formats are: //p')
	[ -n "$formats" ] || return 1
	for _ in $(seq "$ROUNDS"); do
		export_run table table && for format in $formats; do
			case $format in
			pac) export_run pac export pac --type 2 --proxy 'PROXY 192.0.2.1:3128' &&
				export_run pac-fast export pac --type 2 --fast --proxy 'PROXY 192.0.2.1:3128' ;;
			*) export_run "$format" export "$format" ;;
			esac || return 1
		done
	done
	command -v chromium >/dev/null || {
		say 'left out, not installed: chromium'
		return 0
	}
	top_builddir=$BUILD python3 -B "$TOP/tests/export/pac_live.py" --race |
		sed -n 's/.*plain \([0-9.]*\) ms, --fast \([0-9.]*\) ms.*/exports,engine,1000,ms,\1\nexports,engine-fast,1000,ms,\2/p'
}

# A squid.conf of 2,000 lines, good and with two mistakes; each figure is a whole run, which also reads the table.
rules() {
	say rules
	conf=$WORK/rules.conf
	"$BUILD/helper/m365ctl" squid-conf -t "$TOP/conf/worldwide.image" |
		awk '
			/^http_access allow m365$/ {
				for (i = 0; i < 600; i++) {
					printf "acl d%d dstdomain .host%d.example .other%d.example\n", i, i, i
					printf "acl s%d src 10.%d.%d.0/24\nhttp_access deny s%d d%d\n", i, i % 250, i / 250, i, i
				}
			}
			/^ssl_bump bump !m365_noted$/ {
				for (i = 0; i < 40; i++)
					printf "acl h%d dstdomain -n .b%d.example\nacl n%d ssl::server_name .b%d.example\nssl_bump splice h%d n%d\n", i, i, i, i, i, i
			}
			{ print }' >"$conf" || return 1
	sed '/^ssl_bump bump !m365_noted$/d; /^http_access deny !m365_clients$/d' "$conf" >"$conf.bad" || return 1
	size=$(wc -l <"$conf")
	for _ in $(seq "$ROUNDS"); do
		rules_run doctor doctor "$conf" && rules_run doctor-mistakes doctor "$conf.bad" &&
			rules_run outcomes doctor --outcomes "$conf" && rules_run against doctor --against "$conf" "$conf.bad" &&
			rules_run trace trace -c "$conf" 'CONNECT www.example.com:443 sni=www.example.com from=10.1.0.5' || return 1
	done
}

# rules_run METHOD ARGUMENT... - one run of m365ctl with these arguments. Exit code 1 is an answer.
rules_run() {
	rules_method=$1
	shift
	# shellcheck disable=SC2016 # a script
	"$BIN/program_bench" run 1 squidconf "$rules_method" "$size" sh -c '"$0" "$@" >/dev/null; [ $? -le 1 ]' "$BUILD/helper/m365ctl" "$@" \
		>"$WORK/rules.csv" && grep '^squidconf,' "$WORK/rules.csv"
}

# export_run METHOD ARGUMENT... - one run of m365ctl with these arguments on the shipped table.
export_run() {
	export_method=$1
	shift
	"$BIN/program_bench" run 1 exports "$export_method" 1 "$BUILD/helper/m365ctl" "$@" -t "$TOP/conf/worldwide.rules" >"$WORK/export.csv" &&
		grep '^exports,' "$WORK/export.csv"
}

# whole_run METHOD SCRIPT PROGRAM - one run of a shell script that gets the program and $WORK. Exit code 1 of the program is
# an answer.
whole_run() {
	"$BIN/program_bench" run 1 "$area" "$1" "$count" sh -c "$2; [ \$? -le 1 ]" "$3" "$WORK"
}

# make_log COUNT - lines of an access log: a few hosts are asked for often, and many seldom. The same ones every time.
make_log() {
	awk -v count="$1" '
		function of(number) { return int(rand() * number) }
		BEGIN {
			srand(1)
			split("outlook.office365.com outlook.office.com login.microsoftonline.com contoso.sharepoint.com www.example.com", top, " ")
			for (i = 0; i < count; i++) {
				host = rand() < 0.3 ? top[1 + of(5)] : "h" int(20000 * rand() * rand() * rand()) ".example.net"
				client = "10.0." of(20) "." of(250)
				head = sprintf("%d.%03d %6d %s", 1790000000 + i / 20, of(1000), of(60000), client)
				kind = rand()
				if (kind < 0.5) print head, "TCP_TUNNEL/200", of(100000), "CONNECT", host ":443 - HIER_DIRECT/192.0.2.1 -"
				else if (kind < 0.6) print head, "TCP_DENIED/407 4021 CONNECT", host ":443 - HIER_NONE/- text/html"
				else print head, "TCP_MISS/200", of(50000), "GET https://" host "/a/path/of/a/file" of(1000) ".js user" of(3000), "HIER_DIRECT/192.0.2.1 text/javascript"
			}
		}'
}

# make_addresses COUNT FILE - IPv4 addresses, half of them in the prefixes of the file. The same ones every time.
make_addresses() {
	awk -v count="$1" '
		function part(number, size) { return int(number / size) % 256 }
		{ split($1, p, /[.\/]/); first[NR] = ((p[1] * 256 + p[2]) * 256 + p[3]) * 256 + p[4]; size[NR] = 2 ^ (32 - p[5]) }
		END {
			srand(1)
			for (i = 0; i < count; i++) {
				if (i % 2) { at = 1 + int(rand() * NR); number = first[at] + int(rand() * size[at]) }
				else number = int(rand() * 65536) * 65536 + int(rand() * 65536)
				print part(number, 16777216) "." part(number, 65536) "." part(number, 256) "." number % 256
			}
		}' "$2"
}

line() {
	: >"$OUT/flags"
	compile line_echo '' "$HERE/line/line_echo.c" && compile line_bench '' "$HERE/line/line_bench.c" || return 1
	image=$(image_of 500) || return 1
	say 'line'
	rm -rf "$WORK/line.csv" "$WORK/run"
	mkdir "$WORK/run" || return 1
	"$BIN/line_bench" -r "$ROUNDS" -e "$BIN/line_echo" -p "$BUILD/helper/ext_m365_acl" -i "$image" -q "$(questions_of 500)" \
		-s "$WORK/run" "$WORK/line.csv" >&2 || return 1
	cat "$WORK/line.csv"
}

squid() {
	newer "$WORK/flat.image" || {
		"$BIN/data_tool" flat "$FLAT" >"$WORK/flat" && "$BIN/data_tool" ask-flat "$FLAT" 2000 >"$WORK/flat.hosts" &&
			"$BUILD/helper/m365ctl" compile -o "$WORK/flat.image" -t "allow:$WORK/flat" 2>"$WORK/compile.log" || return 1
	}
	say 'squid'
	each=${QUICK:+1} # seconds
	sh "$HERE/squid/squid.sh" "$BUILD" "$OUT" "$WORK/flat" "$FLAT" "$ROUNDS" "${each:-3}"
	squid_status=$?
	[ "$squid_status" -ne 3 ] || {
		say 'left out: squid'
		return 0
	}
	return "$squid_status"
}

# An update, each worst document, and the real ones in a row. Processor time, next to what cJSON alone takes to read them.
compare() {
	: >"$OUT/flags"
	compile update_bench '' "$HERE/diff/update_bench.c" || return 1
	say 'diff: an update'
	rm -rf "$WORK/update"
	mkdir "$WORK/update" && "$BIN/update_bench" "$ROUNDS" "$WORK/update" "$BUILD/helper/m365ctl" || return 1
	compile diff_bench "${BENCH_CTL_LIBS:--lcurl -lsodium}" "$HERE"/diff/diff_*.c "$BUILD/libm365ctl.a" || return 1
	mib=${QUICK:+1}
	say "diff: ${mib:-16} MiB of the worst"
	"$BIN/diff_bench" worst "${mib:-16}" 2>"$WORK/diff.log" || return 1
	if [ -z "${M365_HISTORY:-}" ]; then
		say 'left out: real documents, M365_HISTORY names no folder'
		return 0
	fi
	for _ in $(seq "$ROUNDS"); do
		"$BIN/diff_bench" history "$M365_HISTORY"/*.json 2>"$WORK/history.log" || return 1
	done
}

# Describes the machine.
machine() {
	sed -n 's/^model name[^:]*: */processor: /p' /proc/cpuinfo | sort | uniq -c | sed 's/^ *\([0-9]*\) processor:/\1 x/'
	echo "caches: $(getconf LEVEL2_CACHE_SIZE) level 2, $(getconf LEVEL3_CACHE_SIZE) level 3;" \
		"huge pages: $(sed 's/.*\[\(.*\)\].*/\1/' /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null)"
	echo "$(uname -sr), $(${CC:-cc} --version | head -n 1); load average $(cut -d' ' -f1-3 /proc/loadavg)"
	echo "built with: ${BENCH_CFLAGS:-}"
}

report() {
	cat "$CSV"/*.csv >"$OUT/rows" 2>/dev/null
	{ echo 'area,method,size,metric,value' && cat "$OUT/rows"; } >"$OUT/bench.csv"
	rm -f "$OUT/rows"
	machine >"$OUT/report.txt"
	"${PYTHON3:-python3}" -B "$HERE/report/report.py" --plot "$OUT" "$OUT/bench.csv" >>"$OUT/report.txt"
	report_status=$?
	cat "$OUT/report.txt"
	if command -v gnuplot >/dev/null && [ -s "$OUT/hosts.dat" ]; then
		(cd "$OUT" && gnuplot hosts.gp) || return 1
	else
		say 'left out: the plot (gnuplot)'
	fi
	say "results: $OUT"
	return "$report_status"
}

# ---- all of it -----------------------------------------------------------------------------------------------------------

[ -x "$BUILD/helper/m365ctl" ] || {
	say "'$BUILD' is not built"
	exit 2
}
for step in $STEPS; do
	case $step in
	build | hosts | prefixes | addresses | exports | rules | replay | line | squid | diff | report) ;;
	*)
		say "no step '$step'; steps are: build hosts prefixes addresses exports rules replay line squid diff report"
		exit 2
		;;
	esac
done
case " ${BENCH_CFLAGS:-} " in
*-fsanitize* | *--coverage* | *' -O0 '*) say 'built for finding bugs, not for speed: numbers of this build mean nothing' ;;
esac
mkdir -p "$BIN" "$WORK" "$CSV" || exit 2
install_missing
build_tools || exit 1
for step in $STEPS; do
	begun=$(date +%s)
	case $step in
	build) build >"$CSV/build.csv" ;;
	hosts) hosts >"$CSV/hosts.csv" ;;
	prefixes) prefixes >"$CSV/prefixes.csv" ;;
	addresses) addresses >"$CSV/addresses.csv" ;;
	replay) replay >"$CSV/replay.csv" ;;
	exports) exports >"$CSV/exports.csv" ;;
	rules) rules >"$CSV/rules.csv" ;;
	line) line >"$CSV/line.csv" ;;
	squid) squid >"$CSV/squid.csv" ;;
	diff) compare >"$CSV/diff.csv" ;;
	*) report ;;
	esac || broke "$step"
	say "$step: $(($(date +%s) - begun)) s"
done
exit "$BROKEN"
