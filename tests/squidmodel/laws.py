# SPDX-License-Identifier: GPL-2.0-or-later
"""
laws.py - configurations with rules of the administrator's own, and what `m365ctl squid-conf --into` makes of them.

Each has its ACLs and its rules; a rule that begins with + is one that the diff must add, there and nowhere else. `said` are
patterns for what is said on stderr, one for each line; `ends` are what must become of requests after the diff, in the real Squid as in
the model. Where it sits: tests/squidmodel/, for patched.py (the real Squid) and for tests/squidconf/into_test.py (places).
"""

import re

TLS = "ssl-bump tls-cert=@SITE@/squid-ca.pem generate-host-certificates=on dynamic_cert_mem_cache_size=4MB"
PORT = f"http_port @EXPLICIT@ {TLS}\n"
TLS_PORT = f"https_port @TLS@ intercept {TLS}\n"
SECOND = f"http_port @SECOND@ name=second {TLS}\n"
HEAD = """\
auth_param basic program @LIBEXEC@/basic_ncsa_auth @SITE@/passwd
auth_param basic children 2 startup=1 idle=1
auth_param basic realm Bank Proxy
acl users proxy_auth REQUIRED
acl CONNECT method CONNECT
acl SSL_ports port 443
acl Safe_ports port 80 443 1025-65535
acl step1 at_step SslBump1
"""
USUAL = "acl localnet src 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7\n"
FIRST = "deny !Safe_ports\ndeny CONNECT !SSL_ports\nallow localhost manager\ndeny manager\n"
BUMP = "peek step1\n+splice m365_noted m365\nbump all\n"
BUMP_BOTH = "peek step1\n+splice m365_on_explicit m365_noted m365\n+splice m365_on_intercept m365_noted m365i\nbump all\n"
CLOSED = r"'http_access {}' keeps bypassed names closed, such as {}$"
THOSE = r"'http_access {}' keeps bypassed names closed for the clients and ports that it is about$"
MAYBE = r"'http_access {}' may keep bypassed names closed, such as {}$"
ASKS = r"'http_access {}' still asks for a password for bypassed names, such as {}$"
SOME = r"'http_access {}' is for some users only, so no line lets others in by it$"
ASKS_THOSE = r"'http_access {}' still asks for a password for bypassed names for the requests that it is about$"
ORDINARY = ("splice outlook", "bump www user=alice", "ask www")


class Law:
    """name, text: the configuration. after: its rules with those that are added. ends: (end, REQUEST)."""

    def __init__(self, name, acls, access, bump=BUMP, said=(), ends=ORDINARY, ports=PORT):
        self.name, self.said = name, said
        rules = lines("http_access", FIRST + access) + lines("ssl_bump", bump)
        lists = acls if "acl localnet" in acls else USUAL + acls
        self.text = f"# {name}\n" + ports + HEAD + lists + "".join(rule.replace(" +", " ", 1) + "\n" for rule in rules if " +" not in rule)
        self.after = [rule.replace(" +", " ", 1) for rule in rules]
        self.ends = [request(one) for one in ends]


def lines(directive, rules):
    return [rule if rule.split()[0] in ("if", "endif") else f"{directive} {rule}" for rule in rules.splitlines()]


def groups(levels):
    """Groups in groups, the innermost one of a list of users: g1 has one level."""
    return "acl g0 proxy_auth bob\n" + "".join(f"acl g{level} any-of g{level - 1}\n" for level in range(1, levels + 1))


KIDS = "acl kids src 10.2.0.0/24\nacl bob proxy_auth bob\n"
KIDS_ENDS = (*ORDINARY, "ask outlook from=10.2.0.7", "deny outlook from=10.2.0.7 user=alice", "bump outlook from=10.2.0.7 user=bob")
MAIL = "acl mail dstdomain .office365.com\n"
MAIL_ENDS = ("ask outlook", "deny outlook user=alice", "bump outlook user=bob", "splice teams", "ask www", "bump www user=alice")
LATE = "acl bad ssl::server_name .stranger.example\nacl step2 at_step SslBump2\nacl step3 at_step SslBump3\n"
PILOT = "acl pilot src 10.2.0.0/24\nacl step2 at_step SslBump2\n"
PILOT_ENDS = ("splice outlook", "ask www", "splice www user=alice", "splice outlook from=10.2.0.7", "bump www from=10.2.0.7 user=alice")
SITES = "acl hq src 10.1.0.0/16\nacl branch src 192.168.0.0/16\nacl staff proxy_auth alice\nacl bob proxy_auth bob\n"
FRONT = "acl front src 192.0.2.9\nfollow_x_forwarded_for allow front\nfollow_x_forwarded_for deny all\n"
FRONT_ENDS = (*ORDINARY, "splice outlook from=192.0.2.9 xff=10.1.0.5", "bump www user=alice from=192.0.2.9 xff=10.1.0.5",
              "ask www from=192.0.2.9 xff=10.1.0.5", "deny outlook from=192.0.2.9", "deny outlook from=198.51.100.77 xff=10.1.0.5")
NAMES = {"outlook": "outlook.office365.com", "teams": "teams.microsoft.com", "files": "contoso.sharepoint.com", "www": "www.example.com",
         "login": "login.microsoftonline.com", "stranger": "stranger.example"}


def request(short):
    """`splice outlook from=10.2.0.7` as (end, REQUEST); `stranger/www` is a host and another name that is sent as SNI, `xff=` comes
    with an X-Forwarded-For."""
    end, name, *words = short.split()
    host, sni = NAMES[name.partition("/")[0]], NAMES[name.rpartition("/")[2]]
    tail = re.sub(r"xff=(\S+)", r'header="X-Forwarded-For: \1"', " ".join(words))
    tail += "" if "from=" in tail else " from=10.1.0.5"
    tail += "" if "port=" in tail else " port=@EXPLICIT@"
    if "port=@TLS@" in tail:
        return end, f"INTERCEPT {ADDRESSES[host]}:443 sni={sni} {tail.strip()}"
    return end, f"CONNECT {host}:443 sni={sni} {tail.strip()}"


ADDRESSES = {"outlook.office365.com": "52.96.0.1", "login.microsoftonline.com": "20.190.128.1", "teams.microsoft.com": "52.112.0.4",
             "www.example.com": "192.0.2.80"}
