#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The matching contract, written as plainly as possible.

What it is for: it gives a second, independent opinion. It reads the same sources
as the programs, checks every rule in turn, and answers each request with the
object that `m365ctl lookup --json` prints.

Where it sits: tests/oracle/. generate.py makes tables and requests for it,
compare.py compares its answers with those of m365ctl, and selftest.py checks it
against the examples of the contract.

What does not belong here: an index, a short cut, or anything learnt from the C
sources. Left out on purpose: public suffixes (a local bypass wildcard that is
too wide is not refused here), Unicode names, and the limits of a regex.

Sentences in quotes are quoted from the contract.
"""

import argparse
import datetime
import functools
import ipaddress
import json
import os
import re
import sys
from dataclasses import dataclass, field

CATEGORY_OF = {"optimize": "Optimize", "allow": "Allow", "default": "Default", "inspect": None}
STRENGTH = {"Default": 0, "Allow": 1, "Optimize": 2}  # "Optimize > Allow > Default"

KEYS = {"id", "area", "tcp", "udp", "source", "owner", "ticket", "expires", "note", "gen"}
FLAGS = {"required", "expressroute"}

TENANT_SUFFIXES = ["sharepoint.com", "sharepoint.us", "sharepoint-mil.us", "sharepoint.cn", "sharepoint.de"]
TENANT_ENDINGS = ["", "-my", "-admin", "-files", "-myfiles"]


class Refused(Exception):
    """A source that must not be loaded, with the reason."""


@dataclass
class Options:
    tenants: list = field(default_factory=list)
    precedence: str = "specific"
    bypass: tuple = ("Optimize", "Allow")  # "Default bypass categories: Optimize and Allow."
    day: datetime.date = None  # None: today

    def today(self):
        return self.day or datetime.datetime.now(datetime.timezone.utc).date()


# --------------------------------------------------------------------------
# Names, addresses, ports
# --------------------------------------------------------------------------


def read_name(token):
    """The name in the form used for comparison, or None if it is not a valid host name.

    "Names compare in lower case, one trailing dot ignored, at most 253 bytes:
    [a-z0-9_-] labels of at most 63."
    """
    name = token[:-1] if token.endswith(".") else token
    if len(name) > 253:
        return None
    for label in name.split("."):
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,63}", label, re.ASCII):
            return None
    return name.lower()


def read_address(token):
    """The address in a token, or None if the token is to be treated as a name.

    Addresses are a strict dotted quad, an IPv6 address without zone, the same
    in brackets, and the same with the brackets escaped as by Squid.
    """
    if re.fullmatch(r"[0-9]+(\.[0-9]+){3}", token, re.ASCII):
        numbers = token.split(".")
        strict = all(str(int(n)) == n and int(n) <= 255 for n in numbers)
        return ipaddress.IPv4Address(token) if strict else None
    if token.startswith("[") and token.endswith("]"):
        token = token[1:-1]
    elif token.startswith("%5B") and token.endswith("%5D"):
        token = token[3:-3]
    if not re.fullmatch(r"[0-9A-Fa-f:.]+", token, re.ASCII) or ":" not in token:
        return None
    try:
        address = ipaddress.IPv6Address(token)
    except ValueError:
        return None
    # "IPv4-mapped IPv6 is looked up as IPv4."
    return address.ipv4_mapped or address


def read_prefix(text):
    """A network from text. Raises Refused for host bits and for anything that is not a network."""
    address, slash, length = text.partition("/")
    try:
        if "[" in text or "%" in text or (slash and not re.fullmatch(r"0|[1-9][0-9]{0,2}", length, re.ASCII)):
            raise ValueError("not a prefix")
        if ":" in address:
            network = ipaddress.IPv6Network(text, strict=True)
            mapped = network.network_address.ipv4_mapped
            if mapped is not None and network.prefixlen >= 96:
                network = ipaddress.IPv4Network((mapped, network.prefixlen - 96))
            return network
        if read_address(address) is None:
            raise ValueError("not an address")
        return ipaddress.IPv4Network(text, strict=True)
    except ValueError as reason:
        raise Refused(f"'{text}': {reason}") from None


def read_port(token):
    """The port a request asks for, or None if it is "not a number from 1 to 65535"."""
    if token == "-":
        return 443  # "A request whose port is absent (`-`) is asked as 443."
    if re.fullmatch(r"[0-9]+", token, re.ASCII) and 1 <= int(token) <= 65535:
        return int(token)
    return None


def read_ports(text):
    """`80,443,50000-59999` as a list of (first, last). Spaces around numbers are allowed."""
    ranges = []
    for part in text.split(","):
        match = re.fullmatch(r"[ \t]*([0-9]+)(?:[ \t]*-[ \t]*([0-9]+))?[ \t]*", part, re.ASCII)
        if not match:
            raise Refused(f"ports '{text}'")
        first = int(match[1])
        last = int(match[2] or match[1])
        if not 1 <= first <= last <= 65535:
            raise Refused(f"ports '{text}'")
        ranges.append((first, last))
    return ranges


# --------------------------------------------------------------------------
# Patterns
# --------------------------------------------------------------------------


class Form:
    """One way for a rule to match names: an exact name, a wildcard or a regex."""

    def __init__(self, text):
        self.text = text
        if text.startswith("~"):
            # "a PCRE2 pattern, anchored at both ends"
            self.kind = "regex"
            self.regex = re.compile(text[1:], re.IGNORECASE | re.ASCII)
            self.specificity = (0, 0)  # "`~REGEX` last", all alike
        elif "*" in text:
            self.kind = "wildcard"
            self.regex = re.compile(self.wildcard_regex(text))
            # "more literal (non-`*`) characters"; dots are literal characters, too
            self.specificity = (1, len(text) - text.count("*"))
        else:
            self.kind = "exact"
            self.regex = re.compile(re.escape(text))
            self.specificity = (2, 0)  # "exact name" first

    @staticmethod
    def wildcard_regex(text):
        out = ""
        for at, char in enumerate(text):
            if char != "*":
                out += re.escape(char)
            elif at == 0:
                # "`*` glued to text at the left end: zero or more characters of a
                # host name, dots allowed". This also gives `*.b.c` its meaning: "any
                # name below b.c, at any depth, never b.c itself", because no name
                # begins with a dot.
                out += "[a-z0-9_.-]*"
            else:
                # "`*` anywhere else: one or more characters without dots"
                out += "[a-z0-9_-]+"
        return out

    def matches(self, name):
        return self.regex.fullmatch(name) is not None


def read_pattern(text, published, tenants):
    """The patterns of the rules as (shown text, forms), one for each tenant filled in."""
    if text.startswith("~"):
        if published or len(text) == 1:  # "`~REGEX` (local lists only)"
            raise Refused(f"'{text}': a regex is not allowed here")
        try:
            return [(text, [Form(text)])]
        except re.error as reason:
            raise Refused(f"'{text}': {reason}") from None
    text = text.lower()
    if published and "<tenant>" in text:
        # "`<tenant>` in a published pattern becomes the configured tenant, or `*`."
        texts = [text.replace("<tenant>", tenant.lower()) for tenant in tenants or ["*"]]
    else:
        texts = [text]
    return [(one, read_forms(one, published)) for one in texts]


def read_forms(text, published):
    below = text.startswith(".")
    host = text[1:] if below else text
    labels = host.split(".")
    if len(host) > 253 or any(not re.fullmatch(r"[a-z0-9_*-]{1,63}", label, re.ASCII) for label in labels):
        raise Refused(f"'{text}': bytes that a host name cannot have")
    if published and (below or text.count("*") > 1):
        # "`.b.c` (local lists only)"; "At most one `*` in a published pattern"
        raise Refused(f"'{text}': not in a published set")
    if below:
        # "`.b.c` is `b.c` plus `*.b.c`."
        return [Form(host), Form("*" + text)]
    return [Form(text)]


# --------------------------------------------------------------------------
# Rules
# --------------------------------------------------------------------------


@dataclass
class Rule:
    verb: str
    shown: str  # the pattern or prefix as it is reported
    forms: list  # of Form; empty for a prefix
    prefix: object  # an ip_network; None for a name pattern
    source: str
    id: int = None
    area: str = None
    tcp: list = None  # None: no tcp= at all
    udp: list = None
    required: bool = False
    expressroute: bool = False
    expires: datetime.date = None
    set_key: tuple = None  # which endpoint set the rule belongs to
    source_order: int = 0

    @property
    def category(self):
        return CATEGORY_OF[self.verb]

    def specificity(self, thing):
        """How specifically the rule matches a name or an address, or None if it does not match."""
        if self.prefix is not None:
            if isinstance(thing, str) or thing not in self.prefix:
                return None
            return (self.prefix.prefixlen,)
        if not isinstance(thing, str):
            return None
        found = [form.specificity for form in self.forms if form.matches(thing)]
        return max(found, default=None)

    def speaks_for(self, port):
        # "A rule speaks for a TCP port if its set's tcpPorts contain it"
        if self.tcp is not None:
            return any(first <= port <= last for first, last in self.tcp)
        # "a rule of a set with UDP ports only never decides a proxied request"
        if self.udp is not None:
            return False
        # "a published set with neither speaks for 80 and 443"
        if self.id is not None:
            return port in (80, 443)
        # "a local line without ports speaks for all"
        return True

    def exists_on(self, day):
        # "tested at the start of the day"; "an expired inspect line stays in force"
        return self.verb == "inspect" or self.expires is None or day < self.expires


# --------------------------------------------------------------------------
# Sources
# --------------------------------------------------------------------------


def stem(path):
    name = os.path.basename(path)
    name = name.rsplit(".", 1)[0] if "." in name[1:] else name
    return re.sub(r"[^A-Za-z0-9_-]", "-", name, flags=re.ASCII)[:32]


def load(specs, options):
    """All rules of all sources. Raises Refused if one of them must not be loaded.

    "all -t sources load or none"
    """
    rules = []
    for spec in specs:
        rules += load_one(spec, options)
    order = {}
    for number, rule in enumerate(rules):
        rule.source_order = order.setdefault(rule.source, len(order))
        # "A line with id= belongs to a published endpoint set, identified by
        # (source, id)"; a local line is a set of its own.
        rule.set_key = (rule.source, rule.id) if rule.id is not None else ("line", number)
    return rules


def load_one(spec, options):
    match = re.match(r"(optimize|allow|default|inspect):", spec)
    path = spec[match.end():] if match else spec
    with open(path, "rb") as file:
        data = file.read()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as reason:
        raise Refused(str(reason)) from None
    if match:
        return read_list(match[1], text, stem(path), options)
    if text.lstrip()[:1] in ("[", "{"):
        return read_document(text, stem(path), options)
    return read_table(text, stem(path), options)


def split_line(line):
    """The words of one line. A quoted value keeps its spaces. `#` starts a comment."""
    words, word, quoted, at = [], None, False, 0
    while at < len(line):
        char = line[at]
        if quoted and char == "\\" and line[at + 1:at + 2] in ('"', "\\"):
            at += 1
            word += line[at]
        elif char == '"':
            quoted = not quoted
            word = word or ""
        elif quoted:
            word += char
        elif char == "#":
            break
        elif char in " \t":
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + char
        at += 1
    if quoted:
        raise Refused("a quote is not closed")
    if word is not None:
        words.append(word)
    return words


def lines_of(text):
    for line in text.split("\n"):
        yield line[:-1] if line.endswith("\r") else line  # "CRLF accepted"


def read_table(text, source, options):
    """Table text. "A rules file with any refused line is refused whole.\""""
    rules = []
    for line in lines_of(text):
        words = split_line(line)
        if words:
            rules += read_rule(words, source, options)
    return rules


