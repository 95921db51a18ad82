"""Servers that add one to each line: one that does, and others that fail in the ways of servers."""

import os
import pathlib
import socket
import socketserver
import threading
import time


class Server(socketserver.ThreadingTCPServer):
    """A thread for each connection, and a function for each line."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port, answer):
        self.answer = answer
        super().__init__(("127.0.0.1", port), Handler)


class Handler(socketserver.StreamRequestHandler):
    """One connection."""

    disable_nagle_algorithm = True

    def handle(self):
        """Answer until the client has no more."""
        for line in self.rfile:
            self.wfile.write(b"%s\n" % str(self.server.answer(int(line))).encode())


def step_of(database):
    """Ask the database what to add; return the connection and what came."""
    connection = socket.create_connection(("127.0.0.1", int(database)))
    return connection, connection.recv(100).decode()


def serve_python(port, database):
    """As it should be."""
    connection, step = step_of(database)
    connection.close()
    Server(port, lambda number: number + int(step)).serve_forever()


def serve_raises(port, database):
    """Fail before it listens."""
    raise RuntimeError("no configuration")


def serve_sleeps(port, database):
    """Never come to listen."""
    time.sleep(600)


def serve_returns(port, database):
    """Go on without serving."""


def serve_dies(port, database):
    """End in the middle of its work."""

    def answer(number):
        if number == 40:
            os._exit(7)
        return number + 1

    Server(port, answer).serve_forever()


def serve_is_silent(port, database):
    """Take lines without answering them."""

    def answer(number):
        if number == 40:
            time.sleep(60)
        return number + 1

    Server(port, answer).serve_forever()


def serve_races(port, database):
    """Keep the number where other threads keep theirs."""
    shared = [0]

    def answer(number):
        shared[0] = number
        time.sleep(0.001)
        return shared[0] + 1

    Server(port, answer).serve_forever()


def serve_leaks(port, database):
    """Keep every connection to the database."""
    kept = []

    def answer(number):
        connection, step = step_of(database)
        kept.append(connection)
        return number + int(step) if step.isdigit() else step

    Server(port, answer).serve_forever()


def serve_queues(port, database):
    """Take longer than any client waits as soon as two ask at once."""
    busy = threading.Lock()

    def answer(number):
        alone = busy.acquire(blocking=False)
        time.sleep(0.001 if alone else 10)
        if alone:
            busy.release()
        return number + 1

    Server(port, answer).serve_forever()


def serve_unlucky(port, database):
    """Have somebody else take the port before the first start."""
    taken = os.environ.get("PAIRBENCH_TEST_TAKEN_PORT")
    if taken and not pathlib.Path(taken).exists():
        pathlib.Path(taken).write_text(str(port))
        # It is bound, and does not listen.
        other = socket.socket()
        other.bind(("127.0.0.1", port))
    serve_python(port, database)
