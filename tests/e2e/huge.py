"""ROOT files whose one object unpacks to hundreds of megabytes, written in seconds and without holding them.

A small file of the same class is made first; its object is written anew behind the end of that file, its contents
stretched, and a new list of keys after it, as ROOT does when it overwrites an object.
"""
import hashlib
import math
import os
import pathlib
import struct
import zlib

from platen import root_file

COUNT = 0x3fffffff  # a byte count without its flag
BLOCK_MOST = (1 << 24) - 1
HOT = 50.0


def be32(data, at):
    return struct.unpack_from(">I", data, at)[0]


def frame_end(data, at):
    return at + 4 + (be32(data, at) & COUNT)


def blocks_of(parts, packed):
    """Compression blocks of plain parts; equal parts are packed once."""
    for part in parts:
        for at in range(0, len(part), BLOCK_MOST):
            piece = part[at:at + BLOCK_MOST]
            if piece not in packed:
                packed.clear()  # what repeats follows itself
                packed[piece] = zlib.compress(piece, 1)
            made = packed[piece]
            yield (b"ZL\x08" + len(made).to_bytes(3, "little") + len(piece).to_bytes(3, "little")), made


class Stretched:
    """The small file, ready to take a new object in place of its only one."""

    def __init__(self, data, name):
        self.data = bytearray(data)
        self.end = be32(data, 12)
        first = 100 + be32(data, 100)  # of the file's own record
        self.key_n = struct.unpack_from(">H", data, first + 14)[0]
        self.key = bytes(data[first:first + self.key_n])
        assert name.encode() in self.key, "the object is the first record"
        assert be32(data, first) - self.key_n == be32(data, first + 6), "the object is stored plain"
        self.payload = bytearray(data[first + self.key_n:first + be32(data, first)])
        self.directory = 100 + be32(data, 28)  # version, 2 dates, bytes of the list, of the name, 3 places
        self.list_at = be32(data, self.directory + 26)

    def write(self, path, plain_n, parts, gap=0):
        """gap: bytes in front of the new object that no record owns."""
        with open(path, "wb") as file:
            file.write(self.data[:self.end])
            junk = hashlib.shake_128(b"gap").digest(1 << 20)
            for at in range(0, gap, len(junk)):
                file.write(junk[:gap - at])
            self.end += gap
            file.seek(self.key_n, os.SEEK_CUR)
            for head, body in blocks_of(parts, {}):
                file.write(head)
                file.write(body)
            list_at = file.tell()
            key = bytearray(self.key)
            struct.pack_into(">I", key, 0, list_at - self.end)
            struct.pack_into(">I", key, 6, plain_n)
            struct.pack_into(">I", key, 18, self.end)
            keys = bytearray(self.data[self.list_at:self.list_at + be32(self.data, self.list_at)])
            struct.pack_into(">I", keys, 18, list_at)
            header_n = struct.unpack_from(">H", keys, 14)[0]
            assert be32(keys, header_n) == 1 and len(keys) == header_n + 4 + self.key_n
            keys[header_n + 4:] = key
            file.write(keys)
            file.seek(self.end)
            file.write(key)
            struct.pack_into(">I", self.data, 12, list_at + len(keys))
            struct.pack_into(">I", self.data, self.directory + 26, list_at)
            file.seek(0)
            file.write(self.data)


def map_file(path, side, hot=None, gap=0):
    """A TH2D of side x side bins; hot = (column, row) of one bin far above all others. Returns the unpacked size."""
    small = Stretched(root_file("h=TH2D,bins=1,binsy=1,title=Huge map", options=("--compress=plain",)), "h")
    head, at = small.payload, 18  # behind the frames of TH2D, TH2 and TH1
    cells = (side + 2) * (side + 2)
    for _ in range(4):  # TNamed and the attributes of line, fill, marker
        at = frame_end(head, at)
    struct.pack_into(">I", head, at, cells)
    at += 4
    for _ in range(2):
        inner = frame_end(head, frame_end(head, at + 6))  # name, attributes
        struct.pack_into(">Idd", head, inner, side, 0.0, float(side))
        at = frame_end(head, at)
    head = head[:-9 * 8]
    struct.pack_into(">I", head, len(head) - 4, cells)
    plain_n = len(head) + cells * 8
    struct.pack_into(">I", head, 0, 0x40000000 | (plain_n - 4))

    def rows():
        yield bytes(head)
        together = max(1, BLOCK_MOST // ((side + 2) * 8))  # rows of a block, all equal
        for first in range(0, side + 2, together):
            n = min(together, side + 2 - first)
            row = bytearray()
            for column in range(0, side + 2, 64):
                x, y = column / side - 0.4, first / side - 0.6
                value = round(10.0 * math.exp(-(x * x + y * y) / 0.08), 2)
                row += struct.pack(">d", value) * min(64, side + 2 - column)
            block = row * n
            if hot is not None and first <= hot[1] < first + n:
                struct.pack_into(">d", block, ((hot[1] - first) * (side + 2) + hot[0]) * 8, HOT)
            yield bytes(block)

    small.write(path, plain_n, rows(), gap)
    return plain_n


def poly_file(path, plain_goal):
    """A TH2Poly of so many bins that it unpacks to about plain_goal bytes. Returns (unpacked size, bins)."""
    small = Stretched(root_file("h=TH2Poly,bins=40,binsy=25", options=("--compress=plain",)), "h")
    head = small.payload
    first = head.index(b"TH2PolyBin\0") - 8
    list_frame = first - 4 - 1 - 10 - 6  # number of bins, name, TObject; the list's own count and version
    object_at = list_frame - 8 if head[list_frame - 4] == 0x80 else list_frame - 4 - 4 - 6
    second = frame_end(head, first) + 1
    some = bytes(head[second:])
    one = frame_end(head, second) + 1 - second
    assert len(some) % one == 0
    unit = some * (BLOCK_MOST // len(some))
    times = max(1, plain_goal // len(unit))
    added = len(unit) * times
    bins = 1 + added // one
    head = head[:second]
    struct.pack_into(">I", head, first - 4, bins)
    for at in (0, object_at, list_frame):
        struct.pack_into(">I", head, at, 0x40000000 | (second + added - at - 4))
    small.write(path, second + added, (part for part in [bytes(head)] + [unit] * times))
    return second + added, bins


if __name__ == "__main__":
    import sys
    import time
    began = time.monotonic()
    made = map_file(sys.argv[2], int(sys.argv[3]), (7000, 3000)) if sys.argv[1] == "map" else \
        poly_file(sys.argv[2], int(sys.argv[3]))
    print(made, pathlib.Path(sys.argv[2]).stat().st_size, f"{time.monotonic() - began:.1f} s")
