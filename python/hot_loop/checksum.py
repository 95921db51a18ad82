"""The CRC-32 of many messages, compared with the checksums that came with them.

Frames from a network, records of a log, parts of a PNG or ZIP file: readers of binary formats
check sums like this one, and where the format has one of its own that no library knows, the loop
over the bytes is written out. It is the table-driven form that everybody copies from the
standards: one look-up for each byte.

It does not show the best that is known. CRC-32 itself is in the standard library (``zlib`` here),
in C that takes many bytes at once, and in Rust crates alike; both written-out sides take one.
"""

from contextlib import nullcontext

try:
    from zlib import crc32 as zlib_crc32
except ImportError:
    zlib_crc32 = None  # type: ignore[assignment]

try:
    from pairbench_native import checksum as ext
except ImportError:
    ext = None


def table_entry(byte):
    """Divide a byte by the polynomial, its bits in reverse."""
    for _ in range(8):
        byte = (byte >> 1) ^ 0xEDB88320 if byte & 1 else byte >> 1
    return byte


TABLE = tuple(map(table_entry, range(256)))


def crc32(message: bytes) -> int:
    """Return the CRC-32 of some bytes."""
    table = TABLE
    crc = 0xFFFFFFFF
    for byte in message:
        crc = table[(crc & 0xFF) ^ byte] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def check(crc32, frames):
    """Return the checksums and which frames are damaged."""
    checksums = [crc32(message) for message, _ in frames]
    damaged = [
        number
        for number, (checksum, (_, expected)) in enumerate(zip(checksums, frames))
        if checksum != expected
    ]
    return {"checksums": checksums, "damaged": damaged}


def python(frames):
    """Compute everything in plain Python."""
    return check(crc32, frames)


def zlib(frames):
    """Call the standard library for ``crc32``, once a message."""
    return check(zlib_crc32, frames)


def setup_numba():
    """Compile ``crc32``, or load what was compiled before."""
    from numba import njit, types

    return nullcontext(njit((types.Bytes(types.uint8, 1, "C"),), cache=True)(crc32))


def numba(crc32, frames):
    """Call ``crc32`` as Numba compiled it, once a message."""
    return check(crc32, frames)


def native(frames):
    """Call Rust for ``crc32``, once a message."""
    return check(ext.crc32, frames)
