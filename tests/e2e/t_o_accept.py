"""Acceptance of the data-quality service: every class and its numbers, damaged files, pixels, old addresses."""
import contextlib
import json
import math
import os
import pathlib
import random
import re
import signal
import threading
import urllib.parse

from platen import ROOT, SANITIZED, Server, png_pixels, root_file
from t_l_dqm import (BOUNDARY, RUN, SAMPLE, code, form, inside, listing, pixels, plot, post, put, report,
                     sample_file, scalar, spooled)

CORPUS = pathlib.Path(os.environ.get("PLATEN_CORPUS", ROOT.parent / "shared" / "data")) / "root"
HISTOGRAMS = [f"TH{n}{t}" for n in (1, 2, 3) for t in "CSIFD"]
GRAPHS = ["TGraph", "TGraphErrors", "TGraphAsymmErrors", "TGraphBentErrors", "TCutG"]
CLASSES = HISTOGRAMS + ["TProfile", "TProfile2D", "TH2Poly", "TProfile2Poly"] + GRAPHS + ["TEfficiency"]
LINE = (0, 0, 0x9a)  # colour 602
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def numbers(server, path, sample=SAMPLE):
    answer = server.get(f"/jsonfairy/archive/{sample}/{urllib.parse.quote(path)}")
    assert answer.status == 200 and answer.header("Content-Type") == "application/json", (path, answer)
    return json.loads(answer.body, parse_constant=lambda word: (_ for _ in ()).throw(ValueError(word)))


def close(a, b):
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def steady(server, drawn_at_least=0):
    """No worker ended but as planned."""
    stats = server.stats()
    assert stats["worker_crashes"] == stats["worker_late"] == 0, stats
    assert stats["renders_drawn"] >= drawn_at_least, stats
    return stats


# --- A1: every class ----------------------------------------------------------------------------------------------

def flat(rows):
    return [x for row in rows for x in flat(row)] if rows and isinstance(rows[0], list) else list(rows)


def test_a1_every_class_is_listed_drawn_and_has_its_numbers():
    contents = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
    text = ":".join(map(str, contents))
    with Server() as server:
        put(server, sample_file(*[f"T/{c}={c},bins=4,binsy=3,binsz=1,contents={text}" for c in CLASSES],
                                scalar("events", "i=7").replace("Tracker", "T"), "T/x=TTree"))
        status, items = listing(server, SAMPLE + "/T")
        types = {item["obj"]: item["properties"]["type"] for item in items}
        assert status == 200 and types == {**{c: c for c in CLASSES}, "events": "TObjString", "x": "OTHER"}, types
        for c in CLASSES:
            picture = pixels(plot(server, "T/" + c, "w=200;h=150;showstats=0"))
            assert len({p for row in picture[2] for p in row}) > 3, c
            hist, found = numbers(server, "T/" + c), None
            if c in GRAPHS:
                assert hist["graph"]["class"] == c and hist["graph"]["x"] == [0, 1, 2, 3], hist
                found, expected = hist["graph"]["y"], contents[:4]
            elif c == "TEfficiency":
                found, expected = hist["efficiency"]["passed"]["hist"]["bins"]["content"], contents[:4]
                assert hist["efficiency"]["total"]["hist"]["bins"]["content"] == [100] * 4, hist
            elif c.endswith("Poly"):
                polygons = hist["hist"]["bins"]["polygons"]
                assert [p["number"] for p in polygons] == list(range(1, 13)), polygons
                found, expected = [p["content"] for p in polygons], contents
            else:
                assert hist["hist"]["class"] == c, hist
                found = flat(hist["hist"]["bins"]["content"])
                expected = contents[:4] if c in ("TProfile",) or c.startswith("TH1") else contents
            assert found == expected, (c, found)
        assert numbers(server, "T/events")["text"]["value"] == "7"
        assert plot(server, "T/events").status == 200 and plot(server, "T/x").status == 422
        stats = steady(server, len(CLASSES))
        assert stats["renders_failed"] == 0, stats


def test_a1_a_random_cube_has_errors_in_all_directions():
    with Server() as server:
        put(server, sample_file("T/cube=TH3F,bins=6,binsy=6,binsz=6,seed=3"))
        stats = numbers(server, "T/cube")["hist"]["stats"]
        for axis in "XYZ":
            effective = (stats["rms"][axis]["value"] / stats["mean"][axis]["error"]) ** 2
            assert 19900 < effective <= 20000, stats  # what lies outside does not count
            assert close(stats["rms"][axis]["error"] * math.sqrt(2), stats["mean"][axis]["error"]), stats


def latest(objects):
    chosen = {}
    for item in objects:
        if item["path"] not in chosen or chosen[item["path"]]["cycle"] < item["cycle"]:
            chosen[item["path"]] = item
    return chosen


def cells(item, values):
    """The bins that are shown, of all cells: no under- and overflows."""
    nx = item["xaxis"]["nbins"]
    if item["dim"] == 1:
        return values[1:nx + 1]
    ny = item["yaxis"]["nbins"]
    rows = [values[y * (nx + 2) + 1:y * (nx + 2) + nx + 1] for y in range(1, ny + 1)]
    return [x for row in rows for x in row] if item["dim"] == 2 else None


def check_histogram(item, found):
    hist = found["hist"]
    assert hist["class"] == item["class"] and hist["title"] == item["title"], hist
    assert hist["stats"]["entries"] == item["entries"], hist["stats"]
    for axis, name in (("X", "x"), ("Y", "y")):
        if f"mean_{name}" in item and axis in hist["stats"]["mean"] and "poly_bins" not in item:
            assert close(hist["stats"]["mean"][axis]["value"], item[f"mean_{name}"]), hist["stats"]
            assert close(hist["stats"]["rms"][axis]["value"], item[f"stddev_{name}"]), hist["stats"]
    if "poly_bins" in item:
        assert [p["content"] for p in hist["bins"]["polygons"]] == [p["content"] for p in item["poly_bins"]]
        return 1
    assert hist["xaxis"]["title"] == item["xaxis"]["title"], hist["xaxis"]
    shown = cells(item, item["content"]) if len(item.get("content", [])) == item["content_len"] > 0 else None
    if hist["xaxis"]["first"]["id"] != 1 or hist["xaxis"]["last"]["id"] != item["xaxis"]["nbins"] or shown is None:
        return 0
    values = flat(hist["bins"]["content"])
    if item["class"].startswith("TProfile"):
        if len(item.get("bin_entries", [])) != item["content_len"]:
            return 0
        entries = cells(item, item["bin_entries"])
        shown = [a / b if b else 0 for a, b in zip(shown, entries)]
        assert all(map(close, values, shown)) and len(values) == len(shown)
    else:
        assert values == shown, item["path"]
    return 1


def check_object(item, found):
    if item["class"] == "TObjString":
        assert found["text"]["value"] == item["string"], found
    elif item["class"].startswith("TGraph"):
        assert found["graph"]["x"] == item["x"] and found["graph"]["y"] == item["y"], found
        for mine, theirs in (("xLowError", "fEX"), ("yHighError", "fEY"), ("xLowError", "fEXlow"),
                             ("xHighError", "fEXhigh"), ("yLowError", "fEYlow"), ("yHighError", "fEYhigh")):
            assert theirs not in item or found["graph"][mine] == item[theirs], (mine, found)
    elif item["class"] == "TEfficiency":
        for part in ("passed", "total"):
            check_histogram(item[part], found["efficiency"][part])
    else:
        return check_histogram(item, found)
    return 1


