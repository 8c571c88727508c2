"""Pages in a real browser: how smoothly they scroll, beside a page without a script that holds the same pictures."""
import json
import pathlib
import shutil
import statistics
import tempfile

from browser import Browser
from table import row, skipped
from platen import Server, root_file

PLOTS, ROUNDS, FRAMES = 200, 5, 90
HERE = "[...document.querySelectorAll('#grid img')].every(i => i.complete)"
FIGURE = f"scrolling a page of {PLOTS} plots: the longest of 95 % of the frames"
REACH = "<= 2.0 x"


def flat(folder, addresses):
    """The peer: a page that the browser lays out by itself, of the same pictures in the same size."""
    page = folder / "flat.html"
    page.write_text("<!doctype html><style>img { width: 300px; height: 200px; margin: 8px; }</style>"
                    + "".join(f'<img src="{address}">' for address in addresses))
    return page.as_uri()


def scrolled(tab, url, ready):
    tab.open(url)
    tab.until(ready, 30)
    tab.js("scrollTo(0, 0)")
    return tab.scroll(FRAMES, 60, "img")["longest"]


def bench_pages():
    if not shutil.which("chromium"):
        skipped(FIGURE, REACH, "chromium is not installed")
        return
    names = [f"h{i:05}" for i in range(PLOTS)]
    with Server() as server, Browser(1280, 900) as tab, tempfile.TemporaryDirectory() as folder:
        server.put("bench.root", root_file(options=(f"--many={PLOTS}", "--parts=0")))
        base = f"http://{server.address}"
        ours = f"{base}/?object=bench.root"
        peer = flat(pathlib.Path(folder), [f"{base}/v1/images/bench.root/{name}.png?w=300&h=200" for name in names])
        grid = f"document.querySelectorAll('#grid img').length > 8 && {HERE}"
        images = f"document.images.length === {PLOTS} && [...document.images].every(i => i.complete)"
        pairs = []
        for _ in range(ROUNDS):
            pairs.append((scrolled(tab, ours, grid), scrolled(tab, peer, images)))
        assert tab.js("[...document.images].every(i => i.naturalWidth > 0)"), json.dumps(pairs)
        ratio = statistics.median(mine / other for mine, other in pairs)
        row(FIGURE, REACH, f"{ratio:.2f} x", ratio <= 2.0,
            f"{statistics.median(a for a, _ in pairs):.0f} ms; a plain page of the same pictures "
            f"{statistics.median(b for _, b in pairs):.0f} ms")


BENCHES = [bench_pages]
