#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh - the model of squid.conf against the real Squid. Called by `make squid-model`.
#
#     tests/squidmodel/run.sh BUILDDIR [WORD]...
#
#     run.sh BUILDDIR                     as called
#       `- namespaces.sh (e2e)            own namespaces for network, mounts and processes, removed as a whole
#            `- run.sh --inside           addresses, certificates, names, table, origin
#                 `- squidmodel.py        configurations and situations: the real Squid, the model, and the judge
#
# Prints each disagreement as a failed test. The last line is `N passed, N failed[, N skipped]`. Environment: COUNT is the number
# of random configurations, SEED that of the first, SQUID the program, JOBS the number of Squids at a time; SQUIDMODEL_KEEP=DIR
# keeps logs and configurations in DIR, SQUIDMODEL_WRITE=DIR gets a file for each disagreement.
set -u
umask 022 # Squid's user must be able to read the files

HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 2
LIB=$HERE/../e2e
TOP=$(CDPATH='' cd -- "$HERE/../.." && pwd) || exit 2
TIME_LIMIT=$((600 + 3 * ${COUNT:-60})) # seconds, for everything
VARIABLES=COUNT,SEED,SQUID,JOBS,SQUIDMODEL_KEEP,SQUIDMODEL_WRITE
# shellcheck source-path=SCRIPTDIR source=../e2e/lib.sh disable=SC1091
. "$LIB/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../e2e/namespaces.sh disable=SC1091
. "$LIB/namespaces.sh"

# Clients that carry a mark are redirected to the port of that number, so that each Squid has clients of its own.
network() {
	mount -t tmpfs tmpfs /dev/shm
	ip link set lo up || return 1
	while read -r address _; do
		case $address in
		'' | '#'* | 127.*) ;;
		*:*) ip addr add "$address/128" dev lo nodad || return 1 ;;
		*) ip addr add "$address/32" dev lo || return 1 ;;
		esac
	done <"$HERE/addresses"
	awk '!/^#/ && NF > 1' "$HERE/addresses" >"$SITE/hosts"
	[ ! -e /etc/hosts ] || mount --bind "$SITE/hosts" /etc/hosts || return 1 # an `acl dst NAME` asks the system
	for base in $(seq 31000 10 31150); do
		for port in $((base + 1)) $((base + 2)); do
			echo "add rule inet squidmodel output meta mark $port tcp dport != 0 redirect to :$port"
		done
	done >"$SITE/redirect"
	nft -f - <<-EOF
		table inet squidmodel {
			chain output {
				type nat hook output priority -100
			}
		}
		include "$SITE/redirect"
	EOF
}

inside() {
	build=$1
	shift
	lib_squid_facts && network && lib_programs "$build" && cp -R "$HERE/public/lists" "$SITE/lists" || return 1
	lib_image "$TOP/conf/worldwide.rules" "$SITE/image" --label model || return 1
	# shellcheck disable=SC2046 # a list of names
	lib_certs $(awk '{ print $2 }' "$SITE/hosts" | sort -u) && lib_passwd alice secret || return 1
	printf '%s:%s\n' bob "$(openssl passwd -apr1 hidden)" Alice "$(openssl passwd -apr1 secret)" >>"$SITE/passwd"
	"$SQUID_LIBEXEC/security_file_certgen" -c -s "$SITE/ssl_db" -M 4MB >/dev/null || return 1
	lib_origin_start --default stranger.example --tls ::/443 --tls ::/8443 --tls ::/22 --http ::/80 --http ::/8080 || return 1
	export SITE SQUID SQUID_LIBEXEC SQUID_USER
	top_builddir=$build python3 -B "$HERE/squidmodel.py" "$@"
}

if [ "${1:-}" = --inside ]; then
	shift
	inside "$@" || exit 1
	exit
fi
[ $# -ge 1 ] || {
	say "usage: ${0##*/} BUILDDIR [WORD]..."
	exit 2
}
ns_outside "$TIME_LIMIT" "$VARIABLES" "${SQUIDMODEL_KEEP:-}" "$@"
