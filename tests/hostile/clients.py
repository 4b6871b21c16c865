#!/usr/bin/python3
"""What many, slow and leaving clients may not do to braid: raw sockets, one gateway per story.

    tests/hostile/clients.py --braid build/braid [--only NAME] [--slow 3]

Prints a line per story and a count; the exit code is 0 when all are fine.
"""

import argparse
import os
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenarios"))
from running import Running  # noqa: E402

PLAIN = b"GET /here HTTP/1.1\r\nHost: a\r\n\r\n"
LARGE = b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n"


class Gateway(Running):
    """braid on a free port; `limits` is the text of that key."""

    def __init__(self, options, limits):
        self.slow = options.slow
        self.folder = tempfile.TemporaryDirectory(prefix="braid-clients-")
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        path = os.path.join(self.folder.name, "braid.yaml")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"listen: 127.0.0.1:{self.port}\nadmin: off\nworkers: 1\nlog: {{ access: off }}\nlimits: {{ {limits} }}\n"
                       "routes:\n  GET /here: { response: { body: 1 } }\n  POST /body: { response: { body: \"${body}\" } }\n"
                       "  GET /large: { response: { body: \"" + "x" * 1000000 + "\" } }\n")
        self.log = open(os.path.join(self.folder.name, "log"), "w+b")
        self.process = subprocess.Popen([options.braid, "run", path], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.wait(lambda: self.answers(PLAIN), "it does not answer")

    def connect(self, buffer=0):
        client = socket.socket()
        if buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.settimeout(10 * self.slow)
        client.connect(("127.0.0.1", self.port))
        return client

    def answers(self, request):
        """The status, or 0."""
        try:
            with self.connect() as client:
                client.sendall(request)
                line = client.recv(100)
                return int(line[9:12]) if line else 0
        except OSError:
            return 0

    def stop(self):
        self.process.terminate()
        try:
            code = self.process.wait(20 * self.slow)
        finally:
            self.process.kill()
            self.log.flush()
        if code != 0 or re.search("Sanitizer|runtime error", self.said()):
            raise AssertionError(f"it ended with {code}\n{self.said()}")


def one_address_has_so_many_connections(start):
    gateway = start("per_client: 3")
    held = []

    def enter():
        """One more; who asked before may not have been seen to leave yet."""
        client = gateway.connect()
        client.sendall(PLAIN)
        if client.recv(1000).startswith(b"HTTP/1.1 200"):
            held.append(client)
        return len(held) == 3
    gateway.wait(enter, "three are served")
    for _ in range(100):
        assert gateway.answers(PLAIN) == 503, "the fourth is told 503"
    for client in held:
        client.sendall(PLAIN)
        assert client.recv(1000).startswith(b"HTTP/1.1 200"), "those who are in stay in"
    held.pop().close()
    gateway.wait(lambda: gateway.answers(PLAIN) == 200, "there is room again")
    return gateway


def without_descriptors_clients_are_told_so(start):
    gateway = start("connections: 1000")
    count = gateway.descriptors()
    resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE, (count + 10, 20000))
    held = [gateway.connect() for _ in range(40)]
    refused, served = [], []
    for client in held:
        client.sendall(PLAIN)
    for client in held:
        try:
            line = client.recv(1000)
        except OSError:
            line = b""
        (served if line.startswith(b"HTTP/1.1 200") else refused).append(line)
    assert 5 <= len(served) <= 12, f"{len(served)} are served"
    assert sum(line.startswith(b"HTTP/1.1 503") for line in refused) >= len(refused) - 2, "the others are told 503"
    before = gateway.cpu()
    time.sleep(0.5)
    assert gateway.cpu() - before < 0.2, "it does not spin"
    for client in held:
        client.close()
    gateway.wait(lambda: gateway.answers(PLAIN) == 200, "it recovers")
    return gateway


def who_does_not_read_is_cut_off(start):
    gateway = start("idle_timeout: 1s")
    count = gateway.descriptors()
    held = [gateway.connect(buffer=4096) for _ in range(4)]
    for client in held:
        client.sendall(LARGE)
    gateway.wait(lambda: gateway.descriptors() > count, "they are taken in")
    assert gateway.answers(PLAIN) == 200, "others are served meanwhile"
    gateway.wait(lambda: gateway.descriptors() <= count, "they are cut off", 60)
    for client in held:
        client.close()
    return gateway


def heads_and_bodies_have_their_time(start):
    gateway = start("head_timeout: 500ms, body_timeout: 500ms, connections: 3000, per_client: 3000")
    count = gateway.descriptors()
    begun = [PLAIN[:-1], b"", b"GET /he", PLAIN + PLAIN[:9], b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab",
             b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
             b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5;a"]
    held = []
    for i in range(700):
        client = gateway.connect()
        client.sendall(begun[i % len(begun)])
        held.append(client)
    assert gateway.answers(PLAIN) == 200, "others are served meanwhile"
    before = gateway.cpu()
    gateway.wait(lambda: gateway.descriptors() <= count, "their time is over", 20)
    assert gateway.cpu() - before < 2 * gateway.slow, "it does not spin"
    for client in held:
        client.close()
    return gateway


def who_leaves_leaves_nothing_behind(start):
    gateway = start("connections: 8000, per_client: 8000")
    count = gateway.descriptors()
    texts = [b"", b"G", PLAIN, PLAIN[:-2], PLAIN * 3, LARGE, b"\x00", PLAIN + b"\n",
             b"POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n"]
    for i in range(1000):
        client = gateway.connect()
        client.sendall(texts[i % len(texts)])
        if i % 3:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
    gateway.wait(lambda: gateway.descriptors() <= count, "no descriptor is left", 20)
    assert gateway.answers(PLAIN) == 200, "it goes on"
    return gateway


def an_idle_client_costs_little(start):
    clients = 1000
    gateway = start("connections: 8000, per_client: 8000")
    before = gateway.resident()
    held = [gateway.connect() for _ in range(clients)]
    for client in held:
        client.sendall(PLAIN)
    for client in held:
        client.recv(1000)
    if "asan" not in gateway.process.args[0] and "clang" not in gateway.process.args[0]:
        gateway.wait(lambda: (gateway.resident() - before) / clients <= 12, "at most 12 KB each", 20)
    for client in held:
        client.sendall(PLAIN)
        assert client.recv(1000).startswith(b"HTTP/1.1 200"), "they are served as before"
    return gateway


STORIES = [one_address_has_so_many_connections, without_descriptors_clients_are_told_so, who_does_not_read_is_cut_off,
           heads_and_bodies_have_their_time, who_leaves_leaves_nothing_behind, an_idle_client_costs_little]


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description="many, slow and leaving clients")
    parser.add_argument("--braid", default=os.path.join(here, "..", "..", "build", "braid"))
    parser.add_argument("--only", default="")
    parser.add_argument("--slow", type=float, default=1.0, help="multiplies the bounds of time")
    options = parser.parse_args()
    options.braid = os.path.abspath(options.braid)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    failed = 0
    chosen = [story for story in STORIES if options.only in story.__name__]
    for story in chosen:
        began, started = time.monotonic(), []
        name = story.__name__.replace("_", " ")

        def start(limits):
            started.append(Gateway(options, limits))
            return started[-1]
        try:
            story(start).stop()
            print(f"ok     {name}  ({time.monotonic() - began:.1f} s)", flush=True)
        except AssertionError as error:
            failed += 1
            print(f"FAILED {name}: {error}", flush=True)
        finally:
            for gateway in started:
                gateway.process.kill()
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
