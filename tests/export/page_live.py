#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
page_live.py - the pages of `m365ctl replay --html` and `m365ctl diff --html` in a headless Chromium: they fit a desktop
and a phone, load nothing, say the same without scripts, tables sort, and a click selects a command.

    page_live.py [WORD]...     the tests whose name holds a word; all without words

Where it sits: tests/export/, run by `make export`. What the numbers should be is compared in tests/replay.
"""

import html.parser
import json
import subprocess
import sys

from browser import chromium
from truth import stage

FIRST = 1790000000
HOSTS = ("outlook.office365.com", "login.microsoftonline.com", "www.example.com", "new.office.com", "<b>x</b>&amp;.example")
REVIEW_PROBE = """<script>
const command = document.querySelector('pre.command');
const wide = e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'visible';
document.title = JSON.stringify({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  loads: performance.getEntriesByType('resource').length,
  scripts: document.scripts.length - 1,
  small: [...document.querySelectorAll('p, li, dd, dt, pre')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).length,
  cut: [...document.querySelectorAll('p, li, dd, pre')].filter(wide).length,
  select: command && getComputedStyle(command).userSelect,
  opens: document.querySelectorAll('li.opens').length,
  rows: [...document.querySelectorAll('ul.rows li .seen')].map(e => e.textContent),
});
</script>"""
PROBE = """<script>
const table = [...document.querySelectorAll('table')].find(t => t.rows[0].cells[0].textContent.trim() === 'why');
const column = at => [...table.tBodies[0].rows].map(row => row.cells[at].textContent);
const seen = {wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
              before: column(1), buttons: document.querySelectorAll('th button').length};
const click = at => table.rows[0].cells[at].querySelector('button').click();
click(1); seen.down = column(1); click(1); seen.up = column(1); seen.names = column(0);
seen.sort = table.rows[0].cells[1].getAttribute('aria-sort');
seen.loads = performance.getEntriesByType('resource').length;
seen.bars = [...document.querySelectorAll('svg rect')].filter(r => r.getBBox().width > 0).length;
seen.small = [...document.querySelectorAll('p, td, li, figcaption, .ends')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).length;
document.title = JSON.stringify(seen);
</script>"""


def log():
    lines = []
    for day in range(5):
        for number, host in enumerate(HOSTS):
            for i in range(3 * (day + 1) + number * number):
                lines.append(f"{FIRST + day * 86400 + i}.000 5 10.0.0.{i} TCP_TUNNEL/200 900 CONNECT {host}:443 - HIER_DIRECT/192.0.2.1 -\n")
    return "".join(lines)


def page(place, *words):
    place.write("access.log", log())
    out = place.path("page.html")
    done = stage.run(stage.CTL, "replay", "-t", stage.SOURCE + "/conf/worldwide.rules", "--html", out, *words, place.path("access.log"))
    stage.want("exit code", done.returncode, 0)
    return place.read("page.html")


def show(place, content, size, probe=PROBE):
    """The title that a probe set, in a window of a size."""
    place.write("probe.html", content.replace("</body>", probe + "</body>"))
    command = [chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
               f"--user-data-dir={place.path('profile')}", f"--window-size={size}", "--dump-dom", "file://" + place.path("probe.html")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    start = done.stdout.find("<title>{")
    stage.check(start >= 0, done.stdout[:500], done.stderr[-500:])
    title = done.stdout[start + 7:done.stdout.index("</title>", start)]
    return json.loads(title.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))


class Reader(html.parser.HTMLParser):
    """Texts and addresses of a page, without its scripts."""

    def __init__(self):
        super().__init__()
        self.texts, self.links, self.silent = [], [], False

    def handle_starttag(self, tag, attrs):
        self.silent = tag in ("script", "style")
        self.links += [value for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag):
        self.silent = False

    def handle_data(self, data):
        if not self.silent:
            self.texts.append(data)


def test_without_scripts():
    with stage.Place() as place:
        reader = Reader()
        reader.feed(page(place))
        text = " ".join(reader.texts)
        stage.want("links to elsewhere", reader.links, [])
        for words in ("By verdict", "By rule", " new.office.com ", "decided nothing", "<b>x</b>&amp;.example "):
            stage.check(words in text, words, text)


def test_windows():
    for size in ("1280,900", "375,800"):
        with stage.Place() as place:
            seen = show(place, page(place), size)
            stage.want(f"{size}: wider than the window", seen["wide"], 0)
            stage.want(f"{size}: loads", seen["loads"], 0)
            stage.want(f"{size}: texts under 12 px", seen["small"], 0)
            stage.check(seen["bars"] >= 10, size, seen)


def test_sorting():
    with stage.Place() as place:
        seen = show(place, page(place), "1280,900")
        numbers = [int(text) for text in seen["before"]]
        stage.want("largest first", numbers, sorted(numbers, reverse=True))
        stage.want("a click: largest first", [int(text) for text in seen["down"]], sorted(numbers, reverse=True))
        stage.want("another: smallest first", [int(text) for text in seen["up"]], sorted(numbers))
        stage.want("said to readers", seen["sort"], "ascending")
        stage.check(len(set(numbers)) > 1 and seen["buttons"] > 20, seen)


def review(site):
    """The page about a first table of long names that waits, after a day's log."""
    site.write("m365.conf", "state state\ndefault_canaries off\n")
    long_name = "a-" + "very-" * 10 + "long-label.b-" + "very-" * 10 + "long-label.office.example"
    first = [stage.endpoint_set(1, "Optimize", ["mail.example", long_name], ["52.96.2.0/24", "2620:1ec::/48"])]
    then = [stage.endpoint_set(1, "Optimize", ["mail.example"], ["52.96.2.0/24"]),
            stage.endpoint_set(2, "Allow", ["x." + long_name, "*.new.example", "<tenant>.sharepoint.com"], ["52.104.100.0/24"])]
    for version, document in ((2026010100, first), (2026010200, then)):
        site.write("document.json", json.dumps(document))
        site.ctl("import", "--version", str(version), site.path("document.json"))
        if version == 2026010100:
            site.ctl("approve", "1")
    site.write("access.log", log().replace("www.example.com", "a.new.example").replace("new.office.com", long_name))
    done = site.ctl("diff", "--html", site.path("page.html"), "--log", site.path("access.log"))
    stage.want("exit code", done.returncode, 1)
    return site.read("page.html")


def test_review():
    for size in ("1280,900", "375,800"):
        with stage.Site() as site:
            seen = show(site, review(site), size, REVIEW_PROBE)
            for what in ("wide", "loads", "scripts", "small", "cut"):
                stage.want(f"{size}: {what}", seen[what], 0)
            stage.want(f"{size}: a click selects a command", seen["select"], "all")
            stage.check(seen["opens"] >= 3 and any("requests of" in row for row in seen["rows"]), size, seen)


def test_changes():
    with stage.Place() as place:
        rules = place.write("other.rules", "# version: other\nallow www.example.com\n")
        content = page(place, "--against", place.path("other.rules") if rules is None else rules)
        reader = Reader()
        reader.feed(content)
        text = " ".join(reader.texts)
        for words in ("would open", "would close", " www.example.com ", " outlook.office365.com "):
            stage.check(words in text, words, text)


if __name__ == "__main__":
    sys.exit(stage.run_tests(globals(), stage.CTL))
