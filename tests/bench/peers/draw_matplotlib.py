"""CPU of one picture drawn by matplotlib: draw_matplotlib.py DATA.json KIND TIMES [OUT]

DATA has what peers.py writes. Prints milliseconds a picture; start-up, the reading of the data and two pictures to warm
up are not counted.
"""
import io
import json
import sys
import time

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as pyplot  # noqa: E402
import numpy  # noqa: E402
from matplotlib.collections import PolyCollection  # noqa: E402


def draw(data, kind, out):
    figure, axes = pyplot.subplots(figsize=(6, 4), dpi=100)
    low, high = -4.0, 4.0
    if kind == "2d":
        edges = numpy.linspace(low, high, len(data["map"]) + 1)
        figure.colorbar(axes.pcolormesh(edges, edges, data["map"]))
    elif kind == "poly":
        shapes = PolyCollection(data["polygons"], array=data["contents"], edgecolors="black", linewidths=0.5)
        axes.add_collection(shapes)
        axes.autoscale_view()
        figure.colorbar(shapes)
    else:
        for i, series in enumerate(data["series"]):
            axes.stairs(series, numpy.linspace(low, high, len(series) + 1), label=f"h{i}")
        axes.legend()
    axes.set_title("h")
    figure.savefig(out, format="png")
    pyplot.close(figure)


def main():
    with open(sys.argv[1]) as file:
        data = json.load(file)
    data = {name: [numpy.array(v) for v in values] if name == "polygons" else numpy.array(values)
            for name, values in data.items()}
    times = int(sys.argv[3])
    for _ in range(2):
        draw(data, sys.argv[2], io.BytesIO())
    began = time.process_time()
    for _ in range(times):
        draw(data, sys.argv[2], io.BytesIO())
    print((time.process_time() - began) / times * 1000)
    if len(sys.argv) > 4:
        draw(data, sys.argv[2], sys.argv[4])


main()