def is_exception(verb, options):
    """Lines of a category that is not bypassed keep closed what wider lines open, as inspect lines do; Default always."""
    return verb in ("inspect", "default") or CATEGORY_OF[verb] not in options.bypass


def read_list(verb, text, source, options):
    """`VERB:FILE`: one domain or CIDR per line, each a local line with that verb."""
    rules = []
    for line in lines_of(text):
        words = split_line(line)
        if not words:
            continue
        try:
            if len(words) != 1:
                raise Refused(f"'{line}': one pattern per line")
            rules += read_rule([verb] + words, source, options)
        except Refused:
            # "A bare list with a bypass verb loads without its refused lines"; "an
            # `inspect:` list with any refused line is refused whole"
            if is_exception(verb, options):
                raise
    return rules


def read_rule(words, source, options):
    verb, given = words[0], words[2:]
    if verb not in CATEGORY_OF:
        raise Refused(f"unknown verb '{verb}'")
    if len(words) < 2:
        raise Refused(f"nothing follows '{verb}'")
    values, flags = {}, set()
    for word in given:
        key, equals, value = word.partition("=")
        if equals and key in KEYS and key not in values:
            values[key] = value
        elif not equals and key in FLAGS:
            flags.add(key)
        else:
            raise Refused(f"unknown key '{word}'")
    for key in ("area", "source"):
        if key in values and not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", values[key], re.ASCII):
            raise Refused(f"{key} '{values[key]}'")
    if "id" in values and not re.fullmatch(r"[0-9]{1,9}", values["id"], re.ASCII):
        raise Refused(f"id '{values['id']}'")
    common = dict(
        verb=verb,
        source=values.get("source", source),
        id=int(values["id"]) if "id" in values else None,
        area=values.get("area"),
        tcp=read_ports(values["tcp"]) if "tcp" in values else None,
        udp=read_ports(values["udp"]) if "udp" in values else None,
        required="required" in flags,
        expressroute="expressroute" in flags,
        expires=read_day(values["expires"]) if "expires" in values else None,
    )
    return make_rules(words[1], common, options)


