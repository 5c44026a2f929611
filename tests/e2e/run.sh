#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh - tests the helpers under a real Squid, with real TLS clients and a real TLS origin. Called by `make e2e`.
#
#     tests/e2e/run.sh BUILDDIR [PHASE]...
#
# BUILDDIR is where the programs were built (BUILDDIR/helper/ext_m365_acl and so on). Without PHASE, all phases are run in the
# order of `phases` below. Prints each case, `ok - what was asked -> what was seen` or `not ok - ...`. The last line is `N
# passed, N failed` or `N passed, N failed, N skipped`. Exits with 0 only if nothing failed.
#
#     run.sh BUILDDIR                    as called
#       `- namespaces.sh                 own namespaces for network, mounts and processes, removed as a whole
#            `- run.sh --inside          addresses, certificates, origin, one Squid for each phase
#                 `- cases.py PHASE      the cases
#
# Environment: E2E_KEEP=DIR keeps logs and configuration files in DIR; E2E_README=FILE is read instead of README.md.
set -u
umask 022 # Squid's user must be able to read the files

LIB=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 2
TOP=$(CDPATH='' cd -- "$LIB/../.." && pwd) || exit 2
README=${E2E_README:-$TOP/README.md}
TIME_LIMIT=600 # seconds, for everything
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC1091
. "$LIB/lib.sh"
# shellcheck source-path=SCRIPTDIR source=namespaces.sh disable=SC1091
. "$LIB/namespaces.sh"

phases='fragment explicit forged control intercept rewrite rules notable refused load publish kill dying
	printed printedplain printedown printedled printedboth lacking'
hosts='outlook.office365.com outlook.office.com login.microsoftonline.com contoso.sharepoint.com login.live.com
	www.example.com stranger.example'

# ---- inside: the stage ------------------------------------------------------------------------------------------------

# A private network: the addresses of the origins, some of them published, are all on loopback. TLS and HTTP of every user except
# Squid's own are redirected to the intercepting ports.
network() {
	mount -t tmpfs tmpfs /dev/shm
	ip link set lo up || return 1
	for address in 52.96.0.1 20.190.128.1 13.107.136.9 198.51.100.97 192.0.2.80 203.0.113.66; do
		ip addr add "$address/32" dev lo || return 1
	done
	for address in 2603:1006::1 2001:db8::66; do
		ip addr add "$address/128" dev lo nodad || return 1
	done
	cat >"$SITE/hosts" <<-'EOF'
		127.0.0.1 localhost
		52.96.0.1 outlook.office365.com
		2603:1006::1 outlook.office.com
		20.190.128.1 login.microsoftonline.com
		13.107.136.9 contoso.sharepoint.com
		198.51.100.97 login.live.com
		192.0.2.80 www.example.com
		203.0.113.66 stranger.example
	EOF
	nft -f - <<-EOF
		table inet e2e {
			chain output {
				type nat hook output priority -100
				meta skuid $(id -u "$SQUID_USER") return
				tcp dport 443 redirect to :3130
				tcp dport 80 redirect to :3129
			}
		}
	EOF
}

# Two images of the same table with different labels. The phases use image/now.
images() {
	mkdir -p "$SITE/image" || return 1
	for label in first second; do
		lib_image "$TOP/conf/worldwide.rules" "$SITE/image/$label" --label "$label" || return 1
	done
	cp "$SITE/image/first" "$SITE/image/now"
}

# explicit NAME IMAGE [EXPRESSION] - the explicit proxy with the rules of the fragment.
explicit() {
	lib_squid_conf "$1" explicit.conf.in PORT=3128 &&
		lib_rules "$SITE/readme.conf" "$SITE/$1/rules.conf" "$2" "${3:-}"
}

# Every request is a new query to the helper.
UNCACHED='/^external_acl_type/s/ ttl=[0-9]* negative_ttl=[0-9]*/ ttl=0 negative_ttl=0 cache=0/'
# Every ClientHello is a query to the helper, even one for a stranger.
ALL_ASKED='/^ssl_bump bump !m365_noted/d'
# What squid.conf must not contain.
PLAIN_SNI='s/%#ssl::>sni/%ssl::>sni/'

# printed NAME IMAGE - the output of `m365ctl squid-conf` for each kind of port.
printed() {
	case $1 in
	printed) lib_generated "$1" "$2" --explicit 3128 --extra cache ;;
	printedplain) lib_generated "$1" "$2" --explicit 3128 --no-auth --no-bump ;;
	printedown)
		lib_generated "$1" "$2" --explicit 3128 --intercept 3130 &&
			sed -i -e 's/^#   \(.* own_\)/\1/' -e 's/\.bank\.example/www.example.com/' "$SITE/$1/squid.conf"
		;;
	printedled) lib_generated "$1" "$2" --intercept 3130 --intercept-http 3129 ;;
	printedboth)
		lib_generated "$1" "$2" --explicit 3128 --intercept 3130 --intercept-http 3129 --extra always_direct \
			--extra expressroute --extra delay_access --extra url_rewrite
		;;
	*) false ;;
	esac
}

