#!/usr/bin/env python3
"""Compare the cards of every binding file of the corpus with what is expected of it.

The corpus is $PLATEN_CORPUS/cards: the configuration, pictures and binding files of other programs, and in expected/
GAME.FILE.json the cards a file has to become. The pack is imported as it is and built; then each file is read and
compared: cards in their order (image, title, profile, device), cells (device, input, rect, drawn) with their labels as
multisets (context, text, colour; of ed group, text, modifier), lists and rows, keyboard, notices by kind, counts.
What bad files and the beginnings of eight real files become is looked at as well; so is how large letters are
drawn (within a pixel of what is expected), and that no label leaves its box, on any picture at any size."""
import collections
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(os.environ.get("PLATEN_CORPUS", ROOT.parent / "shared" / "data")) / "cards"
TOOLS = ROOT / os.environ.get("PLATEN_TOOLS", "build/release")
BIN = ROOT / os.environ.get("PLATEN_BIN", "build")
TOGETHER = "ALL-fs2020-together"


def read(game, pack, files):
    """Exit status and document of card_json. A crash is a status below zero, and no document."""
    done = subprocess.run([TOOLS / "card_json", game, pack, *files], capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 1):
        return done.returncode, {"message": done.stderr[-600:]}
    return done.returncode, json.loads(done.stdout)


def multiset(items):
    return collections.Counter(items)


def label(game, item, coloured=True):
    if game == "ed":
        return item["group"], item["text"], item.get("modifier") if coloured else None
    return item["context"], item["text"], item["colour"] if coloured else None


def head(game, card):
    return (card["group"], card["image"], card["device_index"]) if game == "ed" else \
        (card["profile"], card["image"], card["title"])


def cells(game, card):
    """(device, input) -> rect, drawn and labels; expected cells of ed do not say whether they are drawn."""
    return {(cell["device"], cell["input"]):
            (tuple(cell["rect"]), cell.get("drawn"), multiset(label(game, item) for item in cell["labels"]))
            for cell in card["cells"]}


def compare_cells(game, expected, found):
    differs = []
    for key in sorted(set(expected) | set(found)):
        one, other = expected.get(key), found.get(key)
        if one is None or other is None:
            differs.append(f"cell {key}: {'missing' if other is None else 'not expected'}")
            continue
        if one[0] != other[0] or (one[1] is not None and one[1] != other[1]):
            differs.append(f"cell {key}: rect {other[:2]} instead of {one[:2]}")
        if one[2] != other[2]:
            differs.append(f"cell {key}: more {list((other[2] - one[2]))}, less {list((one[2] - other[2]))}")
    return differs


def compare_cards(game, expected, found):
    one, other = ([head(game, card) for card in document["cards"]] for document in (expected, found))
    if one != other:
        return [f"cards {other} instead of {one}"]
    differs = []
    for card, made in zip(expected["cards"], found["cards"]):
        order = [(cell["device"] + ":" + cell["input"]).encode() for cell in made["cells"]]
        if order != sorted(order):
            differs.append(f"cells of {made['image']} are not in order")
        differs += compare_cells(game, cells(game, card), cells(game, made))
    return differs


def lists(game, document):
    name = "device" if game == "ed" else "title"
    return {(item.get("profile", ""), item[name], item.get("device_index", 0)):
            {row["input"]: multiset(label(game, one, False) for one in row["labels"]) for row in item["rows"]}
            for item in document["lists"]}


def compare_lists(game, expected, found):
    one, other = lists(game, expected), lists(game, found)
    if sorted(one) != sorted(other):
        return [f"lists {sorted(other)} instead of {sorted(one)}"]
    return [f"list {key}, row {row}: {other[key].get(row)} instead of {one[key].get(row)}" for key in one
            for row in sorted(set(one[key]) | set(other[key])) if one[key].get(row) != other[key].get(row)]


