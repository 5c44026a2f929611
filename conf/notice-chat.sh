#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# notice-chat.sh - posts a notice of m365ctl to a chat room, through an incoming web hook. An example for notice_command of
# m365.conf(5):
#
#     notice_command /usr/share/squid-m365/notice-chat.sh /etc/squid-m365/chat.curl
#
# chat.curl is a file of curl(1) options with the address of the hook, which is a secret: readable by the updater only, and
# not on any command line. It may have more options, such as a proxy or a header:
#
#     url = "https://hooks.example.com/services/T0000/B0000/XXXX"
#     proxy = "http://proxy.example.com:3128"
#
# The message is {"text":"..."}; a second argument names another key, such as `content`. Whatever stands in the notice, the
# message stays one JSON text that mentions nobody and links nowhere: control characters and bytes that are not UTF-8 are
# dropped, and < > @ ` are replaced. m365ctl tells a notice again if this fails.
set -eu
LC_ALL=C
export LC_ALL

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
	echo "usage: notice-chat.sh FILE [KEY], where FILE has options of curl, such as url = \"https://...\"" >&2
	exit 2
fi
config=$1
key=${2:-text}
case $key in
*[!A-Za-z0-9_]*)
	echo "notice-chat.sh: '$key' is not the key of a message" >&2
	exit 2
	;;
esac

MOST=12000 # bytes; the services take different amounts, and a person reads less

# Text becomes the inside of a JSON string.
escape() {
	tr -d '\000-\010\013-\037\177' | iconv -c -f UTF-8 -t UTF-8 |
		sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/\\t/g' -e 's/</\\u2039/g' -e 's/>/\\u203a/g' -e 's/@/(at)/g' \
			-e "s/\`/'/g" | awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }'
}

{
	printf '{"%s":"' "$key"
	printf '%s\n' "${M365_SUBJECT-}" | head -c 1000 | escape
	# shellcheck disable=SC2016  # a fence around plain text
	printf '%s' '\n```\n'
	head -c "$MOST" | escape
	# shellcheck disable=SC2016
	printf '%s' '\n```"}'
} | curl --config "$config" --silent --show-error --fail --max-time 40 --proto '=http,https' --output /dev/null \
	--header 'Content-Type: application/json; charset=utf-8' --data-binary @-
