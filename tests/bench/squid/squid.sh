#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# squid.sh - requests per second through a real Squid: without an ACL, with its own dstdomain, with a minimal helper
# (squid_echo.c), and with ext_m365_acl. Called by bench.sh.
#
#     squid.sh BUILDDIR FOLDER LIST ENTRIES ROUNDS SECONDS >CSV
#
# LIST is a file of `.domain` lines, compiled as LIST.image; LIST.hosts has the names to ask for, half of them in the list. All
# files made here go to FOLDER. Six Squids, an origin and wrk run on the loopback of a separate network namespace; in each
# round every Squid takes its turn. wrk keeps 50 connections alive and requests what Squid has in memory. Needs root.
#
#     none          nothing is asked
#     dstdomain     the list in Squid itself
#     echo, ours    a helper is asked for every request (ttl=0 cache=0)
#     ...cached     Squid asks once for each host (ttl=3600)
set -u
umask 022

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 2
LIB=$HERE/../../e2e
TIME_LIMIT=600 # seconds, for everything
CASES='none dstdomain echo ours echocached ourscached' # service names of Squid: letters and digits only
ORIGIN_PORT=8081
FIRST_PORT=3201
# shellcheck source-path=SCRIPTDIR source=../../e2e/lib.sh disable=SC1091
. "$LIB/lib.sh"

# The squid.conf lines for a case.
case_lines() {
	case $1 in
	none) echo 'http_access allow all' ;;
	dstdomain) echo "acl listed dstdomain \"$SITE/list\"" && echo 'http_access allow listed' ;;
	*)
		case $1 in
		*cached) keep='ttl=3600 negative_ttl=3600' ;;
		*) keep='ttl=0 negative_ttl=0 cache=0' ;;
		esac
		case $1 in
		echo*) program=$SITE/programs/squid_echo ;;
		*) program="$SITE/programs/ext_m365_acl -t $SITE/list.image" ;;
		esac
		echo "external_acl_type asked $keep children-max=1 children-startup=1 concurrency=100 queue-size=4096 %>rd %#ssl::>sni %>rP $program"
		echo 'acl listed external asked'
		echo 'http_access allow listed'
		;;
	esac
}

origin() {
	mkdir -p "$SITE/origin" || return 1
	cat >"$SITE/origin/nginx.conf" <<-EOF
		daemon off;
		pid $SITE/origin/nginx.pid;
		error_log $SITE/origin/error.log;
		worker_processes 1;
		events { worker_connections 1024; }
		http {
			access_log off;
			keepalive_requests 1000000;
			server {
				listen 127.0.0.1:$ORIGIN_PORT;
				location / {
					add_header Cache-Control "public, max-age=86400";
					return 200 "yes\n";
				}
			}
		}
	EOF
	setsid nginx -p "$SITE/origin" -c "$SITE/origin/nginx.conf" >"$SITE/origin/out" 2>&1 &
	echo $! >"$SITE/origin/pid"
	lib_wait_port 127.0.0.1 "$ORIGIN_PORT" "$!"
}

# start CASE PORT
start() {
	mkdir -p "$SITE/$1" && case_lines "$1" >"$SITE/$1/case" || return 1
	sed -e "s|@PORT@|$2|" -e "s|@CHECKPORT@|$(($2 + 100))|" -e "s|@ORIGIN@|$ORIGIN_PORT|" -e "s|@RUN@|$SITE/$1|" -e "/^@CASE@/{r $SITE/$1/case" -e 'd;}' \
		"$HERE/squid.conf.in" >"$SITE/$1/squid.conf" &&
		{ lib_squid_parse "$1" || { cat "$SITE/$1/parse" >&2 && false; }; } && lib_squid_start "$1" "$2"
}

# load PORT SECONDS - one run of wrk; prints `requests microseconds errors p99`.
load() {
	wrk -t1 -c50 "-d${2}s" -s "$HERE/wrk.lua" "http://127.0.0.1:$1" -- "$SITE/list.hosts" 2>"$SITE/wrk.err" |
		sed -n 's/^bench //p'
}

