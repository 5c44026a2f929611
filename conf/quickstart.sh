#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# quickstart.sh - shows, on a bare Debian 12 or 13 and in one command, what a Squid that bypasses Microsoft 365 does.
#
#     sh conf/quickstart.sh                as root, or with sudo
#     sh conf/quickstart.sh --keep         leave the demonstration running and say how to use it
#     sh conf/quickstart.sh --stop         stop what --keep left
#     sh conf/quickstart.sh --build DIR    use the programs in DIR and do not build
#
# Installs missing packages with apt-get, builds in a folder of its own, compiles the shipped table, starts a Squid and a few
# demonstration origins on loopback, sends six requests through it, and prints the result of each. Exit 0: every result was
# as expected; 1: some were not; 2: trouble.
#
# It does not touch this source tree, /etc/squid, or any Squid that runs on the machine: its own Squid has its own ports, files
# and service name. If it has to install squid-openssl, it neither starts nor enables the service of that package. Everything
# it makes is in one folder below /tmp. With --keep, /run/squid-m365-quickstart names that folder.
#
# tests/e2e/lib.sh makes certificates and configuration, and starts and stops programs, as for `make e2e`. squid.conf is the
# fragment of README.md. This script is not a test; tests/ has those.
set -u
umask 022 # Squid's user reads what is made here

TOP=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 2
LIB=$TOP/tests/e2e
KEPT=/run/squid-m365-quickstart
TABLE=$TOP/conf/worldwide.rules
USER_NAME=demo USER_PASSWORD=demo
# shellcheck source-path=SCRIPTDIR source=../tests/e2e/lib.sh disable=SC1091
. "$LIB/lib.sh"

# Names of the demonstration's origins, and loopback addresses that nothing else is likely to use.
ORIGINS='127.77.65.1 outlook.office365.com
127.77.65.2 login.microsoftonline.com
127.77.65.3 login.live.com
127.77.65.4 www.example.com
127.77.65.5 stranger.example'

RUN_PACKAGES='openssl python3'

trouble() {
	say "quickstart: $*"
	exit 2
}

usage() {
	sed -n 's/^#     sh /    sh /p' "$0"
}

# ---- what is missing ---------------------------------------------------------------------------------------------------

installed() {
	dpkg-query -W -f='${Status}\n' "$1" 2>/dev/null | grep -q ' installed$'
}

