#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random documents, local files and requests, always the same for one seed.

What it is for: it makes tables in which every sentence of the matching contract
applies. There are few labels, prefixes and ports, so ties, overlaps and nesting
are common. Requests are derived from the rules of a table, so most of them match
one.

Where it sits: tests/oracle/, used by compare.py. Run on its own, it writes one
set of sources into a folder for inspection.

What does not belong here:
- expected answers (oracle.py)
- real documents
- Unicode names
- local bypass wildcards so wide that they would need the public suffix list (all
  names end in `.NAME.test` or in a tenant suffix)
"""

import argparse
import ipaddress
import json
import os
import random
import sys

sys.dont_write_bytecode = True

TENANTS = ["contoso", "fabrikam"]
BASES = ["ex.test", "ex.test", "m.ex.test", "cdn.ex.test", "x-y.ex.test", "office.test", "sharepoint.com",
         "sharepoint.us", "on.office.test"]
LABELS = ["a", "b", "cdn", "x-y", "a-b", "m", "w_1", "contoso", "contoso-my", "fabrikam-files", "login", "bcdn"]
CROWDED = ["login-a.m.ex.test", "cdn.a-b.ex.test"]
AREAS = ["Common", "Exchange", "SharePoint", "Skype", "MEM"]
PORTS = ["443", "80,443", "80", "443,80", "25,143,587,993,995", "143,587", "8443", "5061,50000-50009",
         "3478,3479,3480,3481", "1-1024", "1,65535", "1-65535"]
EXPIRES = ["2001-01-01", "2027-03-01", "2027-03-01", "2027-03-02", "2999-12-31"]
DAYS = ["2026-12-31", "2027-02-28", "2027-03-01", "2027-03-01", "2027-03-02"]


class Sources:
    """One set of sources: file names and bytes, their names for `-t`, and the modes to use."""

    def __init__(self):
        self.files = {}  # name: bytes
        self.specs = []  # name, or VERB:name
        self.tenants = []
        self.precedence = "specific"
        self.bypass = None
        self.day = None

    def write(self, folder):
        for name, data in self.files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)

    def paths(self, folder):
        for spec in self.specs:
            verb, colon, name = spec.rpartition(":")
            yield verb + colon + os.path.join(folder, name)


# --------------------------------------------------------------------------
# Patterns and prefixes
# --------------------------------------------------------------------------


def host(rng):
    labels = [rng.choice(LABELS) for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3]))]
    return ".".join(labels + [rng.choice(BASES)])


def starred(rng, stars):
    """A wildcard for one of a few names. All are of similar length, so several match the same name."""
    name = rng.choice(CROWDED)
    below = name.index(".ex.test")
    for _ in range(stars):
        first = rng.randrange(below)
        last = min(first + rng.choice([1, 1, 2, 3]), below)
        if "." not in name[first:last] and "*" not in name[max(first - 1, 0):last + 1]:
            name = name[:first] + "*" + name[last:]
            below -= last - first - 1
    return name


def published_pattern(rng):
    base, label = rng.choice(BASES), rng.choice(LABELS)
    return rng.choice([
        host(rng), host(rng), host(rng), host(rng),
        f"*.{base}", f"*.{base}", f"*.{host(rng)}", starred(rng, 1), starred(rng, 1),
        f"*{label}.{base}", f"*-{label}.{base}", f"*{base}", f"*-{label}.{host(rng)}",
        f"{label}.*.{base}", f"{label}-*.{base}", f"{label}*.{base}", f"{label}.*-{label}.{base}",
        f"<tenant>.{base}", f"<tenant>-my.{base}", f"{label}.<tenant>.{base}", f"<tenant>-files.sharepoint.com",
    ])


def local_bypass_pattern(rng):
    """After the last star, or at the end of a regex, there are always two labels that no registry sells."""
    base, label = rng.choice(BASES), rng.choice(LABELS)
    plain = base.replace(".", "\\.")
    return rng.choice([
        host(rng), host(rng), host(rng), f".{base}", f".{host(rng)}", f"*.{base}", f"*.{host(rng)}",
        f"*{label}.{base}", f"*-{label}.{base}", f"{label}-*.{base}", f"{label}.*.{base}",
        starred(rng, 1), starred(rng, 2), starred(rng, 2), starred(rng, 3),
        f"*.*.{base}", f"{label}*.*.{base}", f"*{label}*.{base}", f"{label}-*-*.{base}",
        f"~{label}[0-9]*\\.{plain}", f"~.*{label}\\.{plain}", f"~({label}|b)[.].*\\.ex\\.test",
        f"~{plain}", f"~[a-z]+\\.{plain}", f"~[a-z]+{label}", f"~(.*\\.)?{plain}",
    ])


def local_inspect_pattern(rng):
    """Inspect lines may be as wide as you like."""
    label = rng.choice(LABELS)
    if rng.random() < 0.6:
        return local_bypass_pattern(rng)
    return rng.choice([f"*{label}.test", f"*.{label}.*", f"{label}*", f"*.*.*", f"{label}.*.test", "*.com", "*x.com",
                       ".login.ex.test", "~[^a]*", f"*.{label}.ex.test", f"~.*{label}.*",
                       f"~({label}|b)[.].*[.]test", f"~{rng.choice(BASES)}"])


def network(rng, text, lengths):
    length = rng.choice(lengths)
    return ipaddress.ip_network(f"{text}/{length}", strict=False)


def prefix(rng):
    if rng.random() < 0.65:
        text = f"10.{rng.choice([0, 0, 1, 64, 128])}.{rng.choice([0, 0, 1, 128, 255])}.{rng.choice([0, 0, 1, 2, 255])}"
        return network(rng, text, [8, 9, 10, 12, 15, 16, 16, 17, 20, 24, 24, 25, 30, 31, 32, 32])
    text = f"2001:db8:{rng.choice(['0', '0', '1', '8000', 'ffff'])}:{rng.choice(['0', '1', '8000'])}"
    text += f"::{rng.choice('013')}"
    return network(rng, text, [24, 31, 32, 33, 36, 40, 47, 48, 48, 49, 56, 63, 64, 65, 112, 127, 128, 128])


def prefix_text(rng, net):
    if net.version == 4 and rng.random() < 0.04:
        return f"::ffff:{net.network_address}/{net.prefixlen + 96}"
    if net.version == 6 and rng.random() < 0.1:
        return net.exploded.upper() if rng.random() < 0.5 else net.exploded
    return str(net)


# --------------------------------------------------------------------------
# Documents of the web service
# --------------------------------------------------------------------------


def json_ports(rng):
    text = rng.choice(PORTS)
    return text.replace(",", ", ") if rng.random() < 0.3 else text


def endpoint_set(rng, number, pool):
    member = {
        "id": number,
        "serviceArea": rng.choice(AREAS),
        "serviceAreaDisplayName": "Some \"display\" name, \\ and more",
        "category": rng.choice(["Optimize", "Allow", "Allow", "Default"]),
        "required": rng.random() < 0.5,
        "expressRoute": rng.random() < 0.3,
    }
    if rng.random() < 0.85:
        member["urls"] = [pool.pattern(rng) for _ in range(rng.choice([0, 1, 1, 2, 3, 6]))]
    if rng.random() < 0.6:
        member["ips"] = [prefix_text(rng, pool.prefix(rng)) for _ in range(rng.choice([0, 1, 1, 2, 3, 5]))]
    kind = rng.random()
    if kind < 0.8:
        member["tcpPorts"] = json_ports(rng)
    elif kind < 0.85:
        member["tcpPorts"] = ""
    if rng.random() < 0.3:
        member["udpPorts"] = json_ports(rng) if rng.random() < 0.8 else ""
    if rng.random() < 0.1:
        member["notes"] = rng.choice(["", "a note, with [brackets] and a } brace"])
    if rng.random() < 0.1:
        member["future" + str(rng.randrange(3))] = rng.choice([None, 1.5e3, True, "x", [1, [2]], {"a": {"b": []}}])
    if rng.random() < 0.06:
        spoil_row(rng, member)
    items = list(member.items())
    if rng.random() < 0.3:
        rng.shuffle(items)
    return dict(items)


def spoil_row(rng, member):
    """A row that cannot be represented. It is left out, or the whole document is refused."""
    if rng.random() < 0.6:
        row = rng.choice(["10.0.0.1/8", "2001:db8::1/32", "10.0.0.0/33", "10.0.0/24"])
        member.setdefault("ips", []).insert(0, row)
    else:
        row = rng.choice(["a..ex.test", "*.*.ex.test", "a/b.ex.test", "a b.ex.test"])
        member.setdefault("urls", []).insert(0, row)


class Pool:
    """Reuses earlier names and prefixes in other sets and categories."""

    def __init__(self, crowded=False):
        self.patterns, self.prefixes, self.locals = [], [], []
        self.crowded = crowded  # most wildcards are for the same few names

    def pattern(self, rng):
        if not self.patterns or rng.random() < 0.7:
            crowd = self.crowded and rng.random() < 0.6
            self.patterns.append(starred(rng, 1) if crowd else published_pattern(rng))
        return rng.choice(self.patterns[-12:])

    def local(self, rng):
        if not self.locals or rng.random() < 0.55:
            crowd = self.crowded and rng.random() < 0.8
            self.locals.append(starred(rng, rng.choice([1, 2, 2, 3])) if crowd else local_bypass_pattern(rng))
        return rng.choice(self.locals[-8:])

    def prefix(self, rng):
        if not self.prefixes or rng.random() < 0.7:
            self.prefixes.append(prefix(rng))
        return rng.choice(self.prefixes[-10:])


def document(rng, pool):
    numbers = rng.sample(range(1, 16), rng.choice([1, 2, 4, 8, 12]))
    if rng.random() < 0.8:
        numbers.sort()
    members = [endpoint_set(rng, number, pool) for number in numbers]
    if rng.random() < 0.03:
        broken = rng.choice(members)
        key, value = rng.choice([("id", None), ("category", "Best"), ("serviceArea", None), ("tcpPorts", "80;443"),
                                 ("tcpPorts", "0"), ("tcpPorts", "443,70000"), ("category", None)])
        broken[key] = value
        if value is None:
            del broken[key]
    indent = rng.choice([None, 2, 2, 2, 0])
    text = json.dumps(members, indent=indent, separators=rng.choice([None, (",", ":"), (" , ", " : ")]))
    if rng.random() < 0.1:
        text = text.replace("ex.test", "\\u0065x.t\\u0065st")
    if rng.random() < 0.5:
        text = text.replace("\n", "\r\n")
    return text + rng.choice(["", "\n", "\r\n"])


# --------------------------------------------------------------------------
# Table text and lists
# --------------------------------------------------------------------------


def words_of_ports(rng):
    words = []
    kind = rng.random()
    if kind < 0.45:
        words.append("tcp=" + rng.choice(PORTS))
    if kind > 0.4 and rng.random() < 0.15:
        words.append("udp=" + rng.choice(PORTS))
    return words


def notes(rng):
    return [word for word in ("owner=alice", "ticket=NET-1234", "gen=2025120100", 'note="one \\"two\\" \\\\ three"')
            if rng.random() < 0.1]


def local_line(rng, pool):
    verb = rng.choice(["inspect", "allow", "allow", "optimize", "default"])
    if rng.random() < 0.3:
        net = pool.prefix(rng)
        if verb == "inspect" and rng.random() < 0.1:
            net = ipaddress.ip_network(rng.choice(["0.0.0.0/1", "2000::/3", "10.0.0.0/7", "10.128.0.0/9"]))
        pattern = prefix_text(rng, net)
    elif verb == "inspect":
        pattern = local_inspect_pattern(rng)
    elif pool.patterns and rng.random() < 0.3:
        pattern = rng.choice(pool.patterns)
        if "<" in pattern or pattern.startswith("*ex.") or pattern.startswith("*office.") or "*share" in pattern:
            pattern = host(rng)
    else:
        pattern = pool.local(rng)
    words = words_of_ports(rng) + notes(rng)
    for word, chance in (("required", 0.2), ("expressroute", 0.15), ("area=" + rng.choice(AREAS), 0.2),
                         ("expires=" + rng.choice(EXPIRES), 0.3), ("source=" + rng.choice(["left", "right"]), 0.08)):
        if rng.random() < chance:
            words.append(word)
    rng.shuffle(words)
    return [verb, pattern] + words


def published_lines(rng, pool, number, verb):
    """All lines of one endpoint set. They share everything that belongs to the set."""
    shared = [f"id={number}", "area=" + rng.choice(AREAS)] + words_of_ports(rng)
    shared += [flag for flag in ("required", "expressroute") if rng.random() < 0.4]
    if rng.random() < 0.1:
        shared.append("source=" + rng.choice(["left", "right"]))
    lines = []
    for _ in range(rng.choice([1, 2, 3, 5])):
        is_prefix = verb != "inspect" and rng.random() < 0.35
        pattern = prefix_text(rng, pool.prefix(rng)) if is_prefix else pool.pattern(rng)
        more = ["expires=" + rng.choice(EXPIRES)] if rng.random() < (0.3 if is_prefix else 0.1) else []
        lines.append([verb, pattern] + shared + more)
    return lines


def write_lines(rng, lines):
    end = rng.choice(["\n", "\n", "\r\n"])
    out = []
    for words in lines:
        if rng.random() < 0.1:
            out.append(rng.choice(["", "   ", "# allow commented.ex.test", "\t# a comment"]))
        space = rng.choice([" ", " ", "  ", "\t", "      "])
        out.append(space.join(words) + rng.choice(["", "", "", " ", "   # why", "\t#"]))
    return end.join(out) + rng.choice([end, end, ""])


BROKEN = [["permit", "a.ex.test"], ["allow", "10.0.0.1/8"], ["allow", "2001:db8::1/64"], ["allow", "a..ex.test"],
          ["inspect", "a/b.ex.test"], ["allow", "a%41.ex.test"], ["allow", "a.ex.test", "colour=red"],
          ["allow", "a.ex.test", "tcp=0"], ["allow", "a.ex.test", "tcp=443-80"], ["allow", "a.ex.test", "optional"],
          ["allow", "10.0.0.0/7"], ["optimize", "2001:c00::/23"], ["allow", ".a.ex.test", "id=1"], ["inspect"],
          ["allow", "*.*.ex.test", "id=1"], ["allow", "~a[.]ex[.]test", "id=1"], ["allow", "a.ex.test", "tcp=70000"]]


def rules_file(rng, pool, published):
    lines = []
    if published:
        numbers = rng.sample(range(1, 16), rng.choice([1, 2, 4, 7]))
        for number in numbers:
            lines += published_lines(rng, pool, number, rng.choice(["optimize", "allow", "allow", "default"]))
        if rng.random() < 0.3:
            lines += published_lines(rng, pool, rng.randrange(900, 910), "inspect")
    if not published or rng.random() < 0.3:
        lines += [local_line(rng, pool) for _ in range(rng.choice([1, 3, 6, 10]))]
    if rng.random() < 0.5:
        rng.shuffle(lines)
    if rng.random() < 0.03:
        lines.insert(rng.randrange(len(lines) + 1), rng.choice(BROKEN))
    return write_lines(rng, lines)


def list_file(rng, pool, verb):
    lines = []
    for _ in range(rng.choice([1, 3, 6])):
        if rng.random() < 0.35:
            lines.append([prefix_text(rng, pool.prefix(rng))])
            continue
        pattern = "~"
        while pattern.startswith("~"):
            pattern = local_inspect_pattern(rng) if verb == "inspect" else pool.local(rng)
        lines.append([pattern])
    if rng.random() < {"inspect": 0.05, "default": 0}.get(verb, 0.2):
        broken = rng.choice(["a..ex.test", "10.0.0.1/8", "a/b.ex.test", "a%.test"])
        lines.insert(rng.randrange(len(lines) + 1), [broken])
    return write_lines(rng, lines)


# --------------------------------------------------------------------------
# A whole set of sources
# --------------------------------------------------------------------------


def sources(rng):
    made, pool = Sources(), Pool(rng.random() < 0.25)

    def add(name, text, verb=None):
        made.files[name] = text.encode()
        made.specs.append(f"{verb}:{name}" if verb else name)

    kinds = [rng.choice(["json", "json", "table", "local", "list"]) for _ in range(rng.choice([0, 0, 1, 1, 2]))]
    kinds.append(rng.choice(["json", "json", "table"]))
    if rng.random() < 0.7:
        kinds.append("local")
    if rng.random() < 0.4:
        kinds.insert(rng.randrange(len(kinds) + 1), "list")
    for number, kind in enumerate(kinds):
        name = rng.choice(["z", "k", "a"]) + str(number)
        if rng.random() < 0.05:
            name += ".with a+blank"
        if kind == "json":
            add(name + ".json", document(rng, pool))
        elif kind == "list":
            verb = rng.choice(["inspect", "allow", "optimize", "default"])
            add(name + ".list", list_file(rng, pool, verb), verb)
        else:
            add(name + ".rules", rules_file(rng, pool, kind == "table"))
    modes(rng, made)
    return made


def modes(rng, made):
    made.tenants = rng.choice([[], [], TENANTS[:1], TENANTS[1:], TENANTS])
    made.precedence = rng.choice(["specific", "specific", "highest"])
    made.bypass = rng.choice([None, None, "Optimize", "Optimize,Allow", "Optimize,Allow,Default", "Allow", "Default"])
    made.day = rng.choice([None, None] + DAYS)
    if made.day is None:
        # Without a day, today is used. Only days far from today give stable answers.
        for name, data in made.files.items():
            made.files[name] = data.replace(b"=2027-03-01", b"=2001-01-02").replace(b"=2027-03-02", b"=2999-12-30")


# --------------------------------------------------------------------------
# Requests
# --------------------------------------------------------------------------


FILL = ["z", "a", "cdn", "a.b", "z-1", "contoso", "contoso-my", "contoso-evil", "fabrikam-files", "x.contoso", "evil",
        "contoso.evil", "", "-", "_"]
BAD_PORTS = ["0", "65536", "99999999999999999999", "https", "443x", "-1", "+443", "4.43", "0x1bb", "443,80"]


def fill_pattern(rng, text):
    """A name that the pattern matches, or nearly matches."""
    if text.startswith("~"):
        return host(rng)
    if text.startswith("."):
        text = rng.choice(["", "", "z.", "a.b."]) + text[1:]
    while "*" in text:
        text = text.replace("*", rng.choice(FILL), 1)
    return text


def near_name(rng, name):
    """Usually the name itself, otherwise a similar one."""
    kind = rng.random()
    if kind < 0.55:
        return name
    label = rng.choice(LABELS)
    return rng.choice([
        f"{label}.{name}", f"z.{label}.{name}", name.partition(".")[2] or name, label + name, label + "-" + name,
        name.upper(), name.title(), name + ".", name + "..", "." + name, name.replace(".", "..", 1), name + ".test",
        label + "." + name.partition(".")[2], name.replace(".", "-", 1), name[:-1], name[1:] or name,
        name + ".evil.test", name.rpartition(".")[0] or name, "a" * 63 + "." + name, "a" * 64 + "." + name,
        long_name(rng, name), long_name(rng, name) + ".", host(rng),
    ])


def long_name(rng, name):
    """A name with a length close to the limit of 253."""
    want = rng.choice([252, 253, 254, 255])
    while len(name) < want - 61:
        name = "a" * 60 + "." + name
    missing = want - len(name)
    return "b" * (missing - 1) + "." + name if missing > 1 else "b" * missing + name


def bad_name(rng, name):
    at = rng.randrange(len(name) + 1)
    byte = rng.choice(["%", "%00", "%41", "%2e", "*", "/", ":", "@", "\\", '"', "<", "{", "~", "!", "\x01", "\x7f"])
    return name[:at] + byte + name[at:]


def inside(rng, net):
    first, last = int(net.network_address), int(net.broadcast_address)
    return type(net.network_address)(rng.choice([first, last, rng.randint(first, last)]))


def edge(rng, net):
    """An address inside a prefix, or just outside it."""
    if rng.random() < 0.6:
        return inside(rng, net)
    kind = type(net.network_address)
    number = rng.choice([int(net.network_address) - 1, int(net.broadcast_address) + 1])
    return kind(min(max(number, 0), 2**net.max_prefixlen - 1))


def address_text(rng, address, plain=False):
    kind = rng.random()
    if address.version == 4:
        if kind < 0.1:
            return rng.choice([f"::ffff:{address}", f"::FFFF:{int(address) >> 16:x}:{int(address) & 65535:x}"])
        if kind < 0.14 and not plain:
            return rng.choice([f"{address}.", f"0{address}", f"{address}.1", str(address).rpartition(".")[0],
                               f"[::ffff:{address}]", f"256.{address}"[: len(str(address))], f"{address}/32"])
        return str(address)
    if kind < 0.15:
        return rng.choice([address.exploded, address.exploded.upper(), str(address).upper()])
    if plain:
        return str(address)
    if kind < 0.3:
        return f"[{address}]"
    if kind < 0.45:
        return f"%5B{address}%5D"
    if kind < 0.5:
        return rng.choice([f"[{address}", f"{address}%eth0", f"%5B{address}", f"{address}:", f"[{address}]]",
                           f"{address}::"])
    return str(address)


class Asker:
    """Makes requests for a list of rules (those of oracle.load)."""

    def __init__(self, rng, rules, tenants):
        self.rng = rng
        self.names = [rule for rule in rules if rule.prefix is None]
        self.nets = [rule for rule in rules if rule.prefix is not None]
        self.sets = {}
        for rule in rules:
            self.sets.setdefault(rule.set_key, ([], []))[rule.prefix is not None].append(rule)
        self.full = [pair for pair in self.sets.values() if pair[0] and pair[1]]
        self.crowd = [name for name in CROWDED if sum(rule.specificity(name) is not None for rule in self.names) > 1]
        self.tenants = tenants

    def name(self, rule=None):
        rng = self.rng
        if rule is None and self.names and rng.random() < 0.95:
            rule = rng.choice(self.names)
        name = fill_pattern(rng, rule.shown) if rule else host(rng)
        if self.crowd and rng.random() < 0.2:
            name = rng.choice(self.crowd)
        if rng.random() < 0.03:
            labels = [tenant + rng.choice(["", "-my", "-x", "x"]) for tenant in self.tenants] + ["evil", "a.contoso"]
            return f"{rng.choice(labels)}.{rng.choice(['sharepoint.com', 'sharepoint.us', 'sharepoint.cn'])}"
        return near_name(rng, name) or "-"

    def address(self, rule=None):
        rng = self.rng
        if rule is None and self.nets and rng.random() < 0.95:
            rule = rng.choice(self.nets)
        return edge(rng, rule.prefix if rule else prefix(rng))

    def port(self, rule):
        rng = self.rng
        kind = rng.random()
        if kind < 0.45:
            return rng.choice(["443", "443", "80", "-"])
        if kind < 0.5:
            return rng.choice(BAD_PORTS)
        if rule is not None and (rule.tcp or rule.udp):
            first, last = rng.choice((rule.tcp or []) + (rule.udp or []))
            step = rng.choice([-1, 0, 0, 0, 1]) if kind > 0.85 else 0
            return str(min(max(rng.choice([first, last]) + step, 0), 65536))
        return rng.choice(["443", "8443", "1", "65535", "993"])

    def matched(self):
        """Name, address and port from one set, as honest clients send them."""
        rng = self.rng
        names, nets = rng.choice(self.full)
        rule = rng.choice(names)
        name = fill_pattern(rng, rule.shown) or "-"
        address = inside(rng, rng.choice(nets).prefix)
        first, last = rng.choice(rule.tcp) if rule.tcp else (443, 443)
        port = str(rng.choice([first, last]))
        text = address_text(rng, address, plain=True)
        return rng.choice([
            (text, name, "-", port), (text, name, text, port), (name, "-", text, port), (name, name, text, port),
            (text, "-", "-", port), (text, "-", text, port), (name, self.name(), "-", port),
            (text, name, address_text(rng, self.address(), plain=True), port),
        ])

    def fields(self):
        rng = self.rng
        if self.full and rng.random() < 0.25:
            return self.matched()
        if self.nets and rng.random() < 0.3:
            rule = rng.choice(self.nets)
            dst = address_text(rng, self.address(rule))
        else:
            rule = rng.choice(self.names) if self.names else None
            dst = self.name(rule)
            if rng.random() < 0.05:
                dst = bad_name(rng, dst)
        sni = "-"
        if rng.random() < 0.45:
            sni = rng.choice([self.name(), self.name(), self.name(), self.name(rule if rule in self.names else None),
                              near_name(rng, dst)])
            if rng.random() < 0.08:
                sni = rng.choice([bad_name(rng, sni), address_text(rng, self.address())])
        la = "-"
        if rng.random() < 0.3:
            la = address_text(rng, self.address(), plain=True)
            if rng.random() < 0.1:
                la = rng.choice(["localhost", "10.0.0", "10.0.0.0/8", dst])
        dst = rng.choice(["-"] + [dst] * 80)
        return dst, sni, la, self.port(rule)

    def query(self):
        fields = [field.replace(" ", "") or "-" for field in self.fields()]
        return " ".join(fields)


def queries(rng, rules, tenants, count):
    asker = Asker(rng, rules, tenants)
    return [asker.query() for _ in range(count)]


def main():
    parser = argparse.ArgumentParser(description="Write one random set of sources into a folder.")
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    made = sources(random.Random(given.seed))
    os.makedirs(given.folder, exist_ok=True)
    made.write(given.folder)
    print("tenants", made.tenants, "precedence", made.precedence, "bypass", made.bypass, "day", made.day)
    for path in made.paths(given.folder):
        print(path)


if __name__ == "__main__":
    sys.exit(main())
