"""The page of reference cards in a real browser: files in, cards out, one by one; options, print, sharing."""
import base64
import html.parser
import io
import json
import pathlib
import re
import subprocess
import tempfile
import time
import zipfile
import zlib

from bindings import ed, form, fs2020
from browser import CONTRAST, Browser
from platen import BIN, ROOT, SLOW, Server

SAMPLES = ROOT / "conf/packs/generic/samples"
PARTS = [SAMPLES / name for name in ("stick.xml", "throttle.xml", "gamepad.xml")]
WIDTHS = (320, 390, 768, 1280, 1920)
# The page of a link comes with pictures of its own (they are lazy), which the script replaces.
SHOWN = ("!document.querySelector('#result').hidden && document.querySelectorAll('#cards .card').length > 0 && "
         "!document.querySelector('#cards [loading]') && "
         "document.querySelector('#drawing').hidden && "
         "[...document.querySelectorAll('#cards img')].every(i => i.complete && i.naturalWidth > 0)")
SHARP = SHOWN + " && !document.querySelector('#cards [data-full]')"
SCRATCH = tempfile.TemporaryDirectory(prefix="platen-cardpage-")  # gone with the process
PAPERS = {"a4": (841.9, 595.0), "letter": (792.0, 612.0)}


def pack():
    """The own pack, built by make; made here when it is not there."""
    path = ROOT / "build/packs/generic.pack"
    if not path.exists():
        path = pathlib.Path(SCRATCH.name) / "generic.pack"
    if not path.exists():
        subprocess.run([str(BIN / "platenctl"), "pack", "build", str(ROOT / "conf/packs/generic"), "-o", str(path)], check=True)
    return str(path)


def cards(*settings, **options):
    return Server(f"cards.pack={pack()}", *settings, **options)


def address(server, path="/cards"):
    return f"http://{server.address}{path}"


