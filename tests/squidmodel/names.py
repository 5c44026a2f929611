# SPDX-License-Identifier: GPL-2.0-or-later
"""
names.py - a name server that knows the names of a hosts file, however they are written, and no other, at once.

Squid has the same names from its hosts_file, but looks them up there letter by letter; it would wait for a name server that
does not answer. Where it sits: tests/squidmodel/. What does not belong here: names.
"""

import socket
import threading

A, AAAA = 1, 28
REPLY, NO_SUCH_NAME = b"\x81\x80", b"\x81\x83"  # recursion available (RFC 1035, 4.1.1)
TO_THE_QUESTION = b"\xc0\x0c"  # a pointer to the name at byte 12 (RFC 1035, 4.1.4)


def question(query):
    """The name that is asked for, the type, and where the question ends."""
    labels, at = [], 12
    while at < len(query) and query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
        at += 1 + query[at]
    return ".".join(labels), int.from_bytes(query[at + 1:at + 3], "big"), at + 5


def reply(query, addresses):
    name, kind, end = question(query)
    address = addresses.get(name)
    family, own = (socket.AF_INET6, AAAA) if address and ":" in address else (socket.AF_INET, A)
    answer = b""
    if address and kind == own:
        data = socket.inet_pton(family, address)
        answer = TO_THE_QUESTION + kind.to_bytes(2, "big") + b"\0\1\0\0\x0e\x10" + len(data).to_bytes(2, "big") + data
    head = query[:2] + (REPLY if address else NO_SUCH_NAME) + b"\0\1" + (b"\0\1" if answer else b"\0\0") + b"\0\0\0\0"
    return head + query[12:end] + answer


def serve(addresses, address="127.0.0.1", port=53):
    """Answer in a thread of this process. `addresses` maps names to addresses."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, port))

    def loop():
        while True:
            query, who = server.recvfrom(4096)
            server.sendto(reply(query, addresses), who)

    threading.Thread(target=loop, daemon=True).start()
