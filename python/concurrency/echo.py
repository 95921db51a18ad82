"""Many connections at once to a server that sends every frame back, on the loopback interface.

The skeleton of most network services: accept, read a frame (its length, then that many bytes),
write one, and wait for many peers at the same time. What is left of a service when its own work is
taken away is what the runtime costs: the event loop, its tasks and buffers, and the system calls.

It does not show a network, which is slower than any of this, nor what a service does between
reading and writing, nor more connections than a process may have files. Clients and server run in
one process and one event loop, so a time is that of both; and each client waits for a reply before
it sends the next frame.
"""

import asyncio
import socket
import socketserver
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from time import perf_counter
from zlib import crc32

HOST = "127.0.0.1"
# Connections that wait to be accepted; beyond that a client would try again a second later.
BACKLOG = 1024


async def serve(reader, writer):
    """Send frames back until the client has no more."""
    try:
        while True:
            head = await reader.readexactly(4)
            payload = await reader.readexactly(int.from_bytes(head, "big"))
            writer.write(head + payload)
            await writer.drain()
    except asyncio.IncompleteReadError:
        pass
    finally:
        writer.close()


async def request(reader, writer, message):
    """Send one frame, and return what comes back."""
    writer.write(len(message).to_bytes(4, "big") + message)
    await writer.drain()
    size = int.from_bytes(await reader.readexactly(4), "big")
    return await reader.readexactly(size)


async def close(reader, writer):
    """Say that there is no more, and wait until the server has seen it."""
    writer.write_eof()
    await reader.read()
    writer.close()
    await writer.wait_closed()


async def talk(port, messages):
    """Open a connection, send all messages, and return the checksum of the replies."""
    reader, writer = await asyncio.open_connection(HOST, port)
    checksum = 0
    for message in messages:
        checksum = crc32(await request(reader, writer, message), checksum)
    await close(reader, writer)
    return checksum


async def time(port, messages):
    """Talk likewise, and return the seconds from each message to its reply."""
    reader, writer = await asyncio.open_connection(HOST, port)
    seconds = []
    for message in messages:
        started = perf_counter()
        await request(reader, writer, message)
        seconds.append(perf_counter() - started)
    await close(reader, writer)
    return seconds


async def at_once(talk, port, connections):
    """Have all connections talk at the same time."""
    return await asyncio.gather(*(talk(port, messages) for messages in connections))


@contextmanager
def serving(loop):
    """Run a server on an event loop, at a port that the system chooses."""
    try:
        server = loop.run_until_complete(asyncio.start_server(serve, HOST, 0, backlog=BACKLOG))
        yield loop, server.sockets[0].getsockname()[1]
        server.close()
        loop.run_until_complete(server.wait_closed())
    finally:
        loop.close()


def setup_python():
    """Make an event loop with a server."""
    return serving(asyncio.new_event_loop())


def setup_uvloop():
    """Make one of uvloop, which is C around libuv."""
    import uvloop

    return serving(uvloop.new_event_loop())


def python(resource, connections):
    """Talk by asyncio's streams, all in one thread."""
    loop, port = resource
    return loop.run_until_complete(at_once(talk, port, connections))


def latencies_python(resource, connections):
    """Return the seconds that each request takes."""
    loop, port = resource
    return list(chain.from_iterable(loop.run_until_complete(at_once(time, port, connections))))


def serve_python(port, settings):
    """Run the server alone, for clients in another process."""

    async def run():
        server = await asyncio.start_server(serve, HOST, port, backlog=BACKLOG)
        await server.serve_forever()

    asyncio.run(run())


def uvloop(resource, connections):
    """Run the same code on uvloop."""
    return python(resource, connections)


def latencies_uvloop(resource, connections):
    """Return the seconds that each request takes."""
    return latencies_python(resource, connections)


class Handler(socketserver.StreamRequestHandler):
    """The server's side of one connection, in a thread of its own."""

    disable_nagle_algorithm = True

    def handle(self):
        """Send frames back until the client has no more."""
        while True:
            head = self.rfile.read(4)
            if not head:
                return
            payload = self.rfile.read(int.from_bytes(head, "big"))
            self.request.sendall(head + payload)


class Server(socketserver.ThreadingTCPServer):
    """A server that starts a thread for each connection."""

    daemon_threads = True
    request_queue_size = BACKLOG


def request_blocking(connection, replies, message):
    """Send one frame, and return what comes back."""
    connection.sendall(len(message).to_bytes(4, "big") + message)
    size = int.from_bytes(replies.read(4), "big")
    return replies.read(size)


@contextmanager
def connected(port):
    """Open a connection; at the end wait until the server has seen that there is no more."""
    with socket.create_connection((HOST, port)) as connection, connection.makefile("rb") as replies:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection, replies
        connection.shutdown(socket.SHUT_WR)
        replies.read()


def talk_blocking(port, messages):
    """Open a connection, send all messages, and return the checksum of the replies."""
    checksum = 0
    with connected(port) as (connection, replies):
        for message in messages:
            checksum = crc32(request_blocking(connection, replies, message), checksum)
    return checksum


def time_blocking(port, messages):
    """Talk likewise, and return the seconds from each message to its reply."""
    seconds = []
    with connected(port) as (connection, replies):
        for message in messages:
            started = perf_counter()
            request_blocking(connection, replies, message)
            seconds.append(perf_counter() - started)
    return seconds


@contextmanager
def setup_threads():
    """Start a server in a thread, and a pool that has a thread for each client."""
    with Server((HOST, 0), Handler) as server, ThreadPoolExecutor(BACKLOG) as pool:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield pool, server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def threads(resource, connections):
    """Talk by blocking sockets, with a thread at each end of each connection."""
    pool, port = resource
    return list(pool.map(talk_blocking, [port] * len(connections), connections))


def latencies_threads(resource, connections):
    """Return the seconds that each request takes."""
    pool, port = resource
    return list(
        chain.from_iterable(pool.map(time_blocking, [port] * len(connections), connections))
    )
