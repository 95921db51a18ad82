"""Servers that add one to each line: one that does, and others that fail in the ways of servers."""

import os
import socketserver
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
            self.wfile.write(b"%d\n" % self.server.answer(int(line)))


def serve_python(port, step):
    """As it should be."""
    Server(port, lambda number: number + int(step)).serve_forever()


def serve_raises(port, step):
    """Fail before it listens."""
    raise RuntimeError("no configuration")


def serve_returns(port, step):
    """Go on without serving."""


def serve_dies(port, step):
    """End in the middle of its work."""

    def answer(number):
        if number == 40:
            os._exit(7)
        return number + int(step)

    Server(port, answer).serve_forever()


def serve_is_silent(port, step):
    """Take lines without answering them."""

    def answer(number):
        if number == 40:
            time.sleep(60)
        return number + int(step)

    Server(port, answer).serve_forever()


def serve_races(port, step):
    """Keep the number where other threads keep theirs."""
    shared = [0]

    def answer(number):
        shared[0] = number
        time.sleep(0.001)
        return shared[0] + int(step)

    Server(port, answer).serve_forever()
