# SPDX-License-Identifier: GPL-2.0-or-later
"""
printed.py - the configurations that the project itself prints: `m365ctl squid-conf` with its options, and README's fragment.

Only what an administrator has to change is changed, and the cache of the external ACL is off, so that each request asks the
helper. Where it sits: tests/squidmodel/. What does not belong here: what must come out.
"""

import json
import os
import re
import subprocess
import sys

import usual
from grammar import PORTS_CERT, Made

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "squidconf"))
import mistakes  # noqa: E402  pylint: disable=wrong-import-position

TOP = os.path.join(HERE, os.pardir, os.pardir)
EXTRAS = "".join(f" --extra {name}" for name in
                 ("cache", "url_rewrite", "always_direct", "expressroute", "delay_access", "logformat"))
OPTIONS = (
    "--explicit 3128",
    "--explicit 3128 --no-auth",
    "--explicit 3128 --no-bump",
    "--explicit 3128 --no-auth --no-bump",
    "--intercept 3130",
    "--intercept 3130 --no-bump",
    "--intercept 3130 --intercept-http 3129",
    "--explicit 3128 --intercept 3130",
    "--explicit 3128 --intercept 3130 --intercept-http 3129",
    "--explicit 3128 --intercept 3130 --intercept-http 3129 --no-auth",
    "--explicit 3128" + EXTRAS,
    "--intercept 3130 --intercept-http 3129" + EXTRAS,
    "--explicit 3128 --intercept 3130 --intercept-http 3129" + EXTRAS,
)
# Requests that come to no `bump`: of a `silent` mistake only these get an answer.
ANSWERED = re.compile(r"GET |CONNECT (\S+):443 sni=\1 (?!.*user=)|INTERCEPT 52\.96\.0\.1:443 sni=outlook\.office365\.com")
CHANGES = (
    (r"^http_port (?:127\.0\.0\.1:)?3128", "http_port @EXPLICIT@"),
    (r"^https_port 3130", "https_port @TLS@"),
    (r"^http_port 3129", "http_port @HTTP@"),
    (r"/etc/squid/m365-ca\.pem", "@SITE@/squid-ca.pem"),
    (r"/etc/squid/passwd", "@SITE@/passwd"),
    (r"/var/spool/squid/ssl_db", "@RUN@/ssl_db"),
    (r"/var/log/squid/", "@RUN@/"),
    (r"[^ ]*/ext_m365_acl", "@RUN@/programs/ext_m365_acl"),
    (r" ttl=60 negative_ttl=60", " ttl=0 negative_ttl=0 cache=0"),
    (r"192\.0\.2\.10$|192\.0\.2\.10 ", "127.0.0.77 "),
)


def changed(text):
    for pattern, value in CHANGES:
        text = re.sub(pattern, value, text, flags=re.M)
    return text


def listeners(text):
    """The names of the listeners, as usual.requests() wants them."""
    found = {}
    for kind, port in (("explicit", "@EXPLICIT@"), ("tls", "@TLS@"), ("http", "@HTTP@")):
        match = re.search(rf"^https?_port {port}(.*)", text, re.M)
        if match:
            name = re.search(r"\bname=(\S+)", match[1])
            found[kind] = name[1] if name else port
    return found


def one(name, text):
    return Made(name, text, list(usual.requests(helper="external_acl_type" in text, **listeners(text))), True)


def of_squid_conf(folder, version, options):
    """What `m365ctl squid-conf` prints."""
    command = [os.path.join(folder, "programs", "m365ctl"), "squid-conf", "--squid-version", version, "-t",
               os.path.join(folder, "image"), "--squid-helpers", os.environ["SQUID_LIBEXEC"], "--helper", "/x/ext_m365_acl",
               "--rewriter", os.path.join(folder, "programs", "url_m365_rewrite"), *options.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return one(f"squid-conf {options}", f"# m365ctl squid-conf {options}\n" + changed(done.stdout))


def requests_of(folder, version, text):
    """The situations of `m365ctl doctor --outcomes` for a configuration, and what the doctor finds."""
    for name, value in (("RUN", folder), ("SITE", folder), ("LIBEXEC", os.environ["SQUID_LIBEXEC"]), ("EXPLICIT", "3128"),
                        ("TLS", "3130"), ("HTTP", "3129")):
        text = text.replace(f"@{name}@", value)
    path = os.path.join(folder, "mistake.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    command = [os.path.join(folder, "programs", "m365ctl"), "doctor", "--squid-version", version]
    said = subprocess.run([*command, "--outcomes", "--json", path], capture_output=True, text=True, check=False)
    found = subprocess.run([*command, path], capture_output=True, text=True, check=False)
    return [one["request"] for one in json.loads(said.stdout)], found.stdout


def of_mistakes(folder, version):
    """Mistakes that the doctor must find, and what is none: in each situation Squid does what the doctor's model says. A request
    for the doctor's finding is among them."""
    for mistake in (*mistakes.MUST_FIND, *mistakes.MUST_NOT_ALARM):
        text = mistake.text(of_squid_conf(folder, version, " ".join(mistake.options)).text)
        text = text.replace("@LIST@", "@SITE@/lists/own.list")
        requests, found = requests_of(folder, version, text)
        if mistake.found is not None and mistake.found not in found:
            raise ValueError(f"{mistake.name}: the doctor does not say '{mistake.found}', but:\n{found}")
        # A helper that must be running (children-startup) may not die; for http_access and ssl_bump BH is the same.
        requests = [one for one in requests if "helper=dead" not in one and (mistake.busy or "helper=busy" not in one)]
        requests = [one for one in requests if not mistake.silent or ANSWERED.match(one)]
        yield Made(f"mistake: {mistake.name}", text, sorted(requests, key=lambda one: "helper=" in one), True)


def of_readme():
    done = subprocess.run(["sh", os.path.join(HERE, os.pardir, "e2e", "readme-fragment.sh"), os.path.join(TOP, "README.md")],
                          capture_output=True, text=True, check=True)
    ports = f"http_port @EXPLICIT@ ssl-bump {PORTS_CERT}\n"
    auth = "auth_param basic program @LIBEXEC@/basic_ncsa_auth @SITE@/passwd\nauth_param basic children 1 startup=1\n"
    helper = "@RUN@/programs/ext_m365_acl -t @SITE@/image"
    return one("README fragment", "# README's fragment\n" + ports + auth
               + changed(done.stdout).replace("@RUN@/programs/ext_m365_acl", helper))


def made(folder, version):
    return [*(of_squid_conf(folder, version, options) for options in OPTIONS), of_readme()]
