"""A card pack of three small controllers, built through platenctl, and binding files of the three games for them."""
import atexit
import functools
import io
import pathlib
import random
import shutil
import subprocess
import tempfile
import uuid

from platen import BIN

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
CORPUS = pathlib.Path(__file__).resolve().parents[2] / "../shared/data/cards/inputs"

PACK = """name: Test
version: "{version}"
layout: {{w: 3840, h: 2160}}
fonts: {{label: "label.ttf", title: "label.ttf"}}
palette: ["2780e3ff", "ff0039ff", "ff7518ff"]
header: {{colour: "2780e3", text: "ffffff", badge: "373a3c", page: "e9ecef"}}
fit: {{min: 13, inset: 5}}
"""
IMAGES = """stick: {file: "stick.svg", title: "Test Stick"}
noisy: {file: "noisy.svg", title: "Test Noise & <Co>"}
"""
DEVICES = """TESTSTICK:
  image: stick
  names: ["Test Stick", "Test Stick For Squadrons"]
  inputs:
    "1": [300, 400, 900, 60]
    "2": [300, 500, 900, 60]
    XAxis: [300, 600, 900, 60]
    YAxis: [300, 700, 900, 60]
    POV1Up: [2400, 400, 900, 60]
    Joy_1: [300, 400, 900, 60]
TESTNOISE:
  image: noisy
  names: ["Test Noise"]
  inputs:
    "1": [300, 400, 900, 60]
    "2": [300, 500, 900, 60]
"""
FS2020 = """parser: fs2020
labels: {KEY_BRAKES: "Brakes", KEY_GEAR: "Gear <up> & \\"down\\""}
"""
SWS = """parser: sws
labels: {Fire: "Fire"}
"""
ED = """parser: ed
groups: [Ship, SRV]
supported:
  - {name: teststick, image: stick, handled: [TESTSTICK]}
"""


def svg(noise=0):
    rng = random.Random(1)
    boxes = "".join(f'<rect x="{rng.randrange(1900)}" y="{rng.randrange(120, 1060)}" width="17" height="13" '
                    f'fill="#{rng.randrange(1 << 24):06x}"/>' for _ in range(noise))
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="1920" height="1080" viewBox="0 0 1920 1080">'
            f'<rect width="1920" height="1080" fill="#f0f0f0"/>{boxes}'
            '<circle cx="960" cy="600" r="200" fill="#444"/></svg>')


@functools.lru_cache(maxsize=None)
def pack(version="1"):
    """The compiled pack; it lives as long as the tests."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="platen-pack-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "games").mkdir()
    (folder / "label.ttf").write_bytes(pathlib.Path(FONT).read_bytes())
    (folder / "stick.svg").write_text(svg())
    (folder / "noisy.svg").write_text(svg(30000))
    (folder / "pack.yaml").write_text(PACK.format(version=version))
    (folder / "images.yaml").write_text(IMAGES)
    (folder / "devices.yaml").write_text(DEVICES)
    for game, text in (("fs2020", FS2020), ("sws", SWS), ("ed", ED)):
        (folder / "games" / f"{game}.yaml").write_text(text)
    out = folder / "test.pack"
    run = subprocess.run([str(BIN / "platenctl"), "pack", "build", str(folder), "-o", str(out)], capture_output=True,
                         text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return str(out)


def fs2020(device="Test Stick", profile="", bindings=(("KEY_BRAKES", "Joystick Button 1"),), context="PLANE"):
    actions = "".join(f'<Action ActionName="{action}"><Primary><KEY Information="{key}">1</KEY></Primary></Action>\n'
                      for action, key in bindings)
    name = f"<FriendlyName>{profile}</FriendlyName>" if profile else ""
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<Version Num="1"/>{name}\n<Device DeviceName="{device}">\n'
            f'<Context ContextName="{context}">\n{actions}</Context>\n</Device>\n').encode()


def sws():
    return (b"GstInput.JoystickDevice1 Test Stick For Squadrons\n"
            b"GstKeyBinding.IncomStarshipInputConcepts.ConceptFire.0.axis 26\n"
            b"GstKeyBinding.IncomStarshipInputConcepts.ConceptFire.0.button 22\n"
            b"GstKeyBinding.IncomStarshipInputConcepts.ConceptFire.0.deviceid 0\n")


def ed(controls=(("FireButton", "TESTSTICK", "Joy_1"), ("JumpButton", "Keyboard", "Key_J"))):
    body = "".join(f'<{name}><Primary Device="{device}" Key="{key}"/><Secondary Device="{{NoDevice}}" Key=""/></{name}>\n'
                   for name, device, key in controls)
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<Root PresetName="Mine">\n{body}</Root>\n'.encode()


def form(files, **fields):
    """A multipart form: files are (name, bytes), all in the field `file`. (headers, body)"""
    boundary, out = uuid.uuid4().hex, io.BytesIO()
    for name, value in fields.items():
        out.write(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, body in files:
        out.write(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                  "Content-Type: application/octet-stream\r\n\r\n".encode() + body + b"\r\n")
    out.write(f"--{boundary}--\r\n".encode())
    return {"Content-Type": f"multipart/form-data; boundary={boundary}"}, out.getvalue()


def post(server, files, target="/cards", accept=None, client=None, **fields):
    headers, body = form(files if isinstance(files, list) else [("mine.xml", files)], **fields)
    if accept:
        headers["Accept"] = accept
    return (client or server).request("POST", target, body=body, headers=headers)


def pictures(answer):
    """All pictures of an answer, lists behind the cards."""
    body = answer if isinstance(answer, dict) else answer.json()
    return body["cards"] + [page for one in body["lists"] for page in one["pages"]]


def jpeg_size(data):
    """Width and height of a JPEG, from its frame header; checks that it ends as one."""
    assert data[:2] == b"\xff\xd8" and data[-2:] == b"\xff\xd9", (data[:4], data[-4:])
    at = 2
    while at < len(data):
        assert data[at] == 0xff
        kind, n = data[at + 1], int.from_bytes(data[at + 2:at + 4], "big")
        if kind in (0xc0, 0xc1, 0xc2):
            return int.from_bytes(data[at + 7:at + 9], "big"), int.from_bytes(data[at + 5:at + 7], "big")
        at += 2 + n
    raise AssertionError("no frame header")


def webp_size(data):
    """Width and height of a lossy WebP (RFC 9649 2.5, RFC 6386 9.1); checks that its length is as it says."""
    assert data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8 ", data[:16]
    assert int.from_bytes(data[4:8], "little") + 8 == len(data) and data[23:26] == b"\x9d\x01\x2a"
    return int.from_bytes(data[26:28], "little") & 0x3fff, int.from_bytes(data[28:30], "little") & 0x3fff


def corpus(*parts):
    """A file of the sample inputs; None where they are not at hand."""
    path = CORPUS.joinpath(*parts)
    return path.read_bytes() if path.is_file() else None