def read_day(text):
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            raise ValueError("not YYYY-MM-DD")
        return datetime.date.fromisoformat(text)
    except ValueError as reason:
        raise Refused(f"day '{text}': {reason}") from None


def make_rules(pattern, common, options):
    published = common["id"] is not None
    if not pattern.startswith("~") and ("/" in pattern or read_address(pattern) is not None):
        prefix = read_prefix(pattern)
        bypass_line = common["verb"] in ("optimize", "allow") or CATEGORY_OF[common["verb"]] in options.bypass
        if not published and bypass_line and prefix.prefixlen < (8 if prefix.version == 4 else 24):
            # "on bypass lines of local files a prefix wider than /8 (IPv4) or /24 (IPv6)"
            raise Refused(f"'{pattern}' is too wide")
        return [Rule(shown=str(prefix), forms=[], prefix=prefix, **common)]
    return [
        Rule(shown=shown, forms=forms, prefix=None, **common)
        for shown, forms in read_pattern(pattern, published, options.tenants)
    ]


def read_document(text, source, options):
    """The web service's JSON."""
    try:
        document = json.loads(text)
    except ValueError as reason:
        raise Refused(str(reason)) from None
    if not isinstance(document, list) or not document:
        raise Refused("not an array of endpoint sets")
    rules = []
    for member in document:
        if not isinstance(member, dict):
            raise Refused("a member that is not an endpoint set")
        if type(member.get("id")) is not int or not isinstance(member.get("serviceArea"), str):
            raise Refused("an endpoint set without id or serviceArea")
        if member.get("category") not in STRENGTH:
            raise Refused("an endpoint set of unknown category")
        common = dict(
            verb=member["category"].lower(),
            source=source,
            id=member["id"],
            area=member["serviceArea"],
            # `"udpPorts": ""` occurs and means the same as a missing field
            tcp=read_ports(member["tcpPorts"]) if member.get("tcpPorts") else None,
            udp=read_ports(member["udpPorts"]) if member.get("udpPorts") else None,
            required=bool(member.get("required")),
            expressroute=bool(member.get("expressRoute")),
        )
        for url in member.get("urls", []):
            try:
                for shown, forms in read_pattern(url, True, options.tenants):
                    rules.append(Rule(shown=shown, forms=forms, prefix=None, **common))
            except Refused:
                # A row that cannot be represented is left out, unless leaving it
                # out could widen a bypass.
                if is_exception(common["verb"], options):
                    raise
        taken = 0
        for ip in member.get("ips", []):
            try:
                prefix = read_prefix(ip)
                rules.append(Rule(shown=str(prefix), forms=[], prefix=prefix, **common))
                taken += 1
            except Refused:
                if is_exception(common["verb"], options):
                    raise
        if member.get("ips") and taken == 0:
            # Without any address, the names of the set would no longer be tied to one.
            raise Refused("no address of an endpoint set can be read")
    return rules


