"""Take apart packets of fields of type, length and value, and check their sums."""

import struct
from struct import unpack_from

HEAD = struct.Struct(">HBBI")


def fields(packet, at, end):
    while at < end:
        kind, length = packet[at], packet[at + 1]
        yield kind, at + 2, length
        at += 2 + length


def python(data):
    at = 0
    broken = 0
    sources = {}
    readings = 0
    total = 0.0
    names = set()
    while at < len(data):
        length, version, count, checksum = HEAD.unpack_from(data, at)
        start, end = at + HEAD.size, at + HEAD.size + length
        at = end
        if sum(data[start:end]) != checksum or version != 1:
            broken += 1
            continue
        found = 0
        for kind, place, size in fields(data, start, end):
            found += 1
            if kind == 1:
                (source,) = unpack_from(">I", data, place)
                sources[source] = sources.get(source, 0) + 1
            elif kind == 2:
                values = unpack_from(f">{size // 4}f", data, place)
                readings += len(values)
                total += sum(values)
            elif kind == 3:
                names.add(data[place : place + size].decode())
        if found != count:
            broken += 1
    return [broken, sorted(sources.items()), readings, total, sorted(names)]
