# SPDX-License-Identifier: GPL-2.0-or-later
"""
patched.py - the public configurations and those of laws.py after `m365ctl squid-conf --into`, and what must become of requests there.

The diff is applied with patch(1). Besides what trace says, a bypassed name must end without a password and without inspection in the
real Squid, and a stranger that sends its name as SNI must not be spliced where it was not. Where it sits: tests/squidmodel/. What
does not belong here: places of lines, bad input (tests/squidconf/into_test.py).
"""

import os
import re
import subprocess

import laws
import printed
from grammar import Made

# Numbers that no configuration has, for the ports: a port without name= is called by its number.
NUMBERS = (("@EXPLICIT@", "61128"), ("@TLS@", "61130"), ("@HTTP@", "61129"), ("@SECOND@", "61131"))
PLACES = (("SITE", "SITE"), ("RUN", "SITE"), ("LIBEXEC", "SQUID_LIBEXEC"))
# It has the lines; it lets only the machine itself in; it has nothing that they could come before; its list has no bypassed name.
REFUSED = ("debian-12-m365.conf", "debian-12.conf", "no-rules.conf", "sandbox.conf", "user-names.conf", "user-names-cased.conf")
# What their own rules let nobody in to.
ASKED = {"groups.conf"}  # only what the users of all lists get is let in without a password: that has no name of BYPASSED
CLOSED = {"cloud-egress.conf": "GET ", "mixed-policy.conf": "CONNECT contoso", "transparent-http.conf": "CONNECT "}
BYPASSED = (("@EXPLICIT@", "CONNECT outlook.office365.com:443 sni=outlook.office365.com", "splice"),
            ("@EXPLICIT@", "CONNECT outlook.office365.com:443 sni=outlook.office365.com tls=1.2", "splice"),
            ("@EXPLICIT@", "CONNECT contoso.sharepoint.com:443 sni=contoso.sharepoint.com", "splice"),
            ("@EXPLICIT@", "GET http://outlook.office365.com/", "allow"),
            ("@TLS@", "INTERCEPT 52.96.0.1:443 sni=outlook.office365.com", "splice"),
            ("@TLS@", "INTERCEPT 52.96.0.1:443 sni=outlook.office365.com tls=1.2", "splice"))
OTHERS = r"www\.example\.com:443 .*(user=alice tls=1\.2|helper=)|www\.example\.com:443 sni=\S+ from|stranger|INTERCEPT 192|helper=full"


class TooNew(Exception):
    """Made for a later Squid; the public configuration itself is asked about, too."""


def filled(text):
    for name, variable in PLACES:
        text = text.replace(f"@{name}@", os.environ[variable])
    for name, number in NUMBERS:
        text = text.replace(name, number)
    return text


def emptied(text):
    for name, number in NUMBERS:
        text = text.replace(number, name)
    text = text.replace(" ttl=60 negative_ttl=60", " ttl=0 negative_ttl=0 cache=0")
    return re.sub(r"[^ ]*/ext_m365_acl", "@RUN@/programs/ext_m365_acl", text)


def patched(folder, version, name, text):
    """The text after the diff of `squid-conf --into`."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(filled(text))
    command = [os.path.join(folder, "programs", "m365ctl"), "squid-conf", "--squid-version", version, "--into", name, "-t",
               os.path.join(folder, "image"), "--helper", "/x/ext_m365_acl"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if version.startswith("4") and "so Squid does not start" in done.stderr:
        raise TooNew
    if done.returncode != 0 or not done.stdout:
        raise ValueError(f"{name}: squid-conf --into: {done.returncode} {done.stderr}")
    subprocess.run(["patch", "-s", "-p0"], cwd=folder, input=done.stdout, text=True, check=True)
    with open(path, encoding="utf-8") as file:
        return emptied(file.read())


def one(folder, version, made):
    text = patched(folder, version, f"into-{os.path.basename(made.name)}", made.text)
    found = printed.listeners(text)
    must = {f"{request} from=10.1.0.5 port={found[kind]}": end for kind, port in
            (("explicit", "@EXPLICIT@"), ("tls", "@TLS@")) if kind in found for at, request, end in BYPASSED if at == port}
    must.update({request: "deny" for request in must if request.startswith(CLOSED.get(os.path.basename(made.name), "-"))})
    if os.path.basename(made.name) in ASKED:
        must = dict.fromkeys(must, "ask")
    others = [request for request in printed.one("", text).requests if request not in must and re.search(OTHERS, request)]
    return Made(f"into: {made.name}", text, [*must, *others], True, must)


def of_law(folder, version, law):
    """A rule of the administrator's own, with what must become of requests."""
    name = re.sub(r"\W+", "-", law.name)
    text = patched(folder, version, f"law-{name}.conf", law.text)
    found = printed.listeners(text)
    must = {re.sub(r"port=@(EXPLICIT|TLS)@", lambda match: f"port={found[match[1].lower()]}", request): end for end, request in law.ends}
    return Made(f"into: {law.name}", text, list(must), False, must)


def ones(folder, version, public):
    """Those of public/*.conf that take the lines, and those of laws.py."""
    makers = [lambda made=made: one(folder, version, made) for made in public if os.path.basename(made.name) not in REFUSED]
    makers += [lambda law=law: of_law(folder, version, law) for law in laws.LAWS]
    for maker in makers:
        try:
            yield maker()
        except TooNew:
            pass
