#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bare.sh - README's two commands on minimal machines. Called by `make bare`; needs root and debootstrap.
#
#     tests/bare.sh FOLDER
#
# Makes a minimal Debian for each suite, and a fresh copy of it for each command. The command runs there as root, on a copy of
# this tree that has no .git and belongs to another user. Its only network is its own loopback. There apt-get finds the packages
# of packages.txt and what they depend on, and nothing else, so a test that needs more fails.
#
#     bare.sh FOLDER                       with the network of this machine: debootstrap, download
#       `- setpriv, unshare                namespaces for mounts, network and processes, removed as a whole
#            `- bare.sh --inside ROOT      ROOT becomes /, and the command runs there
#
# FOLDER keeps SUITE.base.tar and SUITE.packages for the next run, and the logs. The first two are made again if packages.txt
# changes or if they are missing. Environment: BARE_SUITES (bookworm trixie), BARE_COMMANDS (quickstart run), BARE_STEPS (the
# steps of run.sh; all of them), BARE_MIRROR (that of this machine's apt), BARE_KEEP=1 (the copies stay in FOLDER).
#
# Prints one line for each command: what it counted, and its log. Exit 0 only if all of them passed.
set -u
umask 022
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH

TOP=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 2
SELF=$TOP/tests/bare.sh
SUITES=${BARE_SUITES:-bookworm trixie}
COMMANDS=${BARE_COMMANDS:-quickstart run}
HOME_THERE=home/somebody/squid-m365

say() {
	printf '%s\n' "$*"
}

trouble() {
	say "bare.sh: $*" >&2
	exit 2
}

# ---- inside: ROOT becomes / -----------------------------------------------------------------------------------------

devices() {
	mount -t tmpfs -o mode=755 dev "$1" && mkdir "$1/pts" "$1/shm" || return 1
	for device in null zero full random urandom tty; do
		: >"$1/$device" && mount --bind "/dev/$device" "$1/$device" || return 1
	done
	ln -s /proc/self/fd "$1/fd" && ln -s fd/0 "$1/stdin" && ln -s fd/1 "$1/stdout" && ln -s fd/2 "$1/stderr" &&
		ln -s pts/ptmx "$1/ptmx" && mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$1/pts" &&
		mount -t tmpfs -o mode=1777 shm "$1/shm"
}

# inside ROOT PACKAGES COMMAND... - this process stays the first one of its namespace and adopts the orphans.
inside() {
	root=$1 packages=$2
	shift 2
	ip link set lo up && mount --bind "$root" "$root" && mkdir -p "$root/packages" "$root/old" &&
		mount --bind "$packages" "$root/packages" && mount -o remount,ro,bind "$root/packages" &&
		mount -t proc proc "$root/proc" && mount -t sysfs -o ro sysfs "$root/sys" && devices "$root/dev" &&
		cd "$root" && pivot_root . old && cd / && umount -l /old && rmdir /old || exit 2
	cd "/$HOME_THERE" || exit 2
	env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb "$@"
	exit
}

# ---- outside: what is kept -------------------------------------------------------------------------------------------

# apart PROGRAM... - runs it in separate namespaces. What it mounts or starts ends with it, however this script ends.
apart() {
	setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$@" </dev/null &
	child=$!
	wait "$child"
	apart_status=$?
	child=
	return $apart_status
}

# shellcheck disable=SC2317 # called by a trap
clean() {
	trap - EXIT HUP INT TERM
	if [ -n "$child" ]; then
		kill -KILL "$child" 2>/dev/null
		wait "$child" 2>/dev/null
	fi
	for suite in $SUITES; do
		[ -n "${BARE_KEEP:-}" ] || rm -rf "$FOLDER/$suite"*.root
		rm -rf "$FOLDER/$suite."*.new
	done
}

# Where this machine's apt gets Debian from.
mirror() {
	# shellcheck disable=SC2016 # apt's words
	apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		awk '$2 == "main" && $1 ~ /^(stable|oldstable|testing|unstable|sid|bookworm|trixie|forky)$/ { print $3; exit }'
}

base() {
	[ ! -s "$FOLDER/$suite.base.tar" ] || return 0
	say "$suite: debootstrap from $MIRROR"
	new=$FOLDER/$suite.base.new
	rm -rf "$new"
	apart debootstrap --variant=minbase "$suite" "$new" "$MIRROR" >"$FOLDER/$suite.debootstrap.log" 2>&1 || {
		tail -n 15 "$FOLDER/$suite.debootstrap.log"
		return 1
	}
	tar -C "$new" -cf "$FOLDER/$suite.tar.new" . && mv "$FOLDER/$suite.tar.new" "$FOLDER/$suite.base.tar" && rm -rf "$new"
}

