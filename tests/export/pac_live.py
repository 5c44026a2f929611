#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
pac_live.py - PAC files in real engines: pacparser, and Chromium with a real proxy and a real direct path.

Where it sits: tests/export/. Run by `make export`. pac_test.py reads the same files without an engine.
"""

import json
import os
import re
import sys

import browser
import pac_test
import truth
from truth import stage

TYPES = {"1": ["Optimize"], "2": ["Optimize", "Allow"], "3": ["Optimize", "Allow"]}


def wanted(table, kind, names):
    found = truth.selected(table, names, categories=TYPES[kind])
    return found - pac_test.RESTRICTED if kind == "3" else found


def exported(table, kind, form, port):
    return truth.export(table, "pac", "--type", kind, *form, "--proxy", f"PROXY 127.0.0.1:{port}", "--direct", "DIRECT")


def parser():
    try:
        import pacparser  # pylint: disable=import-outside-toplevel
    except ImportError:
        raise stage.Skip("python3-pacparser is not installed, or not for this python3") from None
    return pacparser


def test_spelling():
    """Hosts in capital letters and with a final dot, both forms."""
    pacparser = parser()
    with stage.Place() as place:
        table, names = truth.spellings(place)
        for form in ([], ["--fast"], ["--lowercase"], ["--fast", "--lowercase"]):
            pacparser.init()
            pacparser.parse_pac_string(exported(table, "2", form, 3128))
            got = {name for name in names if pacparser.find_proxy(f"https://{name}/", name) == "DIRECT"}
            pacparser.cleanup()
            truth.compare(str(form), names, got, truth.selected(table, names))


def test_pacparser():
    """All three types and both forms on 5,000 hosts."""
    pacparser = parser()
    with stage.Place() as place:
        for table in (truth.tables(place)[2], truth.tables(place)[3]):
            names = sorted(set(truth.hosts(table)) | pac_test.RESTRICTED)
            for kind in TYPES:
                for form in ([], ["--fast"]):
                    pacparser.init()
                    pacparser.parse_pac_string(exported(table, kind, form, 3128))
                    got = {name for name in names if pacparser.find_proxy(f"https://{name}/", name) == "DIRECT"}
                    pacparser.cleanup()
                    truth.compare(f"{table.name} --type {kind} {form}", names, got, wanted(table, kind, names))


def ask(table, kind, form, names):
    proxied, direct, _ = browser.run(lambda port: exported(table, kind, form, port), names)
    stage.check(not set(names) - proxied - direct, "never asked for", sorted(set(names) - proxied - direct)[:10])
    truth.compare(f"{table.name} --type {kind} {form}", names, direct & set(names), wanted(table, kind, names))


def test_chromium():
    """Both forms and all types in Chromium: 5,000 hosts for type 2, fewer for the others."""
    with stage.Place() as place:
        table = truth.tables(place)[2]
        every = [name for name in truth.hosts(table) if "." in name and re.fullmatch(r"[a-z0-9.-]+", name)
                 and not re.search(r"(^|\.)(-|[^.]*-(\.|$))", name) and not name.rsplit(".", 1)[1].isdigit()
                 and "xn--" not in name and "localhost" not in name]
        for kind, count in (("2", 5000), ("1", 500), ("3", 500)):
            names = sorted(set(every[::max(1, len(every) // count)]) | pac_test.RESTRICTED)
            for form in ([], ["--fast"]):
                ask(table, kind, form, names)


# How long the two forms take in Chromium's engine, with a shExpMatch() that makes a regular expression for each call, as
# browsers do.
RACE = """<!DOCTYPE html><script>
(async () => {
    const hosts = await (await fetch("/hosts")).json();
    const made = text => new Function("shExpMatch", text + "\\nreturn FindProxyForURL;")((host, pattern) =>
        new RegExp("^" + pattern.replace(/[.]/g, "\\\\.").replace(/[*]/g, ".*").replace(/[?]/g, ".") + "$").test(host));
    const timed = (find) => {
        let best = Infinity;
        for (let round = 0; round < 9; round++) {
            const start = performance.now();
            for (const host of hosts) find("https://" + host + "/", host);
            best = Math.min(best, performance.now() - start);
        }
        return best;
    };
    const plain = made(PLAIN), fast = made(FAST);
    timed(plain), timed(fast);
    await fetch("/done", {method: "POST", body: JSON.stringify({plain: timed(plain), fast: timed(fast)})});
})();
</script>"""


def measured():
    """(plain, fast) in milliseconds for 1,000 hosts: a number for `make bench`, not a test."""
    table = truth.Table("worldwide", [os.path.join(truth.CONF, "worldwide.rules")])
    names = truth.hosts(table, 1000)
    texts = [json.dumps(exported(table, "2", form, 1)).replace("</", "<\\/") for form in ([], ["--fast"])]
    page = RACE.replace("PLAIN", texts[0]).replace("FAST", texts[1])
    said = json.loads(browser.run(lambda port: "function FindProxyForURL() { return 'DIRECT'; }", names, page)[2])
    return said["plain"], said["fast"]


if __name__ == "__main__":
    if sys.argv[1:] == ["--race"]:
        plain, fast = measured()
        print(f"1,000 hosts in Chromium: plain {plain:.2f} ms, --fast {fast:.2f} ms, {plain / fast:.1f} x")
        sys.exit(0)
    sys.exit(stage.run_tests(globals(), stage.CTL))
