"""CPU of one card composed by Pillow: compose_pillow.py CARD.json TIMES [OUT]

CARD has what cards.py writes: base picture, font file, labels with place, size, text and colour. Prints milliseconds a
card; start-up, reading the base, loading the font sizes and two cards to warm up are not counted.
"""
import io
import json
import sys
import time

from PIL import Image, ImageDraw, ImageFont

card = json.load(open(sys.argv[1]))
base = Image.open(card["base"]).convert("RGB")
fonts = {size: ImageFont.truetype(card["font"], size) for size in {label["size"] for label in card["labels"]}}


def compose(out):
    picture = base.copy()
    draw = ImageDraw.Draw(picture)
    for label in card["labels"]:
        x, y, size = label["x"], label["y"], label["size"]
        draw.rounded_rectangle((x, y, x + label["w"], y + size), 6, fill=label["colour"])
        draw.text((x + 2, y - 1), label["text"], font=fonts[size], fill="white")
    picture.save(out, "JPEG", quality=90, subsampling="4:2:0")


for _ in range(2):
    compose(io.BytesIO())
times = int(sys.argv[2])
began = time.process_time()
for _ in range(times):
    compose(io.BytesIO())
print((time.process_time() - began) / times * 1000)
if len(sys.argv) > 3:
    compose(sys.argv[3])
