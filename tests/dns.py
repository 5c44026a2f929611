# SPDX-License-Identifier: GPL-2.0-or-later
"""
dns.py - a name server on loopback that knows one address for every name, and a client that asks for addresses.

Where it sits: tests/, under export/dns_live.py and lists/lists_test.py. What does not belong here: anything about one resolver.
"""

import contextlib
import socket
import threading

ADDRESS = bytes([192, 0, 2, 1])  # RFC 5737
A_IN = b"\0\1\0\1"
SERVFAIL = 2


def question(host):
    return b"".join(bytes([len(label)]) + label.encode() for label in host.split(".")) + b"\0" + A_IN


def reply(query):
    """The address for any question about A, nothing for others."""
    end = 12
    while query[end]:
        end += query[end] + 1
    asked = query[12:end + 5]
    count = b"\0\1" if asked.endswith(A_IN) else b"\0\0"
    record = b"\xc0\x0c" + A_IN + b"\0\0\0\x3c\0\4" + ADDRESS if asked.endswith(A_IN) else b""
    return query[:2] + b"\x85\x80\0\1" + count + b"\0\0\0\0" + asked + record


@contextlib.contextmanager
def server():
    """Its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))

        def serve():
            while True:
                query, sender = one.recvfrom(4096)
                if not query:
                    return
                one.sendto(reply(query), sender)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield one.getsockname()[1]
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", one.getsockname())
            thread.join()


def resolves(port, host, patience=20):
    """True if the answer of a resolver is the address. None if it does not answer, or cannot (SERVFAIL), as one that has
    just started."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(patience)
        one.connect(("127.0.0.1", port))
        try:
            one.send(b"\x12\x34\x01\0\0\1\0\0\0\0\0\0" + question(host))
            answer = one.recv(4096)
        except OSError:
            return None
        code = answer[3] & 15
        return None if code == SERVFAIL else code == 0 and answer.endswith(ADDRESS)


def answers(port):
    """A function that says whether a resolver answers already."""
    return lambda: resolves(port, "ready.example", 0.5) is not None
