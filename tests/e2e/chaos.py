#!/usr/bin/env python3
"""SIGKILL random children under load and hold every answer against an oracle.

    chaos.py [KILLS]

Uploaders replace objects over and over; readers ask for their pictures. The oracle knows, for each name, the stamp
of the newest acknowledged upload at the moment a request begins, and for each stamp which picture belongs to it:

  wrong    an image whose bytes are not those of the stamp it claims
  stale    an answer whose stamp is older than an upload acknowledged before the request began
  lost     an acknowledged upload whose object is not there any more, or is older
  down     longest time in which no request at all was answered

A request cut off because its own front was killed is harmed, not wrong; it is counted and repeated. An upload cut
off is indeterminate: it may have been taken or not, and is repeated."""
import http.client
import os
import random
import re
import signal
import sys
import threading
import time

from platen import SLOW, Client, Server, root_file

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 500
NAMES = ["a.root", "b/c.root", "d.root"]
VARIANTS = 7
HARM = (OSError, http.client.HTTPException)


class Oracle:
    def __init__(self):
        self.lock = threading.Lock()
        self.newest = {}   # name -> sequence of the newest acknowledged stamp
        self.variant = {}  # (name, stamp) -> variant
        self.pictures = {}  # (variant, width) -> bytes
        self.counts = dict.fromkeys(("reads", "uploads", "harmed", "refused", "wrong", "stale", "lost"), 0)
        self.examples = []
        self.last_answer = time.monotonic()
        self.down = 0.0

    def count(self, what, example=None):
        with self.lock:
            self.counts[what] += 1
            if example is not None and len(self.examples) < 10:
                self.examples.append((what, example))

    def answered(self):
        with self.lock:
            now = time.monotonic()
            self.down = max(self.down, now - self.last_answer)
            self.last_answer = now


def sequence(stamp):
    return int(stamp[16:], 16)


def upload_loop(server, oracle, name, sources, stop):
    client, dice = Client(server.address, 20 * SLOW), random.Random(name)
    while not stop.is_set():
        variant = dice.randrange(VARIANTS)
        try:
            answer = client.request("PUT", "/v1/objects/" + name, sources[variant])
        except HARM:
            oracle.count("harmed")
            client.close()
            continue
        oracle.answered()
        if answer.status not in (200, 201):
            oracle.count("refused", answer if answer.status not in (500, 503) else None)
            continue
        body = answer.json()
        oracle.count("uploads")
        with oracle.lock:
            oracle.newest[name] = max(sequence(body["stamp"]), oracle.newest.get(name, 0))
            oracle.variant[name, body["stamp"]] = variant
        time.sleep(dice.random() * 0.02)


def read_loop(server, oracle, number, stop):
    client, dice = Client(server.address, 20 * SLOW), random.Random(number)
    while not stop.is_set():
        name, width = dice.choice(NAMES), dice.choice((300, 400))
        with oracle.lock:
            least = oracle.newest.get(name, 0)
        try:
            answer = client.request("GET", f"/v1/images/{name}/h.png?w={width}")
        except HARM:
            oracle.count("harmed")
            client.close()
            continue
        oracle.answered()
        if answer.status != 200:
            oracle.count("refused", answer if answer.status not in (500, 503) else None)
            continue
        oracle.count("reads")
        stamp = re.search(r"[?&]v=([0-9a-f]{32})", answer.header("Content-Location")).group(1)
        if sequence(stamp) < least:
            oracle.count("stale", (name, stamp, least))
        with oracle.lock:
            variant = oracle.variant.get((name, stamp))
        if variant is None:
            if answer.body not in [oracle.pictures[v, width] for v in range(VARIANTS)]:
                oracle.count("wrong", (name, stamp, len(answer.body)))
        elif answer.body != oracle.pictures[variant, width]:
            oracle.count("wrong", (name, stamp, variant))


def check_kept(server, oracle, sources):
    for name in NAMES:
        answer = server.get("/v1/objects/" + name)
        stamp = answer.header("ETag").strip('"') if answer.status == 200 else ""
        if answer.status != 200 or sequence(stamp) < oracle.newest[name]:
            oracle.count("lost", (name, answer.status, stamp, oracle.newest[name]))
        else:
            variant = oracle.variant.get((name, stamp))
            if answer.body != sources[variant] if variant is not None else answer.body not in sources:
                oracle.count("wrong", (name, "original"))


def main():
    sources = [root_file(f"h=TH1F,bins=60,seed={v}") for v in range(VARIANTS)]
    oracle, stop, dice = Oracle(), threading.Event(), random.Random(7)
    with Server("workers.front=2", "workers.render=2", cache_size="16MiB") as server:
        for variant, source in enumerate(sources):
            server.put("reference", source)
            for width in (300, 400):
                oracle.pictures[variant, width] = server.image("reference", "h", f"w={width}").body
        assert len(set(oracle.pictures.values())) == 2 * VARIANTS
        for name in NAMES:
            oracle.newest[name] = sequence(server.put(name, sources[0]).json()["stamp"])
        threads = [threading.Thread(target=upload_loop, args=(server, oracle, name, sources, stop)) for name in NAMES]
        threads += [threading.Thread(target=read_loop, args=(server, oracle, n, stop)) for n in range(6)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        oracle.last_answer, oracle.down = time.monotonic(), 0.0
        killed, began = {"front": 0, "worker": 0, "keeper": 0}, time.monotonic()
        while sum(killed.values()) < KILLS and time.monotonic() - began < 600:
            role = dice.choice(("front", "worker", "worker", "keeper"))
            pids = server.children(role)
            if pids:
                try:
                    os.kill(dice.choice(pids), signal.SIGKILL)
                    killed[role] += 1
                except ProcessLookupError:
                    pass
            time.sleep(dice.uniform(0.005, 0.02) * SLOW)
        took, down = time.monotonic() - began, oracle.down
        time.sleep(1)
        stop.set()
        for thread in threads:
            thread.join()
        server.wait(lambda: server.image("a.root", "h").status == 200, 10, "an answer after the storm")
        check_kept(server, oracle, sources)
        assert server.stop() == 0
        server.start()
        check_kept(server, oracle, sources)
    c = oracle.counts
    print(f"{sum(killed.values())} kills in {took:.0f} s ({', '.join(f'{n} {r}s' for r, n in killed.items())}): "
          f"{c['reads']} pictures and {c['uploads']} uploads answered, {c['harmed']} cut off, {c['refused']} refused, "
          f"longest silence {down * 1000:.0f} ms")
    print(f"{c['wrong']} wrong bytes, {c['stale']} stale answers, {c['lost']} lost acknowledged uploads")
    for example in oracle.examples:
        print("   ", example)
    bad = c["wrong"] + c["stale"] + c["lost"]
    enough = sum(killed.values()) >= KILLS and c["reads"] > KILLS and c["uploads"] > KILLS / 10
    print(f"{1 if not bad and enough else 0} passed, {0 if not bad and enough else 1} failed")
    return 0 if not bad and enough else 1


if __name__ == "__main__":
    sys.exit(main())
