"""Card packs and binding files for the benchmark, made by code: controllers with boxes around a noisy drawing.

A pack has `devices` pictures of 1920x1080 with 35 boxes each; a file binds a device's 35 buttons to one action or more.
"""
import pathlib
import random
import struct
import zlib

WIDTH, HEIGHT, BOXES = 1920, 1080, 35
CONTEXTS = ("PLANE", "CAMERA", "MENU")
WORDS = ("Toggle", "Landing Gear", "Flaps", "Extend", "Autopilot", "Heading Hold", "Elevator Trim", "View", "Reset",
         "Rudder", "Parking Brake", "Zoom In", "Next Target", "Radio")


def boxes():
    """Five columns of seven, in pixels, as large as those of real pictures; the drawing is behind and between."""
    return [(40 + 376 * (i % 5), 160 + 130 * (i // 5), 336, 54 if i % 4 == 0 else 27) for i in range(BOXES)]


def texts(seed):
    chance = random.Random(seed)
    return {f"KEY_ACTION_{i}": " ".join(chance.sample(WORDS, chance.choice((1, 2, 2)))) for i in range(120)}


def png(rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 1)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", body) + chunk(b"IEND", b""))


def picture(number):
    """Light ground, a noisy body with a gradient in the middle, outlines of the boxes."""
    chance = random.Random(number)
    rows = [bytearray(b"\xe8\xeb\xee" * WIDTH) for _ in range(HEIGHT)]
    left, right = 300 + 20 * number, 1500 + 20 * number
    for y in range(140, 1060):
        shade = 40 + y // 12
        dim = bytes(min(255, shade + value // 16) for value in range(256))
        noise = chance.randbytes((right - left) // 2).translate(dim)
        rows[y][3 * left:3 * right] = b"".join(bytes((v, v, v)) * 2 for v in noise)
    for x, y, w, h in boxes():
        for row in (y - 2, y - 1, y + h, y + h + 1):
            rows[row][3 * x - 6:3 * (x + w) + 6] = bytes(3 * w + 12)
        for row in range(y, y + h):
            rows[row][3 * x - 6:3 * (x + w) + 6] = bytes(6) + b"\xff" * (3 * w) + bytes(6)
    return png(rows)


def make_pack(folder, font, devices=15):
    """The source of a pack, as `platenctl pack build` takes it."""
    folder = pathlib.Path(folder)
    for name in ("images", "fonts", "games"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "fonts" / "label").write_bytes(pathlib.Path(font).read_bytes())
    (folder / "pack.yaml").write_text(
        'name: bench\nversion: "1"\nlayout: {w: 3840, h: 2160}\n'
        'fonts: {label: fonts/label, title: fonts/label}\n')
    images, sources = [], []
    for number in range(devices):
        (folder / "images" / f"c{number}.png").write_bytes(picture(number))
        images.append(f'c{number}: {{file: images/c{number}.png, title: "Controller {number}"}}\n')
        places = "".join(f'    "{i + 1}": [{2 * x}, {2 * y}, {2 * w}, {2 * h}]\n'
                         for i, (x, y, w, h) in enumerate(boxes()))
        sources.append(f'd{number}:\n  image: c{number}\n  names: ["Bench Controller {number}"]\n  inputs:\n{places}')
    (folder / "images.yaml").write_text("".join(images))
    (folder / "devices.yaml").write_text("".join(sources))
    labels = "".join(f'  {name}: "{text}"\n' for name, text in texts(1).items())
    (folder / "games" / "fs2020.yaml").write_text("parser: fs2020\nlabels:\n" + labels)


def bindings(device, labels_a_box=2, profile="Bench"):
    """A file of the flight simulator's; another profile is other bytes."""
    chance = random.Random(device)
    names = list(texts(1))
    contexts = {context: [] for context in CONTEXTS}
    for button in range(1, BOXES + 1):
        for k in range(labels_a_box):
            context = contexts[CONTEXTS[(button + k) % len(CONTEXTS)]]
            context.append((names[(3 * button + 40 * k + chance.randrange(3)) % len(names)], button))
    out = [f'<?xml version="1.0" encoding="UTF-8"?>\n<Version Num="1"/>\n<FriendlyName>{profile}</FriendlyName>\n'
           f'<Device DeviceName="Bench Controller {device}">\n']
    for name, actions in contexts.items():
        out.append(f'\t<Context ContextName="{name}">\n')
        for action, button in dict(actions).items():
            out.append(f'\t\t<Action ActionName="{action}" Flag="2"><Primary>'
                       f'<KEY Information="Joystick Button {button}">{button}</KEY></Primary></Action>\n')
        out.append("\t</Context>\n")
    return "".join([*out, "</Device>\n"]).encode()
