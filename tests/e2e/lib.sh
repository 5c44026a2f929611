# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# lib.sh - the environment for a real Squid, a TLS origin and clients.
#
#     run.sh (tests) ----+
#                        +--> lib.sh --> certificates, configuration files, processes
#     conf/quickstart.sh +
#
# Source this in a POSIX shell. Every function works below one directory, the site, which the caller creates and removes:
#
#     SITE/origin-ca.pem squid-ca.pem passwd hosts certs/NAME.pem      shared by all
#     SITE/programs/ readme.conf                                       what is under test
#     SITE/origin/{pid,log,out}                                        the origin
#     SITE/NAME/{squid.conf,rules.conf,access.log,cache.log,pid,out}   one folder for each Squid
#
# Callers set SITE and LIB (the folder of this file) first. Requests and expected results do not belong here, nor does
# anything about network namespaces.

# The name in the CA certificate that Squid signs with. Clients recognise a bumped connection by it.
# (client.py also knows both names.)
SQUID_CA_NAME='squid-m365 test: CA of the proxy'
ORIGIN_CA_NAME='squid-m365 test: CA of the origins'

PYTHONDONTWRITEBYTECODE=1 # do not write to the source tree
export PYTHONDONTWRITEBYTECODE

say() {
	printf '%s\n' "$*" >&2
}

# lib_missing PROGRAM... - print the programs that are missing.
lib_missing() {
	for lib_p in "$@"; do
		command -v "$lib_p" >/dev/null 2>&1 || printf '%s ' "$lib_p"
	done
}

# lib_squid_facts - set SQUID (unless it names one), SQUID_LIBEXEC and SQUID_USER from the output of `squid -v`; fail if it
# cannot bump.
lib_squid_facts() {
	SQUID=$(command -v "${SQUID:-squid}") || return 1
	lib_v=$("$SQUID" -v) || return 1
	case $lib_v in
	*--with-openssl*) ;;
	*) return 1 ;;
	esac
	SQUID_LIBEXEC=$(printf '%s\n' "$lib_v" | tr ' ' '\n' | sed -n "s/^'--libexecdir=\\(.*\\)'\$/\\1/p")
	SQUID_USER=$(printf '%s\n' "$lib_v" | tr ' ' '\n' | sed -n "s/^'--with-default-user=\\(.*\\)'\$/\\1/p")
	: "${SQUID_LIBEXEC:=/usr/lib/squid}" "${SQUID_USER:=nobody}"
}

# lib_certs HOST... - both CAs, and one certificate for each HOST, signed by the CA of the origins.
lib_certs() {
	mkdir -p "$SITE/certs" || return 1
	cat >"$SITE/openssl.cnf" <<-'EOF'
		[req]
		distinguished_name = dn
		[dn]
		[ca]
		basicConstraints = critical,CA:TRUE
		keyUsage = critical,digitalSignature,keyCertSign,cRLSign
	EOF
	lib_ca squid-ca "$SQUID_CA_NAME" && lib_ca origin-ca "$ORIGIN_CA_NAME" || return 1
	openssl ecparam -genkey -name prime256v1 -noout -out "$SITE/leaf.key" 2>/dev/null || return 1
	for lib_h in "$@"; do
		openssl req -x509 -config "$SITE/openssl.cnf" -CA "$SITE/origin-ca.crt" -CAkey "$SITE/origin-ca.key" -days 2 \
			-key "$SITE/leaf.key" -subj "/CN=$lib_h" -addext "subjectAltName=DNS:$lib_h" \
			-out "$SITE/certs/$lib_h.crt" 2>"$SITE/openssl.err" || return 1
		cat "$SITE/leaf.key" "$SITE/certs/$lib_h.crt" >"$SITE/certs/$lib_h.pem" || return 1
	done
}

lib_ca() {
	openssl req -x509 -config "$SITE/openssl.cnf" -extensions ca -days 2 -nodes \
		-newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout "$SITE/$1.key" -out "$SITE/$1.crt" -subj "/CN=$2" \
		2>"$SITE/openssl.err" && cat "$SITE/$1.key" "$SITE/$1.crt" >"$SITE/$1.pem"
}

# lib_passwd USER PASSWORD - the file that basic_ncsa_auth reads.
lib_passwd() {
	printf '%s:%s\n' "$1" "$(openssl passwd -apr1 "$2")" >"$SITE/passwd"
}

