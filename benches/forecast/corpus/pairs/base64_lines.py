"""Encode blobs as base64 and decode them again."""

from base64 import b64decode, b64encode


def python(blobs):
    n = 0
    out = []
    for blob in blobs:
        text = b64encode(blob).decode()
        n += text.count("A")
        out.append(text)
    total = sum(len(b64decode(t)) for t in out)
    return [n, total]
