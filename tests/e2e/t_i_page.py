"""The page in a real browser: files, pictures, uploads, figures."""
import json
import pathlib
import tempfile
import time

from browser import CONTRAST, PICTURE, THERE, Browser
from platen import Server, root_file


def served(server):
    server.put("runs/a.root", root_file("one=TH1F", "two=TH1F", "Tracker/map=TH2F"))
    return f"http://{server.address}"


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
        assert tab.js("location.search") == "?object=runs/a.root&item=one"


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
        drawn = server.stats()["renders_drawn"]
        assert drawn < bound
        found = tab.scroll(150, 900, "#grid li")
        assert found["most"] < bound, found
        assert found["at"] > 50000, found
        tab.until(f"document.querySelectorAll('#grid img').length > 8 && {THERE}")
        fetched = server.stats()["renders_drawn"] - drawn
        assert fetched < 1500, fetched  # 150 windows were passed, 9,000 places; the slower the frames, the more are seen
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
