# SPDX-License-Identifier: GPL-2.0-or-later
"""
grammar.py - random configurations of Squid and random situations, from a seed.

    seed --> Made: text with @PLACES@ (squid.py fills them), situations, are its types all computed?

Each configuration has 5 to 40 rules of http_access and ssl_bump over the types of ACL that the model computes; some have types
that it does not know. Where it sits: tests/squidmodel/. What does not belong here: what must come out.
"""

import random

CLIENTS = ("127.0.0.1", "10.1.0.5", "10.2.0.7", "192.168.7.7")
CLIENTS_6 = ("2001:db8::5",)
NAMES = ("outlook.office365.com", "login.microsoftonline.com", "contoso.sharepoint.com", "teams.microsoft.com",
         "login.live.com", "www.example.com", "shop.example.net", "stranger.example", "cdn.stranger.example", "six.example", "outlook.office.com",
         "my_own.example")
# In the order of their names; the last ones have none.
ADDRESSES = ("52.96.0.1", "20.190.128.1", "13.107.136.9", "52.112.0.4", "198.51.100.97", "192.0.2.80", "192.0.2.81",
             "203.0.113.66", "203.0.113.67", "2001:db8::66", "2603:1006::1", "192.0.2.82", "52.96.0.9", "203.0.113.99", "2001:db8::99")
NOTES = ("m365_why_ rule", "m365_cat_ Optimize", "m365_why_", "m365_cat_ Optimize Allow", "m365_area_ Exchange",
         "m365_why_ category no-rule", "m365_id_ 1 31")
MODES = ("", "", "", "", "--client-requested ", "--consensus ", "--server-provided ")
# About what there is only later: a server, a reply, an error.
EARLY = ("hier_code HIER_NONE", "hier_code HIER_DIRECT ORIGINAL_DST", "squid_error ERR_NONE", "squid_error ERR_ACCESS_DENIED", "has request",
         "has response", "has ALE", "transaction_initiator client", "transaction_initiator internal esi", "transaction_initiator all",
         "user_cert CN x", "ca_cert CN x", "ssl_error X509_V_ERR_CERT_HAS_EXPIRED", "server_cert_fingerprint " + ":".join(["AA"] * 20),
         "connections_encrypted", "tag x", "ext_user alice", "ext_user_regex .", "urllogin .", "peername x", "http_status 200-599",
         "rep_header Server .", "rep_mime_type .", "snmp_community public")
LISTS = "@SITE@/lists"
PORTS_CERT = "tls-cert=@SITE@/squid-ca.pem generate-host-certificates=on dynamic_cert_mem_cache_size=4MB"
EXTERNAL = ("external_acl_type {} ttl=0 negative_ttl=0 cache=0 children-max=1 children-startup=0 concurrency=20 "
            "queue-size=100 {} @RUN@/programs/ext_m365_acl -t @SITE@/image{}")


class Made:
    """text: a configuration. requests: REQUESTs of trace. computed: has it only types that the model computes? must: how some of the
    requests end, whatever the model says."""

    def __init__(self, name, text, requests, computed, must=None):
        self.name, self.text, self.requests, self.computed, self.must = name, text, requests, computed, must or {}