def test_a1_the_corpus_through_the_server():
    files = [f for f in sorted(CORPUS.glob("*.root")) if pathlib.Path(f"{f}.json").exists()]
    if not files:
        from run import Skip
        raise Skip(f"no corpus in {CORPUS}")
    objects = compared = 0
    with Server("workers.memory=256MiB") as server:
        for run, file in enumerate(files, 1):
            put(server, file.read_bytes(), f"DQM_V0001_R{run:09}__Corpus__Files__ROOT.root")
            sample = f"{run}/Corpus/Files/ROOT"
            status, items = listing(server, sample, "search=.")
            by_path = {i["path"]: i for i in items}
            assert status == 200, sample
            for path, item in latest(json.loads(pathlib.Path(f"{file}.json").read_text())["objects"]).items():
                shown = path
                inner = re.fullmatch(r"DQMData/Run \d+/([^/]+)/Run summary/(.*)", path)
                if inner is not None:
                    continue  # of another run: the classic name is checked below
                assert by_path[shown]["properties"]["type"] == item["class"], (file.name, path)
                assert by_path[shown]["nentries"] == item.get(
                    "entries", item.get("npoints", item.get("total", {}).get("entries", 0))), by_path[shown]
                compared += check_object(item, numbers(server, shown, sample))
                assert plot(server, shown, "w=90;h=60", sample).status == 200, (file.name, path)
                objects += 1
        print(f"     {len(files)} files, {objects} objects drawn, contents of {compared} compared")
        assert objects > 300 and compared > objects / 2
        stats = steady(server, objects)
        assert stats["renders_failed"] == 0, stats


def test_a1_a_file_under_the_name_it_was_made_for():
    files = sorted(CORPUS.glob("DQM_V*.root"))
    if not files:
        from run import Skip
        raise Skip(f"no corpus in {CORPUS}")
    with Server() as server:
        for file in files:
            put(server, file.read_bytes(), file.name)
            found = re.fullmatch(r"DQM_V\d+_R0*(\d+)__(\w+)__([-\w]+)__(\w+).root", file.name)
            sample = "/".join(found.groups())
            _, items = listing(server, sample, "search=.")
            expected = latest(json.loads(pathlib.Path(f"{file}.json").read_text())["objects"])
            assert len(items) == len(expected), (items, list(expected))
            for item in items:
                assert plot(server, item["path"], "", sample).status == 200, item


# --- A2, A9: damaged files ----------------------------------------------------------------------------------------

def seeds():
    made = [root_file(f"T/h={c},bins=4,binsy=3,binsz=2,labels=1,functions=1,contents=1:2:3:-4:0:7",
                      options=(f"--compress={packing}",))
            for c, packing in zip(CLASSES, ["plain", "zlib", "deflate", "xz", "lz4", "zstd"] * 5)]
    return made + [f.read_bytes() for f in sorted(CORPUS.glob("*.root")) if f.stat().st_size < 20000]


def damage(dice, body):
    out = bytearray(body[:dice.randrange(len(body) + 1)] if dice.random() < 0.05 else body)
    for _ in range(dice.randint(1, 6)):
        if not out:
            break
        at = dice.randrange(min(400, len(out))) if dice.random() < 0.3 else dice.randrange(len(out))
        kind = dice.randrange(4)
        if kind == 0:
            out[at] ^= 1 << dice.randrange(8)
        elif kind == 1:
            out[at] = dice.choice((0, 1, 0x7f, 0x80, 0xff))
        elif kind == 2:
            out[at:at + 4] = bytes(dice.choice((0, 0x40, 0x7f, 0xff)) for _ in range(4))
        else:
            del out[at:at + dice.randint(1, 8)]
    return bytes(out)


