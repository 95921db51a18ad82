"""The SHA-256 of many messages, most of them small, and a manifest of all.

Stores that are addressed by content, caches of builds, package managers and backups do this with
every file. Python's ``hashlib`` calls OpenSSL, Rust's sha2 is written in Rust, and both use the
instructions that the processor has for it. With large messages the two do the same; with small
ones it is the calls that cost, which is why there are some of all sizes.

It does not show reading the files, nor other digests. And where a processor has no such
instructions, the two libraries differ more.
"""

import hashlib


def versions():
    """Tell which libraries this side brings."""
    try:
        from ssl import OPENSSL_VERSION
    except ImportError:
        return {"hashlib without OpenSSL": ""}
    # Like `OpenSSL 3.0.13 30 Jan 2024`; some systems have LibreSSL.
    name, version = OPENSSL_VERSION.split()[:2]
    return {name: version}


def python(messages):
    """Write the manifest as the tool sha256sum would, and return its own digest."""
    digests = [hashlib.sha256(message).hexdigest() for message in messages]
    lines = [f"{digest}  {at}\n" for at, digest in enumerate(digests)]
    manifest = "".join(lines).encode()
    return {
        "manifest": hashlib.sha256(manifest).hexdigest(),
        "distinct": len(set(digests)),
        "first": min(digests),
        "bytes": sum(map(len, messages)),
    }
