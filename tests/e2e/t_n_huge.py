"""Objects that unpack to almost a gigabyte: drawn block by block or refused by name, and nobody else notices."""
import pathlib
import tempfile
import threading
import time

from huge import HOT, map_file, poly_file
from platen import SANITIZED, SLOW, Client, Server, png_pixels, root_file, rss_anon

SIDE = 10954  # 10,956 squared cells of 8 bytes: 960 MB
HOT_BIN = (7000, 3000)
H = root_file("h=TH1F,bins=100,seed=1", "c=TH2F,bins=60,binsy=60,seed=2")
MEMORY = 64 << 20
SHADOW = 3 if SANITIZED else 1  # a sanitizer's own memory,
BACK = (64 if SANITIZED else 4) << 20  # and what it keeps of what was freed


def upload(server, name, make, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "huge.root"
        made = make(path, *arguments)
        with open(path, "rb") as file:
            answer = server.request("PUT", "/v1/objects/" + name, body=file,
                                    headers={"Content-Length": str(path.stat().st_size)})
        assert answer.status == 201, answer
    return made


def draw(server, name, query=""):
    return server.request("GET", f"/v1/images/{name}/h.png?{query}", timeout=60 * SLOW)


class Watch:
    """The largest private memory of each process while it lasts."""

    def __init__(self, server):
        self.server, self.most, self.stop = server, {}, threading.Event()

    def look(self):
        for pid in [self.server.process.pid, *self.server.children()]:
            self.most[pid] = max(self.most.get(pid, 0), rss_anon(pid))

    def __enter__(self):
        self.look()

        def run():
            while not self.stop.wait(0.003):
                self.look()
        self.thread = threading.Thread(target=run)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        self.look()


class Neighbours:
    """Other people's requests: one lane asks for what is cached, one for pictures that must be drawn."""

    def __init__(self, server):
        self.server, self.stop, self.bad = server, threading.Event(), []
        self.took = {"hit": [], "cold": []}

    def lane(self, kind):
        client = Client(self.server.address)
        while not self.stop.is_set():
            n = len(self.took[kind])
            target = "/v1/images/small.root/h.png" if kind == "hit" else \
                f"/v1/images/small.root/{'hc'[n % 2]}.png?w={200 + n % 400}&h={200 + n // 400}"
            began = time.monotonic()
            answer = client.request("GET", target)
            self.took[kind].append(time.monotonic() - began)
            if answer.status != 200:
                self.bad.append(answer)
            time.sleep(0.002)

    def __enter__(self):
        assert self.server.image("small.root", "h").status == 200
        self.threads = [threading.Thread(target=self.lane, args=(kind,)) for kind in self.took]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def counts(self):
        return {kind: len(took) for kind, took in self.took.items()}


def base(server):
    """Private memory once everything is idle again."""
    last = [0]

    def settled():
        now = server.private_bytes()
        same, last[0] = abs(now - last[0]) < 100000, now
        time.sleep(0.3)
        return same
    time.sleep(1.5)  # a worker gives its memory back after a second without work
    server.wait(settled, 20, "a steady amount of memory")
    return last[0]


def is_hot(pixel):
    """The top of the palette: yellow, unlike anything below half of it."""
    r, g, b = pixel
    return r > 230 and g > 200 and b < 120


def test_a_map_of_960_mb_is_drawn_and_nobody_notices():
    with Server("workers.render=2", "limits.render=120s", "workers.recycle_jobs=0", "limits.inspect=60s") as server:
        server.put("small.root", H)
        unpacked = upload(server, "map.root", map_file, SIDE, HOT_BIN)
        assert unpacked > 960e6
        before = base(server)
        with Neighbours(server) as others, Watch(server) as watch:
            others_before = others.counts()
            began = time.monotonic()
            answer = draw(server, "map.root")
            took = time.monotonic() - began
            others_after = others.counts()
        assert answer.status == 200, answer
        assert not others.bad, others.bad[:2]
        meanwhile = {kind: others_after[kind] - others_before[kind] for kind in others_after}
        assert all(n >= 5 for n in meanwhile.values()), meanwhile
        assert max(watch.most.values()) <= MEMORY * SHADOW, watch.most
        after = base(server)
        slowest = {kind: f"{max(t) * 1000:.0f} ms" for kind, t in others.took.items()}
        print(f"    {unpacked / 1e6:.0f} MB drawn in {took:.1f} s; most private memory of a process "
              f"{max(watch.most.values()) / 1e6:.1f} MB; all: {before / 1e6:.1f} MB before, {after / 1e6:.1f} MB "
              f"after; meanwhile {meanwhile}, slowest {slowest}")
        assert after <= before + BACK, (before, after)
        width, height, rows = png_pixels(answer.body)
        assert (width, height) == (600, 400)
        hot = [(x, y) for y in range(71, 360) for x in range(60, 510) if is_hot(rows[y][x])]
        assert hot, "the hot bin cannot be seen"
        x, y = 60 + 450 * HOT_BIN[0] / SIDE, 360 - 290 * HOT_BIN[1] / SIDE
        assert all(abs(px - x) <= 3 and abs(py - y) <= 3 for px, py in hot), (hot[:5], x, y)
        answer = draw(server, "map.root", "xmin=6900&xmax=7100&ymin=2900&ymax=3100")
        assert answer.status == 200, answer
        assert server.stats()["worker_crashes"] == 0


def test_polygons_of_950_mb_are_refused_by_name():
    with Server("workers.render=2", "limits.render=120s") as server:
        server.put("small.root", H)
        unpacked, bins = upload(server, "poly.root", poly_file, 950000000)
        assert unpacked > 930e6 and bins > 2000000
        item = server.get("/v1/items/poly.root").json()["items"][0]
        assert item["class"] == "TH2Poly", item
        before = base(server)
        with Neighbours(server) as others, Watch(server) as watch:
            answer = draw(server, "poly.root")
        assert answer.status == 413 and b"workers.memory" in answer.body, answer
        assert not others.bad, others.bad[:2]
        assert max(watch.most.values()) <= MEMORY * SHADOW, watch.most
        after = base(server)
        print(f"    {unpacked / 1e6:.0f} MB, {bins} polygons: {answer.status} {answer.json()['detail']!r}; most "
              f"private memory of a process {max(watch.most.values()) / 1e6:.1f} MB; all: {before / 1e6:.1f} MB before, "
              f"{after / 1e6:.1f} MB after")
        assert after <= before + BACK, (before, after)


def test_polygons_that_unpack_but_do_not_fit_are_refused_by_name():
    """The object alone would fit; with its polygons it does not: refused on the way, nothing kept."""
    with Server("workers.render=2", "limits.render=120s") as server:
        server.put("small.root", H)
        upload(server, "poly.root", poly_file, 36000000)
        before = base(server)
        with Neighbours(server) as others, Watch(server) as watch:
            answer = draw(server, "poly.root")
        assert answer.status == 413 and b"workers.memory" in answer.body, answer
        assert not others.bad, others.bad[:2]
        assert max(watch.most.values()) <= MEMORY * SHADOW, watch.most
        assert base(server) <= before + BACK
        server.settings.append("workers.memory=256MiB")
        server.stop()
        server.start()
        assert draw(server, "poly.root").status == 200, "with more memory it is drawn as it is"


def test_what_takes_too_long_is_cut_off_and_a_new_upload_starts_afresh():
    with Server("workers.render=2", "limits.render=200ms") as server:
        server.put("small.root", H)
        upload(server, "slow.root", map_file, SIDE)
        for n in range(3):
            workers = set(server.children("worker"))
            answer = server.image("slow.root", "h", f"w={500 + n}")
            assert answer.status == 504, answer
            server.wait(lambda: len(server.children("worker")) == 2 and set(server.children("worker")) != workers, 5,
                        "a new worker")
            assert server.image("small.root", "h", f"w={300 + n}").status == 200
        answer = server.image("slow.root", "h", "w=700")
        assert answer.status == 422 and b"too long" in answer.body, answer
        assert server.image("small.root", "c").status == 200, "others are not meant"
        assert server.put("slow.root", H).status == 200
        assert server.image("slow.root", "h", "w=700").status == 200, "a new version has no strikes"