class Grammar:
    """The choices of one seed, for Squid 4 without what came later."""

    def __init__(self, seed, version="5"):
        self.old = version.startswith("4")
        self.seed, self.rand = seed, random.Random(f"squidmodel {seed}")
        self.acls, self.names = [], []
        self.computed = self.rand.random() >= 0.05
        self.second = self.rand.random() < 0.25
        self.follows = self.rand.random() < 0.12
        self.appends = self.rand.random() < 0.08
        self.checks = self.rand.random() < 0.08

    def chance(self, part):
        return self.rand.random() < part

    def one(self, values):
        return self.rand.choice(values)

    def some(self, values, most=3):
        return self.rand.sample(values, self.rand.randint(1, min(most, len(values))))

    # ---- ACLs ----

    def domain(self):
        name = self.one(NAMES)
        kind = self.rand.random()
        if kind < 0.5:
            return name
        if kind < 0.85:
            return "." + name.partition(".")[2] if name.count(".") > 1 else "." + name
        return self.one(ADDRESSES)

    def net(self, address):
        if ":" in address:
            return self.one((address, address + "/128", "2001:db8::/64", "2603:1006::/40"))
        start, _, last = address.rpartition(".")
        return self.one((address, address + "/32", f"{start}.0/24", f"{address.split('.')[0]}.0.0.0/8", f"{start}.0-{start}.80",
                         f"{address}/255.255.255.128", f"{start}.{int(last) & 240}/28"))

    def regex(self):
        return self.one(("office365", "\\.com$", "^www\\.", "stranger", "^login\\.", "example", "^[0-9.]+$", "none", "OUTLOOK",
                         "[.]net$", "(office|shop)", "^.{5,14}$", "[[:digit:]]"))

    def domains(self):
        """Domains of one line; Squid warns about, or refuses, one that is inside another."""
        found = []
        for one in (self.domain() for _ in range(self.rand.randint(1, 3))):
            if all(one.lstrip(".") not in other and other.lstrip(".") not in one for other in found):
                found.append(one)
        return " ".join(found)

    def simple(self, name):
        """One line that defines an ACL of a type that looks at the request."""
        flag = self.one(("", "-i "))
        kinds = (
            (3, lambda: f"src {self.net(self.one(CLIENTS + CLIENTS_6))}"),
            (3, lambda: f"dst {self.one(('', '', '', '-n '))}{self.net(self.one(ADDRESSES))}"),
            (4, lambda: f"dstdomain {self.one(('', '', '-n '))}{self.domains()}"),
            (2, lambda: f"dstdom_regex {self.one(('', '', '-n '))}{flag}{self.regex()}"),
            (1, lambda: f"dst {self.one(NAMES)}"),
            (2, lambda: f"port {self.one(('443', '22', '443 8443', '1024-65535', '80 8080'))}"),
            (2, lambda: f"myportname {self.one(('px', 'itls', 'ihttp', 'second', 'px itls'))}"),
            (1, lambda: f"localport {self.one(('@EXPLICIT@', '@TLS@', '443', '80', '@EXPLICIT@ 443'))}"),
            (2, lambda: f"method {self.one(('CONNECT', 'GET', 'CONNECT POST', 'GET HEAD', 'PUT POST'))}"),
            (2, lambda: f"proto {self.one(('HTTP', 'HTTPS', 'HTTP HTTPS', 'FTP', 'none', 'NONE HTTP'))}"),
            (2, lambda: f"browser {flag}{self.one(('curl', 'Mozilla', 'teams'))}"),
            (1, lambda: f"req_header X-Zone {flag}{self.one(('^lab$', 'office', '.'))}"),
            (1, lambda: f"req_header {self.one(('User-Agent Mozilla', 'Host example', 'host ^[0-9]', 'Proxy-Authorization ^Basic', 'proxy-authorization .'))}"),
            (1, lambda: f'dstdomain "{LISTS}/nobumpsites.acl"'),
            (1, lambda: f'dstdom_regex -i "{LISTS}/whitelist.acl"'),
        )
        return f"acl {name} {self.rand.choices([k[1] for k in kinds], [k[0] for k in kinds])[0]()}"

    def special(self, name):
        """One line that defines an ACL of a type that is about TLS, users or notes."""
        flag = self.one(("", "-i "))
        kinds = (
            (4, lambda: f"at_step {self.one(('SslBump1', 'SslBump2', 'SslBump3', 'SslBump1 SslBump2', 'SslBump2 SslBump3'))}"),
            (4, lambda: f"ssl::server_name {self.one(MODES)}{self.domains()}"),
            (2, lambda: f"ssl::server_name_regex {flag}{self.regex()}"),
            (5, lambda: f"external m365t{self.one(('', '', ' optimize', ' Exchange', ' allow optimize', ' rule'))}"),
            (2, lambda: "external m365i"),
            (1, lambda: "external m365u"),
            (1, lambda: f'ssl::server_name "{LISTS}/nobumpsites.acl"'),
            (3, lambda: f"note {self.one(NOTES)}"),
            (4, lambda: f"proxy_auth {self.one(('REQUIRED', 'REQUIRED', 'alice', 'bob', '-i ALICE', 'bob alice'))}"),
            (1, lambda: f"{self.one(('src', 'dst'))} {self.one(('all', 'ipv6', 'ipv4'))}"),
            (1, lambda: f"annotate_transaction {self.one(('seen=a', 'seen=b', 'mark+=x'))}"),
            (1, lambda: f"annotate_client {self.one(('met=a', 'met=b'))}"),
            (2, lambda: f"note {self.one(('seen a', 'seen b', 'mark x', 'met a', 'met'))}"),
            (3, lambda: self.one(EARLY)),
        )
        line = self.rand.choices([k[1] for k in kinds], [k[0] for k in kinds])[0]()
        return f"acl {name} {'note mark x' if self.old and line.startswith('annotate_') else line}"

    def unknown(self, name):
        return f"acl {name} " + self.one(("time MTWHF 00:00-11:59", "random 0.5", "url_regex example", "maxconn 3",
                                          "urlpath_regex ^/e2e", "time S",
                                          "proxy_auth_regex -i ^al"))

    def make_acls(self):
        self.acls.append("acl step1 at_step SslBump1")
        self.acls.append("acl users proxy_auth REQUIRED")
        self.acls.append("acl m365 external m365t")
        if self.old:
            self.acls.append("acl CONNECT method CONNECT")
        own = self.rand.sample(("localhost", "to_localhost", "manager", "CONNECT"), 2)
        self.names = ["step1", "users", "m365", "all", *own]
        for number in range(self.rand.randint(4, 9)):
            self.add(f"s{number}", self.simple)
            if self.chance(0.1):
                self.more(f"s{number}")
        for number in range(self.rand.randint(3, 8)):
            self.add(f"t{number}", self.special)
        if not self.computed:
            self.add("u0", self.unknown)
            self.add("u1", self.unknown)
        for name in ("f0", "f1") if self.follows else ():
            self.add(name, lambda name: f"acl {name} src {' '.join(self.some(CLIENTS, 2))}")
        for number in range(self.rand.randint(0, 3)):
            kind = self.one(("any-of", "all-of"))
            members = [self.negated(one) for one in self.some(self.names, 3)]
            self.acls.append(f"acl g{number} {kind} {' '.join(members)}")
            if kind == "all-of" and self.chance(0.3):
                self.acls.append(f"acl g{number} {kind} {self.negated(self.one(self.names))}")
            self.names.append(f"g{number}")

    def add(self, name, how):
        line = how(name)
        # Names of ACLs are the same in any case.
        self.acls.append(line.replace(f"acl {name} ", f"acl {name.upper()} ") if self.chance(0.1) else line)
        self.names.append(name)

    def more(self, name):
        """A second line for the last ACL: the values of both lines count."""
        kind = self.acls[-1].split()[2]
        for _ in range(20):
            line = self.simple(name)
            if line.split()[2] == kind and "-n" not in line + self.acls[-1] and '"' not in line + self.acls[-1]:
                values = set(self.acls[-1].split()[3:])
                if kind in ("port", "localport", "method", "proto", "myportname") and not values & set(line.split()[3:]):
                    self.acls.append(line)
                return

    def negated(self, name):
        return ("!" if self.chance(0.25) else "") + name

    def condition(self, allowed):
        count = self.rand.choices((1, 2, 3), (4, 5, 3))[0]
        return " ".join(self.negated(one) for one in self.rand.sample(allowed, min(count, len(allowed))))

    # ---- rules ----

    def access_rules(self):
        rules = [f"http_access {self.one(('allow', 'allow', 'deny'))} {self.condition(self.names)}"
                 for _ in range(self.rand.randint(5, 22))]
        if self.follows:
            rules[:0] = [f"http_access {self.one(('allow', 'deny'))} {self.negated(self.one(('f0', 'f1')))}" for _ in range(2)]
        last = self.rand.random()
        if last < 0.45:
            rules.append("http_access allow all")
        elif last < 0.7:
            rules.append("http_access deny all")
        elif last < 0.8:
            rules.append("http_access deny !users")
        return rules

    def follow_rules(self):
        """Whose X-Forwarded-For counts. Only ACLs that need no helper: seen.py cannot tell the lists apart otherwise."""
        known = ["f0", "f1", "f0", "f1", "all", *(one for one in self.names if one[0] == "s" and one != "step1")]
        rules = [f"follow_x_forwarded_for {self.one(('allow', 'allow', 'deny'))} {self.condition(known)}"
                 for _ in range(self.rand.randint(1, 4))]
        if self.chance(0.15):
            rules.append("acl_uses_indirect_client off")
        return rules

    def bump_rules(self):
        if self.chance(0.06):
            return []
        rules = []
        if self.chance(0.7):
            rules.append(f"ssl_bump {self.one(('peek', 'peek', 'peek', 'stare'))} step1")
        for _ in range(self.rand.randint(1, 14)):
            action = self.rand.choices(("splice", "bump", "peek", "stare", "terminate", "none", "client-first", "server-first"),
                                       (25, 25, 25, 20, 10, 1, 1, 1))[0]
            rules.append(f"ssl_bump {action} {self.condition(self.names)}")
        if self.chance(0.5):
            rules.append(f"ssl_bump {self.one(('bump', 'splice', 'bump', 'terminate', 'peek', 'stare'))} all")
        return rules

    def text(self):
        self.make_acls()
        explicit = "ssl-bump " + PORTS_CERT if self.chance(0.92) else ""
        lines = [f"# configuration {self.seed}",
                 f"http_port @EXPLICIT@ name=px {explicit}".rstrip(),
                 f"https_port @TLS@ name=itls intercept ssl-bump {PORTS_CERT}",
                 "http_port @HTTP@ name=ihttp intercept",
                 *(["http_port @SECOND@ name=second"] if self.second else []),
                 "auth_param basic program @LIBEXEC@/basic_ncsa_auth @SITE@/passwd",
                 "auth_param basic children 1 startup=1 idle=1",
                 "auth_param basic realm model",
                 EXTERNAL.format("m365t", self.one(("%>rd %#ssl::>sni %>rP", "%>rd %#ssl::>sni %>rP %DATA")), ""),
                 EXTERNAL.format("m365u", "%ul %>rd %#ssl::>sni %>rP", " -F ignore,dst,sni,port"),
                 EXTERNAL.format("m365i", "%>rd %#ssl::>sni %>la %>rP", " -F dst,sni,la,port"),
                 *self.acls,
                 *(self.follow_rules() if self.follows else []),
                 *(["append_domain .office365.com"] if self.appends else []),
                 *(["check_hostnames on", f"allow_underscore {self.one(('on', 'off', 'off'))}"] if self.checks else [])]
        access, bump = self.access_rules(), self.bump_rules()
        while access or bump:
            mine = access if access and (not bump or self.chance(len(access) / (len(access) + len(bump)))) else bump
            lines.append(mine.pop(0))
        return "\n".join(lines) + "\n"

    # ---- situations ----

    def words(self, tunnel, port, six=False):
        clients = CLIENTS_6 if six or (port in ("px", "second") and self.chance(0.07)) else CLIENTS
        words = [f"from={self.one(clients)}", f"port={port}"]
        if tunnel and self.chance(0.35):
            words.append("tls=1.2")
        if self.chance(0.3):
            words.append(f'agent="{self.one(("curl/8.1", "Mozilla/5.0 (X11)", "Teams 1"))}"')
        if self.follows and self.chance(0.5):
            words.append(f'header="X-Forwarded-For: {self.forwarded()}"')
        elif self.chance(0.2):
            words.append(f'header="X-Zone: {self.one(("lab", "office north"))}"')
        if self.chance(0.08):
            words.append("helper=dead")
        return words

    def forwarded(self):
        """Clients that proxies in front may have written; the last one comes first."""
        values = self.rand.choices((*CLIENTS, *CLIENTS_6, "unknown", "0x0a010005", "10.1.0.5:1234"), (9, 9, 9, 9, 4, 2, 1, 1),
                                   k=self.rand.randint(1, 4))
        return self.one((", ", ",", " ")).join(values) + self.one(("", "", ",", " ,"))

    def user(self):
        return self.rand.choices(([], ["user=alice"], ["user=bob"], ["user=alice", "password=wrong"]), (5, 7, 1, 1))[0]

    def spelled(self, name):
        """The same name as a client may write it; an address as it is. append_domain makes a short name whole."""
        if self.appends and self.chance(0.3):
            return "outlook"
        if name in ADDRESSES:
            return name
        return self.rand.choices((name, name.upper(), name.title(), name + "."), (20, 1, 1, 1))[0]

    def request(self):
        kind = self.rand.random()
        if kind < 0.5:
            host = self.one(NAMES) if self.chance(0.85) else self.one(ADDRESSES)
            own = self.one(NAMES) if self.chance(0.25) or host in ADDRESSES else host
            sni = [] if self.chance(0.15) else [f"sni={self.spelled(own)}"]
            host = f"[{host}]" if ":" in host else self.spelled(host)
            target = f"CONNECT {host}:{self.rand.choices(('443', '8443', '22'), (12, 2, 1))[0]}"
            port = "second" if self.second and self.chance(0.2) else "px"
            return " ".join([target, *sni, *self.user(), *self.words(True, port)])
        if kind < 0.8:
            place = self.rand.randrange(len(ADDRESSES))
            own = NAMES[place] if place < len(NAMES) else self.one(NAMES)
            sni = [] if self.chance(0.15) else [f"sni={self.spelled(self.one(NAMES) if self.chance(0.3) else own)}"]
            six = ":" in ADDRESSES[place]
            address = f"[{ADDRESSES[place]}]" if six else ADDRESSES[place]
            return " ".join([f"INTERCEPT {address}:443", *sni, *self.words(True, "itls", six)])
        port = self.one(("px", "px", "second" if self.second else "px", "ihttp", "ihttp"))
        host = self.one(NAMES) if self.chance(0.85) else self.one(ADDRESSES)
        six = port == "ihttp" and (":" in host or host in ("six.example", "outlook.office.com"))
        host = f"[{host}]" if ":" in host else host if port == "ihttp" and self.appends else self.spelled(host)
        url = f"http://{host}{':8080' if port != 'ihttp' and self.chance(0.15) else ''}/e2e"
        user = [] if port == "ihttp" else self.user()
        method = self.rand.choices(("GET", "POST", "HEAD", "PUT"), (10, 1, 1, 1))[0]
        return " ".join([f"{method} {url}", *user, *self.words(False, port, six)])

    def made(self, situations):
        text = self.text()
        requests = [self.request() for _ in range(situations)]
        # Those with a dead helper last: it dies once.
        requests.sort(key=lambda one: "helper=" in one)
        return Made(f"seed {self.seed}", text, requests, self.computed)