# lib_squid_facts needs a Squid with OpenSSL. A Squid without it belongs to somebody, and squid-openssl would replace it.
install_missing() {
	command -v apt-get >/dev/null 2>&1 || trouble 'there is no apt-get here; this script works on Debian only'
	wanted=$RUN_PACKAGES
	[ -n "$build" ] || wanted="$wanted $(awk '$1 == "build" { print $2 }' "$TOP/tests/packages.txt")"
	missing=
	for package in $wanted; do
		installed "$package" || missing="$missing $package"
	done
	squid_is_new=
	if ! lib_squid_facts; then
		[ -n "$(lib_missing squid)" ] ||
			trouble "the squid on this machine ($(command -v squid)) is built without OpenSSL, and installing squid-openssl would replace it; use another machine"
		missing="$missing squid-openssl"
		squid_is_new=yes
	fi
	[ -n "$missing" ] || return 0
	say "installing:$missing"
	if [ -n "$squid_is_new" ] && [ -d /run/systemd/system ]; then
		systemctl --quiet mask --runtime squid.service || trouble 'cannot prevent the new squid service from starting'
	fi
	# shellcheck disable=SC2086 # a list of names
	{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$SITE/apt.log" 2>&1
	apt_status=$?
	[ -z "$squid_is_new" ] || quiet_service
	[ $apt_status -eq 0 ] || {
		tail -n 15 "$SITE/apt.log" >&2
		trouble 'apt-get failed'
	}
	lib_squid_facts || trouble 'squid-openssl is installed, but no squid with OpenSSL was found'
}

# The package was installed for the demonstration only, so its service stays off until somebody turns it on.
quiet_service() {
	if [ -d /run/systemd/system ]; then
		systemctl --quiet unmask --runtime squid.service
		systemctl --quiet disable squid.service 2>/dev/null
	elif [ -x /etc/init.d/squid ]; then
		invoke-rc.d squid stop >/dev/null 2>&1
	fi
	say "squid-openssl was installed; its own service is off ('systemctl enable --now squid' turns it on)"
}

# ---- build ---------------------------------------------------------------------------------------------------------------

# Builds a copy of the sources: nothing is written here, and it does not matter if this tree was configured in place.
build_programs() {
	[ -z "$build" ] || return 0
	build=$SITE/build
	say 'building ...'
	mkdir "$build" || exit 2
	for part in autogen.sh configure.ac Makefile.am README.md CHANGES.md LICENSE .clang-format common conf helper tests; do
		cp -R "$TOP/$part" "$build/" || trouble 'cannot copy the sources'
	done
	(cd "$build" && sh ./autogen.sh && ./configure && make clean &&
		make -j2 helper/ext_m365_acl helper/url_m365_rewrite helper/m365ctl) >"$SITE/build.log" 2>&1 || {
		tail -n 25 "$SITE/build.log" >&2
		trouble 'the build failed'
	}
}

# ---- the demonstration -----------------------------------------------------------------------------------------------------

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_all() {
	lib_programs "$build" || trouble "'$build' does not hold the programs"
	lib_image "$TABLE" "$SITE/image" || trouble 'the shipped table does not compile'
	printf '127.0.0.1 localhost\n%s\n' "$ORIGINS" >"$SITE/hosts"
	# shellcheck disable=SC2046 # a list of names
	lib_certs $(printf '%s\n' "$ORIGINS" | cut -d ' ' -f 2) || trouble 'openssl cannot make certificates'
	lib_passwd "$USER_NAME" "$USER_PASSWORD" || trouble 'openssl cannot make a password'
	set -- --default stranger.example
	for address in $(printf '%s\n' "$ORIGINS" | cut -d ' ' -f 1); do
		set -- "$@" --tls "$address/443"
	done
	lib_origin_start "$@" || trouble 'the origins cannot listen on port 443 of 127.77.65.1 to 127.77.65.5; does another program listen on port 443 of all addresses?'
	PORT=$(free_port)
	lib_fragment "$TOP/README.md" && lib_squid_conf quickstart explicit.conf.in PORT="$PORT" &&
		lib_rules "$SITE/readme.conf" "$SITE/quickstart/rules.conf" "$SITE/image" &&
		lib_squid_parse quickstart && lib_squid_start quickstart "$PORT" && return 0
	trouble 'Squid did not start'
}

stop_all() {
	lib_stop quickstart
	lib_stop origin
}

# logged - how many lines Squid has written.
logged() {
	wc -l <"$SITE/quickstart/access.log" 2>/dev/null || echo 0
}

# noted PORT LINES - what the helper answered about the request from the client's port PORT, after the first LINES of the log:
# action, category, why. The kernel may give the port of an earlier request out again.
noted() {
	i=0
	while [ $i -lt 50 ]; do
		line=$(tail -n "+$(($2 + 1))" "$SITE/quickstart/access.log" | grep "^port=$1 method=CONNECT " | head -n 1)
		[ -z "$line" ] || break
		sleep 0.1
		i=$((i + 1))
	done
	printf '%s\n' "$line" | awk '{
		for (i = 1; i <= NF; i++) { split($i, kv, "="); v[kv[1]] = kv[2] }
		print (v["why"] == "rule" ? "bypass" : "inspect") "|" v["cat"] "|" v["why"]
	}'
}

# sample HOST WITH WANTED [ARGUMENT OF CLIENT.PY]... - send one request and print one line of the table. WANTED is
# ACTION|CATEGORY|WHY|CERTIFICATE|PASSWORD ASKED.
sample() {
	host=$1 with=$2 wanted=$3
	shift 3
	before=$(logged)
	answer=$(python3 "$LIB/client.py" --site "$SITE" --proxy "127.0.0.1:$PORT" "$@" "$host:443")
	IFS='|' read -r port connect whose _ text <<-EOF
		$answer
	EOF
	case $whose in
	"origin $host") whose="the origin's own" ;;
	origin*) whose='another origin' ;;
	squid) whose="Squid's" ;;
	esac
	asked=no
	[ "$connect" != 407 ] || asked=yes
	seen="$(noted "$port" "$before")|$whose|$asked"
	printf '%s|%s|%s\n' "$host" "$with" "$seen" |
		awk -F '|' '{ printf "  %-26s %-16s %-8s %-9s %-9s %-17s %s\n", $1, $2, $3, $4, $5, $6, $7 }'
	if [ "$seen" != "$wanted" ]; then
		wrong=$((wrong + 1))
		printf '    wrong: expected %s\n           seen     %s (%s)\n' "$wanted" "$seen" "$text"
	fi
}

