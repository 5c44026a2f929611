# SPDX-License-Identifier: GPL-2.0-or-later
"""
mistakes.py - what administrators do to a squid.conf that `m365ctl squid-conf` printed: mistakes that must be found, and what must
not be called one.

Each is a printed configuration with lines changed, as regular expressions that must match. Where it sits: squidconf_test.py asks
the doctor about them and has its corrections parsed by Squid; tests/squidmodel asks a real Squid what it does with them.
"""

import re

EXPLICIT = ("--explicit", "3128")
BOTH = ("--explicit", "3128", "--intercept", "3130")
TLS = ("--intercept", "3130")
GUARD = r"^ssl_bump bump !m365_noted\n"
PEEK = r"^(ssl_bump peek m365_step1)$"
SPLICE = r"^(ssl_bump splice m365)$"
FIRST = r"^(http_access deny !m365_safe_ports)$"
BYPASS = r"^(http_access allow m365)$"
CLIENTS = r"^acl m365_clients src .*$"
PART = [(CLIENTS, "acl m365_clients src 10.1.0.0/16"), (BYPASS, r"acl infra src 10.1.0.0/28\nhttp_access deny infra\n\1")]
DENY_ALL = r"^(http_access deny all)$"


class Mistake:
    """busy: a real Squid can be asked what it does while the helper is busy: ssl_bump asks it once for each connection.
    silent: where ssl_bump is to decrypt, Squid 5 refuses to ask the server and never answers the client.
    name; options of squid-conf; changes, (pattern, replacement) each; found: what the doctor's sentence contains, None if there
    must be no finding; corrected: its corrections make the file clean."""

    def __init__(self, name, options, changes, found=None, corrected=True, busy=False, silent=False):
        self.name, self.options, self.changes, self.found, self.corrected = name, options, changes, found, corrected
        self.busy, self.silent = busy, silent

    def text(self, printed):
        """The printed configuration, changed."""
        for pattern, replacement in self.changes:
            printed, count = re.subn(pattern, replacement, printed, flags=re.M)
            if count == 0:
                raise ValueError(f"{self.name}: nothing matches {pattern}")
        return printed


