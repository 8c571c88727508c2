"""Samples, layouts and overlays in a real browser, by the mouse and by the keyboard alone."""
import gzip
import json
import time
import urllib.parse

from browser import CONTRAST, PICTURE, THERE, Browser
from platen import Server, png_pixels, root_file
from t_l_dqm import inside, put

DATASET = "/Demo/Run2024A/DQMIO"
HOSTILE = ["<i>x<img src%3Dx onerror%3Dalert(1)>", "<script>alert(1)<%2Fscript>", "a \"quoted\" 'name'", "semi;colon&amp;%3D", "per%25cent %252F+", "a#b?c:d,e"]


def file_name(run, dataset=DATASET):
    return f"DQM_V0001_R{run:09}{dataset.replace('/', '__')}.root"


def result_text(plot, test, status, message):
    return f"<{plot}.{test}>qr=st:{status}:0.5:{test}:{message}</{plot}.{test}>"




def sample(server, run, *specifications, dataset=DATASET, tests=(), options=()):
    """A run: plots as root_make takes them, and (path, test, status, message) for what tests say."""
    all_of = [inside(run, *text.split("=", 1)) for text in specifications]
    for i, (path, test, status, message) in enumerate(tests):
        folder, name = path.rsplit("/", 1)
        text = urllib.parse.quote(result_text(name, test, status, message), safe="")
        all_of.append(inside(run, f"{folder}/report{i}", f"TObjString,text={text}"))
    put(server, root_file(*all_of, options=options), file_name(run, dataset))
    return f"{run}{dataset}"


PLOTS = ("Tracker/Pixel/charge=TH1F,seed={run}", "Tracker/Pixel/map=TH2F,seed=2", "Tracker/Pixel/size=TH1F,seed=3",
         "Tracker/Strips/noise=TH1F,seed=4", "Muon/hits=TH1F,seed=5")


def runs(server, *numbers):
    for run in numbers:
        sample(server, run, *[text.format(run=run) for text in PLOTS],
               tests=[("Tracker/Pixel/charge", "peak", 300, "the peak has moved"), ("Tracker/Pixel/size", "mean", 100, "good"),
                      ("Tracker/Strips/noise", "noisy", 200, "channel 3")])
    return f"http://{server.address}", f"{numbers[-1]}{DATASET}"


def count(selector):
    return f"document.querySelectorAll({json.dumps(selector)}).length"


def text(selector):
    return f"document.querySelector({json.dumps(selector)}).textContent"


NAMES = "[...document.querySelectorAll('#grid li')].map(e => e.querySelector('b').textContent).join()"


def test_pages_are_small_on_the_wire_and_whole_without_compression():
    with Server() as server, Browser() as tab:
        tab.open(f"http://{server.address}/")
        tab.until(count("#empty-top") + " === 1")
        sizes = tab.js("Object.fromEntries([...performance.getEntriesByType('resource'), ...performance.getEntriesByType("
                       "'navigation')].filter(e => e.name.includes('/web/') || e.entryType === 'navigation')"
                       ".map(e => [new URL(e.name).pathname, [e.encodedBodySize, e.decodedBodySize]]))")
        assert {"/", "/web/platen.js", "/web/platen.css", "/web/overlay.js"} <= set(sizes), sizes
        assert sum(packed for packed, _ in sizes.values()) < 60_000, sizes
        for path in sizes:
            plain = server.get(path)
            packed = server.get(path, Accept_Encoding="br, gzip;q=0.5")
            assert plain.header("Content-Encoding") is None and packed.header("Content-Encoding") == "gzip", path
            assert gzip.decompress(packed.body) == plain.body and len(packed.body) < len(plain.body)
            assert plain.header("Vary") == packed.header("Vary") == "Accept-Encoding"
            assert plain.header("ETag") != packed.header("ETag")
            for answer, accepted in ((plain, "identity"), (packed, "gzip")):
                other = {"Accept-Encoding": accepted, "If-None-Match": answer.header("ETag")}
                assert server.request("GET", path, headers=other).status == 304
            assert server.get(path, Accept_Encoding="gzip", If_None_Match=plain.header("ETag")).status == 200
            for refused in ("gzip;q=0", "identity", "gzip;q=0.000, *", "br", "*;q=0"):
                assert server.get(path, Accept_Encoding=refused).header("Content-Encoding") is None, refused
            for taken in ("*", "deflate, GZIP", "gzip;q=0.001"):
                assert server.get(path, Accept_Encoding=taken).header("Content-Encoding") == "gzip", taken


