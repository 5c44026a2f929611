#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""lacking.py - does Squid end without the files of which the doctor says so?

    run.sh --> lacking.py PHASE --> squid.conf of the phase, with one file missing --> doctor, a Squid of its own

The Squid of the phase runs with everything, as the control. Each variant must end by itself, with the words that are quoted here,
and the doctor must name the file before that. Its command for the folder of certificates is run, and must help. The stage, the counting and the command line are those of cases.py.
"""
import os
import re
import shutil
import subprocess

import cases
import client

SECONDS = 30  # until a Squid that should have ended counts as running
SIGNING = "No valid signing certificate configured"
CERTGEN = "The sslcrtd_program helpers are crashing too rapidly"


def variants(stage):
    """What is missing, what to replace in squid.conf and by what, Squid's words, the doctor's."""
    site, here = stage.site.folder, stage.folder
    os.makedirs(f"{here}/empty_db", exist_ok=True)
    shutil.chown(f"{here}/empty_db", os.stat(here).st_uid)
    return (
        ("the CA", f"{site}/squid-ca.pem", f"{site}/none.pem", SIGNING, "does not exist, so Squid does not start"),
        ("the key of the CA", f"{site}/squid-ca.pem", f"{site}/squid-ca.crt", SIGNING, "has no private key"),
        ("security_file_certgen", "/security_file_certgen", "/none_certgen", CERTGEN, "none_certgen' does not exist"),
        ("its folder", f"{here}/ssl_db", f"{here}/none_db", CERTGEN, "none_db' was not initialized"),
        ("what it makes in its folder", f"{here}/ssl_db", f"{here}/empty_db", CERTGEN, "empty_db' was not initialized"),
        ("basic_ncsa_auth", "/basic_ncsa_auth", "/none_auth", "Authentication helper program .*none_auth", "none_auth' does not exist"),
        ("its file", f"{site}/passwd", f"{site}/none", "The basicauthenticator helpers are crashing too rapidly",
         "the file of passwords '.*/none' does not exist"),
    )


def text_of(stage):
    """The squid.conf of the phase in one file."""
    with open(f"{stage.folder}/squid.conf", encoding="ascii") as f, open(f"{stage.folder}/common.conf", encoding="ascii") as common:
        return re.sub(r"^include .*/common.conf$", lambda _: common.read(), f.read(), flags=re.M)


def ended(stage, conf, log):
    """Start a Squid with this file. What it said at its end, or that it did not end."""
    with open(f"{stage.folder}/lacking.out", "wb") as out, subprocess.Popen(
            ["squid", "--foreground", "-n", "m365lacking", "-f", conf], stdout=out, stderr=out) as squid:
        try:
            squid.wait(SECONDS)
        except subprocess.TimeoutExpired:
            squid.terminate()
            return "it runs"
    said = ""
    for path in (log, f"{stage.folder}/lacking.out"):
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as f:
                said += f.read()
    return "\n".join(re.findall(r"FATAL: .*", said))


def doctor(stage, conf):
    return subprocess.run([os.path.join(stage.site.folder, "programs", "m365ctl"), "doctor", conf], capture_output=True, text=True,
                          timeout=20, check=False)


def mended(stage, conf, said):
    """The command that stands below the finding about a folder, and the doctor afterwards."""
    command = re.search(r"was not initialized.*\n +(.*)", said).group(1)
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=20, check=False)
    return f"exit {done.returncode}, {'the same' if 'initialized' in doctor(stage, conf).stdout else 'gone'}"


def lacking(stage):
    a = client.through(stage.site, ("127.0.0.1", 3141), "www.example.com:443", cases.PASSWORD)
    cases.case("a port without ssl-bump inspects nothing", cases.SPLICED, a)
    found = "port '3141' has no ssl-bump" in doctor(stage, f"{stage.folder}/squid.conf").stdout
    cases.case("the doctor says so", True, found)
    conf, log = f"{stage.folder}/lacking.conf", f"{stage.folder}/lacking.log"
    for what, old, new, fatal, finding in variants(stage):
        text = text_of(stage)
        cases.case(f"{what}: squid.conf names it", True, old in text)
        text = text.replace(old, new).replace("http_port 3128", "http_port 3140").replace("http_port 3141", "http_port 3142")
        text = text.replace(f"{stage.folder}/cache.log", log).replace("squid.pid", "lacking.pid")
        with open(conf, "w", encoding="ascii") as f:
            f.write(text)
        done = doctor(stage, conf)
        found = bool(re.search(finding, done.stdout))
        cases.case(f"{what} is missing: doctor", "exit 1, named: True", f"exit {done.returncode}, named: {found}")
        with open(log, "w", encoding="ascii"):
            shutil.chown(log, os.stat(stage.folder).st_uid)
        said = ended(stage, conf, log)
        if "initialized" in finding:
            cases.case(f"{what} is missing: the doctor's command", "exit 0, gone", mended(stage, conf, done.stdout))
        cases.case(f"{what} is missing: Squid", f"ends: {fatal}", f"ends: {fatal}" if re.search(fatal, said) else said)
    cases.alive(stage)


if __name__ == "__main__":
    raise SystemExit(cases.main(lacking))