MUST_FIND = (
    Mistake("the guard is removed", EXPLICIT, [(GUARD, "")], "another name, helper busy during ssl_bump: spliced at this line",
            busy=True),
    Mistake("deny all before the bypass", EXPLICIT, [(BYPASS, r"http_access deny all\n\1")],
            "a bypassed name, no password: refused by this line", False),
    Mistake("peek at every step", EXPLICIT, [(PEEK, "ssl_bump peek all")], "another SNI: spliced by this line (ssl_bump, step 2)"),
    Mistake("a list of one's own behind the guard", EXPLICIT,
            [(SPLICE, r"acl own ssl::server_name .bank.example\nssl_bump splice own\n\1")],
            "a name of your list `own`: inspected by an earlier rule"),
    Mistake("all are spliced first", EXPLICIT, [(PEEK, r"ssl_bump splice all\n\1")], "spliced by this line (ssl_bump, step 1)"),
    Mistake("no rule with a password is reached", EXPLICIT,
            [(r"^(http_access allow m365_users)$", r"http_access allow m365_clients\n\1")],
            "another name, no password: let in by this line"),
    Mistake("an area that the table lacks", EXPLICIT, [(r"^(acl m365 external m365)$", r"\1 Teans")], "the argument 'Teans'", False),
    Mistake("a category misspelt", EXPLICIT, [(r"^(acl m365 external m365)$", r"\1 Optimise")], "the argument 'Optimise'", False),
    Mistake("rules after deny all", EXPLICIT, [(DENY_ALL, r"\1\nacl late src 10.2.0.7\nhttp_access allow late")],
            "no request reaches this rule", False),
    Mistake("any network", EXPLICIT, [(r"^http_access deny !m365_clients\n", "")],
            "a bypassed name, client of an unknown network: let in by this line"),
    Mistake("bump first", EXPLICIT, [(PEEK, r"ssl_bump bump all\n\1")], "a bypassed name, no password: inspected by this line"),
    Mistake("no peek", EXPLICIT, [(PEEK + r"\n", "")], "spliced by this line (ssl_bump, step 1)"),
    Mistake("no splice", EXPLICIT, [(SPLICE + r"\n", "")], "a bypassed name, no password: inspected by this line"),
    Mistake("no bump at the end", BOTH, [(r"^ssl_bump bump all\n", "")], "another name: spliced after this line, as no rule matches"),
    Mistake("the password before the bypass", EXPLICIT, [(BYPASS, r"http_access deny !m365_users\n\1")],
            "a bypassed name, no password: asked for a password by this line"),
    Mistake("the bypass with a password", EXPLICIT, [(BYPASS, r"\1 m365_users")],
            "a bypassed name, no password: asked for a password by this line"),
    Mistake("clients whom another rule lets in", EXPLICIT,
            [(BYPASS, r"acl vip src 10.2.0.7\nhttp_access allow vip\n\1")], "a bypassed name, client of `vip`: inspected"),
    Mistake("a list of SNIs", EXPLICIT, [(PEEK, r"\1\nacl own ssl::server_name .bank.example\nssl_bump splice own")],
            "a stranger with an SNI of your list `own`: spliced by this line"),
    Mistake("a list of SNIs by regex", EXPLICIT,
            [(PEEK, r"\1\nacl own ssl::server_name_regex -i (^|\\.)bank\\.example$\nssl_bump splice own")],
            "a stranger with an SNI of your list `own`: spliced by this line"),
    Mistake("a list of SNIs in a file", EXPLICIT, [(PEEK, r'\1\nacl own ssl::server_name "@LIST@"\nssl_bump splice own')],
            "a stranger with an SNI of your list `own`: spliced by this line"),
    Mistake("a list of hosts that is looked up backwards", EXPLICIT,
            [(PEEK, r"\1\nacl own dstdomain .bank.example\nssl_bump splice own")],
            "an address with a reverse name of your list `own`: spliced by this line"),
    Mistake("intercepted clients come in without the helper", TLS,
            [(r"^(http_access allow m365i)$", r"http_access allow m365_clients\n\1")],
            "another name, helper dead: spliced at this line"),
    Mistake("an explicit port with %>la", BOTH,
            [(r"^http_access allow m365_on_explicit m365$", "http_access allow m365_on_explicit m365i"),
             (r"^ssl_bump splice m365_on_explicit m365$", "ssl_bump splice m365_on_explicit m365i")],
            "a bypassed name, no password: asked for a password", False),
    Mistake("any client may claim an address", ("--explicit", "3128", "--no-auth"),
            [(BYPASS, r"follow_x_forwarded_for allow all\n\1")],
            "another name, client of an unknown network; a claimed address: let in by this line (follow_x_forwarded_for)", False),
    Mistake("all are spliced, and a part of the clients is refused", EXPLICIT, [*PART, (PEEK, r"ssl_bump splice all\n\1")],
            "a bypassed name with another SNI: spliced by this line (ssl_bump, step 1)"),
    Mistake("a network that is a digit short", EXPLICIT, [(CLIENTS, "acl m365_clients src 160.0.0.0/3")],
            "`m365_clients` takes more public addresses than a /8 for clients of yours, among them all of 160.0.0.0/3", False),
    Mistake("half of all networks", EXPLICIT, [(CLIENTS, "acl m365_clients src 0.0.0.0/1")], "all of 0.0.0.0/1", False),
    Mistake("all networks of IPv6", EXPLICIT, [(CLIENTS, "acl m365_clients src 10.0.0.0/8 2000::/3")], "all of 2000::/3", False),
    Mistake("a browser instead of a password", EXPLICIT,
            [(r"^(http_access allow m365_users)$", r"acl upd browser ^Updater/[0-9]+\.1\nhttp_access allow upd\n\1")],
            "another name, no password, but the header of `upd`: let in by this line"),
    Mistake("a header instead of a password", EXPLICIT,
            [(r"^(http_access allow m365_users)$", r"acl site req_header X-Site -i (branch|plant) one$\nhttp_access allow site\n\1")],
            "another name, no password, but the header of `site`: let in by this line"),
    Mistake("a method instead of a password", EXPLICIT,
            [(r"^(http_access allow m365_users)$", r"acl post method POST PUT\nhttp_access allow post\n\1")],
            "another name, no password, but the method of `post`: let in by this line"),
    Mistake("a browser instead of a network", ("--explicit", "3128", "--no-auth"),
            [(r"^(http_access deny !m365_clients)$", r"acl upd browser Updater\nhttp_access allow upd\n\1")],
            "another name, client of an unknown network, but the header of `upd`: let in by this line", False),
    Mistake("any certificate of a server", EXPLICIT, [(PEEK, r"sslproxy_cert_error allow all\n\1")],
            "Squid takes any certificate of a server", False),
    Mistake("a list of addresses, with the table's among them", ("--explicit", "3128", "--no-auth"),
            [(PEEK, r"\1\nacl own dst 198.51.100.0/24 52.96.0.0/14\nssl_bump splice own")],
            "a bypassed name with another SNI: spliced by this line (ssl_bump, step 2)", False),
    Mistake("a list of addresses behind the guard", EXPLICIT,
            [(SPLICE, r"acl own dst 198.51.100.0/24\nssl_bump splice own\n\1")],
            "an address of your list `own`: inspected by an earlier rule"),
    Mistake("another worker lets all in", EXPLICIT,
            [(FIRST, r"workers 2\nif ${process_number} = 2\nhttp_access allow all\nendif\n\1")],
            "in worker 2: another name, no password: let in by this line", False),
    Mistake("another worker splices all", EXPLICIT,
            [(PEEK, r"workers 3\nif ${process_number} = 3\nssl_bump splice all\nendif\n\1")],
            "in worker 3: a bypassed name with another SNI: spliced by this line (ssl_bump, step 1)", False),
    Mistake("a proxy in front whose own address no rule lets in", EXPLICIT,
            [(FIRST, r"acl front src 192.0.2.9\nfollow_x_forwarded_for allow front\n\1")],
            "a bypassed name, through a proxy in front: refused by this line (http_access after the splice)"),
    Mistake("any client with a password may claim an address", EXPLICIT, [(BYPASS, r"follow_x_forwarded_for allow all\n\1")],
            "another name, unknown network, with a password; a claimed address: let in by this line (follow_x_forwarded_for)", False),
    Mistake("a client that is denied may claim another address", EXPLICIT,
            [(FIRST, r"acl bad src 10.9.0.0/16\nfollow_x_forwarded_for allow m365_clients\nhttp_access deny bad\n\1")],
            "another name, a client that is denied; a claimed address: let in by this line (follow_x_forwarded_for)", False),
    Mistake("a path instead of a password", EXPLICIT,
            [(r"^(http_access allow m365_users)$", r"acl crl urlpath_regex -i \\.crl\nhttp_access allow crl\n\1")],
            "another name, no password, but the path of `crl`: let in by this line"),
    Mistake("what the table knows is spliced", EXPLICIT,
            [(GUARD, ""), (r"^acl m365_noted note m365_why_ rule$", "acl m365_noted note m365_cat_"),
             (SPLICE, "ssl_bump splice m365_noted")],
            "a name that the table inspects: spliced by this line", False),
    Mistake("what no peer is for", EXPLICIT, [(PEEK, r"\1\nacl up peername foo\nssl_bump splice !up")],
            "another name: spliced by this line (ssl_bump, step 2)"),
    Mistake("what is intercepted is cut off first", TLS, [(PEEK, r"ssl_bump terminate all\n\1")],
            "a bypassed name: cut off by this line (ssl_bump, step 1)", False),
    Mistake("a browser that is spliced", EXPLICIT, [(PEEK, r"\1\nacl chrome browser Chrome/[0-9]\nssl_bump splice chrome")],
            "another name, but the header of `chrome`: spliced by this line"),
    Mistake("a group that is peeked at twice", EXPLICIT,
            [(PEEK, r"\1\nacl step2 at_step SslBump2\nacl guests src 10.9.0.0/16\nssl_bump peek step2 guests")],
            "another name, client of `guests`: spliced"),
    Mistake("a list that is peeked at twice", EXPLICIT,
            [(PEEK, r"\1\nacl step2 at_step SslBump2\nacl own ssl::server_name .bank.example\nssl_bump peek step2 own")],
            "a name of your list `own`: spliced"),
    Mistake("a list of one's own that denies behind the bypass", EXPLICIT,
            [(BYPASS, r"\1\nacl banned dstdomain .office365.com\nhttp_access deny banned")],
            "a bypassed name of your list `banned`: let in by an earlier rule"),
    Mistake("URLs of one's own that are denied behind the bypass", EXPLICIT,
            [(BYPASS, r"\1\nacl banned url_regex -i tiktok|teams\.microsoft\nhttp_access deny CONNECT banned")],
            "a bypassed name of your list `banned`: let in by an earlier rule"),
    Mistake("a list of one's own that inspects behind the bypass", EXPLICIT,
            [(SPLICE, r"\1\nacl watched ssl::server_name .office365.com\nssl_bump bump watched")],
            "a bypassed name of your list `watched`: spliced by an earlier rule"),
    Mistake("a list of one's own that closes behind the bypass", EXPLICIT,
            [(SPLICE, r"\1\nacl banned ssl::server_name_regex \.sharepoint\.com$\nssl_bump terminate banned")],
            "a bypassed name of your list `banned`: spliced by an earlier rule"),
    Mistake("a port instead of a password", EXPLICIT,
            [(r"^(http_access allow m365_users)$", r"acl proxies port 8080\nhttp_access allow proxies\n\1")],
            "plain HTTP to another name, no password, but port 8080 of `proxies`: let in by this line"),
    Mistake("only some ports ask for a password", EXPLICIT,
            [(r"^(http_access allow m365_users)$", r"acl web port 1-8079 8081-65535\nhttp_access deny web !m365_users\nhttp_access allow m365_clients\n\1")],
            "plain HTTP to another name, no password, but port 8080 of `web`: let in by this line", False),
    Mistake("a list of one's own with a bypassed name needs a password", EXPLICIT,
            [(BYPASS, r"acl own dstdomain .sharepoint.com\nhttp_access allow own m365_users\n\1")],
            "the bypassed name contoso.sharepoint.com: asked for a password by this line"),
    Mistake("URLs of one's own with a bypassed name need a password", BOTH,
            [(r"^(http_access allow m365_on_explicit m365)$", r"acl own url_regex -i microsoftonline\nhttp_access allow own m365_users\n\1")],
            "the bypassed name login.microsoftonline.com: asked for a password by this line"),
    Mistake("every miss is refused", EXPLICIT, [(DENY_ALL, r"\1\nmiss_access deny manager\nmiss_access deny all")],
            "a bypassed name, no password: refused by this line (miss_access)", silent=True),
    Mistake("every miss of a client is refused", EXPLICIT, [(DENY_ALL, r"\1\nacl w src all\nmiss_access deny w")],
            "a bypassed name, no password: refused by this line (miss_access)", silent=True),
    Mistake("misses of other names are allowed", EXPLICIT,
            [(DENY_ALL, r"\1\nacl own dstdomain .bank.example\nmiss_access allow own")],
            "a bypassed name, no password: refused after this line, as no rule matches (miss_access)", silent=True),
    Mistake("misses of tunnels are refused", EXPLICIT, [(DENY_ALL, r"\1\nmiss_access deny CONNECT")],
            "a bypassed name, no password: refused by this line (miss_access)", silent=True),
    Mistake("intercepted misses are refused", TLS, [(DENY_ALL, r"\1\nmiss_access deny all")],
            "refused by this line (miss_access)", silent=True),
    Mistake("misses that are bypassed are refused", EXPLICIT, [(DENY_ALL, r"\1\nmiss_access deny m365")],
            "miss_access cannot wait for a helper, so 'm365' ends the list there", False),
    Mistake("what is adapted is refused", EXPLICIT, [(DENY_ALL, r"\1\nadapted_http_access deny CONNECT\nadapted_http_access allow all")],
            "a bypassed name, no password: refused by this line (adapted_http_access)"),
    Mistake("what is adapted needs a password", EXPLICIT, [(DENY_ALL, r"\1\nadapted_http_access allow m365_users")],
            "a bypassed name, no password: asked for a password"),
    Mistake("there is no way to servers", EXPLICIT, [(DENY_ALL, r"\1\nnever_direct allow all")],
            "refused by this line (never_direct, and no cache_peer is a parent)", silent=True),
    Mistake("there is no way to bypassed names", BOTH, [(DENY_ALL, r"\1\nnever_direct allow m365_on_explicit m365")],
            "refused by this line (never_direct, and no cache_peer is a parent)"),
    Mistake("a sibling is no way", EXPLICIT, [(DENY_ALL, r"\1\ncache_peer 127.0.0.1 sibling 9 0 no-query\nnever_direct allow all")],
            "refused by this line (never_direct, and no cache_peer is a parent)", silent=True),
    Mistake("other networks are denied behind the bypass", ("--explicit", "3128", "--no-auth"),
            [(r"^http_access deny !m365_clients\n", ""), (BYPASS, r"\1\nhttp_access deny !m365_clients")],
            "a bypassed name, client of an unknown network: let in by this line"),
)
# Squid does not start with it.
REFUSED = Mistake("an unknown external_acl_type", EXPLICIT, [(r"^acl m365 external m365$", "acl m365 external m36")],
                  "no line above defines the external_acl_type 'm36'", False)