# --------------------------------------------------------------------------
# Which rule decides
# --------------------------------------------------------------------------


@dataclass
class Verdict:
    action: str
    why: str
    rule: Rule = None  # the deciding rule, if there is one to report
    equals: list = field(default_factory=list)  # rules that could equally be reported
    tied: list = field(default_factory=list)  # all rules at the winning specificity and category


def inspected(why):
    return Verdict("inspect", why)


def report_order(rule):
    """ "required before optional, then the lowest id, then source order"

    Lines without an id come after those with one.
    """
    return (not rule.required, rule.id is None, rule.id or 0, rule.source_order)


def reported(rules):
    """The rule that is reported for all rules that are equal to it. After the source comes the
    place in the normal form, which the contract does not define. So all rules that are still
    equal may be reported."""
    first = min(report_order(rule) for rule in rules)
    equals = [rule for rule in rules if report_order(rule) == first]
    equals.sort(key=lambda rule: rule.shown)
    return equals[0], equals


def decide_inspect(matches):
    """ "a local `inspect` rule wins over everything, however unspecific" """
    candidates = [(how, rule) for how, rule in matches if rule.verb == "inspect"]
    if not candidates:
        return None
    best = max(how for how, _ in candidates)
    rule, equals = reported([rule for how, rule in candidates if how == best])
    return Verdict("inspect", "local-inspect", rule, equals)