LAWS = (
    # ---- clients that are denied by their address ----
    Law("a denied part of a network", "acl localnet src 10.1.0.0/16\nacl infra src 10.1.0.0/28\n",
        "deny infra\n+allow localnet m365\nallow localnet users\ndeny all\n", ends=("deny outlook", "deny www user=alice", "deny outlook from=10.2.0.7")),
    Law("denied parts of two networks", "acl localnet src 10.1.0.0/16\nacl branch src 10.2.0.0/16\nacl infra src 10.1.0.0/28 10.2.0.0/28\n",
        "deny infra\n+allow localnet m365\n+allow branch m365\nallow localnet users\nallow branch users\ndeny all\n",
        ends=("deny outlook", "deny outlook from=10.2.0.7")),
    Law("a denied part of a network, no password", "acl localnet src 10.1.0.0/16\nacl dmz src 10.1.0.0/24\n",
        "deny dmz\n+allow localnet m365\nallow localnet\ndeny all\n", ends=("deny outlook", "deny www")),
    Law("a denied client", "acl kiosk src 10.1.0.5\nacl office src 10.1.0.0/24 10.2.0.0/24\n",
        "deny kiosk\n+allow office m365\nallow office users\ndeny all\n",
        ends=("deny outlook", "splice outlook from=10.2.0.7", "bump www from=10.2.0.7 user=alice", "deny outlook from=192.168.7.7")),
    Law("a client that is denied after an own list", "acl kiosk src 10.1.0.5\nacl intranet dstdomain www.example.com\n",
        "+allow intranet m365\nallow intranet\ndeny kiosk\n+allow localnet m365\nallow localnet users\ndeny all\n",
        ends=("deny outlook", "bump www", "splice outlook from=10.2.0.7")),
    # ---- what is denied by name, time, and anything else ----
    Law("a denied name", "acl noteams dstdomain teams.microsoft.com\n", "deny noteams\n+allow localnet m365\nallow localnet users\ndeny all\n",
        said=[CLOSED.format("deny noteams", "teams.microsoft.com")], ends=(*ORDINARY, "deny teams", "deny teams user=alice")),
    Law("denied names of a file", 'acl black dstdomain "@SITE@/lists/black.list"\n', "deny black\n+allow localnet m365\nallow localnet users\ndeny all\n",
        said=[CLOSED.format("deny black", "teams.microsoft.com")], ends=(*ORDINARY, "deny teams", "deny teams user=bob")),
    Law("denied names before a rule that asks", 'acl black dstdomain "@SITE@/lists/black.list"\n',
        "deny !localnet\ndeny black\n+allow localnet m365\ndeny !users\nallow localnet\ndeny all\n",
        said=[CLOSED.format("deny black", "teams.microsoft.com")], ends=(*ORDINARY, "deny teams", "deny outlook from=198.51.100.77")),
    Law("denied names after a rule that asks", 'acl black dstdomain "@SITE@/lists/black.list"\n',
        "+deny black m365\n+allow localnet m365\ndeny !users\ndeny black\nallow localnet\ndeny all\n",
        said=[CLOSED.format("deny black", "teams.microsoft.com")], ends=(*ORDINARY, "deny teams", "deny teams user=alice")),
    Law("denied names after a rule that asks, where no rule names a network", "acl noteams dstdomain teams.microsoft.com\n",
        "+deny localnet noteams m365\n+allow localnet all m365\ndeny !users\ndeny noteams\nallow all\n",
        said=[CLOSED.format("deny noteams", "teams.microsoft.com")],
        ends=(*ORDINARY, "deny teams", "deny teams user=alice", "ask outlook from=198.51.100.77", "ask teams from=198.51.100.77")),
    Law("a list of names that are not denied", "acl okdom dstdomain .office365.com .example.com\n",
        "deny !okdom\n+allow localnet m365\nallow localnet users\ndeny all\n",
        said=[CLOSED.format("deny !okdom", r"[a-z.]+(, [a-z.]+)*")], ends=(*ORDINARY, "deny teams user=alice")),
    Law("a list of names that are allowed", "acl okdom dstdomain .office365.com .example.com\n",
        "+allow localnet okdom m365\nallow localnet okdom users\ndeny all\n", ends=(*ORDINARY, "deny teams", "deny teams user=alice")),
    Law("a denied URL", "acl u url_regex teams\n", "deny u\n+allow localnet m365\nallow localnet users\ndeny all\n",
        said=[CLOSED.format("deny u", "teams.microsoft.com")], ends=(*ORDINARY, "deny teams")),
    Law("a time", "acl night time 00:00-23:59\n", "deny night\n+allow localnet m365\nallow localnet users\ndeny all\n",
        said=[MAYBE.format("deny night", r"\S+")], ends=("deny outlook", "deny www")),
    Law("a number of connections", "acl many maxconn 200\n", "deny many\n+allow localnet m365\nallow localnet users\ndeny all\n",
        said=[MAYBE.format("deny many", r"\S+")]),
    Law("a network card", "acl badmac arp 00:11:22:33:44:55\n", "deny badmac\n+allow localnet m365\nallow localnet users\ndeny all\n",
        said=[MAYBE.format("deny badmac", r"\S+")]),
    # ---- what is denied to some users ----
    Law("names that are denied to some users", "acl some dstdomain teams.microsoft.com .sharepoint.com\nacl bob proxy_auth bob\n",
        "deny !localnet\n+deny some bob m365\n+deny some !bob m365\n+allow localnet m365\ndeny !users\ndeny some bob\ndeny some !bob\n"
        "allow localnet\ndeny all\n", said=[ASKS.format(f"deny some {who}", "teams.microsoft.com") for who in ("bob", "!bob")],
        ends=(*ORDINARY, "ask teams", "deny teams user=alice", "ask files")),
    Law("names that are denied to a user before the rule that asks", "acl some dstdomain teams.microsoft.com\nacl bob proxy_auth bob\n",
        "deny some bob\n+allow localnet m365\nallow localnet users\ndeny all\n",
        said=[ASKS.format("deny some bob", "teams.microsoft.com")],
        ends=(*ORDINARY, "ask teams", "splice teams user=alice")),
    Law("names that are denied to a user, whose name comes first", "acl mail dstdomain .office365.com\nacl bob proxy_auth bob\n",
        "+deny mail bob m365\n+allow localnet m365\ndeny !users\ndeny bob mail\nallow localnet\ndeny all\n",
        said=[r"'http_access deny bob mail' still asks for a password for bypassed names, such as outlook.office365.com"],
        ends=("ask outlook", "splice outlook user=alice", "deny outlook user=bob", "splice teams", "ask www", "bump www user=bob")),
    Law("names that are denied to a user, of whom only those are asked", "acl mail dstdomain .office365.com\nacl bob proxy_auth bob\n",
        "deny mail bob\n+allow localnet m365\nallow localnet\ndeny all\n",
        said=[r"'http_access deny mail bob' still asks for a password for bypassed names, such as outlook.office365.com"],
        ends=("ask outlook", "splice outlook user=alice", "splice teams", "bump www")),
    Law("names that are denied to whoever has a password", "acl some dstdomain teams.microsoft.com\n",
        "+deny some m365\n+allow localnet m365\ndeny !users\ndeny some users\nallow localnet\ndeny all\n",
        said=[CLOSED.format("deny some users", "teams.microsoft.com")], ends=(*ORDINARY, "deny teams", "deny teams user=alice")),
    Law("no network", "acl work dstdomain .example.com\n", "+allow work localnet m365\nallow work localnet\n+allow localnet m365\nallow users\ndeny all\n",
        ends=("splice outlook", "bump www", "ask outlook from=198.51.100.77")),
    Law("denied users", "acl contractors proxy_auth bob\nacl admins proxy_auth_regex -i ^al\n",
        "+allow localnet m365\ndeny contractors\nallow admins localnet\ndeny all\n",
        said=[r"'http_access deny contractors' needs a password, so bypassed names do not meet it$"]),
    Law("named users only", "acl bob proxy_auth bob\n", "+allow localnet m365\ndeny !bob\nallow localnet\ndeny all\n",
        said=[r"'http_access deny !bob' needs a password, so bypassed names do not meet it$"], ends=("splice outlook", "bump www user=bob", "ask www")),
    Law("all users but some", "acl trainees proxy_auth bob\n", "+allow localnet m365\nallow localnet users !trainees\ndeny all\n",
        said=[r"'http_access allow localnet users !trainees' leaves out some users, and without a password nobody knows who they are, "
              r"so they reach bypassed names, too$"]),
    # ---- what is for named users only ----
    Law("a network for named users", "acl secure src 10.2.0.0/24\nacl bob proxy_auth bob\n",
        "deny secure !bob\n+allow localnet m365\nallow localnet users\ndeny all\n", said=[ASKS_THOSE.format("deny secure !bob")],
        ends=(*ORDINARY, "ask outlook from=10.2.0.7", "ask outlook from=10.2.0.7 user=alice", "splice outlook from=10.2.0.7 user=bob")),
    Law("a network for named users, after the rule that asks", "acl secure src 10.2.0.0/24\nacl bob proxy_auth bob\n",
        "+deny secure !bob m365\n+allow localnet m365\ndeny !users\ndeny secure !bob\nallow localnet\ndeny all\n",
        said=[ASKS_THOSE.format("deny secure !bob")],
        ends=(*ORDINARY, "ask outlook from=10.2.0.7", "deny outlook from=10.2.0.7 user=alice", "splice outlook from=10.2.0.7 user=bob")),
    Law("a network for named users, of whom all are asked", "acl secure src 10.2.0.0/24\nacl bob proxy_auth bob\n",
        "+deny secure !bob m365\n+allow localnet m365\ndeny !bob secure\nallow localnet users\ndeny all\n",
        said=[ASKS_THOSE.format("deny !bob secure")],
        ends=(*ORDINARY, "ask outlook from=10.2.0.7", "deny outlook from=10.2.0.7 user=alice", "splice outlook from=10.2.0.7 user=bob")),
    Law("a network for named users, inside another ACL", "acl secure src 10.2.0.0/24\nacl bob proxy_auth bob\nacl those all-of secure !bob\n",
        "deny those\n+allow localnet m365\nallow localnet users\ndeny all\n", said=[ASKS_THOSE.format("deny those")],
        ends=(*ORDINARY, "ask outlook from=10.2.0.7", "splice outlook from=10.2.0.7 user=bob")),
    Law("a method for named users, and for some names", "acl post method POST\nacl mail dstdomain .office365.com .example.com\nacl bob proxy_auth bob\n"
        "acl other dstdomain .example.com\n",
        "deny post !bob\ndeny post mail !bob\ndeny post other !bob\n+allow localnet m365\nallow localnet users\ndeny all\n",
        said=[ASKS_THOSE.format("deny post !bob"), ASKS.format("deny post mail !bob", "outlook.office365.com")]),
    Law("all but some names for named users", "acl okdom dstdomain .office365.com .example.com\nacl bob proxy_auth bob\n",
        "deny !okdom !bob\n+allow localnet m365\nallow localnet users\ndeny all\n", said=[ASKS.format("deny !okdom !bob", r"[a-z.]+(, [a-z.]+)*")],
        ends=(*ORDINARY, "ask teams", "splice teams user=bob")),
    Law("all but an office for named users", "acl office src 10.1.0.0/24\nacl bob proxy_auth bob\n",
        "deny !office !bob\n+allow localnet m365\nallow localnet users\ndeny all\n", said=[ASKS_THOSE.format("deny !office !bob")],
        ends=(*ORDINARY, "ask outlook from=10.2.0.7", "ask outlook from=10.2.0.7 user=alice", "splice outlook from=10.2.0.7 user=bob")),
    # ---- what is let in to named users, and denied to all others ----
    Law("a network for one user", KIDS, "+allow localnet !kids m365\nallow kids bob\ndeny kids\nallow localnet users\ndeny all\n",
        said=[SOME.format("allow kids bob")], ends=KIDS_ENDS),
    Law("all networks for one user, and one of them for nobody else", KIDS,
        "+allow localnet !kids m365\nallow localnet bob\nallow localnet !kids users\ndeny all\n", said=[SOME.format("allow localnet bob")], ends=KIDS_ENDS),
    Law("one network for one user, after the others", KIDS, "+allow localnet !kids m365\nallow localnet !kids users\nallow kids bob\ndeny all\n",
        said=[SOME.format("allow kids bob")], ends=(*ORDINARY, "ask outlook from=10.2.0.7", "bump outlook from=10.2.0.7 user=bob")),
    Law("a network for one user, inside another ACL", KIDS + "acl kb all-of kids bob\nacl any any-of kb\n",
        "+allow localnet !kids m365\nallow any\ndeny kids\nallow localnet users\ndeny all\n", said=[SOME.format("allow any")], ends=KIDS_ENDS),
    Law("a network without a password, or one user", KIDS + "acl hq src 10.1.0.0/24\nacl hqbob any-of hq bob\n",
        "+allow hq m365\n+allow localnet !kids m365\nallow hqbob\ndeny kids\nallow localnet users\ndeny all\n",
        ends=("splice outlook", "bump www", "ask outlook from=10.2.0.7", "deny outlook from=10.2.0.7 user=alice", "bump outlook from=10.2.0.7 user=bob",
              "splice outlook from=10.9.0.5")),
    Law("a user of all networks, after the rule that asks", KIDS,
        "+allow localnet !kids m365\ndeny !users\nallow bob\ndeny kids\nallow localnet\ndeny all\n", said=[SOME.format("allow bob")], ends=KIDS_ENDS),
    Law("all networks but an office for one user", KIDS + "acl office src 10.1.0.0/24\n",
        "+allow localnet office m365\nallow localnet bob\ndeny !office\nallow localnet users\ndeny all\n", said=[SOME.format("allow localnet bob")],
        ends=KIDS_ENDS),
    Law("names for one user", "acl mail dstdomain .office365.com\nacl bob proxy_auth bob\n",
        "+allow localnet !mail m365\nallow localnet bob\ndeny mail\nallow localnet users\ndeny all\n",
        said=[ASKS_THOSE.format("allow localnet bob"), CLOSED.format("deny mail", "outlook.office365.com")], ends=MAIL_ENDS),
    Law("names for one user, by a rule about them", "acl mail dstdomain .office365.com\nacl bob proxy_auth bob\n",
        "+allow localnet !mail m365\nallow mail bob\ndeny mail\nallow localnet users\ndeny all\n",
        said=[ASKS.format("allow mail bob", "outlook.office365.com"), CLOSED.format("deny mail", "outlook.office365.com")], ends=MAIL_ENDS),
    Law("names in a network for one user", KIDS + "acl mail dstdomain .office365.com\nacl web method CONNECT\n",
        "+allow localnet !m365_denied !m365_denied_2 m365\nallow bob\ndeny kids mail\ndeny web kids mail\nallow localnet users\ndeny all\n",
        said=[SOME.format("allow bob")],
        ends=(*ORDINARY, "ask outlook from=10.2.0.7", "deny outlook from=10.2.0.7 user=alice", "bump outlook from=10.2.0.7 user=bob",
              "splice teams from=10.2.0.7")),
    Law("names that are denied to one user, after a rule for another", "acl mail dstdomain .office365.com\nacl bob proxy_auth bob\nacl carl proxy_auth carl\n",
        "+allow localnet !mail m365\nallow localnet carl\ndeny mail bob\n+allow localnet m365\nallow localnet users\ndeny all\n",
        said=[ASKS_THOSE.format("allow localnet carl"), ASKS.format("deny mail bob", "outlook.office365.com")],
        ends=("ask outlook", "splice outlook user=alice", "ask outlook user=bob", "splice teams", "ask www", "bump www user=bob")),
    Law("a user before the network, so that all are asked", KIDS, "+allow localnet !kids m365\nallow bob kids\ndeny kids\nallow localnet\ndeny all\n",
        said=[SOME.format("allow bob kids")], ends=KIDS_ENDS),
    Law("a list of users in the place of a password", "acl staff proxy_auth alice carl\n", "+allow localnet m365\nallow localnet staff\ndeny all\n"),
    Law("users by a regex in the place of a password", "acl staff proxy_auth_regex -i ^al\nacl servers src 10.2.0.0/24\n",
        "+allow servers m365\nallow servers\n+allow localnet m365\nallow localnet staff\ndeny all\n", ends=(*ORDINARY, "bump www from=10.2.0.7")),
    Law("a list of users in the place of a password, and a network that is denied after it", KIDS + "acl staff proxy_auth alice\n",
        "+allow localnet !kids m365\nallow localnet staff\ndeny kids\ndeny all\n", ends=(*ORDINARY, "ask outlook from=10.2.0.7")),
    Law("two lists of users", KIDS + "acl staff proxy_auth alice\n",
        "+allow localnet !kids m365\nallow localnet bob\nallow localnet !kids staff\ndeny all\n", said=[SOME.format("allow localnet bob")], ends=KIDS_ENDS),
    Law("two lists of users, in the other order", KIDS + "acl staff proxy_auth alice\n",
        "+allow localnet !kids m365\nallow localnet !kids staff\nallow localnet bob\ndeny all\n", said=[SOME.format("allow localnet bob")],
        ends=(*ORDINARY, "ask outlook from=10.2.0.7", "bump outlook from=10.2.0.7 user=bob")),
    Law("two lists of users, one without some names", KIDS + "acl staff proxy_auth alice\nacl mail dstdomain .office365.com\n",
        "+allow localnet !mail m365\nallow localnet bob\nallow localnet !mail staff\ndeny all\n", said=[ASKS_THOSE.format("allow localnet bob")],
        ends=MAIL_ENDS),
    Law("machines by their hardware's addresses", "acl pcs arp 00:11:22:33:44:55\n", "+allow pcs m365\nallow pcs users\ndeny all\n", ends=()),
    Law("a list of users in eight groups", groups(8), "+allow localnet m365\nallow localnet g8\ndeny all\n", ends=("splice outlook", "ask www", "bump www user=bob")),
    Law("names that no user gets, after the password", MAIL, "+allow localnet !mail m365\nallow localnet users !mail\ndeny all\n",
        said=[ASKS.format("allow localnet users !mail", "outlook.office365.com")], ends=("ask outlook", "deny outlook user=alice", "splice teams", "ask www", "bump www user=alice")),
    Law("names that no user gets, before the password", MAIL, "+allow localnet !mail m365\nallow localnet !mail users\ndeny all\n",
        ends=("deny outlook", "deny outlook user=alice", "splice teams", "ask www", "bump www user=alice")),
    Law("names that no user gets, once all are asked", MAIL, "+allow localnet !mail m365\ndeny !users\nallow localnet !mail\ndeny all\n",
        said=[ASKS_THOSE.format("deny !users")], ends=("ask outlook", "deny outlook user=alice", "splice teams", "ask www", "bump www user=alice")),
    Law("names for a list of users, and all others for everybody", MAIL + "acl bob proxy_auth bob\n",
        "+allow localnet !mail m365\nallow localnet users !mail\nallow localnet bob mail\ndeny all\n",
        said=[ASKS.format("allow localnet users !mail", "outlook.office365.com"), SOME.format("allow localnet bob mail")], ends=MAIL_ENDS),
    Law("two lists of users, each of a network", KIDS + "acl staff proxy_auth alice\n",
        "+allow localnet !kids m365\nallow kids bob\ndeny kids\nallow localnet staff\ndeny all\n", said=[SOME.format("allow kids bob")], ends=KIDS_ENDS),
    Law("two sites with a list each", SITES, "+allow hq m365\n+allow branch m365\nallow hq staff\nallow branch bob\ndeny all\n",
        ends=("splice outlook", "ask www", "deny www user=bob", "bump www user=alice", "splice outlook from=192.168.7.7",
              "bump www from=192.168.7.7 user=bob", "deny www from=192.168.7.7 user=alice")),
    Law("three sites with a list each, one of them without some names", SITES + "acl carl proxy_auth carl\nacl lab src 10.2.0.0/24\nacl mail dstdomain .office365.com\n",
        "+allow hq m365\n+allow branch !mail m365\n+allow lab m365\nallow hq staff\nallow branch !mail bob\nallow lab carl\ndeny all\n",
        ends=("splice outlook", "deny outlook from=192.168.7.7", "splice teams from=192.168.7.7", "splice outlook from=10.2.0.7", "ask www from=10.2.0.7")),
    Law("a user who is let in before names are left out", KIDS + "acl okdom dstdomain .office365.com .example.com\n",
        "+allow localnet !m365_denied m365\nallow localnet bob\ndeny kids !okdom\nallow localnet users\ndeny all\n",
        said=[SOME.format("allow localnet bob")], ends=(*ORDINARY, "splice outlook from=10.2.0.7", "ask teams from=10.2.0.7", "bump teams from=10.2.0.7 user=bob")),
    Law("all that no user gets", KIDS, "+allow localnet !kids m365\nallow localnet bob\ndeny kids users\nallow localnet\ndeny all\n",
        said=[SOME.format("allow localnet bob")],
        ends=("splice outlook", "bump www user=alice", "ask outlook from=10.2.0.7", "ask outlook from=10.2.0.7 user=alice", "bump outlook from=10.2.0.7 user=bob")),
    Law("a password inside another ACL, inside a third one", "acl x all-of localnet users\nacl y any-of x\n",
        "+allow localnet m365\nallow y\ndeny all\n"),
    # ---- what ssl_bump closes and inspects ----
    Law("a terminated name", "acl noteams ssl::server_name teams.microsoft.com\n", "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\nterminate noteams\n+splice m365_noted m365\nbump all\n",
        said=[r"'ssl_bump terminate noteams' keeps bypassed names closed, such as teams.microsoft.com$"],
        ends=(*ORDINARY, "terminate teams", "terminate teams user=alice")),
    Law("an inspected name", "acl dlp ssl::server_name .sharepoint.com\n", "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\nbump dlp\n+splice m365_noted m365\nbump all\n",
        said=[r"'ssl_bump bump dlp' keeps bypassed names inspected, such as contoso.sharepoint.com$"],
        ends=(*ORDINARY, "bump files user=alice")),
    Law("names that are not terminated", "acl okdom ssl::server_name .office365.com .example.com\n",
        "+allow localnet m365\nallow localnet users\ndeny all\n", bump="peek step1\nterminate !okdom\n+splice m365_noted m365\nbump all\n",
        said=[r"'ssl_bump terminate !okdom' keeps bypassed names closed, such as "], ends=(*ORDINARY, "terminate teams")),
    Law("names that are terminated at step 3", LATE, "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\n+splice m365_noted m365\nstare step2\nterminate bad\nbump all\n", ends=(*ORDINARY, "terminate stranger user=alice")),
    Law("rules that say step 3", LATE, "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\n+splice m365_noted m365\nstare step2\nterminate bad step3\nbump step3\n", ends=(*ORDINARY, "terminate stranger user=alice")),
    Law("names that are terminated at step 3, after a stare at all steps", LATE, "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="+peek m365_step1\n+splice m365_noted m365\nstare all\nterminate bad\nbump all\n", ends=(*ORDINARY, "terminate stranger user=alice")),
    Law("names that are terminated at step 2, and at step 3", LATE + "acl noteams ssl::server_name teams.microsoft.com\n",
        "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\nterminate noteams\n+splice m365_noted m365\nstare step2\nterminate bad\nbump all\n",
        said=[r"'ssl_bump terminate noteams' keeps bypassed names closed, such as teams.microsoft.com$"],
        ends=(*ORDINARY, "terminate stranger user=alice", "terminate teams")),
    Law("own names, without a peek", "acl own ssl::server_name www.example.com\n", "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="splice own\n+peek m365_step1 m365_noted\n+splice m365_noted m365\nbump all\n",
        ends=("splice outlook", "splice www user=alice", "bump stranger user=alice", "bump stranger/www user=alice", "deny outlook/stranger user=alice")),
    Law("inspected clients", "acl kiosk src 10.2.0.7\n", "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\nbump kiosk\n+splice m365_noted m365\nbump all\n",
        said=[r"'ssl_bump bump kiosk' keeps bypassed names inspected for the clients and ports that it is about$"],
        ends=(*ORDINARY, "bump outlook from=10.2.0.7")),
    Law("clients that are cut off", "acl kiosk src 10.2.0.0/24\nacl lab src 192.168.7.0/24\nacl dlp ssl::server_name .sharepoint.com\n",
        "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\nterminate kiosk\nbump lab !dlp\nbump !step1 lab\n+splice m365_noted m365\nbump all\n",
        said=[r"'ssl_bump bump lab !dlp' may keep bypassed names inspected, such as outlook.office365.com$",
              r"'ssl_bump terminate kiosk' keeps bypassed names closed for the clients and ports that it is about$",
              r"'ssl_bump bump !step1 lab' keeps bypassed names inspected for the clients and ports that it is about$"],
        ends=(*ORDINARY, "terminate outlook from=10.2.0.7 user=alice")),
    # ---- what ssl_bump inspects of some clients, and of nobody else ----
    Law("a pilot network", PILOT, "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\n+splice m365_noted m365\nbump pilot\nsplice all\n", ends=PILOT_ENDS),
    Law("a pilot network, and no rule for the rest", PILOT, "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\n+splice m365_noted m365\nbump pilot\n", ends=PILOT_ENDS),
    Law("all but a pilot network spliced", PILOT, "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\nsplice !pilot\n+splice m365_noted m365\nbump all\n", ends=PILOT_ENDS),
    Law("a pilot network after a stare", PILOT, "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\n+splice m365_noted m365\nstare step2 pilot\nbump pilot\nsplice all\n", ends=PILOT_ENDS),
    Law("a pilot network with a list of its own", PILOT + "acl bank ssl::server_name www.example.com\n", "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\nsplice bank\n+splice m365_noted m365\nbump pilot\nsplice all\n",
        ends=("splice outlook", "splice outlook from=10.2.0.7", "splice www from=10.2.0.7 user=alice", "bump stranger from=10.2.0.7 user=alice")),
    Law("a user of a pilot", "acl bob proxy_auth bob\n", "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\n+splice m365_noted m365\nbump bob\nsplice all\n",
        ends=("splice outlook", "splice outlook user=bob", "bump www user=bob", "splice www user=alice", "ask www")),
    Law("a pilot network at a port that intercepts", PILOT,
        "+allow localnet m365_on_explicit m365\n+allow localnet m365_on_intercept m365i\nallow localnet users\nallow localnet\ndeny all\n",
        bump="peek step1\n+splice m365_on_explicit m365_noted m365\n+splice m365_on_intercept m365_noted m365i\nbump pilot\nsplice all\n",
        ports=PORT + TLS_PORT, ends=(*PILOT_ENDS, "splice outlook from=10.2.0.7 port=@TLS@", "bump www from=10.2.0.7 port=@TLS@")),
    # ---- listeners and networks ----
    Law("a port for guests", "acl guestport localport @SECOND@\nacl guestnet src 192.168.7.0/24\n",
        "deny guestport !guestnet\n+allow guestport m365\nallow guestport\ndeny guestnet\n+allow localnet m365\nallow localnet users\ndeny all\n",
        ports=PORT + SECOND.replace(" name=second", ""),
        ends=(*ORDINARY, "deny outlook from=192.168.7.7", "splice outlook from=192.168.7.7 port=@SECOND@", "deny outlook port=@SECOND@",
              "bump www from=192.168.7.7 port=@SECOND@")),
    Law("a closed port", "acl guest myportname second\n", "deny guest\n+allow localnet m365\nallow localnet users\ndeny all\n",
        ports=PORT + SECOND, ends=(*ORDINARY, "deny outlook port=second")),
    Law("a name that is denied at one port", "acl guest myportname second\nacl noteams dstdomain teams.microsoft.com\n",
        "deny guest noteams\n+allow localnet m365\nallow localnet users\ndeny all\n", said=[CLOSED.format("deny guest noteams", "teams.microsoft.com")],
        ports=PORT + SECOND, ends=(*ORDINARY, "splice teams", "deny teams port=second", "deny teams port=second user=alice", "splice outlook port=second")),
    Law("a name that is inspected for some clients", "acl kiosk src 10.2.0.0/24\nacl dlp ssl::server_name .sharepoint.com\n",
        "+allow localnet m365\nallow localnet users\ndeny all\n", bump="peek step1\nbump kiosk dlp\n+splice m365_noted m365\nbump all\n",
        said=[r"'ssl_bump bump kiosk dlp' may keep bypassed names inspected, such as contoso.sharepoint.com$"],
        ends=(*ORDINARY, "splice files", "bump files from=10.2.0.7", "splice outlook from=10.2.0.7")),
    Law("a name that is denied to some clients", "acl kiosk src 10.2.0.0/24\nacl files dstdomain .sharepoint.com\n",
        "deny files kiosk\n+allow localnet m365\nallow localnet users\ndeny all\n", said=[MAYBE.format("deny files kiosk", "contoso.sharepoint.com")],
        ends=(*ORDINARY, "splice files", "deny files from=10.2.0.7", "splice outlook from=10.2.0.7")),
    Law("a name that is denied to some clients, in one group",
        "acl kiosk src 10.2.0.0/24\nacl files dstdomain .sharepoint.com\nacl both all-of kiosk files\n",
        "deny both\n+allow localnet m365\nallow localnet users\ndeny all\n", said=[MAYBE.format("deny both", "contoso.sharepoint.com")],
        ends=(*ORDINARY, "splice files", "deny files from=10.2.0.7", "splice outlook from=10.2.0.7")),
    Law("a name that is denied to some clients, and inspected for others",
        "acl kiosk src 10.2.0.0/24\nacl lab src 192.168.7.0/24\nacl files dstdomain -n .sharepoint.com\n",
        "deny files kiosk\ndeny files lab\n+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\nbump files lab\nterminate files kiosk\n+splice m365_noted m365\nbump all\n",
        said=[MAYBE.format("deny files kiosk", "contoso.sharepoint.com"), MAYBE.format("deny files lab", "contoso.sharepoint.com"),
              r"'ssl_bump bump files lab' may keep bypassed names inspected, such as contoso.sharepoint.com$",
              r"'ssl_bump terminate files kiosk' may keep bypassed names closed, such as contoso.sharepoint.com$"],
        ends=(*ORDINARY, "splice files", "deny files from=10.2.0.7", "deny files from=192.168.7.7")),
    Law("a name that is denied to networks that are not served", "acl files dstdomain .sharepoint.com\n",
        "deny files !localnet\n+allow localnet m365\nallow localnet users\ndeny all\n", ends=(*ORDINARY, "splice files", "splice outlook from=10.2.0.7")),
    Law("a name that is denied to two networks",
        "acl kiosk src 10.2.0.0/24\nacl lab src 192.168.7.0/24\nacl either any-of kiosk lab\nacl files dstdomain .sharepoint.com\n",
        "deny either files\n+allow localnet m365\nallow localnet users\ndeny all\n", said=[MAYBE.format("deny either files", "contoso.sharepoint.com")],
        ends=(*ORDINARY, "splice files", "deny files from=10.2.0.7", "deny files from=192.168.7.7 user=alice")),
    Law("a port for servers", "acl servers src 10.2.0.0/24\nacl srv myportname second\n",
        "+allow srv servers m365\nallow srv servers\ndeny srv\n+allow localnet m365\nallow localnet users\ndeny all\n",
        ports=PORT + SECOND,
        ends=(*ORDINARY, "deny outlook port=second", "splice outlook from=10.2.0.7 port=second", "bump www from=10.2.0.7 port=second")),
    Law("a network without one", "acl guestnet src 192.168.7.0/24\n", "+allow localnet !guestnet m365\nallow localnet !guestnet users\ndeny all\n",
        ends=(*ORDINARY, "deny outlook from=192.168.7.7", "deny outlook from=192.168.7.7 user=alice")),
    Law("an office without a client", "acl office src 10.1.0.0/24 10.2.0.0/24\nacl kiosk src 10.1.0.5\n",
        "+allow office !kiosk m365\nallow office !kiosk users\ndeny all\n", ends=("deny outlook", "splice outlook from=10.2.0.7", "deny outlook from=192.168.7.7")),
    Law("guests with a list of names, after the rule that asks", "acl guestnet src 192.168.7.0/24\nacl white dstdomain www.example.com\n",
        "+allow localnet !guestnet m365\n+allow guestnet white m365\nallow localnet !guestnet users\nallow guestnet white\ndeny guestnet\ndeny all\n",
        ends=(*ORDINARY, "deny outlook from=192.168.7.7", "bump www from=192.168.7.7")),
    Law("servers with a list of names, before the rule that asks", "acl servers src 10.2.0.0/24\nacl white dstdomain www.example.com\n",
        "+allow servers white m365\nallow servers white\n+allow localnet !servers m365\nallow localnet !servers users\ndeny all\n",
        ends=(*ORDINARY, "deny outlook from=10.2.0.7", "bump www from=10.2.0.7")),
    # ---- a proxy in front: after a splice Squid's own CONNECT has no X-Forwarded-For ----
    Law("a proxy in front of another network", FRONT, "+allow front m365_step2 m365\ndeny !localnet\n+allow m365\nallow users\ndeny all\n",
        ends=FRONT_ENDS),
    Law("a proxy in front that no rule lets in", FRONT, "+allow localnet m365\nallow localnet users\n+allow front m365_step2 m365\ndeny all\n",
        ends=FRONT_ENDS),
    Law("a proxy in front, and no password", FRONT, "+allow front m365_step2 m365\ndeny !localnet\n+allow localnet m365\nallow localnet\ndeny all\n",
        ends=("splice outlook", "bump www", "splice outlook from=192.0.2.9 xff=10.1.0.5", "deny outlook from=192.0.2.9")),
    Law("a proxy in front, and a denied name", FRONT + "acl mail dstdomain .office365.com\n",
        "deny mail\n+allow front m365_step2 m365\ndeny !localnet\n+allow m365\nallow users\ndeny all\n",
        said=[CLOSED.format("deny mail", "outlook.office365.com")],
        ends=("deny outlook", "splice teams", "splice teams from=192.0.2.9 xff=10.1.0.5", "deny outlook from=192.0.2.9 xff=10.1.0.5", "deny teams from=192.0.2.9")),
    Law("a proxy in front, after the rule that asks", FRONT, "+allow front m365_step2 m365\n+deny !localnet m365\n+allow all m365\ndeny !users\ndeny !localnet\nallow all\n",
        ends=FRONT_ENDS),
    # ---- explicit and intercepting ports in one file: only rules that something reaches ----
    Law("a password, and a port that intercepts", "",
        "+allow localnet m365_on_explicit m365\n+allow localnet m365_on_intercept m365i\nallow localnet users\nallow localnet\ndeny all\n",
        bump=BUMP_BOTH, ports=PORT + TLS_PORT, ends=(*ORDINARY, "splice outlook port=@TLS@", "bump www port=@TLS@")),
    Law("a password, and a port that intercepts and lets nobody in", "", "+allow localnet m365_on_explicit m365\nallow localnet users\ndeny all\n",
        bump=BUMP_BOTH, ports=PORT + TLS_PORT, ends=(*ORDINARY, "deny outlook port=@TLS@", "deny www port=@TLS@")),
    Law("a name that is denied to users, and a port that has none", "acl hq src 10.2.0.0/24\nacl bob proxy_auth bob\n"
        "acl some dstdomain teams.microsoft.com\n",
        "+allow hq !some m365_on_explicit m365\n+allow localnet !some m365_on_explicit m365\n"
        "+allow localnet m365_on_intercept m365i\nallow hq bob\ndeny some users\nallow localnet\ndeny all\n", bump=BUMP_BOTH,
        ports=PORT + TLS_PORT, said=[ASKS.format("deny some users", "teams.microsoft.com")],
        ends=("splice outlook", "ask teams", "ask teams from=10.2.0.7 user=alice", "bump teams from=10.2.0.7 user=bob", "ask teams user=alice", "bump www", "splice outlook port=@TLS@", "splice teams port=@TLS@")),
    Law("a port that intercepts and is open to all", "acl on_tls myportname @TLS@\n",
        "+allow on_tls m365_on_intercept m365i\nallow on_tls\n+allow localnet m365_on_explicit m365\nallow localnet users\ndeny all\n",
        bump=BUMP_BOTH, ports=PORT + TLS_PORT,
        ends=(*ORDINARY, "splice outlook port=@TLS@", "splice outlook from=198.51.100.77 port=@TLS@", "bump www from=198.51.100.77 port=@TLS@")),
    Law("a list with one bypassed name, and a port that intercepts", "acl white dstdomain .example.com login.microsoftonline.com\n",
        "+allow localnet white m365_on_explicit m365\n+allow localnet white m365_on_intercept m365i\nallow localnet white\n"
        "+allow localnet m365_on_explicit m365\nallow localnet users\ndeny all\n", bump=BUMP_BOTH, ports=PORT + TLS_PORT,
        ends=("splice outlook", "bump www", "splice login", "splice login port=@TLS@", "deny outlook port=@TLS@", "bump www port=@TLS@")),
    # ---- conditions ----
    Law("a condition around rules", "", "if true\ndeny localhost\n+allow localnet m365\nallow localnet users\nendif\ndeny all\n"),
    Law("two conditions", "acl bad dstdomain .stranger.example\n",
        "if true\ndeny bad\nendif\nif 1 = 1\n+allow localnet m365\nallow localnet users\nendif\ndeny all\n"),
    Law("a condition inside another", "", "if true\nif true\ndeny localhost\n+allow localnet m365\nallow localnet users\nendif\nendif\ndeny all\n"),
    Law("a condition in ssl_bump", "acl dlp ssl::server_name .sharepoint.com\n", "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\nif true\nbump dlp\n+splice m365_noted m365\nbump all\nendif\n",
        said=[r"'ssl_bump bump dlp' keeps bypassed names inspected, such as contoso.sharepoint.com$"], ends=(*ORDINARY, "bump files user=alice")),
    Law("two conditions in ssl_bump", "acl dlp ssl::server_name .sharepoint.com\n", "+allow localnet m365\nallow localnet users\ndeny all\n",
        bump="peek step1\nif true\nbump dlp\nendif\nif true\n+splice m365_noted m365\nbump all\nendif\n",
        said=[r"'ssl_bump bump dlp' keeps bypassed names inspected, such as contoso.sharepoint.com$"], ends=(*ORDINARY, "bump files user=alice")),
    # ---- names that are taken ----
    Law("names that are taken", "acl m365 dstdomain .office.com\nacl m365_clients src 10.1.0.0/24\nacl M365_noted src 10.3.0.0/24\n",
        "+allow m365_clients m365 m365_2\nallow m365_clients m365\n+allow localnet m365_2\nallow localnet users\ndeny all\n",
        bump="peek step1\nsplice m365\n+splice m365_noted_2 m365_2\nbump all\n"),
)
REFUSED = (
    # What is let in nowhere: the lines would have to invent a network.
    (Law("only this machine", "", "allow localhost\ndeny all\n"), r"squid.conf:17: http_access lets only this machine in"),
    (Law("a list without a bypassed name", "acl white dstdomain www.example.com\n", "allow white localnet users\ndeny all\n"),
     r"squid.conf:1: http_access lets no client in to the bypassed names that were tried"),
    (Law("all bypassed names denied", "acl u url_regex .\n", "deny u\nallow localnet users\ndeny all\n"),
     r"squid.conf:17: 'http_access deny u' comes before the bypass and leaves none of the bypassed names that were tried"),
    (Law("all clients for named users", "acl bob proxy_auth bob\n", "deny localnet !bob\nallow localnet users\ndeny all\n"),
     r"squid.conf:17: 'http_access deny localnet !bob' comes before the bypass and asks for a password for each of the bypassed names that were tried"),
    (Law("CONNECT for named users", "acl bob proxy_auth bob\n", "deny CONNECT !bob\nallow localnet users\ndeny all\n"),
     r"squid.conf:17: 'http_access deny CONNECT !bob' comes before the bypass and asks for a password for each of the bypassed names"),
    (Law("what no rule is about is allowed", "acl bad dstdomain .stranger.example\n", "deny bad\n"),
     r"squid.conf:17: the last http_access denies and is not 'deny all'.*turn that round"),
    (Law("a password inside another ACL, or something else", "acl x any-of users localnet SSL_ports\nacl bob proxy_auth bob\nacl y any-of bob localnet step1\n",
         "allow y\ndeny all\n"), r"squid.conf:1: no rule of http_access lets clients in that could be repeated"),
    (Law("groups in groups, so many that the list is out of sight", groups(9), "allow localnet g9\ndeny all\n"),
     r"squid.conf:26: groups of ACLs are nested deeper than 8 levels in 'http_access allow localnet g9'"),
    (Law("groups in groups in ssl_bump", groups(9), "allow localnet users\ndeny all\n", bump="peek step1\nbump g9\nbump all\n"),
     r"squid.conf:\d+: groups of ACLs are nested deeper than 8 levels in 'ssl_bump bump g9'"),
    (Law("one user only, and then nobody", "acl bob proxy_auth bob\n", "allow localnet bob\ndeny users\nallow localnet\ndeny all\n"),
     r"squid.conf:1: no rule of http_access lets clients in that could be repeated"),
    (Law("two lists of users, with other names each", "acl bob proxy_auth bob\nacl staff proxy_auth alice\nacl white dstdomain www.example.com\n"
         "acl mail dstdomain .office365.com\n", "allow localnet bob\ndeny mail\nallow localnet white staff\ndeny all\n"),
     r"squid.conf:20: 'http_access allow localnet bob' lets in some users, and other rules let in others elsewhere"),
    (Law("a password, and only a port that intercepts", "", "allow localnet users\ndeny all\n", ports=TLS_PORT),
     r"squid.conf:16: 'http_access allow localnet users' lives from a password, but all ports of the file intercept"),
    (Law("what ssl_bump decides before it knows a name", "acl own ssl::server_name www.example.com\n",
         "allow localnet users\nallow localnet\ndeny all\n", bump="splice own\nbump all\n", ports=PORT + TLS_PORT),
     r"squid.conf:22: .*'INTERCEPT 52.96.0.1:443.* would end as bump; this line decides at step 1, before Squid reads which name"),
    (Law("bypassed names that are terminated at step 3", LATE + "acl dlp ssl::server_name .sharepoint.com\n", "allow localnet users\ndeny all\n",
         bump="peek step1\nstare step2\nterminate dlp\nbump all\n"),
     r"squid.conf:\d+: .*'CONNECT contoso.sharepoint.com:443 .* would end as splice; now it ends as bump or terminate$"),
    (Law("bypassed names that are terminated at step 3, of clients that get so far", KIDS + LATE + "acl dlp ssl::server_name .sharepoint.com\n"
         "acl files dstdomain .sharepoint.com\n", "deny !kids files\nallow localnet users\ndeny all\n", bump="peek step1\nstare step2\nterminate dlp\nbump all\n"),
     r"squid.conf:1: .*'CONNECT contoso.sharepoint.com:443 .*from=10.2.0.* would end as splice; now it ends as (bump|terminate)$"),
    (Law("names that are terminated at step 3, at one port", LATE + "acl here myportname second\n", "allow localnet users\ndeny all\n",
         bump="peek step1\nstare step2\nterminate bad here\nbump all\n", ports=PORT + SECOND), r"squid.conf:\d+: .*would end as bump; now it ends as ask$"),
    (Law("clients that are terminated at step 3", LATE + "acl kiosk src 10.2.0.0/24\n", "allow localnet users\ndeny all\n",
         bump="peek step1\nstare step2\nterminate kiosk\nbump all\n"), r"squid.conf:\d+: .*would end as bump; now it ends as ask$"),
    (Law("what ssl_bump decides before", "acl kiosk src 10.0.0.0/8\nacl dlp ssl::server_name .sharepoint.com\n", "allow localnet users\ndeny all\n",
         bump="peek step1\nbump kiosk\nbump dlp\nbump all\n"), r"squid.conf:21: 'ssl_bump bump kiosk' decides about bypassed names before squid.conf:22, 'ssl_bump bump dlp'"),
)


def rules_of(text):
    return re.findall(r"^(?:(?:http_access|ssl_bump|if) .*|endif$)", text, re.M)
