#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
page_live.py - the page of `m365ctl replay --html` in a headless Chromium: it fits a desktop and a phone, loads nothing,
says the same without scripts, and its tables sort.

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


def show(place, content, size):
    """The title that PROBE set, in a window of a size."""
    place.write("probe.html", content.replace("</body>", PROBE + "</body>"))
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