def decide_category(matches, options):
    """Points 2 to 4 of the precedence, for matches that speak for the port."""

    def rank(how, rule):
        # specific: "the most specific pattern", then "the stronger category"
        # highest: "strongest category of all matches", then the most specific
        strength = STRENGTH[rule.category]
        return (strength, how) if options.precedence == "highest" else (how, strength)

    best = max(rank(how, rule) for how, rule in matches)
    tied = [rule for how, rule in matches if rank(how, rule) == best]
    rule, equals = reported(tied)
    if rule.category in options.bypass:
        return Verdict("bypass", "rule", rule, equals, tied)
    # "`category` (a rule decides, but its category is not bypassed)"
    return Verdict("inspect", "category", rule, equals, tied)


def matching(rules, thing, options):
    """Every rule that is in force today and matches a name or an address, with its specificity."""
    found = []
    for rule in rules:
        how = rule.specificity(thing)
        if how is not None and rule.exists_on(options.today()):
            found.append((how, rule))
    return found


def speaking(matches, port):
    return [(how, rule) for how, rule in matches if rule.speaks_for(port)]


def decide(rules, thing, port, options):
    """The verdict for one name or address on its own. A name is a str."""
    matches = matching(rules, thing, options)
    spoken = speaking(matches, port)
    verdict = decide_inspect(spoken)
    if verdict:
        return verdict
    if isinstance(thing, str) and is_foreign(thing, options.tenants):
        return inspected("foreign-tenant")
    if spoken:
        return decide_category(spoken, options)
    # Rules match, but none of them speaks for the port.
    return inspected("port" if matches else "no-rule")


def decide_name(rules, token, port, options):
    """The verdict for a token that must be a name."""
    if read_address(token) is not None or read_name(token) is None:
        return inspected("bad-name")
    return decide(rules, read_name(token), port, options)


# --------------------------------------------------------------------------
# Tenant guard
# --------------------------------------------------------------------------


