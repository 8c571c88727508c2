"""A real browser: headless Chromium, steered over its debugging pipe (JSON, a zero byte after each message), so that
nothing but the browser and the standard library is needed."""
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

from platen import SLOW
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
        self.answers = {}  # part of an address -> text it is answered with, with Fetch.enable
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

    def settle(self):
        """Two frames and a turn of the event queue: what the page does at once upon an input, events that the browser
        queues (a dialog's "close", a "scroll") among it, is done. What waits for the network is waited for by `until`."""
        number = self.tell("Runtime.evaluate", awaitPromise=True, expression="""new Promise(done => {
            setTimeout(done, 10000);
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));
        })""")
        self.answer_to(number, "settle")  # an error is right too: the input led to another page

    def tell(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        return self.number

    def ask(self, method, **parameters):
        answer = self.answer_to(self.tell(method, **parameters), method)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def answer_to(self, number, method):
        deadline = time.monotonic() + 120 * SLOW  # a thousand frames of a loaded machine
        while time.monotonic() < deadline:
            while b"\0" in self.rest:
                text, self.rest = self.rest.split(b"\0", 1)
                answer = json.loads(text)
                if answer.get("id") == number:
                    return answer
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
            number = event["params"]["requestId"]
            text = next((t for part, t in self.answers.items() if part in event["params"]["request"]["url"]), None)
            self.refusing -= text is None
            if text is not None:
                self.tell("Fetch.fulfillRequest", requestId=number, responseCode=200,
                          body=base64.b64encode(text.encode()).decode())
            elif self.refusing >= 0:
                self.tell("Fetch.fulfillRequest", requestId=number, responseCode=503,
                          responseHeaders=[{"name": "Retry-After", "value": "1"}])
            else:
                self.tell("Fetch.continueRequest", requestId=number)

    def hear_network(self, what, parameters):
        number = parameters.get("requestId")
        if what == "requestWillBeSent":
            self.origins.add("/".join(parameters["request"]["url"].split("/")[:3])[:30])
        if what == "requestWillBeSent" and any(place in parameters["request"]["url"] for place in ("/v1/images/", "/plotfairy/")):
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

    def scroll(self, frames, by, cells):
        """So many frames, each further by so many pixels: of the elements `cells` the most there were, how far it went,
        and the longest time between two frames, in ms, leaving out one of twenty."""
        return self.js("""new Promise(done => {
            const gaps = []; let last = performance.now(), most = 0;
            const step = now => {
                gaps.push(now - last); last = now;
                most = Math.max(most, document.querySelectorAll(%s).length);
                scrollBy(0, %d);
                if (gaps.length < %d) requestAnimationFrame(step);
                else done({ most, at: scrollY, longest: gaps.sort((a, b) => a - b).at(-1 - Math.floor(gaps.length / 20)) });
            };
            requestAnimationFrame(step);
        })""" % (json.dumps(cells), by, frames))

    def press(self, key, count=1, shift=False):
        codes = {"ArrowRight": 39, "ArrowLeft": 37, "ArrowDown": 40, "ArrowUp": 38, "Enter": 13, "Escape": 27, "Tab": 9,
                 "End": 35, "Home": 36, "PageDown": 34, "PageUp": 33, "Delete": 46, " ": 32}
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        for _ in range(count):
            code = codes[key] if key in codes else ord(key.upper()) if key.isalnum() else 0
            self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code,
                     modifiers=8 if shift else 0, **({"text": text} if text else {}))
            self.ask("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)
        self.settle()

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
        self.settle()

    def drag(self, selector, dx, dy, steps=8):
        """Press on the element, move by so much, let go."""
        x, y = self.middle(selector)
        mouse = lambda kind, x, y, n: self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left",
                                               buttons=1, clickCount=n)
        self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y, button="none")
        mouse("mousePressed", x, y, 1)
        for i in range(1, steps + 1):
            mouse("mouseMoved", x + dx * i / steps, y + dy * i / steps, 0)
            time.sleep(0.02)
        time.sleep(0.1)
        mouse("mouseReleased", x + dx, y + dy, 1)
        self.settle()

    def wheel(self, dy):
        self.ask("Input.dispatchMouseEvent", type="mouseWheel", x=400, y=400, deltaX=0, deltaY=dy)
        self.settle()

    def dark(self, dark=True):
        self.ask("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def choose_file(self, selector, path):
        document = self.ask("DOM.getDocument")["root"]["nodeId"]
        node = self.ask("DOM.querySelector", nodeId=document, selector=selector)["nodeId"]
        self.ask("DOM.setFileInputFiles", files=[str(path)], nodeId=node)
        self.settle()

    def picture(self, path):
        pathlib.Path(path).write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))


# Expressions for Browser.until and Browser.js.
THERE = "[...document.querySelectorAll('#grid img')].every(i => i.complete && i.naturalWidth > 0)"
PICTURE = "(() => { const p = document.querySelector('#picture'); return !p.hidden && p.complete && p.naturalWidth })()"
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
