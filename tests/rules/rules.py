#!/usr/bin/env python3
"""Rules of the house that a compiler does not check: who may include whom, tables without duplicates, the README
naming only files that exist, and nothing personal to one machine in the tree."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# folder -> folders it may include (longest prefix of the file decides)
ALLOWED = {
    "shm/base/": ("shm/base/",),
    "shm/": ("shm/",),
    "render/": ("render/", "shm/base/"),
    "server/": ("server/", "render/", "shm/"),
}
# third-party header -> the only places that may include it
FENCED = {
    "microhttpd.h": r"server/http/[a-z_]+\.[ch]",
    "lmdb.h": r"shm/[a-z_]+\.[ch]",
    "png.h": r"render/(encode/png|card/pack/source)\.c",
    "turbojpeg.h": r"render/(encode/jpeg|card/pack/source)\.c",
    "webp/encode.h": r"render/encode/webp\.c",
    "jpeglib.h": r"render/encode/jpeg_splice\.c",
    "ft2build.h": r"render/(text|card/type)\.c",
    "hb.h": r"render/card/type\.c",
    "expat.h": r"render/card/game/ed_read\.c",
    "yaml.h": r"render/card/pack/[a-z_]+\.[ch]",
    "librsvg/rsvg.h": r"render/card/pack/svg\.c",
    "pcre2.h": r"server/routes/pattern\.c",
    "archive.h": r"server/http/[a-z_]+\.c",
    "seccomp.h": r"server/process/[a-z_]+\.c",
    "confuse.h": r"server/config/[a-z_]+\.c",
    "curl/curl.h": r"server/admin/(platenctl|ctl_[a-z_]+)\.[ch]",
}
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.M)
ENTRY = {
    "render/renderers.def": re.compile(r"^RENDERER\((\w+)\)", re.M),
    "server/config/config.def": re.compile(r"^OPT\(\s*\w+\s*,\s*(\w+\s*,\s*\w+)", re.M),
    "server/admin/metric.def": re.compile(r"^METRIC\(\s*(\w+)", re.M),
    "server/admin/admin.def": re.compile(r'^ADMIN\(\s*"?([\w.]+)', re.M),
    "server/http/status.def": re.compile(r"^STATUS\(\s*(\w+)", re.M),
}

failures = []


def check(ok, message):
    if not ok:
        failures.append(message)


def sources():
    for folder in ("shm", "render", "server"):
        yield from sorted((ROOT / folder).rglob("*.[ch]"))


def include_rule():
    for path in sources():
        name = str(path.relative_to(ROOT))
        prefix = max((p for p in ALLOWED if name.startswith(p)), key=len)
        for header in INCLUDE.findall(path.read_text()):
            if (ROOT / header).exists() or header.split("/")[0] in ("shm", "render", "server"):
                ok = header.startswith(ALLOWED[prefix])
                check(ok, f"{name} includes {header}: {prefix} may include only {ALLOWED[prefix]}")
            elif header in FENCED:
                check(re.fullmatch(FENCED[header], name), f"{name} includes <{header}>")


def every_header_stands_alone():
    for path in sources():
        if path.suffix == ".c":
            own = path.with_suffix(".h")
            if own.exists():
                first = INCLUDE.findall(path.read_text())[:1]
                check(first == [str(own.relative_to(ROOT))],
                      f"{path.relative_to(ROOT)} must include its own header first")


def tables():
    for name, pattern in ENTRY.items():
        entries = [re.sub(r"\s", "", e) for e in pattern.findall((ROOT / name).read_text())]
        check(entries, f"{name}: no entry recognised")
        twice = sorted({e for e in entries if entries.count(e) > 1})
        check(not twice, f"{name}: listed twice: {', '.join(twice)}")


NOTICE = re.compile(r'(?:pl_builder_(?:file_)?notice\([^,]+,|\bfail\(upload,|\(struct pl_card_notice\)\{)\s*"([a-z0-9-]+)"')


def every_notice_of_cards_has_words():
    kinds = {k for path in (ROOT / "render/card").rglob("*.c") for k in NOTICE.findall(path.read_text())}
    words = re.findall(r'<p data-kind="([^"]+)">[^<]+</p>', (ROOT / "server/web/static/cards.html").read_text())
    check(len(kinds) > 15, "no kinds of notices recognised in render/card")
    check(sorted(words) == sorted(set(words)), "server/web/static/cards.html: a kind of notice twice")
    check(kinds == set(words), f"kinds of notices and their words in server/web/static/cards.html differ: "
                               f"{', '.join(sorted(kinds ^ set(words)))}")


def readme_names_real_files():
    readme = ROOT / "README.md"
    if not readme.exists():
        check(False, "README.md is missing")
        return
    for name in re.findall(r"`((?:shm|render|server|tests|conf|deploy)/[\w./-]+)`", readme.read_text()):
        if "NAME" in name:
            continue  # a place for a name of the reader's own
        check((ROOT / name).exists(), f"README.md names {name}, which is gone")


def tracked():
    try:
        out = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return [p for p in ROOT.rglob("*") if p.is_file() and "build" not in p.parts]
    return [ROOT / n.decode() for n in out.split(b"\0") if n]


def no_leftovers():
    word = re.compile(rb"\b(TODO|FIXME|XXX)\b")
    for path in tracked():
        if path.suffix in (".c", ".h", ".py", ".def") and path.is_file() and path != pathlib.Path(__file__).resolve():
            check(not word.search(path.read_bytes()), f"{path.relative_to(ROOT)} holds a leftover note")


passed = failed = 0
for rule in (include_rule, every_header_stands_alone, tables, every_notice_of_cards_has_words, readme_names_real_files, no_leftovers):
    failures.clear()
    rule()
    for failure in failures:
        print("FAIL", failure)
    passed, failed = (passed, failed + 1) if failures else (passed + 1, failed)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