# lib_fill TEMPLATE OUT [NAME=VALUE]... - replace each @NAME@. A remaining @NAME@ is an error.
lib_fill() {
	lib_in=$1 lib_out=$2
	shift 2
	set -- "$@" SITE="$SITE" PROGRAMS="$SITE/programs" LIBEXEC="$SQUID_LIBEXEC" USER="$SQUID_USER"
	cp "$lib_in" "$lib_out" || return 1
	for lib_kv in "$@"; do
		sed "s|@${lib_kv%%=*}@|${lib_kv#*=}|g" "$lib_out" >"$lib_out.new" && mv "$lib_out.new" "$lib_out" || return 1
	done
	if grep '@[A-Z]*@' "$lib_out" >&2; then
		say "lib.sh: '$lib_in' has placeholders that were not filled"
		return 1
	fi
}

# lib_programs BUILDDIR - SITE/programs: the programs under test, in a place where Squid's user can run them; and SITE/run, where
# they count.
lib_programs() {
	mkdir -p "$SITE/programs" || return 1
	for lib_p in ext_m365_acl url_m365_rewrite m365ctl; do
		cp -L "$1/helper/$lib_p" "$SITE/programs/" || return 1
	done
	chmod 755 "$SITE/programs"/*
	mkdir "$SITE/run" && chown "$SQUID_USER" "$SITE/run"
}

# lib_image TABLE IMAGE [OPTION]... - compile a table. The messages of m365ctl are printed only if it fails.
lib_image() {
	lib_in=$1 lib_out=$2
	shift 2
	"$SITE/programs/m365ctl" compile "$@" -o "$lib_out" -t "$lib_in" 2>"$SITE/compile.log" && return 0
	cat "$SITE/compile.log" >&2
	return 1
}

# lib_fragment README - SITE/readme.conf: the fragment of README. Sets FRAGMENT to its description.
lib_fragment() {
	# shellcheck disable=SC2034 # callers print it
	FRAGMENT='fragment of README.md'
	"$LIB/readme-fragment.sh" "$1" >"$SITE/readme.conf"
}

# lib_rules IN OUT IMAGE [EXPRESSION] - the rules of a squid.conf as an administrator writes them, but with the helpers from
# SITE/programs and with IMAGE. Nothing else is changed, except by the sed EXPRESSION.
lib_rules() {
	sed -e "s|[^ ]*/ext_m365_acl|$SITE/programs/ext_m365_acl -s $SITE/run -t $3|" \
		-e "s|[^ ]*/url_m365_rewrite|$SITE/programs/url_m365_rewrite -t $3|" -e "${4:-}" "$1" >"$2"
}

# lib_squid_conf NAME TEMPLATE [NAME=VALUE]... - SITE/NAME/squid.conf.
lib_squid_conf() {
	lib_n=$1 lib_t=$2
	shift 2
	mkdir -p "$SITE/$lib_n" &&
		lib_fill "$LIB/common.conf.in" "$SITE/$lib_n/common.conf" RUN="$SITE/$lib_n" &&
		lib_fill "$LIB/$lib_t" "$SITE/$lib_n/squid.conf" RUN="$SITE/$lib_n" "$@"
}

# lib_generated NAME IMAGE [OPTION OF SQUID-CONF]... - SITE/NAME/squid.conf from the output of `m365ctl squid-conf`. Only the
# lines that an administrator would have to change are changed; clients here have any address.
lib_generated() {
	lib_n=$SITE/$1 lib_i=$2
	shift 2
	mkdir -p "$lib_n" && lib_fill "$LIB/common.conf.in" "$lib_n/common.conf" RUN="$lib_n" &&
		"$SITE/programs/m365ctl" squid-conf --squid-version "$("$SQUID" -v | sed -n '1s/.*Version //p')" -t "$lib_i" \
			--helper "$SITE/programs/ext_m365_acl" --rewriter "$SITE/programs/url_m365_rewrite" \
			--squid-helpers "$SQUID_LIBEXEC" --extra logformat "$@" >"$lib_n/printed.conf" || return 1
	{
		echo "include $lib_n/common.conf"
		sed -e "s|/etc/squid/m365-ca.pem|$SITE/squid-ca.pem|" -e "s|/etc/squid/passwd|$SITE/passwd|" \
			-e "s|/var/spool/squid/ssl_db|$lib_n/ssl_db|" -e "s|/var/log/squid/m365.log|$lib_n/m365.log|" \
			-e "s|/var/log/squid/access.log|$lib_n/usual.log|" \
			-e 's|^\(acl m365_clients src\) .*|\1 0.0.0.0/1 128.0.0.0/1 2000::/3 fc00::/7 ::1 # m365: meant|' -e 's/192\.0\.2\.10/127.0.0.77/' "$lib_n/printed.conf"
		echo "logformat way port=%>p la=%<la"
		echo "access_log stdio:$lib_n/way.log logformat=way"
	} >"$lib_n/squid.conf"
}