def keyboard(document):
    return multiset((row["group"], row["text"], tuple(row["keys"]), bool(row.get("invalid")))
                    for row in document.get("keyboard") or [])


def compare(expected, found):
    game = expected["game"]
    differs = compare_cards(game, expected, found) + compare_lists(game, expected, found)
    if keyboard(expected) != keyboard(found):
        differs.append(f"keyboard: more {list(keyboard(found) - keyboard(expected))}, "
                       f"less {list(keyboard(expected) - keyboard(found))}")
    if game != "ed":  # what is expected of ed says nothing of notices and colours
        one, other = (multiset(notice.split(":")[0] for notice in document["notices"])
                      for document in (expected, found))
        differs += [f"notices {dict(other)} instead of {dict(one)}"] if one != other else []
        differs += [f"colour of {name}: {found['colours'].get(name)} instead of {colour}"
                    for name, colour in expected["colours"].items() if found["colours"].get(name) != colour]
    counts = {name: n for name, n in expected["counts"].items() if not (game == "ed" and name == "notices")}
    return differs + [f"{found['counts'][name]} {name} instead of {n}" for name, n in counts.items()
                      if found["counts"][name] != n]


def inputs(expected):
    """The paths of the files an expected document is about."""
    folder = CORPUS / "inputs"
    if expected["game"] == "fs2020" and len(expected["files"]) > 1:
        return sorted((folder / "fs2020").iterdir())
    name = expected["files"][0]
    return [path for path in folder.glob(f"{expected['game']}*/*") if path.name == name][:1]


def corpus(pack):
    for path in sorted((CORPUS / "expected").glob("*.json")):
        expected = json.loads(path.read_text())
        files = inputs(expected)
        status, found = read(expected["game"], pack, files)
        differs = [f"status {status}: {found.get('message')}"] if status != 0 or not files else \
            compare(expected, found)
        guessed = read("guess", pack, files)
        if status == 0 and guessed != (status, found):
            differs.append(f"without its game: {guessed[0]}, {guessed[1].get('message')}")
        if len(files) > 1 and read(expected["game"], pack, files[::-1]) != (status, found):
            differs.append("in another order it becomes something else")
        yield path.stem, differs


# file -> what it becomes: the code of the problem, or the kinds of notices there have to be
BAD = {
    "action-without-context.xml": ["misplaced-element"],
    "deep-nesting.xml": "too-complex",
    "doctype-entity.xml": [],
    "empty-friendlyname.xml": ["empty-name"],
    "empty.xml": "unknown-format",
    "latin1-name.xml": ["latin1"],
    "long-line.profile": ["long-line"],
    "not-a-binding.txt": "unknown-format",
    "nul-bytes.xml": "bad-file",
    "truncated.xml": ["truncated"],
    "utf16le.xml": [],
}


def bad(pack):
    for path in sorted((CORPUS / "inputs" / "bad").iterdir()):
        wanted, differs = BAD.get(path.name), []
        for game in ("guess", "sws" if path.suffix == ".profile" else "fs2020"):
            status, found = read(game, pack, [path])
            if wanted is None:
                differs.append("not known to this comparison")
            elif isinstance(wanted, str):
                if status != 1 or found["code"] != wanted or not found["message"]:
                    differs.append(f"{game}: {status}, {found}")
            elif status != 0 or sorted(n.split(":")[0] for n in found["notices"]) != wanted:
                differs.append(f"{game}: {status}, {found.get('notices', found)}")
        yield "bad/" + path.name, differs


# file -> every how many bytes it is cut, and how long a beginning may be that rightly becomes an empty set
BEGINNINGS = {
    "fs2020/Saitek_Pro_Flight_Rudder_Pedals.xml": (1, 0),
    "fs2020/T.16000M.xml": (1, 0),
    "fs2020-unmapped/Mouse.xml": (1, 0),
    "bad/utf16le.xml": (1, 0),
    "sws/Saitek_Pro_Flight_X-55_Rhino.profile": (41, 5137),  # nothing is bound to a joystick before
    "ed/issue26.binds": (1, 0),
    "ed/two_modifiers.binds": (29, 0),
    "ed/SaitekX52.binds": (101, 0),
}


