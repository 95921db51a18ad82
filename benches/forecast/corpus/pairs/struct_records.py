"""Unpack binary records, sum them by kind, and pack the sums."""

import struct

RECORD = struct.Struct("<IHhd")


def python(data):
    totals = {}
    for id, kind, delta, value in RECORD.iter_unpack(data):
        count, total, largest = totals.get(kind, (0, 0.0, 0))
        totals[kind] = (count + 1, total + value * delta, max(largest, id))
    out = bytearray()
    for kind in sorted(totals):
        count, total, largest = totals[kind]
        out += RECORD.pack(largest, kind, count % 30000, total)
    return list(out)