def own_labels(tenants):
    """ "it must be a configured tenant, alone or followed by -my, -admin, -files, -myfiles" """
    return {tenant.lower() + ending for tenant in tenants for ending in TENANT_ENDINGS}


def is_foreign(name, tenants):
    if not tenants:  # "With tenants configured"
        return False
    for suffix in TENANT_SUFFIXES:
        # "a name directly or deeper under a tenant suffix": not the suffix itself
        if name.endswith("." + suffix):
            label = name[: -len(suffix) - 1].split(".")[-1]  # "the label next to the suffix"
            return label not in own_labels(tenants)
    return False


# --------------------------------------------------------------------------
# Can two patterns match the same name?
#
# A machine reads a name from its end to its beginning, one character at a time:
# start() gives its first states, step(state, char) the possible next states,
# done(state) says whether the name may begin here.
# --------------------------------------------------------------------------


class PatternMachine:
    """State: how many characters of the pattern remain, from the right."""

    def __init__(self, text):
        self.text = text

    def start(self):
        return [len(self.text)]

    def step(self, state, char):
        if state == 0:
            return []
        wanted = self.text[state - 1]
        if wanted != "*":
            return [state - 1] if wanted == char else []
        if state == 1:  # the left star: any characters, or none
            return [1]
        return [state, state - 1] if char != "." else []

    def done(self, state):
        return state == 0 or (state == 1 and self.text[0] == "*")


class NameMachine:
    """Names without empty labels. State: whether the current label has a character."""

    def start(self):
        return [False]

    def step(self, state, char):
        if char == ".":
            return [False] if state else []
        return [True]

    def done(self, state):
        return state


class ForeignMachine:
    """Names of other tenants under one suffix.

    States: a number (characters of the suffix read so far), the label next to it as
    far as it is known ("?" once it cannot be one of our own), and True (beyond it).
    """

    def __init__(self, suffix, own):
        self.suffix = "." + suffix
        self.own = own

    def start(self):
        return [0]

    def step(self, state, char):
        if state is True:
            return [True]
        if isinstance(state, str):
            if char == ".":
                return [True] if self.foreign(state) else []
            return [self.grow(char, state)]
        if char != self.suffix[-1 - state]:
            return []
        return [state + 1] if state + 1 < len(self.suffix) else [""]

    def grow(self, char, label):
        if label != "?" and any(one.endswith(char + label) for one in self.own):
            return char + label
        return "?"

    def foreign(self, label):
        return label != "" and label not in self.own

    def done(self, state):
        return state is True or (isinstance(state, str) and self.foreign(state))


def can_meet(*machines):
    """Whether there is a name that all machines read to its beginning."""
    # A character that none of the patterns mentions represents all such characters.
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789_-."
    states = [()]
    for machine in machines:
        states = [have + (state,) for have in states for state in machine.start()]
    seen = set(states)
    while states:
        now = states.pop()
        if all(machine.done(state) for machine, state in zip(machines, now)):
            return True
        for char in alphabet:
            following = [()]
            for machine, state in zip(machines, now):
                following = [have + (new,) for have in following for new in machine.step(state, char)]
            for new in following:
                if new not in seen:
                    seen.add(new)
                    states.append(new)
    return False


def literal_end(regex):
    """The labels at the end of every name that a regex matches, as far as its literal end shows."""
    outside = re.sub(r"\([^()]*\)", "", regex)
    end = ""
    for piece in reversed([] if "|" in outside else re.findall(r"\\.|\[\.\]|.", regex)):
        if piece in ("\\.", "[.]"):
            end = "." + end
        elif re.fullmatch("[a-z0-9_-]", piece):
            end = piece + end
        else:
            break
    return end.partition(".")[2]


def forms_meet(published, local):
    """Whether there is a name that both forms match."""
    if local.kind == "regex":
        # A regex is assumed to meet every wildcard that its end allows. With an exact name, it is run.
        if published.kind == "exact":
            return local.matches(published.text)
        end = literal_end(local.text[1:])
        return end == "" or patterns_meet(published.text, "*." + end)
    return patterns_meet(published.text, local.text)


