# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# namespaces.sh - from a caller to root in namespaces of its own, for tests with a real Squid.
#
#     run.sh BUILDDIR WORD...                      as called: checks what is needed, becomes root
#       `- setpriv, timeout, unshare               own namespaces for network, mounts and processes, removed as a whole
#            `- run.sh --inside BUILDDIR WORD...   SITE is set: a folder that is removed at the end
#
# Nothing outside the namespaces is changed. Everything the test starts ends with them, however the test ends. No packet leaves
# them. Source lib.sh first. Addresses and tests do not belong here.

skip() {
	echo "# skipped: $*"
	echo '0 passed, 0 failed, 1 skipped'
	exit 0
}

# ns_outside SECONDS VARIABLES KEEP BUILDDIR WORD... - run the calling script again with --inside. SECONDS is the limit for
# everything. VARIABLES are the names, with commas, of what root needs of the environment. KEEP is a folder that gets a copy of
# the site, or empty.
ns_outside() {
	ns_limit=$1 ns_variables=$2 ns_keep=$3
	ns_build=$(CDPATH='' cd -- "$4" && pwd) || exit 2
	shift 4
	for ns_program in ext_m365_acl url_m365_rewrite m365ctl; do
		[ -x "$ns_build/helper/$ns_program" ] || {
			say "${0##*/}: '$ns_build/helper/$ns_program' is not there; build first"
			exit 2
		}
	done
	if [ "$(id -u)" -ne 0 ]; then
		sudo -n true 2>/dev/null || skip 'needs root for network namespaces, and sudo does not work without a password'
		exec sudo -n --preserve-env="$ns_variables" sh "$0" "$ns_build" "$@"
	fi
	PATH=$PATH:/usr/sbin:/sbin
	export PATH
	ns_missing=$(lib_missing "${SQUID:-squid}" openssl python3 ip nft unshare setpriv timeout)
	[ -z "$ns_missing" ] || skip "not installed: $ns_missing"
	lib_squid_facts || skip 'this squid is built without OpenSSL (Debian: squid-openssl)'
	unshare --net --mount true 2>/dev/null || skip 'no namespaces can be made here (a container without CAP_SYS_ADMIN?)'
	ns_stage "$@"
}

ns_stage() {
	SITE=$(mktemp -d "${TMPDIR:-/tmp}/squid-m365-e2e.XXXXXX") || exit 2
	chmod 755 "$SITE"
	ns_child=
	trap 'ns_clean' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	# When unshare ends, the first process of the new process namespace is killed, and everything else with it.
	SITE=$SITE setpriv --pdeathsig TERM timeout -k 5 "$ns_limit" \
		unshare --net --mount --pid --fork --kill-child --mount-proc sh "$0" --inside "$ns_build" "$@" &
	ns_child=$!
	wait "$ns_child"
	ns_status=$?
	ns_child=
	[ "$ns_status" -ne 124 ] || say "${0##*/}: stopped after $ns_limit seconds"
	exit "$ns_status"
}

# shellcheck disable=SC2317 # called by a trap
ns_clean() {
	trap - EXIT HUP INT TERM
	if [ -n "$ns_child" ]; then
		kill -TERM "$ns_child" 2>/dev/null
		wait "$ns_child" 2>/dev/null
	fi
	if [ -n "$ns_keep" ]; then
		mkdir -p "$ns_keep" && cp -R "$SITE/." "$ns_keep/" && say "logs are in $ns_keep"
	fi
	rm -rf "$SITE"
}