# One turn of a case: a line of CSV, or a complaint.
turn() {
	said=$(load "$2" "$3")
	case $said in
	'0 '* | '')
		cat "$SITE/wrk.err" >&2
		say "squid.sh: $1: no answers"
		return 1
		;;
	esac
	echo "$said" | awk -v case="$1" -v entries="$ENTRIES" '{
		printf "squid,%s,%s,requests-per-second,%.1f\n", case, entries, $1 * 1e6 / $2
		printf "squid,%s,%s,errors,%d\n", case, entries, $3
		printf "squid,%s,%s,p99-ms,%.3f\n", case, entries, $4 / 1e3
	}'
}

# answers PORT - the replies for the first names, on the port that allows only what the case allows.
answers() {
	python3 - "$1" "$SITE/list.hosts" <<-'END'
		import http.client, itertools, sys
		for host in itertools.islice(open(sys.argv[2]), 100):
		    proxy = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
		    proxy.request("GET", f"http://{host.strip()}/")
		    print(host.strip(), proxy.getresponse().status)
		    proxy.close()
	END
}

# agree CASE PORT - does it decide like Squid's own list? A case without a decision allows everything.
agree() {
	answers "$(($2 + 100))" >"$SITE/$1/answers" || return 1
	case $1 in
	none | echo*) ! grep -v ' 200$' "$SITE/$1/answers" >&2 ;;
	dstdomain) grep -q ' 200$' "$SITE/$1/answers" && grep -q ' 403$' "$SITE/$1/answers" ;;
	*) diff "$SITE/dstdomain/answers" "$SITE/$1/answers" >&2 ;;
	esac
}

inside() {
	lib_squid_facts && mount -t tmpfs tmpfs /dev/shm && ip link set lo up && origin || return 1
	port=$FIRST_PORT
	for one in $CASES; do
		start "$one" "$port" || return 1
		agree "$one" "$port" || {
			say "squid.sh: $one answers wrongly"
			return 1
		}
		load "$port" 1 >/dev/null
		port=$((port + 1))
	done
	round=0
	while [ "$round" -lt "$ROUNDS" ]; do
		port=$FIRST_PORT
		for one in $CASES; do
			turn "$one" "$port" "$SECONDS_EACH" || return 1
			port=$((port + 1))
		done
		round=$((round + 1))
	done
	for one in $CASES origin; do
		lib_stop "$one"
	done
}

if [ "${1:-}" = --inside ]; then
	inside
	exit
fi

[ $# -eq 6 ] || {
	say 'usage: squid.sh BUILDDIR FOLDER LIST ENTRIES ROUNDS SECONDS'
	exit 2
}
PATH=$PATH:/usr/sbin:/sbin
missing=$(lib_missing squid nginx wrk ip unshare setpriv timeout python3)
[ -z "$missing" ] || {
	say "squid.sh: not installed: $missing"
	exit 3
}
[ "$(id -u)" -eq 0 ] || {
	say 'squid.sh: needs root for a network namespace'
	exit 3
}
lib_squid_facts || {
	say 'squid.sh: this squid is built without OpenSSL (Debian: squid-openssl)'
	exit 3
}
unshare --net --mount true 2>/dev/null || {
	say 'squid.sh: cannot make network namespaces here'
	exit 3
}
# Squid's user must have access, which a build folder may not allow.
SITE=$(mktemp -d "${TMPDIR:-/tmp}/squid-m365-bench.XXXXXX") || exit 2
chmod 755 "$SITE"
# shellcheck disable=SC2317 # called by a trap
clean() {
	status=$?
	trap - EXIT HUP INT TERM
	rm -rf "$FOLDER/squid"
	for one in $CASES; do
		mkdir -p "$FOLDER/squid/$one" && cp "$SITE/$one/squid.conf" "$SITE/$one/cache.log" "$FOLDER/squid/$one" 2>/dev/null
	done
	rm -rf "$SITE"
	exit "$status"
}
FOLDER=$2 ENTRIES=$4 ROUNDS=$5 SECONDS_EACH=$6
export SITE ENTRIES ROUNDS SECONDS_EACH PATH
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
lib_programs "$1" && cp "$2/bin/squid_echo" "$SITE/programs/" && cp "$3" "$SITE/list" && cp "$3.image" "$SITE/list.image" &&
	cp "$3.hosts" "$SITE/list.hosts" && chmod 755 "$SITE/programs/squid_echo" && chmod 644 "$SITE"/list* || exit 2
setpriv --pdeathsig TERM timeout -k 5 "$TIME_LIMIT" \
	unshare --net --mount --pid --fork --kill-child --mount-proc sh "$0" --inside