# A separate state folder in which the shipped table is published.
published() {
	mkdir -p "$SITE/published/local.d" &&
		printf 'state state\ndata %s\n' "$TOP/conf" >"$SITE/published/m365.conf" &&
		"$SITE/programs/m365ctl" publish -c "$SITE/published/m365.conf" 2>"$SITE/published/log"
}

phase() {
	image=$SITE/image/now cases=cases.py
	rm -f "$SITE"/run/* # what the phases before counted
	case $1 in
	fragment)
		explicit fragment "$image" || return 1
		if lib_squid_parse fragment; then
			printf '%s\n' "ok - squid -k parse of the $FRAGMENT -> no complaint" '1 passed, 0 failed'
		else
			printf '%s\n' "not ok - squid -k parse of the $FRAGMENT" \
				"    $(grep -E 'FATAL|ERROR|WARNING' "$SITE/fragment/parse" | head -n 1)" '0 passed, 1 failed'
		fi
		return
		;;
	explicit) explicit "$1" "$image" ;;
	refused | load | kill | dying) explicit "$1" "$image" "$UNCACHED" ;;
	forged) explicit "$1" "$image" "$UNCACHED; $ALL_ASKED" ;;
	control) explicit "$1" "$image" "$UNCACHED; $ALL_ASKED; $PLAIN_SNI" ;;
	notable)
		image=$SITE/image/late
		explicit "$1" "$image" "$UNCACHED"
		;;
	publish)
		image=$SITE/published/state/current/image
		published && explicit "$1" "$image" "$UNCACHED"
		;;
	intercept) lib_squid_conf "$1" intercept.conf.in PORT=3128 HTTPPORT=3129 HTTPSPORT=3130 IMAGE="$image" ;;
	rules)
		cases=rules.py
		lib_squid_conf "$1" rules.conf.in PORT=3128 IMAGE="$image" && cp "$LIB/rewrite.rules" "$SITE/$1/"
		;;
	rewrite) lib_squid_conf "$1" rewrite.conf.in PORT=3128 IMAGE="$image" ;;
	lacking)
		cases=lacking.py
		lib_generated "$1" "$image" --explicit 3128 && echo 'http_port 3141' >>"$SITE/$1/squid.conf"
		;;
	printed*)
		cases=generated.py
		image=$SITE/image/first
		printed "$1" "$image"
		;;
	*) false ;;
	esac || return 1
	lib_squid_parse "$1" && lib_squid_start "$1" 3128 || return 1
	python3 "$LIB/$cases" --site "$SITE" --squid "$1" --image "$image" "$1"
	lib_stop "$1"
}

inside() {
	build=$1
	shift
	lib_squid_facts || return 1
	network && lib_programs "$build" && images && lib_fragment "$README" || return 1
	# shellcheck disable=SC2086 # a list of names
	lib_certs $hosts && lib_passwd alice secret || return 1
	lib_origin_start --default stranger.example --tls ::/443 --http ::/80 || return 1
	# shellcheck disable=SC2086 # a list of words
	[ $# -gt 0 ] || set -- $phases
	echo '0 passed, 0 failed' # the setup
	for p in "$@"; do
		echo "== $p"
		phase "$p"
	done
}

# Adds up the last lines of the phases. A phase that began and printed none has failed.
total() {
	passed=0 failed=0 skipped=0 open=
	while IFS= read -r line; do
		case $line in
		'== '*)
			unfinished "$open"
			open=${line#== }
			;;
		[0-9]*' passed, '[0-9]*' failed'*)
			open=
			# shellcheck disable=SC2086 # N passed, N failed, N skipped
			set -- $line
			passed=$((passed + $1)) failed=$((failed + $3)) skipped=$((skipped + ${5:-0}))
			continue
			;;
		esac
		printf '%s\n' "$line"
	done
	unfinished "$open"
	if [ "$skipped" -gt 0 ]; then
		printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
	else
		printf '%d passed, %d failed\n' "$passed" "$failed"
	fi
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

unfinished() {
	[ -n "$1" ] || return 0
	echo "not ok - phase '$1' to its end"
	failed=$((failed + 1))
}

if [ "${1:-}" = --inside ]; then
	shift
	{ echo '== setup' && inside "$@"; } | total
	exit
fi
[ $# -ge 1 ] || {
	say "usage: ${0##*/} BUILDDIR [PHASE]..."
	exit 2
}
ns_outside "$TIME_LIMIT" E2E_KEEP,E2E_README "${E2E_KEEP:-}" "$@"