# lib_squid_parse NAME - does Squid accept SITE/NAME/squid.conf without a complaint?
lib_squid_parse() {
	"$SQUID" -n "m365$1" -k parse -f "$SITE/$1/squid.conf" >"$SITE/$1/parse" 2>&1 || return 1
	! grep -E 'FATAL|ERROR|WARNING|BUG' "$SITE/$1/parse" >&2
}

# lib_squid_start NAME PORT - start it as a service manager does, and wait until it accepts connections on PORT. The service
# name keeps its shared memory separate from that of any other Squid.
lib_squid_start() {
	if ! [ -d "$SITE/$1/ssl_db" ]; then
		"$SQUID_LIBEXEC/security_file_certgen" -c -s "$SITE/$1/ssl_db" -M 4MB >"$SITE/$1/out" 2>&1 || {
			cat "$SITE/$1/out" >&2
			return 1
		}
	fi
	chown -R "$SQUID_USER" "$SITE/$1" || return 1
	setsid "$SQUID" --foreground -n "m365$1" -f "$SITE/$1/squid.conf" >>"$SITE/$1/out" 2>&1 &
	echo $! >"$SITE/$1/pid"
	lib_wait_port 127.0.0.1 "$2" "$!" && return 0
	say "lib.sh: Squid '$1' did not start:"
	tail -n 20 "$SITE/$1/out" "$SITE/$1/cache.log" >&2
	return 1
}

# lib_origin_start [ARGUMENTS OF ORIGIN.PY] - start the origin and wait until it listens.
lib_origin_start() {
	mkdir -p "$SITE/origin" && : >"$SITE/origin/out" || return 1
	setsid python3 "$LIB/origin.py" --certs "$SITE/certs" --log "$SITE/origin/log" "$@" >"$SITE/origin/out" 2>&1 &
	echo $! >"$SITE/origin/pid"
	lib_i=0
	while [ $lib_i -lt 100 ]; do
		grep -q '^listening$' "$SITE/origin/out" && return 0
		kill -0 "$!" 2>/dev/null || break
		sleep 0.1
		lib_i=$((lib_i + 1))
	done
	say "lib.sh: the origin did not start:"
	cat "$SITE/origin/out" >&2
	return 1
}

# lib_wait_port ADDRESS PORT PID - wait at most 20 seconds until the port of PID accepts a connection.
lib_wait_port() {
	python3 - "$@" <<-'EOF'
		import os, socket, sys, time
		for _ in range(200):
		    try:
		        socket.create_connection((sys.argv[1], int(sys.argv[2])), 1).close()
		        sys.exit(0)
		    except OSError:
		        time.sleep(0.1)
		    try:
		        os.kill(int(sys.argv[3]), 0)
		    except OSError:
		        sys.exit(1)
		sys.exit(1)
	EOF
}

# lib_stop NAME - end the process whose number is in SITE/NAME/pid: ask it first, and kill it after 5 seconds. Does this only
# if it is still the process that was started: its command line names the site. Its children are Squid's worker.
lib_stop() {
	[ -s "$SITE/$1/pid" ] || return 0
	lib_pid=$(cat "$SITE/$1/pid")
	rm -f "$SITE/$1/pid"
	grep -qF "$SITE/" "/proc/$lib_pid/cmdline" 2>/dev/null || return 0
	kill -TERM "$lib_pid" 2>/dev/null || return 0
	lib_i=0
	while [ -e "/proc/$lib_pid" ] && ! grep -q '^State:.Z' "/proc/$lib_pid/status" 2>/dev/null; do
		[ $lib_i -lt 50 ] || {
			# shellcheck disable=SC2046 # a list of numbers
			kill -KILL "$lib_pid" $(cat "/proc/$lib_pid/task/$lib_pid/children" 2>/dev/null) 2>/dev/null
			break
		}
		sleep 0.1
		lib_i=$((lib_i + 1))
	done
	return 0
}