def test_a2_a_thousand_damaged_files_are_refused_or_served():
    sources, dice = seeds(), random.Random(20240607)
    counts = {200: 0, 422: 0, "drawn": 0, "refused": 0}
    with Server("workers.front=1") as server:
        put(server, root_file("T/good=TH1F,bins=40"))
        before = plot(server, "T/good").body
        client = server.client()
        for i in range(200 if SANITIZED else 1000):
            name = f"DQM_V0001_R{i % 50 + 1:09}__Fuzz__A2__X.root"
            answer = client.request("POST", "/data/put", form(damage(dice, dice.choice(sources)), name),
                                    {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
            assert answer.status in (200, 422), (i, answer)
            counts[answer.status] += 1
            if answer.status != 200:
                continue
            sample = f"{i % 50 + 1}/Fuzz/A2/X"
            answer = client.request("GET", f"/data/json/archive/{sample}?search=.")
            for item in answer.json()["contents"][:2]:
                target = f"/plotfairy/archive/{sample}/{urllib.parse.quote(item['path'])}?w=120;h=90;h={90 + i % 7}"
                answer = client.request("GET", target)
                assert answer.status in (200, 404, 413, 422), (i, item, answer)
                assert png_pixels(answer.body)[:2] == (120, 90 + i % 7), (i, item)
                counts["drawn" if answer.status == 200 else "refused"] += 1
        client.close()
        assert plot(server, "T/good").body == before
        assert not spooled(server)
        steady(server, counts["drawn"] // 2)
    print(f"     {counts}")
    assert counts[200] > 50 and counts[422] > 50, counts


def test_a9_a_cut_file_shows_nothing_that_is_not_whole():
    body = sample_file(*[f"T/h{i}=TH1D,bins=600,contents={i + 1}:2:3" for i in range(20)],
                       options=("--compress=plain",))
    assert len(body) > 100000
    with Server("workers.front=1") as server:
        put(server, body)
        whole = {item["obj"]: numbers(server, item["path"]) for item in listing(server, SAMPLE + "/T")[1]}
        kept = 0
        for n in range(0, len(body), 1024):
            run = n // 1024 + 1
            answer = post(server, form(body[:n], f"DQM_V0001_R{run:09}__Cut__A9__X.root"))
            assert code(answer) in ((422, "300"), (200, "100")), (n, answer)
            if answer.status != 200:
                assert listing(server, f"{run}/Cut/A9/X") == (404, []), n
                continue
            kept += 1
            for item in listing(server, f"{run}/Cut/A9/X", "search=.")[1]:
                name = item["obj"]
                if item["properties"]["type"] != "OTHER":
                    assert numbers(server, item["path"], f"{run}/Cut/A9/X") == whole[name], (n, item)
        print(f"     {len(body) // 1024 + 1} lengths, {kept} of them served")
        assert not spooled(server)
        steady(server)


# --- A5, A6: sizes, hostile texts ---------------------------------------------------------------------------------

def test_a5_every_size_has_its_status_and_its_picture():
    cases = [("w=1;h=1", 200, (1, 1)), ("w=1;h=2499", 200, (1, 2499)), ("w=2499;h=1", 200, (2499, 1)),
             ("w=2499;h=2499", 200, (2499, 2499)), ("w=300", 200, (300, 400)), ("h=300", 200, (600, 300)),
             ("w=0", 400, (600, 400)), ("w=-5;h=100", 400, (600, 100)), ("w=2500;h=50", 400, (600, 50)),
             ("w=abc;h=50", 400, (600, 50)), ("w=1e3;h=50", 400, (600, 50)), ("w=99999999999;h=50", 400, (600, 50)),
             ("w=0;w=80;h=60", 200, (80, 60)), ("w=80;w=;h=60", 200, (80, 60)), ("w=80;h=60;w=0", 400, (80, 60))]
    with Server() as server:
        put(server, sample_file("T/h=TH1F,bins=40", "T/map=TH2F,bins=40,binsy=40", "T/poly=TH2Poly,bins=5,binsy=5"))
        for query, status, size in cases:
            for path in ("T/h", "T/map", "T/poly") if status == 200 else ("T/h",):
                answer = plot(server, path, query)
                assert answer.status == status and png_pixels(answer.body)[:2] == size, (query, path, answer)
                if status == 400:
                    named = plot(server, path, query, Accept="application/json").json()
                    assert named["param"] == "w", named
        stats = steady(server)
        assert stats["renders_drawn"] == 3 * sum(1 for c in cases if c[1] == 200) - 3, stats  # w=80;h=60 stands twice


HOSTILE = "it's \"q\" <script>alert(1)</script> \\u0041 \\ é € 𝄞 %s &amp; {}[]"


def test_a6_hostile_names_and_titles_in_every_json():
    names = ["<script>alert(1)", "quote\"s", "it's", "back\\slash", "é€𝄞", "%s%n"]
    with Server() as server:
        put(server, root_file(*[urllib.parse.quote(f"D/{n}", safe="/") + "=TH1F,bins=4,title=" +
                                urllib.parse.quote(HOSTILE) for n in names],
                              "S/x=TObjString,text=" + urllib.parse.quote("<x>s=" + HOSTILE + "</x>"),
                              options=("--escaped",)))
        status, items = listing(server, SAMPLE, "search=.")
        assert status == 200
        found = {i["obj"]: i for i in items}
        for name in names:
            assert found[name]["properties"]["title"].startswith("it's \"q\" <script>alert(1)</script>"), found[name]
            hist = numbers(server, "D/" + name)["hist"]
            assert hist["title"] == HOSTILE and hist["stats"]["name"] == name, hist
            assert plot(server, "D/" + name).status == 200
        for target in (f"/plotfairy/archive/{SAMPLE}/D/" + urllib.parse.quote('"<script>'),
                       f"/jsonfairy/archive/{SAMPLE}/D/" + urllib.parse.quote('"<script>\r\nX-Evil: 1'),
                       "/data/json/samples?match=" + urllib.parse.quote('("<script>'),
                       f"/data/json/archive/{SAMPLE}?search=" + urllib.parse.quote("['<script>"),
                       "/plotfairy/archive/" + urllib.parse.quote("<script>\r\nSet-Cookie: a=b"),
                       f"/plotfairy/archive/{SAMPLE}/D/it%27s?%3Cscript%3E=1;w=%22%3E%3Cscript%3E"):
            answer = server.get(target, Accept="application/json")
            assert answer.status in (400, 404) and answer.header("Content-Type") == "application/problem+json", answer
            answer.json()
            assert answer.header("X-Content-Type-Options") == "nosniff", answer
            assert answer.header("X-Evil") is None and answer.header("Set-Cookie") is None, answer
        answer = post(server, form(b"root", 'DQM_V0001_R000000001<script>"\\\'.root'))
        assert answer.status in (400, 422) and "\n" not in answer.header("DQM-Status-Detail"), answer
        stored = json.loads(server.get("/v1/objects").body)
        assert SAMPLE.split("/")[1] in json.dumps(stored), stored
        for page in ("/", "/web/platen.js"):
            answer = server.get(page)
            assert b"alert(1)" not in answer.body, page
        assert "default-src" in (server.get("/").header("Content-Security-Policy") or ""), server.get("/").headers


def test_a6_bytes_that_are_no_utf8_still_make_json():
    body = root_file("D/latin=TH1F,bins=4,title=MARKER").replace(b"MARKER", b"\xe9\xff\x00\x1b\x80x")
    with Server() as server:
        put(server, body)
        item = listing(server, SAMPLE + "/D")[1][0]
        assert item["obj"] == "latin", item
        assert plot(server, "D/latin").status == 200
        numbers(server, "D/latin")


# --- A12 to A15: pixels -------------------------------------------------------------------------------------------

def frame(picture):
    """(left, top, right, bottom): the black lines around the plot."""
    width, height, rows = picture
    columns = [x for x in range(width) if sum(rows[y][x] == BLACK for y in range(height)) > height * 0.6]
    lines = [y for y in range(height) if sum(rows[y][x] == BLACK for x in range(width)) > width * 0.6]
    assert columns and lines, "no frame"
    return columns[0], lines[0], columns[-1], lines[-1]


def top_of(picture, at, bins):
    """Height of the line over the middle of a bin, in pixels above the lower line of the frame; 0: there is none."""
    left, top, right, bottom = frame(picture)
    x = round(left + (at + 0.5) / bins * (right - left))
    found = [y for y in range(top + 1, bottom) if picture[2][y][x] == LINE]
    return bottom - found[0] if found else 0


def test_a13_twice_the_content_is_twice_the_height():
    with Server() as server:
        put(server, sample_file("T/h=TH1D,bins=5,contents=1:2:4:8:0"))
        for size in ("w=600;h=400", "w=1200;h=900", "w=333;h=251"):
            picture = pixels(plot(server, "T/h", "showstats=0;" + size))
            heights = [top_of(picture, i, 5) for i in range(5)]
            for small, large in zip(heights[:3], heights[1:4]):
                assert abs(large - 2 * small) <= 2 and small > 5, (size, heights)
            unit = heights[3] / 8
            assert all(abs(h - v * unit) <= 1 for h, v in zip(heights, (1, 2, 4, 8))), (size, heights)
            assert heights[4] == 0, heights
        steady(server, 3)


STOPS = [(0.2082, 0.1664, 0.5293), (0.0592, 0.3599, 0.8684), (0.0780, 0.5041, 0.8385), (0.0232, 0.6419, 0.7914),
         (0.1802, 0.7178, 0.6425), (0.5301, 0.7492, 0.4662), (0.8186, 0.7328, 0.3499), (0.9956, 0.7862, 0.1968),
         (0.9764, 0.9832, 0.0539)]


def palette(value, low, high):
    level = min(99, max(0, math.floor(100 * (value - low) / (high - low))))
    index = math.floor((level + 0.99) * 255 / 100)
    at = index / 255 * 8
    i = min(7, int(at))
    return [255 * (a + (b - a) * (at - i)) for a, b in zip(STOPS[i], STOPS[i + 1])]


def test_a13_a_cells_centre_has_the_colour_of_the_palette():
    contents = [0] + [7 * i for i in range(1, 30)]
    with Server() as server:
        put(server, sample_file("T/map=TH2D,bins=6,binsy=5,contents=" + ":".join(map(str, contents))))
        picture = pixels(plot(server, "T/map", "showstats=0;w=700;h=500"))
        left, top, _, bottom = frame(picture)
        right = next(x for x in range(left + 20, 700)  # what follows are the lines of the palette
                     if all(picture[2][y][x] == BLACK for y in range(top, bottom)))
        worst = 0
        for i, content in enumerate(contents):
            x = round(left + (i % 6 + 0.5) / 6 * (right - left))
            y = round(bottom - (i // 6 + 0.5) / 5 * (bottom - top))
            found = picture[2][y][x]
            if content == 0:
                assert found == WHITE, found
                continue
            worst = max(worst, *(abs(a - b) for a, b in zip(found, palette(content, 0, contents[-1]))))
        assert worst <= 4, worst


def test_a13_the_text_of_statistics_is_there_or_not():
    with Server() as server:
        put(server, sample_file("T/h=TH1D,bins=5,contents=8:4:2:1:0"))
        off, on = pixels(plot(server, "T/h", "showstats=0")), pixels(plot(server, "T/h", "showstats=1"))
        differs = [(x, y) for y in range(400) for x in range(600) if off[2][y][x] != on[2][y][x]]
        leftmost, lowest = min(p[0] for p in differs), max(p[1] for p in differs)
        assert leftmost >= 0.7 * 600 and lowest <= 0.35 * 400, (leftmost, lowest)  # top right, and nothing elsewhere
        dark = sum(sum(on[2][y][x]) < 300 for x, y in differs)
        assert dark > 200, dark
        assert len({plot(server, "T/h", query).body for query in ("showstats=1111", "showstats=1", "")}) == 1
        name_only = pixels(plot(server, "T/h", "showstats=1000000"))
        assert name_only not in (off, on)
        assert steady(server)["renders_drawn"] == 4  # what the histogram says by itself is another entry


def test_a12_a_function_of_an_unknown_version_is_left_out():
    with Server() as server:
        for run, functions in ((1, 0), (2, 1)):
            put(server, root_file(inside(run, "T/h", f"TH1F,bins=30,title=x,functions={functions}"),
                                  inside(run, "T/map", f"TH2F,bins=9,binsy=9,title=x,functions={functions}"),
                                  inside(run, "T/g", f"TGraphErrors,bins=9,title=x,functions={functions}")),
                f"DQM_V0001_R{run:09}.root")
        for path in ("T/h", "T/map", "T/g"):
            one, two = (plot(server, path, "", f"{run}/Global/Online/ALL") for run in (1, 2))
            assert pixels(one) == pixels(two), path
        assert steady(server)["renders_drawn"] == 6


def test_a14_a_log_axis_over_zero_and_negative_bins():
    with Server() as server:
        put(server, sample_file("T/h=TH1D,bins=5,contents=0:-3:10:1000:0.5", "T/zero=TH1D,bins=5,contents=0:0:0",
                                "T/below=TH1D,bins=3,contents=-1:-2:-3",
                                "T/map=TH2D,bins=3,binsy=2,contents=0:-1:10:100:1000:5"))
        picture = pixels(plot(server, "T/h", "ytype=log;showstats=0;w=900;h=700"))
        _, top, _, bottom = frame(picture)
        heights = [top_of(picture, i, 5) for i in range(5)]
        assert heights[0] <= 1 and heights[1] <= 1, heights
        decade = (bottom - top) / math.log10(2 * 1000 / (0.5 * 0.5))
        for i, value in ((2, 10), (3, 1000), (4, 0.5)):
            assert abs(heights[i] - decade * math.log10(value / 0.25)) <= 2, (heights, decade)
        for path in ("T/zero", "T/below"):
            for option in ("", "E", "HIST", "P", "TEXT"):
                assert plot(server, path, f"ytype=log;xtype=log;drawopts={option}").status == 200, (path, option)
        logarithmic, linear = (pixels(plot(server, "T/map", f"ztype={t};showstats=0")) for t in ("log", "lin"))
        assert logarithmic != linear
        assert pixels(plot(server, "T/h", "ytype=log;ymin=-5;ymax=0")) != picture
        steady(server)


def below_frame(picture):
    """Columns with something dark under the frame, as runs."""
    left, _, right, bottom = frame(picture)
    rows = picture[2][bottom + 3:]
    dark = [any(sum(row[x]) < 600 for row in rows) for x in range(left - 20, right + 20)]
    return sum(1 for a, b in zip(dark, dark[1:]) if b and not a)


def test_a15_three_labels_and_three_hundred():
    with Server() as server:
        put(server, sample_file("T/few=TH1F,bins=3,labels=1", "T/many=TH1F,bins=300,labels=1", "T/plain=TH1F,bins=300"))
        labels = [f"bin {i + 1}" for i in range(300)]
        for path, n in (("T/few", 3), ("T/many", 300)):
            assert [l["value"] for l in numbers(server, path)["hist"]["xaxis"]["labels"]] == labels[:n]
        few = pixels(plot(server, "T/few", "showstats=0"))
        left, _, right, bottom = frame(few)
        third = (right - left) // 3
        for i in range(3):  # each in the middle of its bin
            xs = [x for x in range(left + i * third, left + (i + 1) * third)
                  if any(sum(row[x]) < 400 for row in few[2][bottom + 4:])]
            assert xs and abs((xs[0] + xs[-1]) / 2 - (left + (i + 0.5) * third)) <= 4, (i, xs)
        many, plain = pixels(plot(server, "T/many", "showstats=0")), pixels(plot(server, "T/plain", "showstats=0"))
        assert many != plain
        assert 10 < below_frame(many) < 150, below_frame(many)  # some are left out, none touch
        steady(server, 3)


# --- sections 2 to 4: old clients ---------------------------------------------------------------------------------

def test_raw_requests_of_old_clients():
    with Server() as server:
        put(server, sample_file("T/hits=TH1D,bins=40,seed=1"))
        base = plot(server, "T/hits", "w=300;h=200;ytype=log").body
        path = f"/plotfairy/archive/{SAMPLE}/T/hits"

        def ask(line, *headers):
            said = server.raw("\r\n".join([line, "Host: x", *headers, "Connection: close", "", ""]).encode())
            head, _, body = said.partition(b"\r\n\r\n")
            return int(head.split()[1]), head.decode("latin-1"), body
        for query in ("w=300;h=200;ytype=log", "w=300&h=200&ytype=log", "w=300;h=200&ytype=log",
                      ";;w=300&;h=200;ytype=log;",
                      "%77=%33%30%30;h=200;ytype=l%6fg", "w=1;w=300;h=9;h=200;ytype=lin;ytype=log",
                      "session=abc;w=300;workspace=x;h=200;ytype=log;xmin=;xmax=;drawopts=;withref=no;ktest="):
            for version in ("1.0", "1.1"):
                status, head, body = ask(f"GET {path}?{query} HTTP/{version}")
                assert status == 200 and body == base, (query, version, head)
        status, head, body = ask(f"HEAD {path}?w=300;h=200;ytype=log HTTP/1.1")
        assert status == 200 and body == b"" and f"Content-Length: {len(base)}" in head, head
        tag = re.search(r"ETag: (\S+)", head).group(1)
        for condition in (tag, f'"x", {tag}', "*", "W/" + tag):
            status, head, body = ask(f"GET {path}?w=300;h=200;ytype=log HTTP/1.1", f"If-None-Match: {condition}")
            assert (status, body) == (304, b"") and tag in head, (condition, head)
        assert ask(f"GET {path}?w=300;h=200;ytype=log HTTP/1.1", 'If-None-Match: "x"')[0] == 200
        for method in ("POST", "PUT", "DELETE"):
            status, head, body = ask(f"{method} {path} HTTP/1.1", "Content-Length: 0")
            assert status == 405 and "Allow: GET, HEAD" in head, head
        stats = steady(server)
        assert stats["renders_drawn"] == 1 and stats["cache_misses"] == 1, stats


def test_what_cannot_be_read_is_a_picture_too():
    with Server() as server:
        put(server, sample_file("T/hits=TH1D,bins=40,seed=1"))
        path = f"/plotfairy/archive/{SAMPLE}/T/"
        cases = [(path + "hits?w=120;h=80;xmin=%zz", 400, (120, 80)), (path + "%00", 400, (600, 400)),
                 (path + "hits?h=80;" + ";".join(f"x{i}=1" for i in range(100)), 400, (600, 80)),
                 (path + "a" * 1500, 404, (600, 400)), (path + "hits?w=120;drawopts=%22", 400, (120, 400)),
                 (path + "a" * 3000, 404, (600, 400))]
        for target, status, size in cases:
            answer = server.get(target, Accept="image/avif,image/png,*/*")
            assert answer.status == status and answer.header("Content-Type") == "image/png", (target[:90], answer)
            assert png_pixels(answer.body)[:2] == size, (target[:90], answer)
            assert answer.header("Cache-Control") == "no-store", (target[:90], answer)
            plain = server.get(target, Accept="text/html, application/json;q=0.9, image/png;q=0")
            assert plain.status == status and plain.header("Content-Type") == "application/problem+json", plain
        assert server.stats()["renders_drawn"] == 0


def test_every_option_with_good_and_bad_values():
    good = ["drawopts=HIST", "drawopts=hist%20e%20p", "drawopts=E1X0", "drawopts=" + "%20" * 32, "ref=object",
            "ref=reference", "ref=overlay", "ref=ratiooverlay", "ref=samesample", "ref=stacked", "norm=True",
            "norm=False", "showstats=0", "showstats=1", "showstats=1111", "showstats=111111111", "showerrbars=0", "showerrbars=1",
            "xtype=def", "ytype=lin", "ztype=log", "xmin=-3", "xmin=1e-3;xmax=2.5E0", "ymin=0;ymax=10", "zmin=;zmax=",
            "ktest=0.01", "reflabel=Run_1.2-3%20x", ";".join(f"reflabel=r{i}" for i in range(4)), "fmt=png", "v=1",
            "v=", "unknown=1", "h="]
    bad = [("drawopts=E%3B", "drawopts"), ("drawopts=" + "E" * 33, "drawopts"), ("ref=x", "ref"), ("norm=1", "norm"),
           ("showstats=x", "showstats"), ("showerrbars=2", "showerrbars"), ("xtype=LOG", "xtype"), ("xmin=nan", "xmin"),
           ("ymax=inf", "ymax"), ("zmin=1e999", "zmin"), ("xmin=2;xmax=1", "xmax"), ("ktest=x", "ktest"),
           ("reflabel=" + "a" * 41, "reflabel"), ("reflabel=%3Cb%3E", "reflabel"), ("fmt=gif", "fmt"),
           (";".join(f"reflabel=r{i}" for i in range(5)), "reflabel")]
    with Server() as server:
        put(server, sample_file("T/hits=TH1D,bins=40,seed=1"))
        for query in good:
            answer = plot(server, "T/hits", query)
            assert answer.status == 200 and png_pixels(answer.body)[:2] == (600, 400), (query, answer)
        for query, name in bad:
            answer = plot(server, "T/hits", query, Accept="application/json")
            assert (answer.status, answer.json().get("param")) == (400, name), (query, answer)
        assert plot(server, "T/hits", "fmt=jpg").header("Content-Type") == "image/jpeg"


def test_canonical_forms_share_one_entry():
    with Server() as server:
        put(server, sample_file("T/hits=TH1D,bins=40,seed=1", "T/ref=TH1D,bins=40,seed=2"))
        objects = f"obj=archive/{SAMPLE}/T/hits;obj=archive/{SAMPLE}/T/ref"
        groups = [[f"/plotfairy/archive/{SAMPLE}/T/hits?{q}" for q in
                   ("xmin=-1;xmax=2", "xmax=2.0;xmin=-1e0", "xmax=2;xmin=-1;w=600;h=400;norm=True;ref=overlay",
                    "v=3;xmin=-1.00;xmax=+2", "xmin=7;xmin=-1;xmax=2;drawopts=%20%20")],
                  [f"/plotfairy/overlay?{objects};{q}" for q in
                   ("", "ref=overlay", "ref=samesample", "norm=True", "w=600&x=1", "v=9;ktest=")]]
        for targets in groups:
            tags = {server.get(target).header("ETag") for target in targets}
            assert len(tags) == 1, (targets, tags)
        stats = steady(server)
        assert stats["renders_drawn"] == 2 and stats["cache_hits"] == 9, stats
        swapped = server.get(f"/plotfairy/overlay?obj=archive/{SAMPLE}/T/ref;obj=archive/{SAMPLE}/T/hits")
        assert swapped.header("ETag") != server.get(groups[1][0]).header("ETag")


def test_overlays_of_one_to_five_and_no_more():
    with Server() as server:
        put(server, sample_file(*[f"T/h{i}=TH1D,bins=40,seed={i + 1},sumw2=1" for i in range(5)], "T/g=TGraph,bins=5",
                                "T/map=TH2F,bins=5,binsy=5", "T/p=TProfile,bins=40", "T/s=TObjString,text=hello",
                                "T/other=TH1D,bins=7"))
        names = [f"obj=archive/{SAMPLE}/T/h{i}" for i in range(5)]
        seen = set()
        for n in range(1, 6):
            for ref in ("overlay", "ratiooverlay", "stacked"):
                answer = server.get("/plotfairy/overlay?" + ";".join(names[:n]) + f";ref={ref};ktest=0.5;w=500;h=400")
                assert pixels(answer)[:2] == (500, 400), (n, ref)
                seen.add(answer.body)
        assert len(seen) >= 13, len(seen)
        six = server.get("/plotfairy/overlay?" + ";".join(names + names[:1]), Accept="application/json")
        assert six.status == 400 and six.json()["param"] == "obj", six
        for other in ("map", "g", "hello", "p", "other"):
            target = f"/plotfairy/overlay?{names[0]};obj=archive/{SAMPLE}/T/{other}"
            answer = server.get(target, Accept="application/json")
            assert answer.status == 400 and f"T/{other}" in answer.json()["detail"], answer
            shown = server.get(target + ";w=300;h=200")
            assert shown.status == 400 and png_pixels(shown.body)[:2] == (300, 200), shown
        for bad in ("obj=", "obj=T/h0", "obj=archive/x/y", f"obj=archive/{SAMPLE}"):
            answer = server.get(f"/plotfairy/overlay?{bad}", Accept="application/json")
            assert answer.status in (400, 404), (bad, answer)
        scaled = server.get(f"/plotfairy/overlay?{names[0]};{names[1]};norm=False")
        assert scaled.status == 200
        assert server.get(f"/plotfairy/overlay?{names[0]};{names[1]};ref=object").status == 200
        labelled = [server.get(f"/plotfairy/overlay?{names[0]};{names[1]};{names[2]};reflabel={a};reflabel={b}").body
                    for a, b in (("one", "two"), ("two", "one"), ("one", "three"))]
        assert len(set(labelled)) == 3
        steady(server)


def test_listings_of_deep_and_long_names():
    long = "x" * 255
    with Server() as server:
        names = [f"{long}/h", long, f"{long}/{long}", "A", "z", "new%0Aline"]
        put(server, sample_file(*[f"T/{name}=TH1F,bins=4" for name in names], options=("--escaped",)))
        status, items = listing(server, SAMPLE + "/T/" + long)
        assert status == 200 and [i["obj"] for i in items] == ["h"], items
        assert plot(server, f"T/{long}/h").status == 200 == plot(server, f"T/{long}").status
        assert plot(server, f"T/{long}/h", sample=f"{RUN}/Muon/Early-v1/{long[:240]}").status == 404
        # What has no place in a sample is not lost without a word: the upload's own listing says why.
        stored = server.get("/v1/objects").json()["objects"][0]
        assert (stored["items"], stored["troubled"]) == (6, 2), stored
        items = server.get("/v1/items/" + stored["name"]).json()["items"]
        reasons = " ".join(i["trouble"] for i in items if not i["drawable"])
        assert "400 bytes" in reasons and "control characters" in reasons, reasons
        for target, expected in ((SAMPLE + "/T?rootcontent=1", 200), (SAMPLE + "/T/?rootcontent=1&search=", 200),
                                 (SAMPLE + "?search=^T/z$", 200), (SAMPLE + "?search=" + "a" * 256, 200),
                                 (SAMPLE + "?search=" + "a" * 257, 400), (SAMPLE + "?search=%5B%5B:x:%5D%5D", 400),
                                 (f"{RUN + 1}/Muon/Early-v1/DQMIO", 404), (f"{RUN}/Muon/Early-v1/" + "y" * 255, 404)):
            answer = server.get("/data/json/archive/" + target)
            assert answer.status == expected, (target, answer)
        assert server.get(f"/data/json/archive/{RUN + 1}/Muon/Early-v1/DQMIO").json() == {"contents": []}
        for pattern, runs in ((f"^{RUN}$", 1), ("^12345$", 0), ("[0-9]+", 1), ("%5E1.*6$", 1)):
            samples = server.get("/data/json/samples?run=" + pattern).json()["samples"]
            assert sum(len(s["items"]) for s in samples) == runs, (pattern, samples)


def test_versions_are_the_stamps_of_listings():
    """v= of the current stamp may be kept for ever, of any other not at all; the picture is the current one."""
    with Server() as server:
        put(server, sample_file("Tracker/hits=TH1D,bins=40,seed=1"))
        old = listing(server, SAMPLE + "/Tracker")[1][0]["stamp"]
        put(server, sample_file("Tracker/hits=TH1D,bins=40,seed=2"))
        new = listing(server, SAMPLE + "/Tracker")[1][0]["stamp"]
        assert new > old
        bodies = set()
        for version, control in ((new, "private, max-age=31536000, immutable"), (old, "no-cache"), ("x", "no-cache"),
                                 (None, "no-cache"), (new + "0", "no-cache")):
            answer = plot(server, query=f"v={version}" if version else "")
            assert answer.status == 200 and answer.header("Cache-Control") == control, (version, answer)
            bodies.add(answer.body)
        assert len(bodies) == 1 and server.stats()["renders_drawn"] == 1
        server.stop()
        server.start()
        assert listing(server, SAMPLE + "/Tracker")[1][0]["stamp"] == new


def test_c3_a_quality_result_alone_changes_picture_frame_and_listing():
    with Server() as server:
        frames, stamps, states = [], [], []
        for status in (100, 200, 300, 300, 100):
            message = "first" if len(frames) < 3 else "second"
            put(server, sample_file("Tracker/hits=TH1D,bins=40,seed=1", report("hits", "Test", status, message)))
            frames.append(pixels(plot(server))[2][1][1])
            item = listing(server, SAMPLE + "/Tracker")[1][0]
            stamps.append(item["stamp"])
            reports = item["properties"]["reports"]
            states.append((reports["status"], reports["tests"][0]["message"]))
        assert [s[0] for s in states] == ["ok", "warning", "error", "error", "ok"], states
        assert states[3][1] == "second" and len(set(stamps)) == 5, (states, stamps)
        ok, warning, error = frames[:3]
        assert len({ok, warning, error}) == 3 and frames[3:] == [error, ok], frames
        assert ok == WHITE and error[0] > 180 and error[1] < 100, frames
        answer = plot(server, query="v=" + stamps[-1])
        assert answer.header("Cache-Control") == "private, max-age=31536000, immutable"
        assert plot(server, query="v=" + stamps[0]).header("Cache-Control") == "no-cache"


def evaluated(server, target):
    """An answer as clients take it that evaluate it: no word but numbers and texts."""
    return eval(server.get(target).body.decode(), {"__builtins__": None}, {})  # pylint: disable=eval-used


def test_listings_are_read_by_clients_that_evaluate_them():
    body = sample_file("Tracker/a=TH1F,bins=4", "Tracker/p=TProfile,bins=4", "Tracker/q=TProfile2D,bins=3,binsy=3",
                       scalar("n", "i=-7"), scalar("f", "f=2.5"), scalar("s", "s=a < b"), report("a", "Low", 200, "few"),
                       report("a", "High", 300), scalar("p", "e=1"))
    texts = {"n": "-7", "f": "2.5", "s": "a < b"}
    for legacy, types in (("off", {"a": "TH1F", "p": "TProfile", "q": "TProfile2D", **dict.fromkeys(texts, "TObjString")}),
                          ("on", {"a": "TH1F", "p": "TPROF", "q": "TPROF2D", "n": "INT", "f": "REAL", "s": "STRING"})):
        with Server("dqm.legacy_listing=" + legacy) as server:
            put(server, body)
            contents = evaluated(server, f"/data/json/archive/{SAMPLE}/Tracker?rootcontent=1")["contents"]
            of = {c["obj"]: c for c in contents if "obj" in c}
            assert {name: c["properties"]["type"] for name, c in of.items()} == types, of
            assert {n: c["properties"]["kind"] for n, c in of.items()} == {n: "SCALAR" if n in texts else "ROOT" for n in types}
            assert {n: c["value"] for n, c in of.items() if "value" in c} == texts, of
            if legacy == "on":
                flags = of["a"]["properties"]["report"]
                assert flags == {"alarm": 1, "error": 1, "warn": 1, "other": 0}, flags
                assert {r["name"]: r["status"] for r in of["a"]["qresults"]} == {"Low": 200, "High": 300}
                assert (of["p"]["properties"]["isEff"], of["q"]["properties"]["isEff"], of["q"]["qresults"]) == (1, 0, [])
            assert evaluated(server, "/data/json/samples")["samples"][0]["items"][0]["run"] == str(RUN)
            for name in types:
                assert "hist" in evaluated(server, f"/jsonfairy/archive/{SAMPLE}/{of[name]['path']}"), name


def test_addresses_are_taken_as_scripts_join_them():
    """Below /dqm/NAME, with slashes too many, quoted as forms are: the same answers."""
    with Server() as server:
        put(server, sample_file("T/a b=TH1F,bins=4", "T/a%2B+b=TH1F,bins=4,seed=9", options=("--escaped",)))
        plain = plot(server, "T/a b", "w=300;h=200").body
        run, dataset = SAMPLE.split("/", 1)
        for target in (f"/dqm/offline/plotfairy/archive/{SAMPLE}/T/a%20b?w=300;h=200",
                       f"/plotfairy/archive/{run}//{dataset}//T/a%20b/?w=300&h=200",
                       f"/plotfairy/overlay?obj={urllib.parse.quote_plus(f'archive/{SAMPLE}/T/a b')};w=300;h=200",
                       f"/dqm/dev/plotfairy/overlay?obj=archive/{SAMPLE}/T/a+b;;w=300;h=200"):
            answer = server.get(target)
            assert answer.status == 200 and answer.body == plain, (target, answer)
        assert server.get("/plotfairy/overlay?obj=" + urllib.parse.quote_plus(f"archive/{SAMPLE}/T/a++b")).status == 200
        assert server.get(f"/data/json/archive/{run}//{dataset}//T/").json() == server.get(f"/data/json/archive/{SAMPLE}/T").json()
        assert server.get("/dqm/relval/data/json/samples?match=Mu+on").json()["samples"], "a pattern's plus is a plus"


def test_links_to_the_old_page_lead_to_the_new_one():
    link = "runnr=123456;dataset=/Muon/Early-v1/DQMIO;sampletype=offline_data;filter=all;referencepos=overlay;striptype=object;"
    sample = "/?sample=" + SAMPLE
    with Server() as server:
        for target, place in (("/start?" + link + "workspace=Everything;size=M;root=Tracker/a%20b;focus=;zoom=no;", "&dir=Tracker/a%20b/"),
                              ("/dqm/offline/start?" + link + "root=Tracker;focus=Tracker/x%26y+z;zoom=yes;", "&item=Tracker/x%26y%2Bz"),
                              ("/start?" + link + "root=;search=h%23", "&find=h%23"), ("/start?" + link.replace(";", "&"), "")):
            answer = server.get(target)
            assert (answer.status, answer.header("Location")) == (302, sample + place), answer
        for target in ("/start", "/dqm/online/start?runnr=x;dataset=y", "/start?dataset=/a/b/c", "/start?" + link + "runnr=1/a/b/c"):
            assert server.get(target).header("Location") == "/?view=samples", target
        assert server.get("/started").status == server.get("/dqm/start").status == 404
        assert server.request("POST", "/start").status == 405


def test_numbers_that_are_not_there_are_said_as_before():
    for legacy, status in (("off", 404), ("on", 200)):
        with Server("dqm.legacy_missing=" + legacy) as server:
            put(server, sample_file("T/a=TH1F,bins=4"))
            for what in (f"{SAMPLE}/T/none", f"{SAMPLE}/T", SAMPLE, "1/a/b/c/d"):
                answer = server.get("/jsonfairy/archive/" + what)
                assert (answer.status, answer.json()["hist"]) == (status, "unsupported type"), answer
                assert int(answer.header("Content-Length")) == len(answer.body) and answer.json()["detail"], answer


def test_legacy_listing_has_an_element_to_skip():
    body = sample_file("T/a=TH1F,bins=4", "U/b=TH1F,bins=4")
    with Server("dqm.legacy_listing=on") as server:
        put(server, body)
        for what, query in (("", ""), ("/T", "rootcontent=1"), ("", "search=b"), ("/Nothing", "")):
            contents = listing(server, SAMPLE + what, query)[1]
            assert contents[0] == {"streamerinfo": ""}, contents
            assert all("streamerinfo" not in c for c in contents[1:]), contents
        assert [c["subdir"] for c in listing(server)[1][1:]] == ["T", "U"]
        assert listing(server, "1/a/b/c") == (404, [])
        assert server.get("/data/json/samples").json()["samples"][0]["items"], "samples have no such element"
    with Server() as server:
        put(server, body)
        assert [c["subdir"] for c in listing(server)[1]] == ["T", "U"]


def test_a10_equal_bytes_whoever_draws():
    """Four workers at once, asked in another order each time, draw the same bytes, also after a restart."""
    body = sample_file("T/h=TH1D,bins=40,seed=1", "T/map=TH2F,bins=30,binsy=30", "T/poly=TH2Poly,bins=9,binsy=9",
                       "T/g=TGraphAsymmErrors,bins=9", "T/scatter=TH2F,bins=9,binsy=9")
    targets = [("T/h", "ytype=log"), ("T/map", ""), ("T/poly", "drawopts=COLZTEXT"), ("T/g", ""),
               ("T/scatter", "drawopts=SCAT")]
    rounds = []
    with Server("workers.render=4") as server:
        put(server, body)
        for i in range(4):
            got = {}

            def ask(target):
                got[target] = plot(server, *target).body
            threads = [threading.Thread(target=ask, args=(t,)) for t in targets[i % 5:] + targets[:i % 5]]
            [t.start() for t in threads]
            [t.join() for t in threads]
            rounds.append(got)
            server.ctl("purge", "--all", "--yes", check=0)
            if i == 1:
                server.stop()
                server.start()
        stats = server.stats()
    assert all(r == rounds[0] for r in rounds), [t for t in targets for r in rounds if r[t] != rounds[0][t]]
    assert stats["renders_drawn"] >= 10, stats
    with Server("workers.render=1") as server:
        put(server, body)
        assert {t: plot(server, *t).body for t in targets} == rounds[0]


def test_a8_every_wrong_checksum_keeps_the_old_and_lists_nothing_new():
    good = sample_file("T/h=TH1D,bins=40,seed=1")
    other = sample_file("T/h=TH1D,bins=40,seed=2", "T/new=TH1D,bins=4")
    with Server() as server:
        for checksum in ("md5:" + "0" * 32, "crc32:0"):
            assert code(post(server, form(good, fields={"checksum": checksum}))) == (422, "300")
            assert server.get("/data/json/samples").json() == {"samples": []}
            assert listing(server) == (404, [])
        put(server, good)
        before = listing(server, SAMPLE + "/T"), plot(server, "T/h").body
        for checksum in ("md5:" + "f" * 32, "crc32:4294967295"):
            for order in (("size", "checksum", "file"), ("file", "checksum", "size")):
                assert code(post(server, form(other, fields={"checksum": checksum}, order=order))) == (422, "300")
                assert (listing(server, SAMPLE + "/T"), plot(server, "T/h").body) == before
        assert not spooled(server)
        assert server.stats()["uploads_stored"] == 1


# --- sections 2, 3: what goes wrong on the way ----------------------------------------------------------------------

def test_names_of_uploads_that_are_valid_and_that_are_not():
    datasets = {"R000000000": "/Global/Online/ALL", "Pixel-Phase_1_R000000002": "/Global/Online/ALL",
                "R000000003__A-b__C_d__E": "/A-b/C_d/E", "R999999999__a__b__c": "/a/b/c"}
    with Server() as server:
        for name, dataset in datasets.items():
            run = int(re.search(r"R(\d{9})", name).group(1))
            put(server, sample_file("T/h=TH1F,bins=4", run=run), f"DQM_V00012_{name}.root")
            assert plot(server, "T/h", "", f"{run}{dataset}").status == 200, name
        samples = server.get("/data/json/samples").json()["samples"]
        found = {(i["run"], i["dataset"]) for s in samples for i in s["items"]}
        assert found == {(str(int(re.search(r"R(\d{9})", n).group(1))), d) for n, d in datasets.items()}, found
        for name in ("DQM_V001_R000000001", "dqm_V0001_R000000001", "DQM_V0001_R00000001", "DQM_V0001_R0000000001",
                     "DQM_V0001_R000000001__a__b", "DQM_V0001_R000000001__a__b__c__d",
                     "DQM_V0001_X_R000000001__a__b__c", "DQM_V0001_R000000001 ", "DQM_V0001_R00000000x", "DQM_V0001"):
            answer = post(server, form(sample_file("T/h=TH1F,bins=4"), name + ".root"))
            assert code(answer) == (422, "300"), (name, answer)
        assert server.stats()["uploads_stored"] == len(datasets)


def test_clients_that_expect_a_go_ahead_and_quote_their_boundary():
    body = sample_file("T/h=TH1F,bins=4")
    payload = form(body)
    boundary = payload[2:payload.index(b"\r\n")].decode()
    with Server() as server, server.connect(10) as sock:
        sock.sendall((f"POST /data/put HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n"
                      f"Content-Length: {len(payload)}\r\nContent-Type: multipart/form-data; charset=utf-8; "
                      f"boundary=\"{boundary}\"\r\n\r\n").encode())
        assert sock.recv(1000).startswith(b"HTTP/1.1 100 ")
        sock.sendall(payload)
        said = b""
        while more := sock.recv(65536):
            said += more
        assert said.startswith(b"HTTP/1.1 200 ") and b"\r\nDQM-Status-Code: 100\r\n" in said, said
        assert plot(server, "T/h").status == 200


def test_an_upload_that_stalls_is_408_and_leaves_nothing():
    payload = form(sample_file("T/h=TH1F,bins=4"))
    boundary = payload[2:payload.index(b"\r\n")].decode()
    with Server("http.idle_timeout=1s") as server:
        with server.connect(20) as sock:
            sock.sendall((f"POST /data/put HTTP/1.1\r\nHost: x\r\nContent-Length: {len(payload)}\r\n"
                          f"Content-Type: multipart/form-data; boundary={boundary}\r\n\r\n").encode() + payload[:700])
            said = sock.recv(65536)
        assert said.startswith(b"HTTP/1.1 408 ") and b"\r\nDQM-Status-Code: " in said, said
        server.wait(lambda: not spooled(server), 5, "an empty spool")
        assert server.get("/data/json/samples").json() == {"samples": []}


def test_a_picture_whose_workers_die_is_500_and_a_new_upload_starts_afresh():
    heavy = sample_file("T/h=TH2D,bins=700,binsy=700,seed=1,slow=1", "T/other=TH1F,bins=4", options=("--compress=xz",))
    with Server("workers.render=1") as server:
        put(server, heavy)
        got = []
        thread = threading.Thread(target=lambda: got.append(plot(server, "T/h", "w=500;h=300")))
        thread.start()
        while thread.is_alive():
            for pid in server.children("worker"):
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGSEGV)
            thread.join(0.05)
        assert got[0].status == 500 and got[0].header("Cache-Control") == "no-store", got
        assert png_pixels(got[0].body)[:2] == (500, 300)
        assert server.wait(lambda: plot(server, "T/other").status == 200, 5, "another picture")
        put(server, sample_file("T/h=TH1F,bins=3"))
        assert plot(server, "T/h").status == 200
        assert server.stats()["worker_crashes"] >= 2


# --- sections 6, 7: overlays and numbers ----------------------------------------------------------------------------

def colors(picture):
    return {pixel for row in picture[2] for pixel in row}


def test_overlays_are_scaled_and_have_their_colours():
    shape = [1, 2, 4, 8, 3]
    azure, orange, red, magenta = (0, 0x33, 0xff), (0xff, 0x66, 0), (0xcd, 0, 0), (0x9a, 0, 0x9a)
    with Server() as server:
        lists = [shape, [10 * v for v in shape], [5] * 5, shape[::-1], [1, 0, 0, 0, 9]]
        put(server, sample_file(*[f"T/h{i}=TH1D,bins=5,contents=" + ":".join(map(str, values))
                                  for i, values in enumerate(lists)]))

        def overlay(n, query=""):
            objects = ";".join(f"obj=archive/{SAMPLE}/T/h{i}" for i in n)
            return pixels(server.get(f"/plotfairy/overlay?{objects};showstats=0;w=900;h=700;{query}"))
        five = colors(overlay(range(5)))
        assert {azure, orange, red, magenta} <= five, five
        assert not {orange, red, magenta} & colors(overlay(range(2)))
        alone = top_of(pixels(plot(server, "T/h0", "showstats=0;w=900;h=700")), 3, 5)

        def reference(picture, at):
            left, top, right, bottom = frame(picture)
            x = round(left + (at + 0.5) / 5 * (right - left))
            lowest = [y for y in range(top + 1, bottom - 25) if picture[2][y][x] in (azure, BLACK)][-1:]
            return bottom - lowest[0] if lowest else 0  # ticks are at the bottom, names at the top
        scaled, plain = overlay((0, 1)), overlay((0, 1), "norm=False")
        heights = [reference(scaled, i) for i in range(5)]
        assert abs(heights[3] - alone) <= 2, (heights, alone)  # ten times the content, scaled to the main one
        assert all(abs(h - heights[3] * v / 8) <= 2 for h, v in zip(heights, shape)), heights
        assert plain != scaled
        assert abs(reference(plain, 3) - alone / 10) <= 2  # the main one, black, below the tenfold one


def test_the_kolmogorov_test_is_green_above_and_red_below():
    green, red = (0x33, 0xcd, 0x33), (0xcd, 0x33, 0x33)
    with Server() as server:
        put(server, sample_file("T/a=TH1D,bins=40,seed=1", "T/b=TH1D,bins=40,seed=2",
                                "T/far=TH1D,bins=40,contents=" + ":".join(["90"] * 9)))
        pictures = {}
        for other in ("b", "far"):
            objects = f"obj=archive/{SAMPLE}/T/a;obj=archive/{SAMPLE}/T/{other}"
            pictures[other] = colors(pixels(server.get(f"/plotfairy/overlay?{objects};ktest=0.05;w=900;h=700")))
            none = colors(pixels(server.get(f"/plotfairy/overlay?{objects};w=900;h=700")))
            assert green not in none and red not in none, other
        assert green in pictures["b"] and red not in pictures["b"]
        assert red in pictures["far"] and green not in pictures["far"]


def test_a_hot_channel_is_seen_however_many_there_are():
    contents = ["1"] * 500
    contents[137] = "1000"
    with Server() as server:
        put(server, sample_file("T/map=TH2D,bins=500,binsy=1,contents=" + ":".join(contents)))
        hottest = tuple(round(255 * v) for v in STOPS[-1])
        for size in ("w=60;h=40", "w=200;h=150", "w=600;h=400"):
            left = pixels(plot(server, "T/map", "showstats=0;drawopts=COL;" + size))
            near = [p for p in colors(left) if max(abs(a - b) for a, b in zip(p, hottest)) <= 4]
            assert near, (size, colors(left))


def test_statistics_of_a_shown_range_are_of_its_bins():
    with Server() as server:
        put(server, sample_file("T/h=TH1D,bins=4,contents=1:2:4:8", "T/filled=TH1D,bins=40,seed=1"))

        def stats(path, query=""):
            return server.get(f"/jsonfairy/archive/{SAMPLE}/{path}?{query}").json()["hist"]["stats"]
        for query, weights in (("", (1, 2, 4, 8)), ("xmin=-2;xmax=2", (0, 2, 4, 0)), ("xmin=0", (0, 0, 4, 8))):
            total = sum(weights)
            mean = sum(w * x for w, x in zip(weights, (-3, -1, 1, 3))) / total
            rms = math.sqrt(sum(w * x * x for w, x in zip(weights, (-3, -1, 1, 3))) / total - mean * mean)
            found = stats("T/h", query)
            assert close(found["mean"]["X"]["value"], mean) and close(found["rms"]["X"]["value"], rms), (query, found)
            assert close(found["mean"]["X"]["error"], rms / math.sqrt(total)), (query, found)
            assert found["entries"] == 4
            hist = server.get(f"/jsonfairy/archive/{SAMPLE}/T/h?{query}").json()["hist"]
            assert hist["bins"]["content"] == [w for w in weights if w] and hist["bins"]["integral"] == total, hist
            first = [i for i, w in enumerate(weights) if w][0]
            assert hist["xaxis"]["first"] == {"id": first + 1, "value": -4 + 2 * first}, hist
        item = [i for i in listing(server, SAMPLE + "/T")[1] if i["obj"] == "filled"][0]
        found = stats("T/filled")
        assert math.isclose(found["mean"]["X"]["value"], item["stats"]["x"]["mean"], rel_tol=1e-6), (found, item)
        assert math.isclose(found["rms"]["X"]["value"], item["stats"]["x"]["rms"], rel_tol=1e-6), (found, item)
        assert stats("T/filled", "xmin=-1;xmax=1")["mean"]["X"]["value"] != found["mean"]["X"]["value"]


def test_items_are_folded_at_a_delimiter():
    paths = ["top", "a/one", "a/two", "a/b/three", "a/b/four", "c/d/five"]
    with Server() as server:
        server.put("x.root", root_file(*[f"{p}=TH1F,bins=4" for p in paths]))

        def items(query):
            body = server.get("/v1/items/x.root?" + query).json()
            return [i["path"] for i in body["items"]], body.get("folders"), body.get("next")
        assert sorted(items("")[0]) == sorted(paths) and items("")[1:] == (None, None)
        for prefix, inside_it, folders in (("", ["top"], ["a/", "c/"]), ("a/", ["a/one", "a/two"], ["a/b/"]),
                                           ("a/b/", ["a/b/four", "a/b/three"], []), ("c/", [], ["c/d/"]),
                                           ("nothing", [], []), ("a/t", ["a/two"], [])):
            found = items(f"prefix={prefix}&delimiter=/")
            assert (sorted(found[0]), sorted(found[1]), found[2]) == (inside_it, folders, None), (prefix, found)
        seen, at = [], 0
        while at is not None:
            names, folders, at = items(f"prefix=a/&limit=1&from={at}")
            assert len(names) <= 1
            seen += names
        assert sorted(seen) == sorted(p for p in paths if p.startswith("a/")), seen
        answer = server.get("/v1/items/x.root?prefix=a%2F&delimiter=%2F&limit=1")
        link = re.search(r"<([^>]+)>", answer.header("Link")).group(1)
        assert "prefix=a/" in link and server.get(link).status == 200, link
        assert server.get("/v1/items/x.root?delimiter=ab").status == 400
    many = root_file(options=("--many=50000", "--parts=5"))
    with Server("limits.inspect=120s", "workers.memory=256MiB") as server:
        server.put("x.root", many)
        target, folders, names, turns = "/v1/items/x.root?delimiter=/", [], [], 0
        while target:
            answer = server.get(target)
            folders += answer.json()["folders"]
            names += answer.json()["items"]
            target = re.search(r"<([^>]+)>", answer.header("Link")).group(1) if answer.header("Link") else None
            turns += 1
        assert sorted(set(folders)) == [f"part{i}/" for i in range(5)] and not names and turns == 3, (folders, turns)
