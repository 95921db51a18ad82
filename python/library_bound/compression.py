"""Batches of a log compressed by zlib at level 6, and expanded again.

What a shipper of logs does with each batch before it leaves, a server with each answer, and the
other end with each that arrives. It is all C in Python, and a batch is large enough for the call
not to matter. So this compares zlib, in the build that the interpreter has, with zlib-rs.

Two compressors may write different bytes and different lengths, and both be right. So the answer
states what has to be equal: that each batch came back as it was, the header of each stream and the
checksum at its end, and how many batches shrank to less than half. The lengths of the streams are
not in it. It does not show other levels, formats or libraries, nor reading and writing files.
"""

import zlib

LEVEL = 6


def versions():
    """Tell which libraries this side brings."""
    return {"zlib": zlib.ZLIB_RUNTIME_VERSION}


def python(batches):
    """Compress and expand each batch."""
    came_back = length = small = 0
    ends = []
    for batch in batches:
        stream = zlib.compress(batch, LEVEL)
        expanded = zlib.decompress(stream)
        came_back += expanded == batch
        length += len(expanded)
        small += 2 * len(stream) < len(batch)
        ends.append(stream[:2].hex() + stream[-4:].hex())
    return {"came_back": came_back, "length": length, "shrank_to_half": small, "ends": ends}
