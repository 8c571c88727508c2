"""The page in a real browser: headless Chromium, steered over its debugging pipe (JSON, a zero byte after each message),
so that nothing but the browser and the standard library is needed."""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

from platen import SLOW, Server, root_file
from run import Skip

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-pipe"]


class Browser:
    """One tab. What it complains about on its console, policy violations too, is kept in `complaints`."""

    def __init__(self, width=1280, height=800):
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if not program:
            raise Skip("chromium is not installed")
        self.folder = tempfile.mkdtemp(prefix="platen-browser-")
        to_browser, self.out = os.pipe()
        self.inp, from_browser = os.pipe()
        fds = [os.dup2(fd, 200 + i) for i, fd in enumerate((to_browser, from_browser))]  # clear of 3 and 4
        os.close(to_browser)
        os.close(from_browser)
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"import os, sys; os.dup2({fds[0]}, 3); os.dup2({fds[1]}, 4); "
             "os.execv(sys.argv[1], sys.argv[1:])", program, *FLAGS, f"--user-data-dir={self.folder}", "about:blank"],
            pass_fds=fds, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for fd in fds:
            os.close(fd)
        self.number, self.rest, self.complaints, self.session = 0, b"", [], None
        self.asked, self.under_way, self.most_under_way, self.called_off = {}, set(), 0, 0  # pictures, with Network.enable
        self.origins = set()
        self.refusing = 0  # so many pictures are answered 503, with Fetch.enable
        target = next(t for t in self.ask("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "DOM"):
            self.ask(domain + ".enable")
        self.size(width, height)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.out)
        os.close(self.inp)
        shutil.rmtree(self.folder, ignore_errors=True)

    def tell(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        return self.number

    def ask(self, method, **parameters):
        number = self.tell(method, **parameters)
        deadline = time.monotonic() + 30 * SLOW
        while time.monotonic() < deadline:
            while b"\0" in self.rest:
                text, self.rest = self.rest.split(b"\0", 1)
                answer = json.loads(text)
                if answer.get("id") == number:
                    assert "error" not in answer, (method, answer["error"])
                    return answer["result"]
                self.hear(answer)
            if select.select([self.inp], [], [], 1)[0]:
                chunk = os.read(self.inp, 1 << 20)
                assert chunk, "the browser ended"
                self.rest += chunk
        raise AssertionError(f"the browser did not answer {method}")

    def hear(self, event):
        if event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
            self.complaints.append(event["params"]["entry"]["text"])
        elif event.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(event["params"]["exceptionDetails"]))
        elif event.get("method", "").startswith("Network."):
            self.hear_network(event["method"][8:], event["params"])
        elif event.get("method") == "Fetch.requestPaused":
            self.refusing -= 1
            number = event["params"]["requestId"]
            if self.refusing >= 0:
                self.tell("Fetch.fulfillRequest", requestId=number, responseCode=503,
                          responseHeaders=[{"name": "Retry-After", "value": "1"}])
            else:
                self.tell("Fetch.continueRequest", requestId=number)

    def hear_network(self, what, parameters):
        number = parameters.get("requestId")
        if what == "requestWillBeSent":
            self.origins.add("/".join(parameters["request"]["url"].split("/")[:3])[:30])
        if what == "requestWillBeSent" and "/v1/images/" in parameters["request"]["url"]:
            self.asked[number] = parameters["request"]["url"]
            self.under_way.add(number)
            self.most_under_way = max(self.most_under_way, len(self.under_way))
        elif what in ("loadingFinished", "loadingFailed"):
            self.called_off += number in self.under_way and parameters.get("canceled", False)
            self.under_way.discard(number)

    def size(self, width, height):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def open(self, url):
        self.ask("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def js(self, text):
        answer = self.ask("Runtime.evaluate", expression=text, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, (text, answer)
        return answer["result"].get("value")

    def until(self, text, seconds=10):
        deadline = time.monotonic() + seconds * SLOW
        while time.monotonic() < deadline:
            value = self.js(text)
            if value or value == {}:  # an element comes as {}
                return value
            time.sleep(0.05)
        raise AssertionError(f"not so in {seconds * SLOW} s: {text}; page: {self.js('document.body.innerText')[:800]}")

    def press(self, key, count=1):
        codes = {"ArrowRight": 39, "ArrowLeft": 37, "ArrowDown": 40, "ArrowUp": 38, "Enter": 13, "Escape": 27, "Tab": 9,
                 "End": 35, "Home": 36, "PageDown": 34, "PageUp": 33}
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        for _ in range(count):
            code = codes[key] if key in codes else ord(key.upper()) if key.isalnum() else 0
            self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code,
                     **({"text": text} if text else {}))
            self.ask("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def write(self, text):
        for letter in text:
            self.press(letter)

    def middle(self, selector):
        return self.until(f"(() => {{ const e = document.querySelector({json.dumps(selector)}); if (!e) return null;"
                          "const b = e.getBoundingClientRect(); if (!b.width) return null;"
                          "if (b.top < 60 || b.bottom > innerHeight) e.scrollIntoView({block: 'center'});"
                          "const c = e.getBoundingClientRect(); return [c.x + c.width / 2, c.y + c.height / 2] })()")

    def click(self, selector):
        """A click of the mouse, where the element is on the screen."""
        x, y = self.middle(selector)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="none" if kind == "mouseMoved" else "left",
                     clickCount=0 if kind == "mouseMoved" else 1)

    def wheel(self, dy):
        self.ask("Input.dispatchMouseEvent", type="mouseWheel", x=400, y=400, deltaX=0, deltaY=dy)

    def dark(self, dark=True):
        self.ask("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def choose_file(self, selector, path):
        document = self.ask("DOM.getDocument")["root"]["nodeId"]
        node = self.ask("DOM.querySelector", nodeId=document, selector=selector)["nodeId"]
        self.ask("DOM.setFileInputFiles", files=[str(path)], nodeId=node)

    def picture(self, path):
        pathlib.Path(path).write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))


def served(server):
    server.put("runs/a.root", root_file("one=TH1F", "two=TH1F", "Tracker/map=TH2F"))
    return f"http://{server.address}"


THERE = "[...document.querySelectorAll('#grid img')].every(i => i.complete && i.naturalWidth > 0)"
PICTURE = "(() => { const p = document.querySelector('#picture'); return !p.hidden && p.complete && p.naturalWidth })()"


def test_browse_look_and_change_a_parameter():
    with Server() as server, Browser() as tab:
        tab.ask("Network.enable")
        tab.open(served(server) + "/")
        assert "runs" in tab.until("document.querySelector('#folders a')?.textContent")
        tab.click("#folders a")
        tab.until("document.querySelector('#folders a')?.textContent.startsWith('a.root')")
        tab.click("#folders a")
        tab.until(f"document.querySelectorAll('#grid img').length === 2 && {THERE}")
        assert tab.js("document.querySelector('#folders a').textContent") == "Tracker1 plot"
        tab.click("#grid a")
        tab.until(PICTURE)
        before = tab.js("document.querySelector('#picture').src")
        tab.click("[name=xmin]")
        tab.write("0.5")
        tab.until("location.search.includes('xmin=0.5')")
        tab.until(f"document.querySelector('#picture').src !== {json.dumps(before)}")
        assert tab.js("document.querySelector('#trouble').hidden && document.querySelector('#message').hidden")
        assert "xmin=0.5" in tab.js("document.querySelector('#address').textContent")
        foreign = {o for o in tab.origins if not o.startswith("data:")} - {f"http://{server.address}"}
        assert tab.origins and not foreign, foreign
        assert tab.complaints == [], tab.complaints


def test_a_refused_parameter_is_named_and_marked():
    with Server() as server, Browser() as tab:
        tab.open(served(server) + "/?object=runs/a.root&item=one")
        tab.until(PICTURE)
        tab.click("[name=xmin]")
        tab.write("much")
        text = tab.until("!document.querySelector('#trouble').hidden && document.querySelector('#trouble-text').textContent")
        assert "xmin" in text or "number" in text, text
        assert tab.js("document.querySelector('[name=xmin]').getAttribute('aria-invalid')") == "true"
        tab.click("[type=reset]")
        tab.until(f"document.querySelector('#trouble').hidden && {PICTURE}")
        assert tab.js("document.querySelector('[aria-invalid]')") is None
        assert tab.js("location.search") == "?object=runs%2Fa.root&item=one"


def test_the_keyboard_alone_is_enough():
    with Server() as server, Browser() as tab:
        tab.open(served(server) + "/?object=runs/a.root")
        tab.until("document.querySelectorAll('#grid a').length === 2")
        tab.press("ArrowRight")
        assert tab.js("document.activeElement.closest('#folders') !== null")
        tab.press("ArrowRight")
        tab.press("ArrowRight")
        assert tab.js("document.activeElement.closest('#grid') !== null")
        assert tab.js("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        tab.press("Enter")
        tab.until(f"!document.querySelector('#viewer').hidden && {PICTURE}")
        first = tab.js("location.search")
        tab.until("document.querySelector('#next').href || document.querySelector('#previous').href")
        tab.press("ArrowRight" if tab.js("document.querySelector('#next').hasAttribute('href')") else "ArrowLeft")
        tab.until(f"location.search !== {json.dumps(first)}")
        last = tab.js("new URLSearchParams(location.search).get('item')")
        tab.press("Escape")
        tab.until("document.querySelector('#viewer').hidden")
        tab.until("document.activeElement.closest('#grid') !== null")
        assert tab.js("new URLSearchParams(document.activeElement.search).get('item')") == last
        tab.press("/")
        assert tab.js("document.activeElement.id") == "filter"
        tab.write("map")
        tab.until("document.querySelectorAll('#grid a').length === 1")
        tab.press("Enter")
        assert tab.js("new URLSearchParams(document.activeElement.search).get('item')") == "Tracker/map"
        tab.press("u")
        tab.until("document.querySelector('#upload').open && document.activeElement.id === 'files'")
        tab.press("Escape")
        tab.until("!document.querySelector('#upload').open")
        assert tab.complaints == [], tab.complaints


def test_tab_reaches_every_control_and_one_cell():
    with Server() as server, Browser() as tab:
        tab.open(served(server) + "/?object=runs/a.root")
        tab.until("document.querySelectorAll('#grid a').length === 2")
        seen = []
        for _ in range(20):
            tab.press("Tab")
            seen.append(tab.js("(e => e.id || e.closest('[id]')?.id || e.tagName)(document.activeElement)"))
        assert {"upload-open", "filter", "folders", "grid", "pause", "crumbs"} <= set(seen), seen
        assert seen[:seen.index("pause")].count("grid") == 1, seen


MANY = 10000


def many(server):
    body = root_file(options=[f"--many={MANY}", "--parts=0"])
    assert server.put("many.root", body).status == 201
    return f"http://{server.address}/?object=many.root"


def test_ten_thousand_plots_scroll_with_few_cells_and_few_requests():
    with Server() as server, Browser() as tab:
        url = many(server)
        tab.ask("Network.enable")
        tab.open(url)
        tab.until(f"document.querySelectorAll('#grid img').length > 8 && {THERE}")
        assert tab.js("document.querySelector('#count').textContent").startswith("10,000 plots")
        slices = "performance.getEntriesByType('resource').filter(e => e.name.includes('/v1/items/')).length"
        assert tab.js(slices) <= 3  # is it still the version at hand, and the first slice
        bound = 100
        most, drawn = 0, server.stats()["renders_drawn"]
        assert drawn < bound
        gaps = tab.js("""new Promise(done => {
            const gaps = []; let last = performance.now(), most = 0;
            const step = now => {
                gaps.push(now - last); last = now;
                most = Math.max(most, document.querySelectorAll('#grid li').length);
                scrollBy(0, 900);
                if (gaps.length < 150) requestAnimationFrame(step);
                else done({ most, worst: gaps.sort((a, b) => a - b).at(-8), at: scrollY });
            };
            requestAnimationFrame(step);
        })""")
        assert gaps["most"] < bound, gaps
        assert gaps["at"] > 50000, gaps
        assert gaps["worst"] < 100 * SLOW, gaps  # in 95 of 100 steps
        tab.until(f"document.querySelectorAll('#grid img').length > 8 && {THERE}")
        fetched = server.stats()["renders_drawn"] - drawn
        assert fetched < 300, fetched  # 150 windows were passed, 9,000 places
        tab.js("document.querySelector('#grid a').focus()")
        tab.press("End")
        for _ in range(12):
            time.sleep(0.1)
            tab.press("End")
        tab.until("document.activeElement.querySelector('b')?.textContent === 'h09999'")
        assert tab.js("document.querySelectorAll('#grid li').length") < bound
        for _ in range(5):
            tab.wheel(-2000)
        tab.until("document.activeElement.querySelector('b')?.textContent === 'h09999'")  # focus outlives being far away
        tab.press("Home")
        tab.until("document.activeElement.querySelector('b')?.textContent === 'h00000' && scrollY < 200")
        assert tab.complaints == [], tab.complaints


def test_pictures_scrolled_past_are_called_off():
    with Server() as server, Browser() as tab:
        url = many(server)
        tab.ask("Network.enable")
        tab.ask("Network.emulateNetworkConditions", offline=False, latency=400, downloadThroughput=-1, uploadThroughput=-1)
        tab.open(url)
        tab.until("document.querySelectorAll('#grid img').length > 8")
        for _ in range(10):
            time.sleep(0.05)
            tab.js("0")
        assert 0 < tab.most_under_way <= 6, tab.most_under_way
        for _ in range(6):
            time.sleep(0.25)
            tab.wheel(6000)
        tab.until("scrollY > 20000")
        tab.ask("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        tab.until(f"document.querySelectorAll('#grid img').length > 8 && {THERE}")
        assert tab.called_off >= 6, tab.called_off
        assert tab.most_under_way <= 12, tab.most_under_way  # those called off are reported after their successors
        assert len(tab.asked) < 120, len(tab.asked)  # some 500 places were passed
        version = server.get("/v1/items/many.root?limit=1").json()["stamp"]
        assert all("v=" + version in url for url in tab.asked.values())  # so that they need not be asked for again
        assert tab.complaints == [], tab.complaints


def test_a_busy_server_is_asked_again_later():
    with Server() as server, Browser() as tab:
        tab.ask("Fetch.enable", patterns=[{"urlPattern": "*/v1/images/*"}])
        tab.refusing = 2
        tab.open(served(server) + "/?object=runs/a.root")
        tab.until(f"document.querySelectorAll('#grid img').length === 2 && {THERE}")
        assert tab.refusing == -2, tab.refusing  # two refused, two drawn


def test_folders_beyond_the_first_slice_are_found():
    with Server() as server, Browser() as tab:
        server.put("deep.root", root_file(options=["--many=3000", "--parts=30"]))
        tab.open(f"http://{server.address}/?object=deep.root")
        tab.until("document.querySelectorAll('#folders a').length === 30")
        tab.until("[...document.querySelectorAll('#folders small')].every(e => e.textContent === '100 plots')")
        tab.click("#filter")
        tab.write("h02999")
        tab.until("document.querySelectorAll('#grid a').length === 1")
        tab.press("Enter")
        tab.press("Enter")
        tab.until(f"document.querySelector('#viewer-title').textContent === 'h02999' && {PICTURE}")
        tab.until("document.querySelector('#place').textContent === '100 of 100'")
        tab.js("history.back()")
        tab.until("document.querySelector('#filter').value === 'h02999' && document.querySelectorAll('#grid a').length === 1")
        assert tab.complaints == [], tab.complaints


def test_many_names_come_in_slices():
    with Server() as server, Browser() as tab:
        body = root_file("h=TH1F")
        client = server.client()
        for i in range(560):
            assert client.request("PUT", f"/v1/objects/n/{i:04}.root", body).status == 201
        client.close()
        tab.open(f"http://{server.address}/?dir=n/")
        tab.until("document.querySelector('#folders b')?.textContent === '0000.root'")
        assert tab.js("document.querySelector('#count').textContent") == "500 entries so far"
        assert tab.js("document.querySelectorAll('#folders li').length") < 100
        tab.js("document.querySelector('#folders a').focus()")
        tab.press("End")
        for _ in range(3):
            time.sleep(0.3)
            tab.press("End")
        tab.until("document.activeElement.querySelector('b')?.textContent === '0559.root'")
        assert tab.js("document.querySelectorAll('#folders li').length") < 100


def test_previous_and_next_go_past_the_thousandth():
    with Server() as server, Browser() as tab:
        url = many(server)
        tab.open(url + "&item=h00998")
        for name in ("h00999", "h01000", "h01001"):
            tab.until("document.querySelector('#next').hasAttribute('href')")
            tab.press("ArrowRight")
            tab.until(f"document.querySelector('#viewer-title').textContent === '{name}' && {PICTURE}")
        tab.open(url + "&item=h09998")
        tab.until("document.querySelector('#next').hasAttribute('href')")
        tab.click("#next")
        tab.until("document.querySelector('#viewer-title').textContent === 'h09999'")
        tab.until("document.querySelector('#place').textContent === '10,000 of 10,000'")
        assert not tab.js("document.querySelector('#next').hasAttribute('href')")
        tab.until("document.querySelector('#previous').hasAttribute('href')")
        tab.press("ArrowLeft")
        tab.until("document.querySelector('#viewer-title').textContent === 'h09998'")


def test_back_returns_to_the_place_in_the_list():
    with Server() as server, Browser() as tab:
        tab.open(many(server))
        tab.until(f"document.querySelectorAll('#grid img').length > 8 && {THERE}")
        tab.js("scrollTo(0, 20000)")
        tab.until("document.querySelector('#grid b')?.textContent > 'h00100'")
        time.sleep(0.3)
        name = tab.js("document.elementFromPoint(300, 400).closest('a').querySelector('b').textContent")
        x, y = 300, 400
        for kind in ("mousePressed", "mouseReleased"):
            tab.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        tab.until(f"document.querySelector('#viewer-title').textContent === '{name}' && {PICTURE}")
        tab.js("history.back()")
        tab.until("Math.abs(scrollY - 20000) < 5 && !document.querySelector('#browser').hidden")
        assert tab.js("document.activeElement.querySelector('b')?.textContent") == name


def test_titles_are_set_and_never_markup_of_the_page():
    title = "#LT p_{T} #GT of #mu^{+}#mu^{-} at #sqrt{s} <img src=x onerror=alert(1)> #mum #nonsense"
    with Server() as server, Browser() as tab:
        server.put("t.root", root_file(f"h=TH1F,title={title}"))
        tab.open(f"http://{server.address}/?object=t.root&item=h")
        tab.until(f"document.querySelector('#caption').textContent.includes('μ') && {PICTURE}")
        text = tab.js("document.querySelector('#caption').textContent")
        assert text.startswith("< pT > of μ+μ- at √(s) <img src=x onerror=alert(1)> μm nonsense"), text
        assert tab.js("[...document.querySelectorAll('#caption *')].map(e => e.tagName).join()") == "SUB,SUP,SUP"
        assert "μ⁺μ⁻" in tab.js("document.querySelector('#picture').alt")
        tab.press("Escape")
        tab.until("document.querySelector('#grid small sup')?.textContent === '+'")
        assert tab.js("document.querySelectorAll('#grid img').length") == 1
        deep = tab.js("import('/web/markup.js').then(m => m.toText('^{'.repeat(5000) + '#'.repeat(5000)).length)")
        assert deep > 5000
        assert tab.complaints == [], tab.complaints


CONTRAST = r"""(() => {
    const rgb = text => { const m = text.match(/[\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
    const linear = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
    const ground = e => {
        for (; e; e = e.parentElement) {
            const c = rgb(getComputedStyle(e).backgroundColor);
            if (c[3] === 1) return c;
        }
        return [255, 255, 255, 1];
    };
    const low = [];
    let n = 0;
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const e = walk.currentNode.parentElement, text = walk.currentNode.data.trim();
        if (!text || !e.checkVisibility() || e.closest('.unseen, .skip, noscript, svg, option')) continue;
        const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
        const ratio = (a + .05) / (b + .05);
        n++;
        if (ratio < 4.5) low.push([e.tagName, e.className, text.slice(0, 20), ratio]);
    }
    return { n, low };
})()"""


def test_text_has_contrast_in_both_schemes():
    with Server() as server, Browser() as tab, tempfile.TemporaryDirectory() as folder:
        base = served(server)
        bad = pathlib.Path(folder, "bad.root")
        bad.write_bytes(b"only some text")
        for dark in (False, True):
            tab.dark(dark)
            grounds = []
            for place, ready in (("/", "#folders a"), ("/?object=runs/a.root", "#grid a"),
                                 ("/?dir=none/", "#empty:not([hidden])"),
                                 ("/?object=runs/a.root&item=one", "#next[href], #previous[href]"),
                                 ("/?object=runs/a.root&item=one&xmin=x", "#trouble:not([hidden])"),
                                 ("/?object=no", "#message:not([hidden])")):
                tab.open(base + place)
                tab.until(f"document.querySelector({json.dumps(ready)})")
                found = tab.js(CONTRAST)
                assert found["n"] > 10 and found["low"] == [], (dark, place, found)
                grounds.append(tab.js("getComputedStyle(document.documentElement).backgroundColor"))
            tab.click("#upload-open")
            tab.choose_file("#files", bad)
            tab.until("document.querySelector('#jobs .bad')")
            assert tab.js(CONTRAST)["low"] == []
            assert len(set(grounds)) == 1 and (int(grounds[0][4:].split(",")[0]) < 60) == dark, grounds


def test_no_width_scrolls_sideways():
    with Server() as server, Browser() as tab:
        base = served(server)
        for width in (320, 360, 768, 1280, 1920):
            tab.size(width, 800)
            for place, ready in (("/", "#folders a"), ("/?object=runs/a.root", "#grid a"),
                                 ("/?object=runs/a.root&item=one", "#next[href], #previous[href]")):
                tab.open(base + place)
                tab.until(f"document.querySelector({json.dumps(ready)})")
                assert tab.js("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, (width, place)


def test_an_empty_catalogue_says_what_to_do():
    with Server() as server, Browser() as tab:
        tab.open(f"http://{server.address}/")
        tab.until("document.querySelector('#empty-top')?.checkVisibility()")
        assert f"curl -T run7.root http://{server.address}/v1/objects/" in tab.js("document.querySelector('#empty').innerText")
        tab.click("#empty-top button")
        tab.until("document.querySelector('#upload').open")
        assert tab.complaints == [], tab.complaints


def test_upload_shows_success_and_refusal():
    with Server() as server, Browser() as tab, tempfile.TemporaryDirectory() as folder:
        good, bad = pathlib.Path(folder, "good.root"), pathlib.Path(folder, "bad.root")
        good.write_bytes(root_file("h=TH1F"))
        bad.write_bytes(b"only some text")
        tab.open(served(server) + "/")
        tab.click("#upload-open")
        tab.choose_file("#files", good)
        tab.until("document.querySelector('#jobs .good')?.textContent.includes('stored')")
        assert server.get("/v1/items/good.root").status == 200
        tab.choose_file("#files", bad)
        detail = tab.until("document.querySelector('#jobs .bad')?.textContent")
        assert "refused: 4" not in detail and len(detail) > 10, detail
        assert server.get("/v1/objects/bad.root").status == 404
        tab.click("#jobs .good a")
        tab.until("!document.querySelector('#upload').open && document.querySelector('#grid b')?.textContent === 'h'")
        wrong = [line for line in tab.complaints if "status of 4" not in line]  # the refusal itself is logged
        assert wrong == [], wrong


def test_the_figures_are_live_until_paused():
    with Server() as server, Browser() as tab:
        tab.open(served(server) + "/?object=runs/a.root")
        tab.until("document.querySelector('#s-drawn').textContent === '2'")
        tab.until("/^[0-9]/.test(document.querySelector('#s-rate').textContent)")
        tab.click("#pause")
        assert tab.js("document.querySelector('#pause').getAttribute('aria-pressed')") == "true"
        server.image("runs/a.root", "Tracker/map")
        time.sleep(2.5)
        assert tab.js("document.querySelector('#s-drawn').textContent") == "2"
        tab.click("#pause")
        tab.until("document.querySelector('#s-drawn').textContent === '3'")


def test_a_server_that_is_away_is_told_and_tried_again():
    with Server("workers.front=1") as server, Browser() as tab:
        tab.open(served(server) + "/")
        tab.until("document.querySelector('#folders a')")
        tab.ask("Network.enable")
        offline = dict(latency=0, downloadThroughput=-1, uploadThroughput=-1)
        tab.ask("Network.emulateNetworkConditions", offline=True, **offline)
        tab.click("#folders a")
        tab.until("document.querySelector('#message').innerText.includes('does not answer')")
        tab.ask("Network.emulateNetworkConditions", offline=False, **offline)
        tab.click("#message button")
        tab.until("document.querySelector('#folders b')?.textContent === 'a.root' && document.querySelector('#message').hidden")
