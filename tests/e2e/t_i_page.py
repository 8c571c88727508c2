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

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + 30 * SLOW
        while time.monotonic() < deadline:
            while b"\0" in self.rest:
                text, self.rest = self.rest.split(b"\0", 1)
                answer = json.loads(text)
                if answer.get("id") == self.number:
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
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"not so in {seconds * SLOW} s: {text}; page: {self.js('document.body.innerText')[:800]}")

    def press(self, key):
        code = {"ArrowRight": 39, "ArrowLeft": 37, "ArrowDown": 40, "ArrowUp": 38, "Enter": 13, "Escape": 27}[key]
        extra = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                     **(extra if kind == "keyDown" else {}))

    def choose_file(self, selector, path):
        document = self.ask("DOM.getDocument")["root"]["nodeId"]
        node = self.ask("DOM.querySelector", nodeId=document, selector=selector)["nodeId"]
        self.ask("DOM.setFileInputFiles", files=[str(path)], nodeId=node)

    def picture(self, path):
        pathlib.Path(path).write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))


def served(server):
    server.put("runs/a.root", root_file("one=TH1F", "two=TH1F", "Tracker/map=TH2F"))
    return f"http://{server.address}"


def test_browse_look_and_change_a_parameter():
    with Server() as server, Browser() as tab:
        tab.open(served(server) + "/")
        assert "runs/" in tab.until("document.querySelector('#folders a')?.textContent")
        tab.js("document.querySelector('#folders a').click()")
        tab.until("document.querySelector('#folders a')?.textContent.startsWith('a.root')")
        tab.js("document.querySelector('#folders a').click()")
        tab.until("document.querySelectorAll('#grid img').length === 2 && "
                  "[...document.querySelectorAll('#grid img')].every(i => i.complete && i.naturalWidth > 0)")
        tab.js("document.querySelector('#grid a').click()")
        tab.until("document.querySelector('#picture').naturalWidth === 600")
        before = tab.js("document.querySelector('#picture').src")
        tab.js("{const f = document.querySelector('[name=xmin]'); f.value = '0.5';"
               "f.dispatchEvent(new Event('input', {bubbles: true}))}")
        tab.until("location.search.includes('xmin=0.5')")
        tab.until(f"document.querySelector('#picture').src !== {json.dumps(before)}")
        assert tab.js("document.querySelector('#message').hidden")
        assert tab.complaints == [], tab.complaints


def test_the_keyboard_alone_is_enough():
    with Server() as server, Browser() as tab:
        tab.open(served(server) + "/?object=runs/a.root")
        tab.until("document.querySelectorAll('#grid a').length === 2")
        tab.press("ArrowRight")
        assert tab.js("document.activeElement.closest('#folders') !== null")
        tab.press("ArrowRight")
        tab.press("ArrowRight")
        assert tab.js("document.activeElement.closest('#grid') !== null")
        tab.press("Enter")
        tab.until("!document.querySelector('#viewer').hidden && document.querySelector('#picture').naturalWidth > 0")
        first = tab.js("location.search")
        tab.until("!document.querySelector('#previous').hidden || !document.querySelector('#next').hidden")
        tab.press("ArrowLeft" if tab.js("document.querySelector('#next').hidden") else "ArrowRight")
        tab.until(f"location.search !== {json.dumps(first)}")
        tab.press("Escape")
        tab.until("document.querySelector('#viewer').hidden")
        assert tab.complaints == [], tab.complaints


def test_upload_shows_success_and_refusal():
    with Server() as server, Browser() as tab, tempfile.TemporaryDirectory() as folder:
        good, bad = pathlib.Path(folder, "good.root"), pathlib.Path(folder, "bad.root")
        good.write_bytes(root_file("h=TH1F"))
        bad.write_bytes(b"only some text")
        tab.open(served(server) + "/")
        tab.js("document.querySelector('#upload-open').click()")
        tab.choose_file("#files", good)
        tab.until("document.querySelector('#jobs .good')?.textContent.includes('stored')")
        assert server.get("/v1/items/good.root").status == 200
        tab.choose_file("#files", bad)
        detail = tab.until("document.querySelector('#jobs .bad')?.textContent")
        assert "refused: 4" not in detail and len(detail) > 10, detail
        assert server.get("/v1/objects/bad.root").status == 404
        wrong = [line for line in tab.complaints if "status of 4" not in line]  # the refusal itself is logged
        assert wrong == [], wrong