def beginnings(pack):
    """Each beginning of a file is refused with a reason, or there is something to look at."""
    for name, (step, empty) in BEGINNINGS.items():
        done = subprocess.run([TOOLS / "card_json", "--beginnings", str(step), "guess", pack, CORPUS / "inputs" / name],
                              capture_output=True, text=True, timeout=300)
        found = json.loads(done.stdout) if done.returncode == 0 else {}
        differs = [f"status {done.returncode}: {done.stderr[-600:]}"] if done.returncode != 0 else []
        if found and (found["other"] or any(n > empty for n in found["empty"]) or not found["shown"] or
                      set(found["refused"]) - {"unknown-format", "truncated", "bad-file"}):
            differs.append(json.dumps(found))
        yield f"{found.get('tried', 0)} beginnings of {name}", differs


def look(*arguments):
    """Rows of card_look; None when it fails."""
    done = subprocess.run([TOOLS / "card_look", *arguments], capture_output=True, text=True, timeout=600)
    return [line.split("\t") for line in done.stdout.splitlines()] if done.returncode == 0 else None


def fonts(pack):
    """Sizes of letters, where the corpus says which."""
    for path in sorted((CORPUS / "expected").glob("*.json")):
        expected = json.loads(path.read_text())
        wanted = {(card["image"], cell["device"], cell["input"]): cell["reference_font_px"]
                  for card in expected["cards"] for cell in card["cells"]
                  if cell.get("drawn", True) and "reference_font_px" in cell}
        if not wanted or len(expected["files"]) > 1:
            continue
        rows = look("sizes", pack, expected["game"], inputs(expected)[0])
        sizes = {tuple(row[:3]): int(row[3]) for row in rows or []}
        yield f"letters of {path.stem}", [f"{key}: {sizes.get(key)} px instead of {px}"
                                          for key, px in wanted.items() if abs(sizes.get(key, 0) - px) > 1]


def outside(pack):
    """Every box of every picture filled: not a pixel may change outside of them, and many inside."""
    rows = look("outside", pack)
    yield "labels stay inside their boxes", ["card_look failed"] if rows is None else \
        [f"{image} {width} px wide: {n} pixels outside, {within} inside of {boxes} boxes"
         for image, width, boxes, n, within in rows if n != "0" or (boxes != "0" and within == "0")]


def make_pack():
    """The compiled pack of the corpus; one that the same platenctl made is used again. (path, trouble)"""
    digest = hashlib.sha256((BIN / "platenctl").read_bytes()).hexdigest()[:16]
    kept = ROOT / "build" / "corpus" / f"cards-{digest}.pack"
    if kept.exists():
        return kept, None
    shutil.rmtree(kept.parent, ignore_errors=True)
    kept.parent.mkdir(parents=True)
    folder = kept.parent / "cards"
    for command in (["import", CORPUS, folder, "--as-is"], ["build", folder, "-o", kept]):
        done = subprocess.run([BIN / "platenctl", "pack", *command], capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            return kept, f"platenctl pack {command[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return kept, None


def run():
    """Tests passed, failed and skipped."""
    if not CORPUS.is_dir():
        print("cards: not run (no data)")
        return 0, 0, 1
    passed = failed = 0
    pack, trouble = make_pack()
    if trouble:
        print("FAIL", trouble)
        return 0, 1, 0
    for group in (corpus(pack), bad(pack), beginnings(pack), fonts(pack), outside(pack)):
        for name, differs in group:
            print(f"{'FAIL' if differs else 'ok  '} {name}")
            for line in differs[:8]:
                print(f"     {line}")
            passed, failed = passed + (not differs), failed + bool(differs)
    return passed, failed, 0


def main():
    passed, failed, skipped = run()
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
