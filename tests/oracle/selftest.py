#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks the oracle against the examples of the contract.

What it is for: the oracle judges the programs, so it must be tested first. Each
case is a sentence of the contract, a request, and the answer that follows from
it. Read from top to bottom, this file is a specification by example.

Where it sits: tests/oracle/. It needs only oracle.py.

What does not belong here: random cases (generate.py), the programs (compare.py),
and expected answers copied from a run.

A case is written `(sentence, request, answer)`. A request is `dst sni la port`.
The short forms are `dst`, `dst port` and `dst sni port`. An answer is
`action why [category [rule [id]]]`. Null is written `-`, or omitted at the end.
"""

import datetime
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True

import oracle  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import stage  # noqa: E402  (of tests/)

TALLY = stage.Tally()


def check(sentence, got, want):
    TALLY.case(sentence, None if got == want else f"want: {want}\ngot:  {got}")


def load(sources, **options):
    """The rules of `{file name or VERB:file name: content}`, and the options."""
    options = oracle.Options(**options)
    with tempfile.TemporaryDirectory() as folder:
        specs = []
        for name, content in sources.items():
            verb, colon, file = name.rpartition(":")
            path = os.path.join(folder, file)
            with open(path, "w", encoding="utf-8", newline="") as out:
                out.write(content if isinstance(content, str) else json.dumps(content))
            specs.append(verb + colon + path)
        return oracle.load(specs, options), options


def fill(request):
    words = request.split(" ")
    dst, rest = words[0], words[1:]
    sni = rest[0] if len(rest) > 1 else "-"
    la = rest[1] if len(rest) > 2 else "-"
    return " ".join([dst, sni, la, rest[-1] if rest else "443"])


def section(sources, *cases, **options):
    if isinstance(sources, str):
        sources = {"local.rules": sources}
    rules, options = load(sources, **options)
    for sentence, request, want in cases:
        got = oracle.answer(rules, fill(request), options)
        shown = [str(got[key] or "-") for key in ("action", "why", "category", "rule", "id")]
        while shown[-1] == "-":
            shown.pop()
        check(f"{sentence} ({request})", " ".join(shown), want)


def refused(sentence, sources, **options):
    if isinstance(sources, str):
        sources = {"local.rules": sources}
    try:
        load(sources, **options)
        check(sentence, "loaded", "refused")
    except oracle.Refused:
        check(sentence, "refused", "refused")


def endpoint_set(number, category, **fields):
    return {
        "id": number,
        "serviceArea": "Common",
        "category": category,
        "required": True,
        "expressRoute": False,
        **fields,
    }


LONG = ("a" * 63 + ".") * 3 + "b" * 41  # with ".officeapps.live.com" 253 bytes

WORLDWIDE = """\
# example sets for the rules, as table text
optimize outlook.office365.com    id=1 area=Exchange tcp=80,443 udp=443 required expressroute
optimize 52.96.0.0/14             id=1 area=Exchange tcp=80,443 udp=443 required expressroute
allow    outlook.office365.com    id=2 area=Exchange tcp=143,587,993,995 expressroute
allow    52.96.0.0/14             id=2 area=Exchange tcp=143,587,993,995 expressroute
optimize 52.112.0.0/14            id=11 area=Skype udp=3478-3481 required
allow    *.officeapps.live.com    id=46 area=Common tcp=80,443 required
allow    2603:1006:1400::/40      id=46 area=Common tcp=80,443 required
default  officeapps.live.com      id=53 area=Common tcp=443 required
default  cdn.odc.officeapps.live.com id=91 area=Common tcp=80,443
default  *cdn.onenote.net         id=51 area=Common tcp=443 required
allow    autodiscover.*.onmicrosoft.com id=8 area=Exchange tcp=80,443 required
"""


def names():
    section(
        {"worldwide.txt": WORLDWIDE},
        ("an exact name", "outlook.office365.com", "bypass rule Optimize outlook.office365.com 1"),
        ("an exact name is not its children", "x.outlook.office365.com", "inspect no-rule"),
        ("`*.b.c`: any name below", "word.officeapps.live.com", "bypass rule Allow *.officeapps.live.com 46"),
        ("`*.b.c`: at any depth", "a.b.c.officeapps.live.com", "bypass rule Allow *.officeapps.live.com 46"),
        ("`*.b.c`: never `b.c` itself", "officeapps.live.com", "inspect category Default officeapps.live.com 53"),
        ("`*.b.c` ends at a label", "xofficeapps.live.com", "inspect no-rule"),
        ("glued `*`: zero characters", "cdn.onenote.net", "inspect category Default *cdn.onenote.net 51"),
        ("glued `*`: dots allowed", "x.ycdn.onenote.net", "inspect category Default *cdn.onenote.net 51"),
        ("glued `*`: not below", "cdn.x.onenote.net", "inspect no-rule"),
        ("inner `*`: one label", "autodiscover.a-1.onmicrosoft.com",
         "bypass rule Allow autodiscover.*.onmicrosoft.com 8"),
        ("inner `*`: without dots", "autodiscover.a.mail.onmicrosoft.com", "inspect no-rule"),
        ("inner `*`: one or more characters", "autodiscover.onmicrosoft.com", "inspect no-rule"),
        ("lower case, one trailing dot ignored", "OutLook.Office365.COM.",
         "bypass rule Optimize outlook.office365.com 1"),
        ("two trailing dots leave an empty label", "outlook.office365.com..", "inspect bad-name"),
        ("an empty label", "a..officeapps.live.com", "inspect bad-name"),
        ("any other byte matches nothing", "outlook.office365.com%00.evil.example", "inspect bad-name"),
        ("a `*` in a request is such a byte", "*.officeapps.live.com", "inspect bad-name"),
        ("a label of 63", "a" * 63 + ".officeapps.live.com", "bypass rule Allow *.officeapps.live.com 46"),
        ("a label of 64", "a" * 64 + ".officeapps.live.com", "inspect bad-name"),
        ("253 bytes", LONG + ".officeapps.live.com", "bypass rule Allow *.officeapps.live.com 46"),
        ("253 bytes and a dot", LONG + ".officeapps.live.com.", "bypass rule Allow *.officeapps.live.com 46"),
        ("254 bytes", LONG + "b.officeapps.live.com", "inspect bad-name"),
        ("no destination", "- 443", "inspect bad-name"),
    )
    section(
        "allow .partner.example tcp=443,8443\n"
        "allow a-*.b.example\n"
        "allow ~(dev|test)[0-9]+\\.lab\\.example\n"
        "allow w*.*.deep.example\n",
        ("`.b.c` is `b.c`", "partner.example", "bypass rule Allow .partner.example"),
        ("`.b.c` is also `*.b.c`", "x.y.partner.example 8443", "bypass rule Allow .partner.example"),
        ("`.b.c` is nothing else", "xpartner.example", "inspect no-rule"),
        ("`a-*`: one or more characters", "a-.b.example", "inspect no-rule"),
        ("`a-*`", "a-x.b.example", "bypass rule Allow a-*.b.example"),
        ("`a-*`: without dots", "a-x.y.b.example", "inspect no-rule"),
        ("any number of stars in a local pattern", "w1.w2.deep.example", "bypass rule Allow w*.*.deep.example"),
        ("a regex", "dev12.lab.example", "bypass rule Allow ~(dev|test)[0-9]+\\.lab\\.example"),
        ("a regex is anchored at the left", "mydev12.lab.example", "inspect no-rule"),
        ("a regex is anchored at the right", "dev12.lab.example.org", "inspect no-rule"),
    )


def ports():
    section(
        {"worldwide.txt": WORLDWIDE},
        ("Optimize on 443", "outlook.office365.com 443", "bypass rule Optimize outlook.office365.com 1"),
        ("Allow on 993", "outlook.office365.com 993", "bypass rule Allow outlook.office365.com 2"),
        ("a port that no rule speaks for", "outlook.office365.com 8443", "inspect port"),
        ("an absent port is asked as 443", "outlook.office365.com -", "bypass rule Optimize outlook.office365.com 1"),
        ("port 0", "outlook.office365.com 0", "inspect bad-port"),
        ("port 65536", "outlook.office365.com 65536", "inspect bad-port"),
        ("not a number", "outlook.office365.com https", "inspect bad-port"),
        ("a bad port comes before a bad name", "a..b 0", "inspect bad-port"),
        ("UDP only never decides a proxied request", "52.112.0.1 3478", "inspect port"),
    )
    section(
        "allow a.example id=1\n"
        "allow b.example\n"
        "allow c.example udp=443\n"
        "allow d.example tcp=50000-59999\n",
        ("published, neither: 80", "a.example 80", "bypass rule Allow a.example 1"),
        ("published, neither: nothing else", "a.example 8080", "inspect port"),
        ("local, none: all", "b.example 65535", "bypass rule Allow b.example"),
        ("local, UDP only: never", "c.example 443", "inspect port"),
        ("a range, its last", "d.example 59999", "bypass rule Allow d.example"),
        ("a range, one after", "d.example 60000", "inspect port"),
    )


def precedence():
    section(
        {"worldwide.txt": WORLDWIDE},
        ("specific: exact Default under a wildcard Allow", "cdn.odc.officeapps.live.com",
         "inspect category Default cdn.odc.officeapps.live.com 91"),
    )
    section(
        {"worldwide.txt": WORLDWIDE},
        ("highest: strongest category of all matches", "cdn.odc.officeapps.live.com",
         "bypass rule Allow *.officeapps.live.com 46"),
        precedence="highest",
    )
    table = {
        "worldwide.txt": "allow a.m.example id=5\n"
                         "optimize *.m.example id=6\n"
                         "default *.deep.m.example id=7\n"
                         "allow *b.deep.m.example id=8\n"
                         "default same.example id=9\n"
                         "allow same.example id=10\n"
                         "allow tie.example id=21\n"
                         "allow tie.example id=20 required\n"
                         "allow tie.example id=19\n"
                         "allow low.example id=31\n"
                         "allow low.example id=30\n",
        "local.rules": "inspect .bad.example\n"
                       "allow x.bad.example\n"
                       "inspect ~.*[.]m[.]example tcp=8443\n"
                       "optimize tie.example\n"
                       "default ~[a-z]+[.]m[.]example\n"
                       "optimize low.example tcp=25\n"
                       "allow two.example\n",
        "second.rules": "allow two.example\nallow low.example id=30\n",
    }
    section(
        table,
        ("a local inspect wins, however unspecific", "x.bad.example", "inspect local-inspect - .bad.example"),
        ("a local inspect regex wins too, on the ports it speaks for", "a.m.example 8443",
         "inspect local-inspect - ~.*[.]m[.]example"),
        ("exact name first", "a.m.example", "bypass rule Allow a.m.example 5"),
        ("regex last", "q.m.example", "bypass rule Optimize *.m.example 6"),
        ("more literal characters", "c.deep.m.example", "inspect category Default *.deep.m.example 7"),
        ("a dot is a literal character, too: `*b.deep` beats `*.deep`", "b.deep.m.example",
         "bypass rule Allow *b.deep.m.example 8"),
        ("equal specificity: the stronger category", "same.example", "bypass rule Allow same.example 10"),
        ("the stronger category, whether published or local", "tie.example", "bypass rule Optimize tie.example"),
        ("full tie: the lowest id", "low.example", "bypass rule Allow low.example 30"),
    )
    rules, options = load(table)
    got = oracle.answer(rules, "two.example - - 443", options)
    check("full tie: source order", got["source"], "local")
    got = oracle.answer(rules, "low.example - - 443", options)
    check("full tie, same id: source order", got["source"], "worldwide")
    section(
        "allow t.example id=3\n"
        "allow t.example id=9 required\n"
        "allow t.example\n",
        ("full tie: required before optional", "t.example", "bypass rule Allow t.example 9"),
    )
    section(
        {"worldwide.txt": WORLDWIDE},
        ("a category not bypassed", "word.officeapps.live.com", "inspect category Allow *.officeapps.live.com 46"),
        ("a category bypassed", "outlook.office365.com", "bypass rule Optimize outlook.office365.com 1"),
        bypass=("Optimize",),
    )


def addresses():
    table = {
        "w.txt": "optimize 10.0.0.0/8 id=1 tcp=443\n"
                 "allow 10.1.0.0/16 id=2 tcp=443\n"
                 "default 10.1.1.0/24 id=3 tcp=80\n"
                 "allow 10.1.0.0/16 id=4 tcp=443 required\n"
                 "allow 2001:db8::/32 id=5 tcp=443\n"
                 "allow ::ffff:192.0.2.0/120 id=6 tcp=443\n",
        "l.rules": "inspect 10.2.0.0/16\n"
                   "optimize 10.2.3.0/24\n"
                   "inspect 10.3.0.0/16 tcp=80\n",
    }
    section(
        table,
        ("the longest prefix", "10.1.2.3", "bypass rule Allow 10.1.0.0/16 4"),
        ("the longest prefix that speaks for the port", "10.1.1.1", "bypass rule Allow 10.1.0.0/16 4"),
        ("a longer prefix on its own port", "10.1.1.1 80", "inspect category Default 10.1.1.0/24 3"),
        ("the first address", "10.0.0.0", "bypass rule Optimize 10.0.0.0/8 1"),
        ("one outside", "11.0.0.0", "inspect no-rule"),
        ("inside, but another port", "10.0.0.1 8080", "inspect port"),
        ("a local inspect prefix wins", "10.2.3.4", "inspect local-inspect - 10.2.0.0/16"),
        ("an inspect prefix of another port does not", "10.3.0.1", "bypass rule Optimize 10.0.0.0/8 1"),
        ("IPv4-mapped IPv6 is looked up as IPv4", "::ffff:10.1.2.3", "bypass rule Allow 10.1.0.0/16 4"),
        ("a mapped prefix is an IPv4 prefix", "192.0.2.9", "bypass rule Allow 192.0.2.0/24 6"),
        ("IPv6", "2001:DB8:0::1", "bypass rule Allow 2001:db8::/32 5"),
        ("IPv6 in brackets", "[2001:db8::1]", "bypass rule Allow 2001:db8::/32 5"),
        ("IPv6 as Squid escapes it", "%5B2001:db8::1%5D", "bypass rule Allow 2001:db8::/32 5"),
        ("an address with a zone is not an address", "fe80::1%eth0", "inspect bad-name"),
        ("a leading zero makes a name", "10.01.2.3", "inspect no-rule"),
        ("256 makes a name", "10.1.2.256", "inspect no-rule"),
    )
    section(
        table,
        ("highest: strongest category, then the longest", "10.1.2.3", "bypass rule Optimize 10.0.0.0/8 1"),
        precedence="highest",
    )


def identifiers():
    section(
        {
            "worldwide.txt": WORLDWIDE,
            "l.rules": "allow .partner.example\n"
                       "optimize fast.example\n"
                       "inspect 52.97.0.0/16\n"
                       "inspect in.example\n"
                       "allow 198.51.100.0/24\n",
        },
        ("dst inspect: its own why", "in.example outlook.office365.com 443", "inspect local-inspect - in.example"),
        ("dst inspect: no-rule stays no-rule", "nothing.example outlook.office365.com 443", "inspect no-rule"),
        ("dst bypassed, SNI inspect", "outlook.office365.com nothing.example 443", "inspect sni-mismatch"),
        ("the same if a local rule inspects it", "outlook.office365.com in.example 443", "inspect sni-mismatch"),
        ("an address literal as SNI is bad, hence inspect", "outlook.office365.com 52.96.0.1 443",
         "inspect sni-mismatch"),
        ("both bypassed: the weaker category", "fast.example x.partner.example 443",
         "bypass rule Allow .partner.example"),
        ("the weaker category, on either side", "x.partner.example fast.example 443", "bypass rule Allow .partner.example"),
        ("at a tie, dst's", "outlook.office365.com fast.example 443", "bypass rule Optimize outlook.office365.com 1"),
        ("dst an address: the SNI decides", "52.96.0.1 nothing.example 443", "inspect no-rule"),
        ("the SNI decides with its own rule", "52.96.0.1 cdn.onenote.net 443", "inspect category Default *cdn.onenote.net 51"),
        ("dst is inside the prefixes of the set", "52.96.0.1 outlook.office365.com 443",
         "bypass rule Optimize outlook.office365.com 1"),
        ("dst is outside the prefixes of the set", "52.112.0.1 outlook.office365.com 443", "inspect address-mismatch"),
        ("inside whatever the prefix's ports", "52.96.0.1 outlook.office365.com 993",
         "bypass rule Allow outlook.office365.com 2"),
        ("one family published: the other is a mismatch", "192.0.2.1 word.officeapps.live.com 443",
         "inspect address-mismatch"),
        ("no address of either family: the SNI alone", "192.0.2.1 autodiscover.t.onmicrosoft.com 443",
         "bypass rule Allow autodiscover.*.onmicrosoft.com 8"),
        ("a local line publishes no address", "192.0.2.1 x.partner.example 443", "bypass rule Allow .partner.example"),
        ("dst an address, bad SNI", "52.96.0.1 a..b 443", "inspect bad-name"),
        ("dst an address, SNI an address", "52.96.0.1 52.96.0.1 443", "inspect bad-name"),
        ("an inspect prefix is asked first, SNI or not", "52.97.0.1 outlook.office365.com 443",
         "inspect local-inspect - 52.97.0.0/16"),
        ("dst an address, no SNI", "52.96.0.1 443", "bypass rule Optimize 52.96.0.0/14 1"),
        ("`la` inside", "outlook.office365.com - 52.96.0.1 443", "bypass rule Optimize outlook.office365.com 1"),
        ("`la` outside", "outlook.office365.com - 192.0.2.1 443", "inspect address-mismatch"),
        ("`la` outside, SNI or not", "outlook.office365.com outlook.office365.com 192.0.2.1 443",
         "inspect address-mismatch"),
        ("`la`, none published, no SNI", "x.partner.example - 192.0.2.1 443", "inspect address-mismatch"),
        ("`la`, none published, SNI", "x.partner.example x.partner.example 192.0.2.1 443",
         "bypass rule Allow .partner.example"),
        ("`la` is not an address", "outlook.office365.com - localhost 443", "inspect address-mismatch"),
        ("`la` under an inspect prefix", "outlook.office365.com - 52.97.0.1 443",
         "inspect local-inspect - 52.97.0.0/16"),
        ("`la` equal to dst agrees", "198.51.100.7 - 198.51.100.7 443", "bypass rule Allow 198.51.100.0/24"),
        ("`la` equal to dst, in another notation", "198.51.100.7 - ::ffff:198.51.100.7 443", "bypass rule Allow 198.51.100.0/24"),
        ("`la` is ignored if the verdict is inspect", "nothing.example - 52.97.0.1 443", "inspect no-rule"),
    )


def tied_sets():
    section(
        {
            "a.txt": "allow x.example id=1\n"
                     "allow 10.1.0.0/16 id=1\n"
                     "allow x.example id=2\n"
                     "allow 10.2.0.0/16 id=2\n"
                     "default x.example id=3\n"
                     "default 10.3.0.0/16 id=3\n",
            "b.rules": "allow x.example\n",
            "c.txt": "allow 10.4.0.0/16 id=1\n",
        },
        ("any of the tied sets", "10.2.0.1 x.example 443", "bypass rule Allow x.example 1"),
        ("a weaker set is not tied", "10.3.0.1 x.example 443", "inspect address-mismatch"),
        ("one tied set without addresses does not help", "10.5.0.1 x.example 443", "inspect address-mismatch"),
        ("a set is (source, id): the same id of another source", "10.4.0.1 x.example 443", "inspect address-mismatch"),
    )


def names_behind_addresses():
    section(
        {
            "w.txt": "allow *.login.example id=1\n"
                     "allow 10.1.0.0/16 id=1\n"
                     "allow a.example id=2\n"
                     "allow 10.2.0.0/16 id=2\n"
                     "allow a*.glued.example id=3\n"
                     "allow 10.3.0.0/16 id=3\n"
                     "allow *.r.example id=4\n"
                     "allow 10.4.0.0/16 id=4\n",
            "l.rules": "inspect www.login.example\n"
                       "inspect *b.glued.example tcp=443\n"
                       "inspect ~a[.]example tcp=8443\n"
                       "inspect ~none tcp=444\n"
                       "allow 10.1.7.0/24\n",
        },
        ("a name of the set falls under an inspect rule", "10.1.0.1", "inspect local-inspect"),
        ("but not for its SNI", "10.1.0.1 x.login.example 443", "bypass rule Allow *.login.example 1"),
        ("no name falls under an inspect rule", "10.2.0.1", "bypass rule Allow 10.2.0.0/16 2"),
        ("two wildcards that share a name", "10.3.0.1 443", "inspect local-inspect"),
        ("on another port they do not", "10.3.0.1 80", "bypass rule Allow 10.3.0.0/16 3"),
        ("a local prefix has no names", "10.1.7.1", "bypass rule Allow 10.1.7.0/24"),
    )
    rules, options = load({"w.txt": "allow *.s.example id=1 tcp=443,444\n"
                                    "allow 10.0.0.0/8 id=1 tcp=443,444\n",
                           "l.rules": "inspect ~none tcp=444\n"})
    check("a regex without a literal end is assumed to meet every wildcard", oracle.answer(rules, "10.0.0.1 - - 444", options)["why"],
          "local-inspect")
    for regex, want in (("~a[0-9]+\\.s[.]example", "local-inspect"),
                        ("~a+[.]t[.]example", "rule"),
                        ("~.*[.]b\\.s\\.example", "local-inspect"),
                        ("~x[.]t[.]example|y", "local-inspect"),
                        ("~.*[.]xs[.]example", "rule"),
                        ("~.*s[.]example", "local-inspect")):
        rules, options = load({"w.txt": "allow *.s.example id=1\n"
                                        "allow 10.0.0.0/8 id=1\n",
                               "l.rules": f"inspect {regex}\n"})
        check(f"{regex} meets whatever its end allows", oracle.answer(rules, "10.0.0.1 - - 443", options)["why"], want)
    for want, one, other in (
        (True, "*.b.c", "*.b.c"), (False, "*.b.c", "b.c"), (True, "*b.c", "b.c"), (True, "*.c", "a.b.c"),
        (False, "a.*.c", "a.c"), (False, "a.*.c", "a.b.d.c"), (True, "a.*.c", "*x.c"), (True, "a-*.c", "*-b.c"),
        (True, "*cdn.x", "a.*.x"), (False, "a-*.c", "b*.c"), (True, "*", "a"), (False, "*.a.b", "*.b.b"),
    ):
        check(f"can '{one}' and '{other}' match the same name", oracle.patterns_meet(one, other), want)


def tenants():
    table = {"w.txt": "optimize *.sharepoint.com id=31\n"
                      "optimize 10.1.0.0/16 id=31\n"
                      "optimize sharepoint.com id=31\n"
                      "optimize <tenant>.sharepoint.us id=32\n"
                      "optimize 10.2.0.0/16 id=32\n"
                      "allow autodiscover.<tenant>.mail.example id=8\n",
             "l.rules": "allow evil.sharepoint.com\ninspect spy.sharepoint.com\n"}
    section(
        table,
        ("a configured tenant", "contoso.sharepoint.com", "bypass rule Optimize *.sharepoint.com 31"),
        ("a configured tenant, followed by -my", "Contoso-My.sharepoint.com", "bypass rule Optimize *.sharepoint.com 31"),
        ("a configured tenant, followed by -admin", "contoso-admin.sharepoint.com", "bypass rule Optimize *.sharepoint.com 31"),
        ("a configured tenant, followed by anything else", "contoso-evil.sharepoint.com", "inspect foreign-tenant"),
        ("any other", "evil.sharepoint.com", "inspect foreign-tenant"),
        ("deeper: the label next to the suffix", "contoso.evil.sharepoint.com", "inspect foreign-tenant"),
        ("deeper under a configured tenant", "cdn.contoso.sharepoint.com", "bypass rule Optimize *.sharepoint.com 31"),
        ("the suffix itself", "sharepoint.com", "bypass rule Optimize sharepoint.com 31"),
        ("also where no rule matches", "evil.sharepoint.cn", "inspect foreign-tenant"),
        ("also on a port that no rule speaks for", "evil.sharepoint.com 8080", "inspect foreign-tenant"),
        ("after a local inspect", "spy.sharepoint.com", "inspect local-inspect - spy.sharepoint.com"),
        ("as SNI", "contoso.sharepoint.com evil.sharepoint.com 443", "inspect sni-mismatch"),
        ("as SNI of an address", "10.1.0.1 evil.sharepoint.com 443", "inspect foreign-tenant"),
        ("an address whose set has names of all tenants", "10.1.0.1", "inspect local-inspect"),
        ("`<tenant>` becomes the configured tenant", "contoso.sharepoint.us",
         "bypass rule Optimize contoso.sharepoint.us 32"),
        ("so its addresses pass on their own", "10.2.0.1", "bypass rule Optimize 10.2.0.0/16 32"),
        tenants=["contoso"],
    )
    section(
        {"w.txt": table["w.txt"]},
        ("an address alone must not undo the guard", "10.1.0.1", "inspect foreign-tenant"),
        tenants=["contoso"],
    )
    section(
        {"w.txt": table["w.txt"]},
        ("no tenant, no guard", "evil.sharepoint.com", "bypass rule Optimize *.sharepoint.com 31"),
        ("no tenant, no guard for addresses", "10.1.0.1", "bypass rule Optimize 10.1.0.0/16 31"),
        ("`<tenant>` becomes `*`", "x.sharepoint.us", "bypass rule Optimize *.sharepoint.us 32"),
        ("an inner `<tenant>` becomes `*`, too", "autodiscover.x.mail.example", "bypass rule Allow autodiscover.*.mail.example 8"),
        ("an inner `<tenant>` matches no dots", "autodiscover.x.y.mail.example", "inspect no-rule"),
    )
    for want, text in (
        (True, "*.sharepoint.com"), (False, "contoso.sharepoint.com"), (False, "*.contoso.sharepoint.com"),
        (True, "contoso*.sharepoint.com"), (True, "*-my.sharepoint.us"), (False, "sharepoint.com"),
        (True, "*point.com"), (False, "*.example"), (True, "a.*.sharepoint.de"), (True, "*com"),
    ):
        check(f"is '{text}' open to foreign tenants", oracle.pattern_is_foreign(text, ("contoso",)), want)


def expiry():
    table = ("allow a.example expires=2027-03-01\n"
             "inspect b.example expires=2027-03-01\n"
             "allow x.example id=1\n"
             "allow 10.0.0.0/8 id=1 expires=2027-03-01\n")
    section(
        table,
        ("the day before", "a.example", "bypass rule Allow a.example"),
        ("the day before, addresses count", "11.0.0.1 x.example 443", "inspect address-mismatch"),
        day=datetime.date(2027, 2, 28),
    )
    section(
        table,
        ("tested at the start of the day", "a.example", "inspect no-rule"),
        ("an expired inspect line stays in force", "b.example", "inspect local-inspect - b.example"),
        ("an expired prefix contains nothing", "11.0.0.1 x.example 443", "inspect address-mismatch"),
        day=datetime.date(2027, 3, 1),
    )


def sources():
    document = [
        endpoint_set(2, "Optimize", urls=["a.example", "*x.b.example"], ips=["10.0.0.0/8", "10.0.0.1/8"],
                     tcpPorts="80, 443", udpPorts="", extra={"x": [1]}),
        endpoint_set(3, "Allow", urls=["good.example", "two.*.*.example", "a/b.example"]),
        endpoint_set(4, "Default"),
    ]
    section(
        {"world wide.json": json.dumps(document, indent=2).replace("\n", "\r\n")},
        ("spaces between ports, CRLF", "a.example 443", "bypass rule Optimize a.example 2"),
        ("a row with host bits is left out, the others stay", "10.0.0.1 80", "bypass rule Optimize 10.0.0.0/8 2"),
        ("a bad url of an Allow set likewise", "good.example", "bypass rule Allow good.example 3"),
        ("a bad url matches nothing", "two.a.b.example", "inspect no-rule"),
    )
    refused("a bad url of a Default set refuses the document", {"d.json": [endpoint_set(1, "Default", urls=["*.*.a"])]})
    refused("an unknown category", {"d.json": [endpoint_set(1, "Best", urls=["a.example"])]})
    refused("a member without id", {"d.json": [{"serviceArea": "Common", "category": "Allow"}]})
    refused("an empty array", {"d.json": []})
    refused("no array", {"d.json": {"id": 1}})
    refused("unreadable ports", {"d.json": [endpoint_set(1, "Allow", urls=["a.example"], tcpPorts="80;443")]})
    refused("an unknown verb", "allow a.example\npermit b.example\n")
    refused("an unknown key", "allow a.example colour=red\n")
    refused("an unknown flag", "allow a.example optional\n")
    refused("bytes that cannot occur in a host name", "allow a_b.ex%61mple\n")
    refused("an empty label", "allow a..example\n")
    refused("a CIDR with host bits", "allow 10.0.0.1/8\n")
    refused("a local bypass prefix wider than /8", "allow 10.0.0.0/7\n")
    refused("a local bypass prefix wider than /24", "optimize 2001:c00::/23\n")
    refused("a local Default prefix as wide as that, if Default is bypassed", "default 10.0.0.0/7\n", bypass=("Default",))
    refused("`.b.c` in a published set", "allow .b.example id=1\n")
    refused("a regex in a published set", "allow ~a id=1\n")
    refused("two stars in a published set", "allow a.*.*.example id=1\n")
    refused("an inspect list with a refused line", {"inspect:l.txt": "a.example\nb..example\n"})
    refused("one source of two refused: none is loaded", {"a.rules": "allow a.example\n", "b.rules": "deny b.a\n"})
    section(
        {"allow:list.txt": "# partners\r\na.example   # exact\r\n.b.example\r\n"
         "10.9.0.0/16\r\nbad..example\r\n10.0.0.1/8\r\n",
         "inspect:wide.txt": "*.evil.example\n0.0.0.0/1\n",
         "d.rules": 'default c.example note="a \\"b\\" \\\\ c" area=Lab\n\n  \t\n'
         'allow evil.example owner=x gen=2 ticket=T-1\n'},
        ("a bare list: an exact name", "a.example 8080", "bypass rule Allow a.example"),
        ("a bare list: not its children", "x.a.example", "inspect no-rule"),
        ("a bare list: `.b.c`", "x.b.example", "bypass rule Allow .b.example"),
        ("a bypass list loads without its refused lines", "bad.example", "inspect no-rule"),
        ("an inspect prefix may be of any width", "10.9.0.1", "inspect local-inspect - 0.0.0.0/1"),
        ("`*.b.c` in an inspect list is not `b.c`", "evil.example", "bypass rule Allow evil.example"),
        ("quotes within quotes", "c.example", "inspect category Default c.example"),
    )


def printed():
    rules, options = load({"worldwide.txt": WORLDWIDE})
    got = oracle.answer(rules, "outlook.office365.com - - 443", options)
    want = (
        '{"query":"outlook.office365.com - - 443","host":"outlook.office365.com","port":443,"sni":null,'
        '"action":"bypass","category":"Optimize","why":"rule","rule":"outlook.office365.com","id":1,'
        '"area":"Exchange","required":true,"expressRoute":true,"source":"worldwide"}'
    )
    check("the object, with its keys in order", json.dumps(got, separators=(",", ":")), want)
    got = oracle.answer(rules, "a..b 1.2.3.4 - 0", options)
    check("bad values are null", [got["host"], got["port"], got["sni"]], [None, None, None])
    got = oracle.answer(rules, "[2603:1006:1400:0::1] A.B. - 1", options)
    check("names and addresses in canonical form", [got["host"], got["sni"]], ["2603:1006:1400::1", "a.b"])


def main():
    for chapter in (names, ports, precedence, addresses, identifiers, tied_sets, names_behind_addresses, tenants,
                    expiry, sources, printed):
        chapter()
    return TALLY.finish()


if __name__ == "__main__":
    sys.exit(main())