MUST_NOT_ALARM = (
    Mistake("as printed", EXPLICIT, []),
    Mistake("as printed, with interception", BOTH, []),
    Mistake("allow localhost before the bypass", EXPLICIT, [(BYPASS, r"http_access allow localhost\n\1")]),
    Mistake("allow purge before the bypass", EXPLICIT,
            [(BYPASS, r"acl purge method PURGE\nhttp_access allow purge localhost\nhttp_access deny purge\n\1")]),
    Mistake("allow ftp before the bypass", EXPLICIT, [(BYPASS, r"acl ftp proto FTP\nhttp_access allow ftp\n\1")]),
    Mistake("all who are not bypassed are asked", EXPLICIT,
            [(BYPASS, "http_access deny !m365 !m365_users"), (r"^http_access allow m365_users$", "http_access allow m365_clients")]),
    Mistake("names that Squid itself verifies", TLS,
            [(PEEK, r"\1\nacl own ssl::server_name .bank.example\nssl_bump splice own")]),
    Mistake("a list of hosts and SNIs", EXPLICIT,
            [(PEEK, r"\1\nacl own_host dstdomain -n .bank.example\nacl own ssl::server_name .bank.example\nssl_bump splice own_host own")]),
    Mistake("a list of one's own for office hours", EXPLICIT,
            [(PEEK, r"\1\nssl_bump splice night"), (DENY_ALL, r"acl night time 00:00-06:00\nhttp_access deny night\n\1")]),
    Mistake("a proxy in front", EXPLICIT, [(BYPASS, r"acl front src 10.2.0.7\nfollow_x_forwarded_for allow front\n\1")]),
    Mistake("a part of the clients is refused", EXPLICIT, PART),
    Mistake("nothing is inspected", EXPLICIT, [(GUARD, ""), (SPLICE + r"\n", ""), (r"^ssl_bump bump all\n", "")]),
    Mistake("a list of addresses", EXPLICIT, [(PEEK, r"\1\nacl own dst 198.51.100.0/24\nssl_bump splice own")]),
    Mistake("a browser with a password", EXPLICIT,
            [(r"^(http_access allow m365_users)$", r"acl upd browser Updater\nhttp_access allow upd m365_users\n\1")]),
    Mistake("workers with names of their own", EXPLICIT,
            [(FIRST, r"workers 4\nunique_hostname worker${process_number}.example\n\1")]),
    Mistake("deny all twice", EXPLICIT, [(DENY_ALL, r"\1\n\1")]),
    Mistake("passwords in office hours", EXPLICIT,
            [(r"^http_access allow m365_users$", "acl office time 08:00-18:00\nhttp_access allow m365_clients office m365_users")]),
    Mistake("a list of one's own that denies before the bypass", EXPLICIT,
            [(BYPASS, r"acl banned dstdomain .office365.com\nhttp_access deny banned\n\1")]),
    Mistake("a list of one's own that inspects before the bypass", EXPLICIT,
            [(SPLICE, r"acl watched ssl::server_name .office365.com\nssl_bump bump watched\n\1")]),
    Mistake("other names than those of the table", EXPLICIT,
            [(BYPASS, r"\1\nacl banned dstdomain .tiktok.example\nhttp_access deny banned")]),
    Mistake("a list of one's own denies another bypassed name before the bypass", EXPLICIT,
            [(BYPASS, r"acl banned dstdomain .teams.microsoft.com\nhttp_access deny banned\n\1")]),
    Mistake("a list of one's own inspects another bypassed name before the bypass", EXPLICIT,
            [(SPLICE, r"acl watched ssl::server_name .teams.microsoft.com\nssl_bump bump watched\n\1")]),
    Mistake("a port with a password", EXPLICIT,
            [(r"^(http_access allow m365_users)$", r"acl proxies port 8080\nhttp_access allow proxies m365_users\n\1")]),
    Mistake("always_direct comes before never_direct", EXPLICIT, [(DENY_ALL, r"\1\nalways_direct allow all\nnever_direct allow all")]),
    Mistake("some misses are refused", EXPLICIT, [(DENY_ALL, r"\1\nmiss_access deny !m365_clients\nmiss_access allow all")]),
    Mistake("by address at step 1", TLS, [(PEEK, r"ssl_bump splice m365_step1 m365i\n\1")]),
    Mistake("the bypass in Squid's own file", ("--explicit", "3128", "--no-auth", "--no-bump"),
            [(r"^http_access deny !m365_clients\n", "")]),
)
