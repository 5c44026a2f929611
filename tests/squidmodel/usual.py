# SPDX-License-Identifier: GPL-2.0-or-later
"""
usual.py - the situations that every configuration is asked about, as far as its ports allow.

Where it sits: tests/squidmodel/, for the configurations that are not random. What does not belong here: what must come out.
"""

EXPLICIT = (
    "CONNECT outlook.office365.com:443 sni=outlook.office365.com",
    "CONNECT outlook.office365.com:443 sni=outlook.office365.com user=alice tls=1.2",
    "CONNECT login.live.com:443 sni=login.live.com",
    "CONNECT www.example.com:443 sni=www.example.com",
    "CONNECT www.example.com:443 sni=www.example.com user=alice",
    "CONNECT www.example.com:443 sni=www.example.com user=alice tls=1.2",
    "CONNECT www.example.com:443 sni=www.example.com user=alice password=wrong",
    "CONNECT stranger.example:443 sni=outlook.office365.com user=alice",
    "CONNECT stranger.example:443 sni=outlook.office365.com user=alice tls=1.2",
    "CONNECT 203.0.113.99:443 sni=outlook.office365.com user=alice",
    "CONNECT 52.96.0.9:443 user=alice",
    "CONNECT www.example.com:22 sni=www.example.com user=alice",
    "CONNECT 127.0.0.1:22 user=alice",
    "GET http://www.example.com/",
    "GET http://www.example.com/ user=alice",
    "GET http://outlook.office365.com/",
)
TLS = (
    "INTERCEPT 52.96.0.1:443 sni=outlook.office365.com",
    "INTERCEPT 52.96.0.1:443 sni=outlook.office365.com tls=1.2",
    "INTERCEPT 192.0.2.80:443 sni=www.example.com",
    "INTERCEPT 192.0.2.80:443 sni=www.example.com tls=1.2",
    "INTERCEPT 203.0.113.66:443 sni=outlook.office365.com",
    "INTERCEPT 203.0.113.66:443 sni=outlook.office365.com tls=1.2",
    "INTERCEPT 203.0.113.99:443",
    "INTERCEPT 203.0.113.99:443 tls=1.2",
    "INTERCEPT 52.96.0.9:443",
)
HTTP = ("GET http://www.example.com/", "GET http://outlook.office365.com/")
# The helper is dead for these; they come last.
DEAD = ("CONNECT outlook.office365.com:443 sni=outlook.office365.com", "CONNECT www.example.com:443 sni=www.example.com user=alice")
DEAD_TLS = ("INTERCEPT 52.96.0.1:443 sni=outlook.office365.com", "INTERCEPT 192.0.2.80:443 sni=www.example.com tls=1.2")


def requests(explicit=None, tls=None, http=None, helper=False, client="10.1.0.5"):
    """REQUESTs for the listeners that there are, each named as trace's `port=` wants it."""
    for port, ones in ((explicit, EXPLICIT), (tls, TLS), (http, HTTP)):
        if port:
            yield from (f"{one} from={client} port={port}" for one in ones)
    if helper:
        for port, ones in ((explicit, DEAD), (tls, DEAD_TLS)):
            if port:
                # A helper that answers BH: one that must be running (children-startup) may not die.
                yield from (f"{one} from={client} port={port} helper=full" for one in ones)
