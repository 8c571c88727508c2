"""A real server on a free port in a temporary folder, spoken to over HTTP; counters through platenctl.

    with Server("workers.render=2") as server:
        server.put("a.root", histograms("h"))
        answer = server.get("/v1/images/a.root/h.png")
        assert answer.status == 200
        assert server.stats()["renders_drawn"] == 1
"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / os.environ.get("PLATEN_BIN", "build")
TOOLS = ROOT / os.environ.get("PLATEN_TOOLS", "build/release")
SANITIZED = "asan" in BIN.name
SLOW = 5 if SANITIZED else 1  # patience, never a measurement


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body

    def header(self, name):
        return self.headers.get(name)

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {dict(self.headers)} {self.body[:300]!r}>"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=30 * SLOW):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Client:
    """One keep-alive connection."""

    def __init__(self, address, timeout=60 * SLOW):
        self.address, self.timeout = address, timeout
        self.connection = None

    def request(self, method, target, body=None, headers=None):
        if self.connection is None:
            if self.address.startswith("unix:"):
                self.connection = UnixConnection(self.address[5:], self.timeout)
            else:
                host, port = self.address.rsplit(":", 1)
                self.connection = http.client.HTTPConnection(host, int(port), timeout=self.timeout)
        try:
            self.connection.request(method, target, body=body, headers=headers or {})
            response = self.connection.getresponse()
            return Answer(response, response.read())
        except BaseException:
            self.close()
            raise

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def quote(name):
    """A name or selector as it stands in a path: slashes stay."""
    return urllib.parse.quote(name, safe="/")


class Server:
    def __init__(self, *settings, folder=None, start=True, environment=None, arguments=(), cache_size="32MiB"):
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="platen-"))
        self.settings = [f"store.dir={self.folder}/store", "http.listen=127.0.0.1:0", f"cache.size={cache_size}",
                         "workers.front=2", "workers.render=2", "workers.memory=64MiB", *settings]
        self.environment = environment or {}
        self.arguments = list(arguments)
        self.process = None
        self.lines = []
        self.addresses = []
        self.admin = self.folder / "store" / "admin.sock"
        if start:
            try:
                self.start()
            except BaseException:
                self.clean()
                raise

    # --- life -------------------------------------------------------------------------------------
    def command(self):
        options = [word for setting in self.settings for word in ("-o", setting)]
        return [str(BIN / "platend"), *options, *self.arguments]

    def start(self):
        self.addresses = []
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PLATEN_") and k != "PORT"}
        environment.update(self.environment)
        self.process = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        errors="replace", env=environment)
        self.reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self.reader.start()
        deadline = time.monotonic() + 20 * SLOW
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                self.reader.join(2)
                raise AssertionError("the server did not start:\n" + "\n".join(self.lines[-20:]))
            if self.addresses:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    if self.get("/readyz").status == 200:
                        return self
            time.sleep(0.02)
        raise AssertionError("the server was not ready in time:\n" + "\n".join(self.lines[-20:]))

    def _read(self, stream):
        for line in stream:
            self.lines.append(line.rstrip("\n"))
            found = re.search(r'\blistening\b.*?address"?[=:]"?([^\s",]+)', line)
            if found and "admin" not in line:
                self.addresses.append(found.group(1))

    @property
    def address(self):
        return self.addresses[0]

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM, timeout=20):
        """End the server and return its exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            status = self.process.wait(timeout * SLOW)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the server did not end:\n" + "\n".join(self.lines[-20:]))
        self.reader.join(5)
        self.process = None
        return status

    def kill(self):
        """SIGKILL the master; its children notice by themselves. Waits until they are gone too."""
        children = self.children()
        self.process.kill()
        self.process.wait()
        self.process = None
        self.wait(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in children), 10, "the end of the children")

    def clean(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        try:
            if self.process is not None:
                status = self.stop()
                report = [line for line in self.lines if "Sanitizer" in line or "runtime error" in line
                          or "invariant_broken" in line]
                if kind is None:
                    assert not report, "\n".join(self.lines[-60:])
                    assert status == 0, f"exit status {status}\n" + "\n".join(self.lines[-20:])
            if kind is not None:
                print("\n".join("    | " + line for line in self.lines[-15:]))
        finally:
            self.clean()

    # --- HTTP -------------------------------------------------------------------------------------
    def client(self, timeout=60 * SLOW):
        return Client(self.address, timeout)

    def request(self, method, target, body=None, headers=None, timeout=60 * SLOW):
        client = self.client(timeout)
        try:
            return client.request(method, target, body, headers)
        finally:
            client.close()

    def get(self, target, **headers):
        return self.request("GET", target, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def put(self, name, body, **headers):
        return self.request("PUT", "/v1/objects/" + quote(name), body=body,
                            headers={k.replace("_", "-"): v for k, v in headers.items()})

    def delete(self, name, **headers):
        return self.request("DELETE", "/v1/objects/" + quote(name),
                            headers={k.replace("_", "-"): v for k, v in headers.items()})

    def image(self, name, selector, query="", kind="png", **headers):
        target = f"/v1/images/{quote(name)}/{quote(selector)}.{kind}" + (f"?{query}" if query else "")
        return self.get(target, **headers)

    def raw(self, data, timeout=10):
        """Send bytes as they are; return everything the server says until it closes or falls silent."""
        with self.connect(timeout) as sock:
            sock.sendall(data)
            out = b""
            with contextlib.suppress(socket.timeout, ConnectionError):
                while chunk := sock.recv(65536):
                    out += chunk
            return out

    def connect(self, timeout=10):
        host, port = self.address.rsplit(":", 1)
        return socket.create_connection((host, int(port)), timeout=timeout)

    # --- looking inside ---------------------------------------------------------------------------
    def ctl(self, *words, check=None, timeout=30):
        run = subprocess.run([str(BIN / "platenctl"), "-s", str(self.admin), *words], capture_output=True,
                             text=True, errors="replace", timeout=timeout * SLOW)
        if check is not None:
            assert run.returncode == check, (words, run.returncode, run.stdout, run.stderr)
        return run

    def ctl_json(self, *words):
        return json.loads(self.ctl("--json", *words, check=0).stdout)

    def stats(self):
        return self.ctl_json("stats")

    def children(self, role=None):
        """Process ids of the server's children, by role ("front", "worker", "keeper")."""
        out = {}
        path = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for pid in path.read_text().split():
            with contextlib.suppress(OSError):
                name = pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
                out[int(pid)] = name
        return [pid for pid, name in out.items() if role is None or role in name]

    def private_bytes(self):
        """RssAnon of the master and all its children together."""
        return sum(rss_anon(pid) for pid in [self.process.pid, *self.children()])

    def wait(self, condition, seconds=5, what="the condition"):
        deadline = time.monotonic() + seconds * SLOW
        while time.monotonic() < deadline:
            value = condition()
            if value:
                return value
            time.sleep(0.02)
        raise AssertionError(f"{what} did not come true in {seconds * SLOW} s")


def rss_anon(pid):
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return 0


@contextlib.contextmanager
def small_disk(megabytes):
    """A folder on a file system of that size; the test is skipped where none may be mounted."""
    from run import Skip
    folder = tempfile.mkdtemp(prefix="platen-small-")
    try:
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", folder],
                                               capture_output=True).returncode:
            raise Skip("mounting a small file system is not allowed here")
        try:
            yield folder
        finally:
            subprocess.run(["umount", folder])
    finally:
        os.rmdir(folder)


def root_file(*specifications, options=()):
    """A ROOT file made by tests/tools/root_make.c; each specification is PATH=KIND[,key=value...]."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "made.root"
        run = subprocess.run([str(TOOLS / "root_make"), *options, str(path), *specifications], capture_output=True,
                             text=True)
        assert run.returncode == 0, run.stderr
        return path.read_bytes()


def png_pixels(data):
    """Decode a PNG (gray, palette or RGB, 1 to 8 bits, not interlaced) to (width, height, rows of (r, g, b))."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n", data[:16]
    at, palette, body = 8, None, b""
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        chunk = data[at + 8:at + 8 + n]
        assert zlib.crc32(kind + chunk) == struct.unpack(">I", data[at + 8 + n:at + 12 + n])[0], "bad CRC"
        if kind == b"IHDR":
            width, height, depth, color, _, _, interlace = struct.unpack(">IIBBBBB", chunk)
        elif kind == b"PLTE":
            palette = [tuple(chunk[i:i + 3]) for i in range(0, n, 3)]
        elif kind == b"IDAT":
            body += chunk
        at += 12 + n
    assert interlace == 0 and color in (0, 2, 3)
    channels = 3 if color == 2 else 1
    stride = (width * depth * channels + 7) // 8
    step = max(1, depth * channels // 8)
    raw, rows, before = zlib.decompress(body), [], bytearray(stride)
    assert len(raw) == (stride + 1) * height
    for y in range(height):
        kind, line = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        if kind:
            for i in range(stride):
                a = line[i - step] if i >= step else 0
                b = before[i]
                c = before[i - step] if i >= step else 0
                if kind == 1:
                    p = a
                elif kind == 2:
                    p = b
                elif kind == 3:
                    p = (a + b) // 2
                else:
                    q = a + b - c
                    pa, pb, pc = abs(q - a), abs(q - b), abs(q - c)
                    p = a if pa <= pb and pa <= pc else b if pb <= pc else c
                line[i] = (line[i] + p) & 255
        before = line
        if channels == 3:
            rows.append([tuple(line[i:i + 3]) for i in range(0, 3 * width, 3)])
        else:
            mask, per = (1 << depth) - 1, 8 // depth
            values = [line[x // per] >> (8 - depth * (x % per + 1)) & mask for x in range(width)]
            top = palette or [(v * 255 // mask,) * 3 for v in range(mask + 1)]
            rows.append([top[v] for v in values])
    return width, height, rows