def test_listings_say_when_nothing_has_changed():
    with Server() as server:
        _, name = runs(server, 7)
        for url in ("/data/json/samples", f"/data/json/archive/{name}/Tracker"):
            first = server.get(url)
            tag = first.header("ETag")
            assert tag.startswith('W/"'), first
            assert server.get(url, If_None_Match=tag).status == 304
            sample(server, 7, f"Tracker/new{len(url)}=TH1F")
            second = server.get(url, If_None_Match=tag)
            assert second.status == 200 and second.header("ETag") != tag


def test_samples_are_listed_newest_first_filtered_and_live():
    with Server() as server, Browser() as tab:
        tab.ask("Network.enable")
        tab.open(f"http://{server.address}/?view=samples")
        tab.until("document.querySelector('#empty-samples').checkVisibility()")
        assert "/data/put" in tab.js(text("#empty-samples"))
        base, _ = runs(server, 100, 300, 200)
        sample(server, 250, "Tracker/h=TH1F", dataset="/Global/Online/ALL")
        first = "[...document.querySelectorAll('#folders b')].map(e => e.textContent).join()"
        tab.until(first + " === '300,250,200,100'", 20)  # nobody asked for it again
        assert tab.js("document.querySelector('#empty').hidden")
        assert "online data" in tab.js("document.querySelectorAll('#folders a')[1].textContent")
        tab.click("#filter")
        tab.write("demo 2")
        tab.until(first + " === '300,200,100'")  # "2" is in Run2024A as well
        tab.write("00 ")
        tab.until(first + " === '200'")
        assert "find=demo" in tab.js("location.search")
        tab.press("Enter")
        assert tab.js("document.activeElement.closest('#folders') !== null")
        tab.press("Enter")
        tab.until(f"location.search === '?sample=200{DATASET}'")
        tab.until(f"{text('#title')} === 'Run 200 {DATASET}'")
        asked = "performance.getEntriesByType('resource').filter(e => e.name.endsWith('/data/json/samples')).length"
        before = tab.js(asked)
        time.sleep(4)
        assert tab.js(asked) <= before + 1  # nobody looks at the list
        foreign = {o for o in tab.origins if not o.startswith("data:")} - {base}
        assert tab.origins and not foreign, foreign
        assert tab.complaints == [], tab.complaints


def test_thousands_of_samples_scroll_with_few_rows():
    with Server() as server, Browser() as tab:
        rows = [{"type": "offline_data", "run": str(400000 - i), "dataset": f"/P{i % 7}/Run{i % 3}/DQMIO", "version": "",
                 "importversion": 1} for i in range(8000)]
        tab.answers["/data/json/samples"] = ('{"samples":[\n{"type":"offline_data","items":[\n'
                                             + ",\n".join(map(json.dumps, rows)) + "]}]}\n")
        tab.ask("Fetch.enable", patterns=[{"urlPattern": "*/data/json/samples"}])
        tab.open(f"http://{server.address}/?view=samples")
        tab.until(text("#count") + " === '8,000 samples'")
        found = tab.scroll(120, 700, "#listing li")
        assert found["most"] < 120 and found["at"] > 50000, found
        tab.js("document.querySelector('#folders a').focus()")
        tab.press("End")
        tab.until("document.activeElement.querySelector('b')?.textContent === '392001'")
        tab.press("/")
        tab.write("392005")
        tab.until(count("#folders li") + " === 1")
        assert tab.complaints == [], tab.complaints