# The two functions below depend only on their arguments. Their results are
# cached, because a run calls them thousands of times.


@functools.lru_cache(maxsize=None)
def patterns_meet(one, other):
    return can_meet(PatternMachine(one), PatternMachine(other), NameMachine())


@functools.lru_cache(maxsize=None)
def pattern_is_foreign(text, tenants):
    """Whether the pattern matches a name of a foreign tenant."""
    own = own_labels(tenants)
    return any(can_meet(PatternMachine(text), ForeignMachine(suffix, own), NameMachine()) for suffix in TENANT_SUFFIXES)


# --------------------------------------------------------------------------
# A whole request
# --------------------------------------------------------------------------


def prefixes_of(rules, tied, options):
    """All prefixes of the sets of the tied rules on any port, and whether there are any.

    A local line does not publish addresses. An expired prefix no longer contains any address, but
    its set still counts as one that publishes addresses: an expiring line must not widen a bypass.
    """
    keys = {rule.set_key for rule in tied if rule.id is not None}
    published = [rule for rule in rules if rule.set_key in keys and rule.prefix is not None]
    return [rule.prefix for rule in published if rule.exists_on(options.today())], bool(published)


def inspect_prefix(rules, address, port, options):
    """ "a local `inspect` prefix wins over everything and is asked first, SNI or not" """
    return decide_inspect(speaking(matching(rules, address, options), port))


def policy_about_names(rules, tied, port, options):
    """ "An address alone must not undo policy about names": the why-word, or None.

    "compile works that out", so a name counts whether or not its rule has expired.
    """
    keys = {rule.set_key for rule in tied if rule.id is not None}
    names = [
        form
        for rule in rules
        if rule.set_key in keys
        for form in rule.forms
    ]
    locals_ = [
        form for rule in rules if rule.verb == "inspect" and rule.speaks_for(port) for form in rule.forms
    ]
    if any(forms_meet(name, local) for name in names for local in locals_):
        return "local-inspect"
    if options.tenants and any(
        pattern_is_foreign(name.text, tuple(options.tenants)) for name in names
    ):
        return "foreign-tenant"
    return None


def ask_name(rules, dst, sni, port, options):
    """The destination is a name."""
    own = decide_name(rules, dst, port, options)
    # "dst is a name and its own verdict is inspect: that verdict, with its own why."
    if own.action == "inspect" or sni == "-":
        return own
    other = decide_name(rules, sni, port, options)
    # "dst is a name and bypassed, the SNI is inspect: `inspect`, why `sni-mismatch`."
    if other.action == "inspect":
        return inspected("sni-mismatch")
    # "Both bypassed: the weaker category is reported with its rule and set; at a tie, dst's."
    if STRENGTH[other.rule.category] < STRENGTH[own.rule.category]:
        return other
    return own


def ask_address(rules, dst, sni, port, options):
    """The destination is an address."""
    verdict = inspect_prefix(rules, dst, port, options)
    if verdict:
        return verdict
    if sni == "-":
        # "dst is an address, no SNI: the address verdict."
        verdict = decide(rules, dst, port, options)
        if verdict.action == "bypass":
            why = policy_about_names(rules, verdict.tied, port, options)
            if why:
                return inspected(why)
        return verdict
    # "dst is an address, with SNI: the SNI's verdict decides"
    verdict = decide_name(rules, sni, port, options)
    if verdict.action == "inspect":
        return verdict
    # "and dst must lie inside the prefixes of the deciding set (of any of the tied
    # sets), else `address-mismatch`. A set that publishes no address of either
    # family: by the SNI alone."
    prefixes, published = prefixes_of(rules, verdict.tied, options)
    if published and not any(dst in prefix for prefix in prefixes):
        return inspected("address-mismatch")
    return verdict