samples() {
	wrong=0
	printf '\n  %-26s %-16s %-8s %-9s %-9s %-17s %s\n' destination 'sent with' verdict category why 'certificate seen' 'password asked'
	sample outlook.office365.com - "bypass|Optimize|rule|the origin's own|no"
	sample login.microsoftonline.com - "bypass|Allow|rule|the origin's own|no"
	sample login.live.com - 'inspect|Default|category|-|yes'
	sample login.live.com password "inspect|Default|category|Squid's|no" --auth "$USER_NAME:$USER_PASSWORD"
	sample www.example.com - 'inspect|-|no-rule|-|yes'
	sample stranger.example "password, SNI *" "inspect|-|no-rule|Squid's|no" --auth "$USER_NAME:$USER_PASSWORD" --sni outlook.office365.com
	printf "  * the ClientHello names outlook.office365.com, but the host is not Microsoft's\n\n"
}

# ---- from start to finish -------------------------------------------------------------------------------------------------------

stop_kept() {
	[ -r "$KEPT" ] || {
		say 'nothing is running'
		exit 0
	}
	SITE=$(cat "$KEPT")
	case $SITE in
	/tmp/squid-m365-quickstart.??????) ;;
	*) trouble "'$KEPT' does not name a folder of this script" ;;
	esac
	if [ -d "$SITE" ] && [ -O "$SITE" ]; then
		stop_all
		rm -rf "$SITE"
	fi
	rm -f "$KEPT"
	say 'stopped'
}

# shellcheck disable=SC2317 # called by a trap
finish() {
	status=$?
	trap - EXIT HUP INT TERM
	[ -z "$kept" ] || exit "$status"
	stop_all
	rm -rf "$SITE"
	exit "$status"
}

keep_running() {
	kept=yes
	printf '%s\n' "$SITE" >"$KEPT" || trouble "cannot write '$KEPT'"
	cat <<-EOF

		Squid listens on 127.0.0.1:$PORT; user $USER_NAME, password $USER_PASSWORD. Try:

		    curl -x http://127.0.0.1:$PORT --cacert $SITE/origin-ca.crt https://outlook.office365.com/
		    curl -x http://127.0.0.1:$PORT --proxy-user $USER_NAME:$USER_PASSWORD --cacert $SITE/squid-ca.crt https://www.example.com/
		    tail -f $SITE/quickstart/access.log
		    $SITE/programs/m365ctl lookup -t $SITE/image teams.microsoft.com

		It knows only the hosts in $SITE/hosts. Its rules are in $SITE/quickstart/rules.conf.
		Stop it with: sh conf/quickstart.sh --stop
	EOF
}

main() {
	if [ "$(id -u)" -ne 0 ]; then
		[ -z "$(lib_missing sudo)" ] || trouble 'this needs root (for apt-get and port 443 on loopback), and there is no sudo'
		exec sudo -- sh "$TOP/conf/quickstart.sh" "$@"
	fi
	keep='' build='' kept='' stop=''
	while [ $# -gt 0 ]; do
		case $1 in
		--keep) keep=yes ;;
		--stop) stop=yes ;;
		--build)
			[ $# -gt 1 ] || trouble '--build needs a folder'
			build=$(CDPATH='' cd -- "$2" 2>/dev/null && pwd) || trouble "there is no folder '$2'"
			shift
			;;
		-h | --help)
			usage
			exit 0
			;;
		*)
			say "quickstart: unknown option '$1'"
			usage >&2
			exit 2
			;;
		esac
		shift
	done
	PATH=$PATH:/usr/sbin:/sbin
	export PATH
	if [ -n "$stop" ]; then
		stop_kept
		exit 0
	fi
	[ ! -e "$KEPT" ] || trouble "a demonstration is running already; 'sh conf/quickstart.sh --stop' stops it"
	[ -r "$TABLE" ] || trouble "there is no table at '$TABLE'"
	SITE=$(mktemp -d /tmp/squid-m365-quickstart.XXXXXX) && chmod 755 "$SITE" || exit 2
	trap finish EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	install_missing
	build_programs
	start_all
	samples
	if [ "$wrong" -eq 0 ]; then
		echo 'OK: Microsoft 365 passed without inspection or password; everything else was inspected or asked for a password.'
	else
		echo "$wrong of 6 requests did not get the expected result."
	fi
	[ -z "$keep" ] || keep_running
	[ "$wrong" -eq 0 ]
}

main "$@"