def test_folders_show_what_tests_say_and_problems_alone():
    with Server() as server, Browser() as tab:
        base, name = runs(server, 100)
        tab.open(f"{base}/?sample={name}")
        tab.until(count("#folders a") + " === 2")
        tab.click("#folders li:nth-child(2) a")
        tab.until("document.querySelector('#title').textContent === 'Tracker'")
        tab.click("#folders a")
        tab.until(f"{count('#grid img')} === 3 && {THERE}")
        assert tab.js(text("#count")) == "3 plots · 1 problem"
        marks = "[...document.querySelectorAll('#grid li')].map(e => e.querySelector('.mark')?.textContent || '').join()"
        assert tab.js(marks) == "✗ error,,✓ ok"
        assert "the peak has moved" in tab.js("document.querySelector('#grid a').title")
        framed = png_pixels(server.get(f"/plotfairy/archive/{name}/Tracker/Pixel/charge?w=300;h=200").body)[2]
        red, green, blue = framed[100][0]
        assert red > 150 > green + blue, framed[100][0]
        tab.click("#crumbs li:nth-child(2) a")
        tab.until("document.querySelector('#title').textContent.startsWith('Run 100')")
        tab.press("p")
        tab.until(f"{NAMES} === 'charge,noise' && {THERE}")
        assert tab.js(text("#count")) == "2 problems in 5 plots"
        assert tab.js("document.querySelector('#problems').getAttribute('aria-pressed')") == "true"
        assert "problems=1" in tab.js("location.search")
        tab.click("#filter")
        tab.write("noi")
        tab.until(f"{NAMES} === 'noise'")
        tab.click("#problems")
        tab.until("!location.search.includes('problems')")
        tab.until(f"{NAMES} === 'noise'")
        tab.js("document.querySelector('#filter').select()")
        tab.write("pixel ma")
        tab.until(f"{NAMES} === 'map'")
        assert tab.js(text("#count")) == "1 match"
        tab.open(f"{base}/?sample={name}&dir=Muon/")
        tab.until(f"{NAMES} === 'hits'")
        tab.click("#filter")
        tab.write("noise")
        tab.until(text("#count") + " === 'nothing matches'")
        tab.click("#wider")
        tab.until(f"{NAMES} === 'noise' && !document.querySelector('#wider').checkVisibility()")
        tab.js("document.querySelector('#filter').select()")
        tab.write("(.*[")
        tab.until(text("#count") + " === 'nothing matches'")  # an expression is only what it looks like
        assert tab.complaints == [], tab.complaints


def test_a_folder_follows_a_new_upload():
    with Server() as server, Browser() as tab:
        base, name = runs(server, 100)
        tab.open(f"{base}/?sample={name}&dir=Tracker/Pixel/")
        tab.until(f"{count('#grid img')} === 3 && {THERE}")
        before = tab.js("[...document.querySelectorAll('#grid img')].map(e => e.src)")
        sample(server, 100, "Tracker/Pixel/charge=TH1F,seed=77", "Tracker/Pixel/zz=TH1F")
        tab.until(f"{NAMES} === 'charge,map,size,zz' && {THERE}", 20)
        after = tab.js("[...document.querySelectorAll('#grid img')].map(e => e.src)")
        assert after[0] != before[0] and after[1:3] == before[1:], "only what is new was drawn anew"