def check_original(rules, verdict, dst, sni, la, port, options):
    """ "`la` present": is the verdict also valid for that original destination?"""
    if la == "-" or verdict.action == "inspect":
        return verdict
    original = read_address(la)
    if original is None:
        return inspected("address-mismatch")
    local = inspect_prefix(rules, original, port, options)
    if local:
        return local
    if read_address(dst) == original:
        return verdict
    # "`la` must lie inside the prefixes of the deciding set; if that set publishes
    # none, bypass only when an SNI is present. Otherwise `address-mismatch`."
    prefixes, published = prefixes_of(rules, verdict.tied, options)
    if published:
        agrees = any(original in prefix for prefix in prefixes)
    else:
        agrees = sni != "-"
    return verdict if agrees else inspected("address-mismatch")


def judge(rules, dst, sni, la, port, options):
    number = read_port(port)
    if number is None:
        return inspected("bad-port")
    address = read_address(dst)
    if dst == "-":
        verdict = inspected("bad-name")  # no destination at all
    elif address is None:
        verdict = ask_name(rules, dst, sni, number, options)
    else:
        verdict = ask_address(rules, address, sni, number, options)
    return check_original(rules, verdict, dst, sni, la, number, options)


def describe(query, dst, sni, port, verdict, rule):
    """The object of `lookup --json`, with its keys in order."""
    address = read_address(dst)
    if verdict.why not in ("rule", "category", "local-inspect"):
        rule = None
    name = None if dst == "-" else read_name(dst)
    sni_name = None if sni == "-" or read_address(sni) is not None else read_name(sni)
    return {
        "query": query,
        "host": str(address) if address is not None else name,
        "port": read_port(port),
        "sni": sni_name,
        "action": verdict.action,
        # "category is null unless why is `rule` or `category`"
        "category": rule.category if rule and verdict.why in ("rule", "category") else None,
        "why": verdict.why,
        "rule": rule.shown if rule else None,
        "id": rule.id if rule else None,
        "area": rule.area if rule else None,
        "required": rule.required if rule else None,
        "expressRoute": rule.expressroute if rule else None,
        "source": rule.source if rule else None,
    }


def answers(rules, query, options, fields=("dst", "sni", "la", "port")):
    """All answers the contract allows for one line: a single one, except for full ties."""
    tokens = [token for token in query.split(" ") if token]
    if len(tokens) < len(fields):
        return [describe(query, "-", "-", "", inspected("bad-line"), None)]
    given = dict(zip(fields, tokens))
    dst, sni, la, port = (given.get(name, "-") for name in ("dst", "sni", "la", "port"))
    verdict = judge(rules, dst, sni, la, port, options)
    found = []
    for rule in verdict.equals or [None]:
        one = describe(query, dst, sni, port, verdict, rule)
        if one not in found:
            found.append(one)
    return found


def answer(rules, query, options, fields=("dst", "sni", "la", "port")):
    return answers(rules, query, options, fields)[0]


def main():
    """A small `lookup` for asking the oracle by hand."""
    parser = argparse.ArgumentParser(description="Answer requests from the contract alone, one per line on stdin.")
    parser.add_argument("-t", dest="files", action="append", default=[], metavar="FILE")
    parser.add_argument("-F", dest="fields", default="dst,sni,la,port")
    parser.add_argument("--tenant", action="append", default=[])
    parser.add_argument("--precedence", choices=("specific", "highest"), default="specific")
    parser.add_argument("--bypass", default="Optimize,Allow")
    parser.add_argument("--at", type=datetime.date.fromisoformat)
    parser.add_argument("query", nargs="*")
    given = parser.parse_args()
    options = Options(given.tenant, given.precedence, tuple(given.bypass.split(",")), given.at)
    try:
        rules = load(given.files, options)
    except Refused as reason:
        print(f"oracle: {reason}", file=sys.stderr)
        return 2
    status = 0
    for query in given.query or (line.rstrip("\n") for line in sys.stdin):
        found = answer(rules, query, options, tuple(given.fields.split(",")))
        print(json.dumps(found, separators=(",", ":")))
        status = status or int(found["action"] != "bypass")
    return status


if __name__ == "__main__":
    sys.exit(main())
