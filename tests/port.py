# SPDX-License-Identifier: GPL-2.0-or-later
"""
port.py - a port on loopback for a server that a test starts.

Where it sits: tests/, used by the tests that start servers. What does not belong here: the servers.
"""

import random
import socket

LOWEST = 10000  # below it, servers of the machine listen
EPHEMERAL = 32768  # from here on, the kernel gives ports to outgoing connections: Linux's default


def ephemeral():
    """The first port that the kernel may give to anybody between our look and the server's start."""
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
            first = int(file.read().split()[0])
    except (OSError, ValueError, IndexError):
        return EPHEMERAL
    return first if first > LOWEST + 1000 else EPHEMERAL


def is_free(port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free_port():
    """A port of 127.0.0.1 that nobody has, TCP or UDP: name servers listen on both."""
    last = ephemeral() - 1
    for _ in range(1000):
        port = random.SystemRandom().randint(LOWEST, last)
        if is_free(port):
            return port
    raise OSError(f"no free port on 127.0.0.1 in {LOWEST} to {last}")