def test_the_viewer_of_a_sample_by_the_keyboard():
    with Server() as server, Browser() as tab:
        base, name = runs(server, 98, 99, 100)
        tab.open(f"{base}/?sample={name}&dir=Tracker/Pixel/")
        tab.until(f"{count('#grid img')} === 3")
        tab.press("ArrowDown")
        tab.press("Enter")
        tab.until(f"{PICTURE} && {text('#viewer-title')} === 'charge'")
        tab.until(text("#place") + " === '1 of 3'")
        assert "✗ error" in tab.js(text("#tests")) and "the peak has moved" in tab.js(text("#tests"))
        tab.press("ArrowRight")
        tab.until(f"{PICTURE} && {text('#viewer-title')} === 'map' && {text('#place')} === '2 of 3'")
        assert tab.js("document.querySelector('#tests').hidden && !document.querySelector('#axis-z').hidden")
        tab.press("ArrowLeft")
        tab.until(f"{text('#viewer-title')} === 'charge' && {PICTURE} && document.querySelector('#next').hasAttribute('href')")
        tab.press("t")
        tab.until("(i => !i.hidden && i.naturalWidth > 100)(document.querySelector('#trend-picture'))")
        assert "trend=mean" in tab.js("location.search")
        points = tab.js("fetch(document.querySelector('#trend-link').href).then(r => r.status)")
        assert points == 200
        tab.js("document.querySelector('[name=ytype]').focus()")
        tab.write("lo")
        tab.until("location.search.includes('ytype=log')")
        tab.until(text("#address") + ".includes('ytype=log')")
        numbers = tab.js("fetch(document.querySelector('#json-link').href).then(r => r.json())")
        assert "hist" in numbers, numbers
        tab.until(count("#originals a") + " === 1")
        original = server.get(urllib.parse.urlparse(tab.js("document.querySelector('#originals a').href")).path)
        assert original.status == 200 and original.body[:4] == b"root"
        tab.ask("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        tab.click("[data-copy=pinned]")
        pinned = tab.until("document.querySelector('#message').textContent.split(': ')[1]")
        answer = server.get(pinned[len(base):])
        assert answer.status == 200 and "immutable" in answer.header("Cache-Control"), (pinned, answer)
        tab.js("document.activeElement.blur()")
        tab.press("[")
        tab.until(f"location.search.includes('sample=99{DATASET}') && {PICTURE}")
        assert "ytype=log" in tab.js("location.search") and tab.js(text("#viewer-title")) == "charge"
        tab.until("document.querySelector('#newer').hasAttribute('href')")
        tab.press("]")
        tab.until(f"location.search.includes('sample=100{DATASET}') && {PICTURE}")
        tab.press("r")
        tab.until("document.querySelector('#choose').open && " + count("#choose-list button") + " === 3")
        tab.write("98")
        tab.until(count("#choose-list button") + " === 1")
        tab.press("ArrowDown")
        tab.press("Enter")
        tab.until(f"location.search.includes('sample=98{DATASET}') && {PICTURE}")
        tab.press("?")
        tab.until("document.querySelector('#keys').open")
        tab.press("Escape")
        tab.until("!document.querySelector('#keys').open")
        tab.press("Escape")
        tab.until("document.querySelector('#viewer').hidden && document.activeElement.querySelector?.('b')?.textContent === 'charge'")
        assert tab.complaints == [], tab.complaints


def test_overlays_of_a_picture_and_of_a_folder():
    with Server() as server, Browser() as tab:
        base, name = runs(server, 98, 99, 100)
        sample(server, 100, "Tracker/Pixel/only=TH1F")
        tab.open(f"{base}/?sample={name}&item=Tracker/Pixel/charge")
        tab.until(PICTURE)
        alone = tab.js("document.querySelector('#picture').src")
        tab.press("o")
        tab.until("document.querySelector('#overlay').open && " + count("#overlay-list button") + " === 2")
        tab.press("ArrowDown")  # by the keyboard
        tab.press("Enter")
        tab.until(count("#overlay-refs li") + " === 1 && " + count("#overlay-list button") + " === 1")
        tab.click("#overlay-list button")  # by the mouse
        tab.until(count("#overlay-refs li") + " === 2")
        tab.click("#overlay-refs input")
        tab.write("last good")
        tab.click("[name=ref]")
        tab.js("document.querySelector('[name=ref]').focus()")
        tab.write("with")
        tab.click("[name=norm]")
        tab.click("[name=ktest]")
        tab.write("0.05")
        tab.press("Enter")
        tab.until(f"!document.querySelector('#overlay').open && {PICTURE} && document.querySelector('#picture').src !== "
                  + json.dumps(alone))
        url = urllib.parse.unquote(tab.js(text("#address")))
        for part in (f"/plotfairy/overlay?obj=archive/{name}/Tracker/Pixel/charge", f"obj=archive/99{DATASET}/Tracker/Pixel/charge",
                     f"obj=archive/98{DATASET}/", "reflabel=last good", "reflabel=Run 98", "ref=ratiooverlay", "norm=False", "ktest=0.05"):
            assert part in url, (part, url)
        assert tab.js(text("#overlay-open")) == "Over: last good, run 98"
        tab.js("document.activeElement.blur()")
        tab.ask("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        tab.click("[data-copy=pinned]")
        pinned = tab.until("document.querySelector('#message').textContent.split(': ')[1]")
        assert "immutable" in server.get(pinned[len(base):]).header("Cache-Control"), pinned
        tab.click("#up")
        tab.until(f"{count('#grid img')} === 4 && {THERE}")
        tab.until(count("#grid .note") + " === 1")
        assert "not in all references" in tab.js("[...document.querySelectorAll('#grid li')]"
                                                 ".find(e => e.querySelector('b').textContent === 'only').textContent")
        tab.click("#grid li:nth-child(3) a")
        tab.until(f"{PICTURE} && {text('#note')}.startsWith('Drawn alone')")
        assert "not available" in tab.js(text("#note"))
        tab.press("o")
        tab.until("document.querySelector('#overlay').open")
        assert tab.js("document.querySelector('#overlay-refs input').value") == "last good"
        tab.click("#overlay-refs .close")
        tab.until(count("#overlay-refs li") + " === 1")
        tab.click("#overlay-clear")
        tab.until(f"!document.querySelector('#overlay').open && !location.search.includes('over=') && {PICTURE}")
        tab.until(text("#note") + " === ''")
        wrong = [line for line in tab.complaints if "status of 404" not in line]
        assert wrong == [], wrong


def test_a_layout_is_built_arranged_and_shared():
    with Server() as server, Browser() as tab:
        base, name = runs(server, 99, 100)
        tab.open(f"{base}/?view=layout")
        tab.until("document.querySelector('#empty-folder').checkVisibility()")
        assert "No plots yet" in tab.js(text("#empty"))
        tab.open(f"{base}/?sample={name}&dir=Tracker/Pixel/")
        tab.until(f"{count('#grid img')} === 3")
        tab.click("#grid li:nth-child(1) .take")  # charge, by the mouse
        tab.until(text("#layout-count") + " === '1'")
        tab.js("document.querySelectorAll('#grid a')[2].focus()")
        tab.press("l")  # size, by the keyboard
        tab.until(text("#layout-count") + " === '2'")
        tab.open(f"{base}/?sample={name}&item=Muon/hits")
        tab.until(PICTURE)
        tab.press("l")
        tab.until(text("#keep") + ".includes('In the layout')")
        tab.open(f"{base}/?sample={name}&dir=Tracker/Strips/")
        tab.until(f"{count('#grid img')} === 1")
        tab.click("#add-all")
        tab.until(text("#layout-count") + " === '4'")
        tab.press("L", shift=True)
        tab.until(f"location.search.includes('view=layout') && {NAMES} === 'charge,size,hits,noise' && {THERE}")
        assert tab.js("location.hash") == "#Tracker/Pixel/:charge,size;Muon/:hits;Tracker/Strips/:noise"
        tab.js("document.querySelector('#grid a').focus()")
        tab.press("ArrowRight", shift=True)
        tab.until(f"{NAMES} === 'size,charge,hits,noise'")
        assert tab.js("document.activeElement.querySelector('b').textContent") == "charge"
        assert "moved to place 2 of 4" in tab.js(text("#count"))
        box = tab.js("(e => { const b = e.getBoundingClientRect(); return [b.width, b.height] })(document.querySelector('#grid li'))")
        tab.drag("#grid li:nth-child(1) .handle", 2 * (box[0] + 14), 0)
        tab.until(f"{NAMES} === 'charge,hits,size,noise'")
        assert not tab.js("document.querySelector('#browser').hidden"), "a drag is no click"
        tab.drag("#grid li:nth-child(3) a", -2 * (box[0] + 14), 0)
        tab.until(f"{NAMES} === 'size,charge,hits,noise' && !document.querySelector('#browser').hidden")
        tab.js("document.querySelectorAll('#grid a')[3].focus()")
        tab.press("Delete")
        tab.until(f"{NAMES} === 'size,charge,hits'")
        tab.click("#grid li:nth-child(1) .take")
        tab.until(f"{NAMES} === 'charge,hits' && {THERE}")
        assert tab.js("location.hash") == "#Tracker/Pixel/:charge;Muon/:hits"
        tab.click("#sizes label:nth-of-type(3)")
        tab.until("location.search.includes('size=l')")
        tab.until(f"{THERE} && document.querySelector('#grid img')?.naturalWidth === 600")
        tab.click("#grid a")
        tab.until(f"{PICTURE} && {text('#place')} === '1 of 2 in the layout'")
        tab.until("document.querySelector('#next').hasAttribute('href')")
        tab.press("ArrowRight")
        tab.until(f"{PICTURE} && {text('#viewer-title')} === 'hits'")
        tab.press("l")
        tab.until("location.hash === '#Tracker/Pixel/:charge' && " + text("#place") + " === 'not in the layout'")
        tab.press("l")
        tab.until("location.hash === '#Tracker/Pixel/:charge;Muon/:hits' && " + text("#place") + " === '2 of 2 in the layout'")
        tab.press("Escape")
        tab.until(f"location.search.includes('view=layout') && {NAMES} === 'charge,hits'")
        shared = tab.js("location.href")
        assert tab.complaints == [], tab.complaints
        with Browser() as other:
            other.open(shared)
            other.until(f"{NAMES} === 'charge,hits' && {THERE} && document.querySelector('#grid img')?.naturalWidth === 600")
            first = other.js("document.querySelector('#grid img').src")
            other.until("document.querySelector('#older').hasAttribute('href')")
            other.press("[")
            other.until(f"location.search.includes('sample=99{DATASET}') && {NAMES} === 'charge,hits' && {THERE}")
            assert other.js("location.hash") == "#Tracker/Pixel/:charge;Muon/:hits"
            other.until(f"{THERE} && document.querySelector('#grid img') && "
                        f"document.querySelector('#grid img').src !== {json.dumps(first)}")
            other.js("document.querySelectorAll('#grid a')[1].focus()")
            other.press("Delete")
            other.press("Delete")
            other.until("document.querySelector('#empty-folder').checkVisibility() && location.hash === ''")
            assert other.complaints == [], other.complaints


def test_a_layout_of_200_scrolls():
    with Server() as server, Browser(1280, 900) as tab:
        paths = [f"Sub{i % 4}/h{i:03}" for i in range(200)]
        for part in range(4):
            sample(server, 100, *[f"{path}=TH1F,seed={i}" for i, path in enumerate(paths) if i % 4 == part])
        groups = ";".join(f"Sub{i % 4}/:h{i:03}" for i in range(200))
        tab.ask("Network.enable")
        tab.open(f"http://{server.address}/?sample=100{DATASET}&view=layout&size=s#{groups}")
        tab.until(f"{text('#count')} === '200 plots' && {count('#grid img')} > 20 && {THERE}")
        for name, frames in (("s", 60), ("m", 90), ("l", 120)):
            tab.js(f"document.querySelector('#sizes [value={name}]').click()")
            tab.js("scrollTo(0, 0)")
            tab.until(f"{count('#grid img')} > 3 && {THERE}")
            tab.js("scrollTo(0, 0)")
            found = tab.scroll(frames, 120, "#listing li")
            assert found["at"] > 1000, (name, found)
            assert found["most"] < 150, (name, found)
            tab.until(THERE)
        assert tab.most_under_way <= 16, tab.most_under_way  # those called off are reported late
        tab.js("document.querySelector('#grid a').focus()")
        tab.press("End")
        tab.until("document.activeElement.querySelector('b')?.textContent === 'h199'")
        assert tab.complaints == [], tab.complaints


def test_hostile_names_stay_text():
    with Server() as server, Browser() as tab:
        names = [urllib.parse.unquote(name) for name in HOSTILE]
        put(server, root_file(*[f"DQMData/Run 100/Tracker/Run summary/{name}=TH1F,title=plain" for name in HOSTILE],
                              options=["--escaped"]), file_name(100))
        base = f"http://{server.address}"
        found = server.get(f"/data/json/archive/100{DATASET}?search=.").json()["contents"]
        paths = [entry["path"] for entry in found]
        assert len(paths) == len(names), paths
        tab.open(f"{base}/?sample=100{DATASET}&find=a")
        tab.until(f"{count('#grid img')} >= 4 && {THERE}")
        tab.js("document.querySelector('#add-all').click()")
        tab.click("#layout-link")
        tab.until(f"location.search.includes('view=layout') && {count('#grid img')} >= 4 && {THERE}")
        tab.click("#clear")
        tab.until(text("#layout-count") + " === ''")
        for path in paths:
            tab.open(f"{base}/?sample=100{DATASET}&item={urllib.parse.quote(path, safe='')}&trend=mean")
            tab.until(f"{PICTURE} && document.querySelector('#viewer-title').textContent === {json.dumps(path.rsplit('/', 1)[-1])}")
            tab.until("(i => !i.hidden && i.naturalWidth > 0)(document.querySelector('#trend-picture'))")
            assert tab.js("fetch(document.querySelector('#json-link').href).then(r => r.status)") == 200, path
            tab.press("l")
        tab.press("L", shift=True)
        tab.until("location.search.includes('view=layout')")
        tab.until("location.search.includes('view=layout')")
        bases = sorted(path.rsplit("/", 1)[-1] for path in paths)
        tab.until(f"JSON.stringify([...document.querySelectorAll('#grid b')].map(e => e.textContent).sort()) === "
                  f"{json.dumps(json.dumps(bases, separators=(',', ':')))}")
        assert tab.js("document.querySelectorAll('#main script, #grid b *, #main i').length") == 0
        tab.open(f"{base}/?sample=100{DATASET}&over={urllib.parse.quote('<b>x</b>|<i>')},99{DATASET}|%3Cb%3E&view=layout#%E0%A4%A:x,%;<b>/:<i>")
        tab.until("!document.querySelector('#browser').hidden || !document.querySelector('#message').hidden")
        assert tab.js("document.querySelectorAll('#main b b, #main i, #tools b').length") == 0
        wrong = [line for line in tab.complaints if "status of 4" not in line]
        assert wrong == [], wrong


def test_what_is_not_there_is_said():
    with Server() as server, Browser() as tab:
        base, name = runs(server, 100)
        tab.open(f"{base}/?sample=5{DATASET}")
        tab.until("document.querySelector('#message').innerText.includes('There is no sample of Run 5')")
        tab.open(f"{base}/?sample={name}&dir=None/")
        tab.until("document.querySelector('#empty-folder').checkVisibility()")
        tab.open(f"{base}/?sample={name}&item=None/such")
        tab.until("document.querySelector('#trouble').checkVisibility()")
        assert "not available" in tab.js(text("#trouble-text"))
        tab.open(f"{base}/?sample={name}&dir=Muon/&problems=1")
        tab.until("document.querySelector('#empty-folder').checkVisibility()")
        assert "No warning and no error" in tab.js(text("#empty-folder"))
        tab.open(f"{base}/?sample={name}&view=layout#No/:such;Muon/:hits")
        tab.until("document.querySelector('#grid .none')?.textContent === 'This run does not have it.'")


def test_every_view_has_contrast_and_no_width_scrolls_sideways():
    with Server() as server, Browser() as tab:
        base, name = runs(server, 99, 100)
        over = f"&over=99{DATASET}|good"
        views = [("/?view=samples", "#folders a"), (f"/?sample={name}", "#folders a"),
                 (f"/?sample={name}&dir=Tracker/Pixel/{over}", "#grid img"), (f"/?sample={name}&find=a", "#grid img"),
                 (f"/?sample={name}&problems=1", "#grid img"), (f"/?sample={name}&problems=1&dir=Muon/", "#empty:not([hidden])"),
                 (f"/?sample={name}&view=layout#Tracker/Pixel/:charge,size,no", "#grid .none"),
                 (f"/?sample={name}&item=Tracker/Pixel/charge&trend=mean{over}", "#originals a"),
                 (f"/?sample=5{DATASET}", "#message:not([hidden])")]
        for dark in (False, True):
            tab.dark(dark)
            for width in (320, 768, 1280) if dark else (360, 1920):
                tab.size(width, 900)
                for place, ready in views:
                    tab.open("about:blank")
                    tab.open(base + place)
                    tab.until(f"document.querySelector({json.dumps(ready)})")
                    found = tab.js(CONTRAST)
                    assert found["n"] > 8 and found["low"] == [], (dark, width, place, found)
                    assert tab.js("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, (width, place)
            tab.open(f"{base}/?sample={name}&item=Tracker/Pixel/charge")
            tab.until(PICTURE)
            tab.press("o")
            tab.until(count("#overlay-list button") + " === 1")
            tab.click("#overlay-list button")
            tab.until(count("#overlay-refs li") + " === 1")
            assert tab.js(CONTRAST)["low"] == []
            tab.press("Escape")
