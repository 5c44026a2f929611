# SPDX-License-Identifier: GPL-2.0-or-later
"""
firewall.py - readers of the formats of address sets, and what they are compared with.

Where it sits: tests/export/, under firewall_test.py and firewall_live.py. A reader turns a text into a list of (protocol,
ports as a list of (low, high), networks). It shares no code with the exporters.
"""

import bisect
import ipaddress
import re
import xml.etree.ElementTree as xml

FORMATS = ("firewalld", "ipset", "iptables", "nft", "pf")
PORT = re.compile(r"(\d+)(?:[-:](\d+))?")


def ports(text):
    return [(int(low), int(high or low)) for low, high in PORT.findall(text)]


def networks(text):
    return [ipaddress.ip_network(word) for word in re.findall(r"[0-9a-fA-F.:]+/\d+", text)]


def read_nft(text):
    sets = {}
    for name, elements in re.findall(r"set (\w+) \{[^{}]*elements = \{([^{}]*)\}", text):
        sets[name] = networks(elements)
    return [(protocol, ports(numbers), sets[name])
            for name, protocol, numbers in re.findall(r"daddr @(\w+) (tcp|udp) dport \{ ([^}]*) \} accept", text)]


def read_ipset(text):
    found, about = [], None
    for line in text.splitlines():
        if match := re.match(r"# IPv[46], (TCP|UDP) ports (\S+)$", line):
            about = (match[1].lower(), ports(match[2]), [])
            found.append(about)
        if line.startswith("add "):
            about[2].append(ipaddress.ip_network(line.split()[2]))
    return found


def read_iptables(text):
    rules = re.findall(r"^-[46] -A \w+ -d (\S+) -p (tcp|udp) -m multiport --dports (\S+) -j ACCEPT$", text, re.M)
    return [(protocol, ports(numbers), [ipaddress.ip_network(net)]) for net, protocol, numbers in rules]


def read_pf(text):
    text = text.replace("\\\n", " ")
    tables = {name: networks(body) for name, body in re.findall(r"table <(\w+)> const \{([^}]*)\}", text)}
    return [(protocol, ports(numbers), tables[name])
            for protocol, name, numbers in re.findall(r"pass out quick proto (tcp|udp) to <(\w+)> port \{ ([^}]*) \}", text)]


def read_firewalld(text):
    found = []
    for rule in xml.fromstring(text.encode()).iter("rule"):
        port = rule.find("port")
        net = ipaddress.ip_network(rule.find("destination").get("address"))
        assert rule.get("family") == f"ipv{net.version}" and rule.find("accept") is not None
        found.append((port.get("protocol"), ports(port.get("port")), [net]))
    return found


READERS = {"firewalld": read_firewalld, "ipset": read_ipset, "iptables": read_iptables, "nft": read_nft, "pf": read_pf}


class Allowed:
    """Addresses that are let through at one port of one protocol."""

    def __init__(self, services, protocol, port):
        nets = [net for kind, numbers, some in services if kind == protocol
                for net in some if any(low <= port <= high for low, high in numbers)]
        self.ranges = {version: [(int(net[0]), int(net[-1])) for net in ipaddress.collapse_addresses(
            one for one in nets if one.version == version)] for version in (4, 6)}

    def __contains__(self, address):
        number = int(address)
        at = bisect.bisect_right(self.ranges[address.version], (number, 2 ** 129))
        return at > 0 and number <= self.ranges[address.version][at - 1][1]