# apt_for ROOT WORD... - this machine's apt-get, for the machine in ROOT.
apt_for() {
	for_root=$1
	shift
	apt-get -q -y -o Dir::Etc::sourcelist="$for_root/etc/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null -o Dir::State="$for_root/var/lib/apt" \
		-o Dir::State::status="$for_root/var/lib/dpkg/status" -o Dir::Cache="$for_root/var/cache/apt" \
		-o APT::Sandbox::User=root "$@"
}

named() {
	awk '!/^#/ && NF == 2 && $1 != "more" { print $2 }' "$TOP/tests/packages.txt" | sort -u
}

# SUITE.packages: a repository of what packages.txt names and of what that depends on.
packages() {
	kept=$FOLDER/$suite.packages new=$FOLDER/$suite.packages.new root=$FOLDER/$suite.root
	named >"$FOLDER/$suite.named.new"
	! cmp -s "$FOLDER/$suite.named.new" "$kept/named" || return 0
	say "$suite: downloading packages"
	rm -rf "$new" "$root"
	mkdir -p "$new" "$root" && tar -C "$root" -xf "$FOLDER/$suite.base.tar" && mkdir -p "$root/var/cache/apt/archives/partial" || return 1
	# shellcheck disable=SC2046 # a list of names
	{ apt_for "$root" update && apt_for "$root" install --download-only --no-install-recommends $(named); } \
		>"$FOLDER/$suite.download.log" 2>&1 || {
		tail -n 15 "$FOLDER/$suite.download.log"
		return 1
	}
	for deb in "$root"/var/cache/apt/archives/*.deb; do
		mv "$deb" "$new/" && deb=$new/${deb##*/} && dpkg-deb -f "$deb" || return 1
		printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "${deb##*/}" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d ' ' -f 1)"
	done >"$new/Packages"
	rm -rf "$root" "$kept"
	mv "$FOLDER/$suite.named.new" "$new/named" && mv "$new" "$kept"
}

# ---- outside: one command --------------------------------------------------------------------------------------------

# A machine that knows no mirror, and a tree on it that root does not own.
machine() {
	rm -rf "$root"
	mkdir -p "$root" && tar -C "$root" -xf "$FOLDER/$suite.base.tar" && mkdir -p "$root/$HOME_THERE" || return 1
	echo 'deb [trusted=yes] file:/packages ./' >"$root/etc/apt/sources.list"
	echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/bare" # the machine need not survive a power cut
	python3 -B "$TOP/tests/files.py" -0 "$TOP" >"$FOLDER/$suite.names.new" &&
		tar -C "$TOP" --null -T "$FOLDER/$suite.names.new" -cf - | tar -C "$root/$HOME_THERE" -xf - && chown -R 1000:1000 "$root/home/somebody"
}

# one NAME COMMAND... - runs it on a fresh machine.
one() {
	name=$1 root=$FOLDER/$suite-$1.root log=$FOLDER/$suite-$1.log
	shift
	machine || {
		say "$suite $name: the machine cannot be set up"
		return 1
	}
	before=$(date +%s)
	apart unshare --net sh "$SELF" --inside "$root" "$FOLDER/$suite.packages" "$@" >"$log" 2>&1
	one_status=$?
	counted=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
	if [ $one_status -eq 0 ]; then word=passed; else word="FAILED ($one_status)"; fi
	say "$suite $name: $word${counted:+; $counted}; $(($(date +%s) - before)) s; $log"
	[ -n "${BARE_KEEP:-}" ] || rm -rf "$root"
	return $one_status
}

suite() {
	if ! base || ! packages; then
		say "$suite: FAILED: the machine could not be made"
		return 1
	fi
	suite_status=0
	for command in $COMMANDS; do
		# shellcheck disable=SC2086 # a list of steps
		case $command in
		quickstart) one quickstart sh conf/quickstart.sh ;;
		run) one run sh tests/run.sh ${BARE_STEPS:-} ;;
		*) trouble "no command '$command'" ;;
		esac || suite_status=1
	done
	return $suite_status
}

if [ "${1:-}" = --inside ]; then
	shift
	inside "$@"
fi
[ $# -eq 1 ] || trouble 'usage: bare.sh FOLDER'
[ "$(id -u)" -eq 0 ] || trouble 'wants root, for debootstrap and namespaces'
for program in debootstrap apt-get dpkg-deb unshare setpriv pivot_root ip python3; do
	command -v "$program" >/dev/null || trouble "needs $program"
done
mkdir -p "$1" && FOLDER=$(CDPATH='' cd -- "$1" && pwd) || exit 2
MIRROR=${BARE_MIRROR:-$(mirror)}
[ -n "$MIRROR" ] || trouble "this machine's apt names no mirror of Debian; set BARE_MIRROR"
child=
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
status=0
for suite in $SUITES; do
	suite || status=1
done
exit $status