def written(**files):
    """Files in a folder of their own: their paths. NAME=bytes is NAME.xml."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=SCRATCH.name))
    out = []
    for name, body in files.items():
        path = folder / (name + ".xml")
        path.write_bytes(body)
        out.append(path)
    return out


def choose(tab, *paths):
    document = tab.ask("DOM.getDocument")["root"]["nodeId"]
    node = tab.ask("DOM.querySelector", nodeId=document, selector="#files")["nodeId"]
    tab.ask("DOM.setFileInputFiles", files=[str(path) for path in paths], nodeId=node)


def open_form(tab, server, path="/cards"):
    tab.open(address(server, path))
    tab.until("!document.querySelector('#known').hidden")


def text(tab, selector):
    return tab.js(f"document.querySelector({json.dumps(selector)}).innerText")


def seen(tab, selector):
    return tab.js(f"document.querySelector({json.dumps(selector)}).checkVisibility()")


def overflow(tab):
    return tab.js("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def stats(server):
    now = server.stats()
    return now["cards_built"] + now["cards_found"] + now["cards_refused"]


# --- files in, cards out ------------------------------------------------------------------------------

def test_files_become_cards_one_by_one():
    with cards() as server, Browser() as tab:
        open_form(tab, server)
        assert "28 controllers" in text(tab, "#known")
        tab.js("""window.said = []; for (const id of ['progress-text', 'drawn-text']) new MutationObserver(() =>
            said.push(document.getElementById(id).textContent)).observe(document.getElementById(id), {childList: true})""")
        choose(tab, *PARTS)
        tab.until(SHOWN)
        said = tab.js("said")
        sent = next(i for i, one in enumerate(said) if one.startswith("Sending 3 files, "))
        read = said.index("Reading your bindings…")
        drawn = [said.index(f"{n} of 3 cards drawn") for n in (0, 1, 2, 3)]
        assert sent < read < drawn[0] and drawn == sorted(drawn), said
        assert text(tab, "#result-title") == "Flight Simulator 2020"
        assert text(tab, "#summary") == "3 cards · 82 bindings · 3 controllers"
        assert tab.js("[...document.querySelectorAll('#legend li')].length") > 1
        assert tab.js("""getComputedStyle([...document.querySelectorAll('#legend li')].find(e => e.textContent === 'Aircraft')
            .querySelector('path')).fill""") == "rgb(28, 111, 209)"
        assert "3 files read" in text(tab, "#read") and "stick.xml" in tab.js("document.querySelector('#read').textContent")
        key = tab.js("location.pathname")
        assert re.fullmatch("/cards/[0-9a-f]{40}", key)
        assert tab.js("document.activeElement.id") == "result-title"
        tab.js("history.back()")
        tab.until("!document.querySelector('#start').hidden && document.querySelector('#result').hidden")
        tab.js("history.forward()")
        tab.until(SHOWN)
        tab.open(address(server, key))
        tab.until(SHOWN)
        assert text(tab, "#summary") == "3 cards · 82 bindings · 3 controllers"
        assert tab.complaints == [], tab.complaints


def test_sending_shows_how_far_it_is_and_can_be_cancelled():
    with cards() as server, Browser() as tab:
        large = fs2020("T.16000M") + b"<!--" + b"x" * (1 << 20) + b"-->"
        open_form(tab, server)
        tab.ask("Network.enable")
        tab.ask("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=200_000)
        choose(tab, *written(large=large))
        tab.until("document.querySelector('#progress').value > 0.1 && document.querySelector('#progress').value < 0.9")
        assert text(tab, "#progress-text") == "Sending 1 file, 1.0 MiB"
        tab.click("#cancel")
        tab.until("document.querySelector('#working').hidden")
        assert seen(tab, "#start") and not seen(tab, "#result") and not seen(tab, "#problem")
        tab.ask("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
        choose(tab, *written(large=large))
        tab.until(SHOWN)
        assert tab.complaints == [], tab.complaints


def test_each_sample_is_shown_without_a_notice():
    with cards() as server, Browser() as tab:
        for game, title, least in (("fs2020", "Flight Simulator 2020", 3), ("sws", "Star Wars: Squadrons", 2), ("ed", "Elite Dangerous", 3)):
            open_form(tab, server)
            tab.click(f"[data-sample={game}]")
            tab.until(SHOWN)
            assert text(tab, "#result-title") == title
            assert tab.js("document.querySelectorAll('#cards .card').length") == least
            assert not seen(tab, "#notices"), tab.js("document.querySelector('#notices').textContent")
        assert tab.complaints == [], tab.complaints


def test_files_and_whole_folders_can_be_dropped():
    with cards() as server, Browser() as tab, tempfile.TemporaryDirectory() as folder:
        deep = pathlib.Path(folder) / "Options" / "Bindings"
        deep.mkdir(parents=True)
        (deep / "mine.binds").write_bytes((SAMPLES / "explorer.binds").read_bytes())
        (deep / "picture.png").write_bytes(b"\x89PNG")
        (deep.parent / "huge.log").write_bytes(b"x" * (3 << 20))
        open_form(tab, server)
        drop = lambda kind: tab.ask("Input.dispatchDragEvent", type=kind, x=400, y=300,
                                    data={"items": [], "files": [folder], "dragOperationsMask": 1})
        drop("dragEnter")
        drop("dragOver")
        assert tab.js("document.body.classList.contains('dropping')")
        drop("drop")
        tab.until(SHOWN)
        assert not tab.js("document.body.classList.contains('dropping')")
        assert text(tab, "#result-title") == "Elite Dangerous" and "1 file read" in text(tab, "#read")
        tab.js("""{ const data = new DataTransfer(); data.items.add(new File(['nothing to see'], 'letter.txt'));
            dispatchEvent(new DragEvent('drop', {dataTransfer: data, cancelable: true, bubbles: true})); }""")
        assert "letter.txt" in tab.until("!document.querySelector('#problem').hidden && document.querySelector('#problem').innerText")
        assert seen(tab, "#result"), "the cards from before stay"


# --- what does not go ---------------------------------------------------------------------------------

def test_too_many_and_too_large_files_are_told_before_they_are_sent():
    with cards("cards.files=5", "cards.file=100KiB", "cards.total=250KiB") as server, Browser() as tab:
        open_form(tab, server)
        small = fs2020("T.16000M")
        choose(tab, *written(**{f"f{i}": small for i in range(6)}))
        assert "6 files" in tab.until("!document.querySelector('#problem').hidden && document.querySelector('#problem').innerText")
        assert "at most 5" in text(tab, "#problem")
        choose(tab, *written(a=small, much=small + b" " * 200_000))
        tab.until("document.querySelector('#problem').innerText.includes('much.xml (196 KiB)')")
        choose(tab, *written(**{f"g{i}": small + b" " * 90_000 for i in range(4)}))
        tab.until("document.querySelector('#problem').innerText.includes('together')")
        assert stats(server) == 0, "nothing was sent"
        choose(tab, *written(a=small, much=small + b" " * 200_000))
        tab.until("document.querySelector('#problem').innerText.includes('much.xml')")
        assert text(tab, "#problem button") == "Go on with the other 1 file"
        tab.click("#problem button")
        tab.until(SHOWN)
        assert "1 file read" in text(tab, "#read") and stats(server) == 1
        assert tab.complaints == [], tab.complaints


def test_errors_are_told_in_words_with_file_and_line():
    with cards() as server, Browser() as tab:
        open_form(tab, server)
        deep = b'<?xml version="1.0"?>\n<Device DeviceName="T.16000M">\n' + b"<a>" * 80
        for body, word in ((b"Dear diary", "letter.xml"), (b"", "letter.xml"), (deep, "letter.xml")):
            choose(tab, *written(letter=body))
            said = tab.until(f"!document.querySelector('#problem').hidden && document.querySelector('#working').hidden && "
                             "document.querySelector('#problem').innerText")
            assert word in said and len(said) > 30, said
            assert seen(tab, "#start") and not seen(tab, "#result")
        assert re.match(r"letter\.xml, line \d+: ", said), said
        choose(tab, *PARTS)
        tab.until(SHOWN)
        assert not seen(tab, "#problem")


def test_notices_are_by_kind_with_file_and_line_and_counted_beyond_what_is_listed():
    with cards() as server, Browser() as tab:
        many = fs2020("T.16000M", bindings=[(f"KEY_NOBODY_{i}", "Button1") for i in range(250)])
        other = fs2020("My <b>own</b> stick".replace("<", "&lt;"), bindings=[("KEY_BRAKES", "Button1")])
        open_form(tab, server)
        choose(tab, *written(many=many, other=other))
        tab.until(SHOWN)
        assert re.fullmatch(r"2[5-9]\d notices", text(tab, "#notices summary")), text(tab, "#notices summary")
        tab.click("#notices summary")
        listed = text(tab, "#notices-list")
        assert "There is no text for this action" in listed and "(many.xml, line " in listed, listed[:400]
        assert re.search(r"and \d+ more that are not listed", listed), listed[-200:]
        assert tab.js("document.querySelectorAll('#notices-list b').length") <= 3, "one heading a kind"
        assert "1 list page" in text(tab, "#summary")
        assert not tab.js("document.querySelector('#cards b b')"), "names are text"


def test_a_picture_that_fails_is_asked_for_again_by_itself_and_by_a_button():
    with cards() as server, Browser() as tab:
        open_form(tab, server)
        tab.ask("Fetch.enable", patterns=[{"urlPattern": "*/cards/*/*.jpg*"}])
        tab.refusing = 2
        choose(tab, *PARTS)
        tab.until(SHOWN, 20)
        tab.refusing = 3
        open_form(tab, server)
        choose(tab, *written(other=fs2020("T.16000M")))
        assert "could not be drawn" in tab.until("document.querySelector('.broken')?.innerText", 20)
        tab.click(".broken button")
        tab.until(SHOWN)
        assert not tab.js("document.querySelector('.broken')")


def test_nothing_bound_and_no_packs_and_no_uploads_are_said():
    with cards() as server, Browser() as tab:
        open_form(tab, server)
        choose(tab, *written(nothing=ed(())))
        tab.until("!document.querySelector('#result').hidden")
        assert seen(tab, "#none") and not seen(tab, "#zip") and not seen(tab, "#print")
        tab.open(address(server, "/"))
        assert tab.until("!document.querySelector('#to-cards').hidden && document.querySelector('#to-cards').href").endswith("/cards")
    for server in (Server(), cards("cards.uploads=off")):
        with server, Browser() as tab:
            open_form(tab, server)
            assert "takes no binding files" in text(tab, "#known") and not seen(tab, "#samples")
            tab.open(address(server, "/"))
            tab.until("document.querySelector('#s-entries').textContent !== '–'")
            assert not seen(tab, "#to-cards")


# --- looking at them ----------------------------------------------------------------------------------

def test_a_card_is_zoomed_and_turned_over_with_the_keys():
    with cards() as server, Browser() as tab:
        open_form(tab, server)
        choose(tab, *PARTS)
        tab.until(SHOWN)
        tab.js("document.querySelector('#card-2 a').focus()")
        tab.press("Enter")
        tab.until("document.querySelector('#zoom').open && document.querySelector('#zoom-picture').naturalWidth === 1920")
        assert text(tab, "#zoom-place") == "2 of 3"
        width = "document.querySelector('#zoom-picture').getBoundingClientRect().width"
        fitted = tab.js(width)
        assert 1000 < fitted <= 1280
        tab.press("+", 2)
        assert abs(tab.js(width) / fitted - 1.96) < 0.02
        assert tab.js("document.querySelector('#zoom-pane').scrollWidth") > 2000
        tab.press("-")
        assert abs(tab.js(width) / fitted - 1.4) < 0.02
        tab.press("0")
        assert tab.js(width) == fitted
        tab.press("ArrowRight")
        assert text(tab, "#zoom-place") == "3 of 3" and tab.js("document.querySelector('#zoom-next').disabled")
        tab.press("ArrowRight")
        assert text(tab, "#zoom-place") == "3 of 3"
        tab.press("Home")
        assert text(tab, "#zoom-place") == "1 of 3"
        assert tab.js("document.querySelector('#zoom-png').href").endswith("/1.png")
        assert tab.js("document.querySelector('#zoom-webp').href").endswith("/1.webp")
        tab.until("document.querySelector('#zoom-picture').complete")
        tab.click("#zoom-pane")
        assert tab.js(width) > 1.5 * fitted
        left = tab.js("document.querySelector('#zoom-pane').scrollLeft")
        tab.drag("#zoom-pane", -120, 0)
        assert abs(tab.js("document.querySelector('#zoom-pane').scrollLeft") - left - 120) < 8
        tab.press("Escape")
        assert not tab.js("document.querySelector('#zoom').open")
        assert tab.js("document.activeElement.closest('.card').id") == "card-1"
        assert tab.complaints == [], tab.complaints


def test_many_cards_come_small_first_and_end_sharp():
    with cards(cache_size="64MiB") as server, Browser() as tab:
        files = {f"p{i:02}": fs2020("T.16000M", profile=f"Profile {i:02}") for i in range(64)}
        open_form(tab, server)
        choose(tab, *written(**files))
        tab.until(SHOWN, 60)
        assert text(tab, "#summary").startswith("64 cards")
        assert tab.js("document.querySelectorAll('#cards .card').length") == 64
        tab.until(SHARP, 60)
        assert tab.js("[...document.querySelectorAll('#cards img')].every(i => i.naturalWidth === 1920)")
        asked = tab.js("""performance.getEntriesByType('resource').filter(one => one.name.includes('.jpg'))
            .map(one => [one.name.includes('?w=480'), one.startTime, one.responseEnd])""")
        small, large = ([one for one in asked if one[0] is kind] for kind in (True, False))
        assert len(small) == 64 == len(large), (len(small), len(large))
        assert min(one[1] for one in large) >= max(one[2] for one in small) - 1
        assert tab.complaints == [], tab.complaints


def test_all_cards_are_downloaded_by_one_link():
    with cards() as server, Browser() as tab:
        open_form(tab, server)
        choose(tab, *PARTS)
        tab.until(SHOWN)
        assert tab.js("document.querySelector('#zip').hasAttribute('download')")
        path = tab.js("document.querySelector('#zip').getAttribute('href')")
        archive = zipfile.ZipFile(io.BytesIO(server.get(path).body))
        assert len(archive.namelist()) == 3 and archive.testzip() is None
        with tempfile.TemporaryDirectory() as folder:
            tab.ask("Page.setDownloadBehavior", behavior="allow", downloadPath=folder)
            tab.click("#zip")
            deadline = time.monotonic() + 10 * SLOW
            while not list(pathlib.Path(folder).glob("*.zip")) and time.monotonic() < deadline:
                tab.js("1")
                time.sleep(0.1)
            (got,) = pathlib.Path(folder).glob("*.zip")
            assert sorted(zipfile.ZipFile(got).namelist()) == sorted(archive.namelist())


# --- Elite Dangerous ----------------------------------------------------------------------------------

def test_groups_and_colours_of_elite_dangerous_are_chosen_and_drawn_anew():
    with cards() as server, Browser() as tab:
        open_form(tab, server)
        choose(tab, SAMPLES / "explorer.binds")
        tab.until(SHOWN)
        first = tab.js("location.pathname")
        names = tab.js("[...document.querySelectorAll('#legend li')].map(e => e.textContent)")
        assert "Ship" in names and "SRV" in names, names
        depth = tab.js("history.length")
        tab.click("#groups input[value=Ship]")
        tab.until(f"location.pathname !== {json.dumps(first)}")
        tab.until(SHOWN)
        left = tab.js("[...document.querySelectorAll('#legend li')].map(e => e.textContent)")
        assert "Ship" not in left and "SRV" in left, left
        assert tab.js("document.querySelectorAll('#groups input').length") == 12, "what was switched off can be switched on"
        assert not tab.js("document.querySelector('#groups input[value=Ship]').checked")
        assert tab.js("history.length") == depth, "the way back leads to the form"
        second = tab.js("location.pathname")
        tab.click("#styles [value=none]")
        tab.until(f"location.pathname !== {json.dumps(second)}")
        tab.until(SHOWN)
        before = stats(server)
        tab.click("#no-groups")
        assert "at least one" in tab.until("document.querySelector('#groups-said').innerText")
        time.sleep(0.6)
        assert stats(server) == before, "no group at all is not asked for"
        tab.click("#all-groups")
        tab.click("#styles [value=group]")
        tab.until(f"location.pathname === {json.dumps(first)}")
        tab.until(SHOWN)
        assert tab.complaints == [], tab.complaints
    with cards() as server, Browser() as tab:
        open_form(tab, server, "/ed")
        assert tab.js("document.querySelector('[name=game]:checked').value") == "ed"
        choose(tab, *PARTS)
        assert tab.until("!document.querySelector('#problem').hidden && document.querySelector('#problem').innerText")


# --- sharing ------------------------------------------------------------------------------------------

def test_published_cards_open_elsewhere_and_can_be_taken_back():
    with cards() as server, Browser() as tab, Browser() as other:
        open_form(tab, server)
        choose(tab, *PARTS[:1])
        tab.until(SHOWN)
        path = tab.js("location.pathname")
        tab.click("#copy")
        assert f"http://{server.address}{path}" == tab.until("document.querySelector('#said input')?.value")
        tab.click("#publish")
        tab.until("document.querySelector('#said').innerText.startsWith('Published')")
        assert tab.js("location.pathname") == path and not seen(tab, "#publish") and seen(tab, "#withdraw")
        server.ctl("purge", "--all", "--yes", check=0)
        other.open(address(server, path))
        other.until(SHOWN)
        assert text(other, "#summary").startswith("1 card · ") and not seen(other, "#withdraw") and not seen(other, "#publish")
        assert other.complaints == [], other.complaints
        tab.open(address(server, path))
        tab.until(SHOWN)
        assert seen(tab, "#withdraw"), "this browser remembers"
        tab.click("#withdraw")
        tab.until("document.querySelector('#said').innerText.startsWith('Taken back')")
        assert not seen(tab, "#withdraw") and tab.js("Object.keys(localStorage).filter(k => k.startsWith('cards-')).length") == 0
        other.open(address(server, path))
        assert "upload the files again" in text(other, "#problem") and seen(other, "#start")
        other.until("!document.querySelector('#samples').hidden")
        choose(other, *PARTS[:1])
        other.until(SHOWN)
        assert other.js("location.pathname") == path and not seen(other, "#problem")


def test_publishing_is_not_offered_where_it_is_off():
    with cards("cards.publish=off") as server, Browser() as tab:
        open_form(tab, server)
        choose(tab, *PARTS[:1])
        tab.until(SHOWN)
        assert not seen(tab, "#publish") and seen(tab, "#copy")


# --- without scripts ----------------------------------------------------------------------------------

class Form(html.parser.HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.forms, self.pictures = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and attributes.get("method") == "post":
            self.forms.append(attributes | {"fields": set()})
        if tag in ("input", "select") and self.forms and "name" in attributes:
            self.forms[0]["fields"].add(attributes["name"])
        if tag == "img" and (attributes.get("src") or "").startswith("/cards/"):
            self.pictures.append(attributes["src"])


def test_the_form_works_without_scripts():
    with cards() as server:
        page = server.get("/cards").body.decode()
        (sent,) = Form(page).forms
        assert sent["enctype"] == "multipart/form-data" and sent["fields"] >= {"file", "game", "groups", "style", "publish"}
        accept = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
        headers, body = form([(path.name, path.read_bytes()) for path in PARTS], game="", style="group")
        answer = server.request("POST", sent["action"], body=body, headers=headers | accept)
        assert answer.status == 303
        link = answer.header("Location")
        page = server.get(link, **accept)
        pictures = Form(page.body.decode()).pictures
        assert len(pictures) == 3
        assert all(server.get(url).header("Content-Type") == "image/jpeg" for url in pictures)
        headers, body = form([("letter.txt", b"Dear diary")])
        answer = server.request("POST", "/cards", body=body, headers=headers | accept)
        assert answer.status == 422 and b"<b>letter.txt:</b>" in answer.body and Form(answer.body.decode()).forms
        with Browser() as tab:
            tab.ask("Emulation.setScriptExecutionDisabled", value=True)
            tab.open(address(server))
            assert "Make cards" in text(tab, "noscript") and not seen(tab, ".scripted")
            tab.open(address(server, link))
            tab.until("[...document.querySelectorAll('#cards img')].filter(i => i.complete && i.naturalWidth === 1920).length >= 2")
            assert seen(tab, "#zip") and not seen(tab, "#print") and not seen(tab, "#start")
            assert overflow(tab) <= 0


def test_groups_and_colours_are_chosen_without_scripts():
    groups = ["Ship", "Fighter", "Crew", "SRV", "On foot", "Scanners", "Maps", "Head look", "Menus", "Camera", "Commander",
              "Other"]
    with cards() as server, Browser() as tab:
        def press(selector):  # the page's own scripts are off; so is what waits for its input to settle
            tab.js(f"document.querySelector({json.dumps(selector)}).click()")
        page = server.get("/cards")
        assert re.findall(r'name="groups" value="([^"]+)"', page.body.decode()) == groups
        assert server.get("/cards/ed", If_None_Match=page.header("ETag")).status == 304
        tab.open(address(server))
        assert not tab.js("document.querySelector('.plain-choice, [name=groups]')"), "scripts offer them beside the cards"
        tab.ask("Emulation.setScriptExecutionDisabled", value=True)
        for width in (390, 1280):
            tab.size(width, 900)
            tab.open(address(server))
            assert seen(tab, ".plain-choice summary") and not seen(tab, "[name=groups]")
            press(".plain-choice summary")
            tab.until("document.querySelector('[name=groups]').checkVisibility()")
            assert overflow(tab) <= 0
        press("[name=groups][value='On foot']")
        press("[name=groups][value=SRV]")
        tab.js("document.querySelector('select[name=style]').value = 'none'")
        choose(tab, SAMPLES / "explorer.binds")
        press("noscript button.main")
        tab.until("location.pathname.startsWith('/cards/')")
        assert "Groups: SRV, On foot · Colours: plain" in text(tab, "#result")
        key = tab.js("location.pathname")
        told = server.get(key + ".json").json()
        assert {row["group"] for row in told["keyboard"]} <= {"SRV", "On foot", "General"} and told["keyboard"]
        headers, body = form([("explorer.binds", (SAMPLES / "explorer.binds").read_bytes())])
        usual = server.request("POST", "/cards?draw=no", body=body, headers=headers).json()["url"]
        tab.open(address(server, usual))
        assert "Groups: all · Colours: by group" in text(tab, "#result")
        tab.ask("Emulation.setScriptExecutionDisabled", value=False)
        tab.open(address(server, key))
        tab.until(SHOWN)
        assert "Groups: SRV, On foot · Colours: plain" in text(tab, "#result")
        choose(tab, SAMPLES / "explorer.binds")
        tab.until("!document.querySelector('#choice').hidden && " + SHOWN)
        assert "Groups: SRV" not in text(tab, "#result"), "the choice itself is there"
        assert tab.complaints == [], tab.complaints


SAYS = """JSON.stringify([document.title, ...['#result-title', '#summary', '#legend', '#notices', '#cards', '#none', '#chosen'].map(place => {
    const element = document.querySelector(place);
    if (!element) return '';
    if (place === '#notices') element.open = true;
    return element.hidden ? '' : element.innerText.replace(/\\s+/g, ' '); }),
    [...document.querySelectorAll('#legend:not([hidden]) path')].map(path => getComputedStyle(path).fill)])"""


def test_a_link_says_the_same_with_and_without_scripts():
    rows = [(f"KEY_NOBODY_{i}", "Button1") for i in range(210)]
    uploads = {
        "cards": [path.read_bytes() for path in PARTS],
        "lists": [fs2020("Somebody's &lt;b>keys&lt;/b>", bindings=rows), fs2020("Another", profile="Somebody's")],
        "mixed": [fs2020("T.16000M", profile="Mine"), fs2020("Another")],
        "groups": [(SAMPLES / "explorer.binds").read_bytes()],
        "nothing": [ed(())],
    }
    with cards() as server, Browser() as tab:
        for what, files in uploads.items():
            headers, body = form([(f"{i}", bytes) for i, bytes in enumerate(files)])
            answer = server.request("POST", "/cards?draw=no", body=body, headers=headers).json()
            tab.open(address(server, answer["url"]))
            tab.until(SHOWN if what != "nothing" else "!document.querySelector('#known').hidden")
            scripted = tab.js(SAYS)
            tab.ask("Emulation.setScriptExecutionDisabled", value=True)
            tab.open(address(server, answer["url"]))
            plain = tab.js(SAYS)
            tab.ask("Emulation.setScriptExecutionDisabled", value=False)
            assert plain == scripted, f"{what}\nscripts: {scripted}\nnone:    {plain}"
            assert "Cards" not in json.loads(plain)[:2] and (" bindings" in json.loads(plain)[2]) == (what != "nothing"), plain


def test_what_is_sent_ahead_of_use_is_described():
    with cards("cards.file=1MiB") as server:
        told = server.get("/cards?format=json")
        assert told.json() == {"uploads": True, "publish": True, "controllers": 28,
                               "limits": {"file": 1 << 20, "files": 64, "total": 8 << 20}}
        assert server.get("/cards?format=xml").status == 400


# --- paper --------------------------------------------------------------------------------------------

def painted(pdf):
    """Per page: (width, height) in points and the boxes of its pictures, as shares of the page."""
    objects = dict(re.findall(rb"(?m)^(\d+) 0 obj\n(.*?)endobj", pdf, re.S))
    out = []
    for page in (body for body in objects.values() if re.search(rb"/Type /Page\b(?!s)", body)):
        width, height = map(float, re.search(rb"/MediaBox \[0 0 (\S+) (\S+?)\]", page).groups())
        content = objects[re.search(rb"/Contents (\d+) 0 R", page).group(1)]
        text = zlib.decompress(content[content.index(b"stream") + 6:].lstrip(b"\r\n")).decode("latin-1")
        unit = float(re.match(r"(\S+) 0 0 -", text).group(1))
        boxes = []
        for w, h, x, y in re.findall(r"(\S+) 0 0 -(\S+) (\S+) (\S+) cm\n(?:.*\n){0,6}?/X\d+ Do", text):
            w, h, x, y = (unit * float(number) for number in (w, h, x, y))
            boxes.append((x / width, (y - h) / height, w / width, h / height))
        out.append(((width, height), boxes))
    return out


def test_each_card_fills_a_page_of_its_own_on_both_papers():
    with cards() as server, Browser() as tab:
        for paths in (PARTS[:1], [*PARTS, *written(keys=fs2020("Somebody's keys"))]):
            open_form(tab, server)
            choose(tab, *paths)
            tab.until(SHOWN)
            for dark in (False, True):
                tab.dark(dark)
                for paper, size in PAPERS.items():
                    tab.js(f"{{ const p = document.querySelector('#paper'); p.value = '{paper}'; p.dispatchEvent(new Event('change')); }}")
                    pdf = base64.b64decode(tab.ask("Page.printToPDF", preferCSSPageSize=True)["data"])
                    pages = painted(pdf)
                    assert len(pages) == len(paths), (paper, len(pages))
                    for (width, height), boxes in pages:
                        assert abs(width - size[0]) < 0.5 and abs(height - size[1]) < 0.5, (width, height)
                        ((x, y, w, h),) = boxes
                        assert w > 0.93 and x >= 0.02 and x + w <= 0.985, boxes
                        assert y >= 0.02 and y + h <= 0.98, boxes
                        assert abs(w * width / (h * height) - 16 / 9) < 0.01, boxes
                        assert abs(y + h / 2 - 0.5) < 0.03, ("in the middle", boxes)
        assert tab.js("localStorage.getItem('paper')") == "letter", "the paper is remembered"
        tab.open(address(server))
        assert tab.js("document.querySelector('#paper').value") == "letter"


# --- looks --------------------------------------------------------------------------------------------

def looks(tab, what):
    for dark in (False, True):
        tab.dark(dark)
        for width in WIDTHS:
            tab.size(width, 800)
            assert overflow(tab) <= 0, (what, width)
        found = tab.js(CONTRAST)
        assert found["n"] > 5 and not found["low"], (what, dark, found["low"][:5])
    tab.size(1280, 800)
    unnamed = tab.js("""[...document.querySelectorAll('button, a[href], input, select')].filter(e => e.checkVisibility() &&
        !(e.ariaLabel || e.textContent.trim() || e.labels?.length || e.alt || e.querySelector('img[alt]:not([alt=""])'))).map(e => e.outerHTML)""")
    assert unnamed == [], (what, unnamed)


def test_all_widths_both_schemes_and_contrast():
    with cards() as server, Browser() as tab:
        open_form(tab, server)
        tab.js("document.querySelector('.where').open = true")
        looks(tab, "form")
        choose(tab, *PARTS, *written(own=fs2020("Somebody's stick with a name that is really very long, longer than a telephone is wide")))
        tab.until(SHOWN)
        tab.js("document.querySelector('#notices').open = document.querySelector('#read').open = true")
        looks(tab, "cards")
        tab.click("#card-1 a")
        tab.until("document.querySelector('#zoom').open")
        looks(tab, "zoom")
        open_form(tab, server)
        choose(tab, SAMPLES / "explorer.binds")
        tab.until(SHOWN)
        looks(tab, "groups")
        tab.open(address(server, "/devices"))
        tab.until("document.querySelectorAll('#devices .card').length === 28")
        looks(tab, "controllers")
        assert tab.complaints == [], tab.complaints


def test_the_keyboard_alone_is_enough():
    with cards() as server, Browser() as tab:
        open_form(tab, server)
        tab.press("Tab")
        assert text(tab, ":focus") == "Skip to the content"
        tab.press("Enter")
        tab.press("Tab")
        assert tab.js("document.activeElement.id") == "files"
        assert tab.js("getComputedStyle(document.querySelector('#drop')).outlineStyle") == "solid"
        tab.press("Tab")
        tab.press("ArrowRight")
        assert tab.js("document.querySelector('[name=game]:checked').value") == "fs2020"
        tab.press("Tab")
        assert tab.js("document.activeElement.dataset.sample") == "fs2020"
        tab.press("Enter")
        tab.until(SHOWN)
        tab.press("Tab")
        assert tab.js("document.activeElement.id") == "zip"
        tab.press("c")
        assert tab.until("document.querySelector('#said input')?.value").startswith("http")


def test_controllers_are_found_and_looked_at():
    with cards() as server, Browser() as tab:
        tab.open(address(server, "/devices"))
        tab.until("document.querySelectorAll('#devices .card').length === 28")
        assert text(tab, "#count") == "28 controllers"
        titles = tab.js("[...document.querySelectorAll('#devices b')].map(e => e.textContent)")
        assert titles == sorted(titles, key=str.lower) or len(set(titles)) == len(titles), titles
        tab.press("/")
        tab.write("x52")
        assert tab.until("document.querySelectorAll('#devices .card:not([hidden])').length === 2 && document.querySelector('#count').innerText") \
            == "2 of 28 controllers"
        tab.click("#devices .card:not([hidden]) a")
        tab.until("document.querySelector('#zoom').open && document.querySelector('#zoom-picture').naturalWidth === 1920")
        assert text(tab, "#zoom-place") == "1 of 2" and text(tab, "#zoom-title")
        tab.press("ArrowRight")
        assert text(tab, "#zoom-place") == "2 of 2"
        tab.press("Escape")
        tab.js("document.querySelector('#filter').focus()")
        tab.write("zz")
        tab.until("!document.querySelector('#none').hidden")
        assert tab.complaints == [], tab.complaints
