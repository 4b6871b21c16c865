"""A load that does not wait for its answers: requests leave when they are due, however late the
earlier ones are. What was due is answered, or counted as failed; nothing is left out because a
service was slow (coordinated omission)."""

import asyncio
import json
import time

PATIENCE_SECONDS = 3.0


class Answer:
    """What became of one request; `status` 0: there was no answer."""

    def __init__(self, began, ended, status, degraded, is_json):
        self.began, self.ended, self.status = began, ended, status
        self.degraded, self.is_json = degraded, is_json

    @property
    def seconds(self):
        return self.ended - self.began

    @property
    def kind(self):
        if self.status != 200 or not self.is_json:
            return "failed"
        return "degraded" if self.degraded else "complete"


async def read_answer(reader):
    """(status, fields, body) of an answer with a Content-Length or an end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = {}
    for line in head[1:]:
        name, _, value = line.partition(":")
        fields[name.lower()] = value.strip()
    body = await reader.readexactly(int(fields["content-length"])) if "content-length" in fields \
        else await reader.read()
    return int(head[0].split()[1]), fields, body


async def get(port, target, timeout=PATIENCE_SECONDS):
    """One request on a connection of its own."""
    async def exchange():
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        try:
            writer.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
            return await read_answer(reader)
        finally:
            writer.close()
    return await asyncio.wait_for(exchange(), timeout)


def is_json(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False


class Load:
    """`rate` requests per second of what `target()` says, as long as run() runs; answers are in
    `answers` in the order in which they ended."""

    def __init__(self, port, rate, target):
        self.port, self.rate, self.target = port, rate, target
        self.answers = []
        self.idle = []

    async def run(self, seconds):
        flights = set()
        begin = time.monotonic()
        for number in range(int(seconds * self.rate)):
            due = begin + number / self.rate
            wait = due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            flight = asyncio.create_task(self._ask(due))
            flights.add(flight)
            flight.add_done_callback(flights.discard)
        if flights:
            await asyncio.wait(flights, timeout=PATIENCE_SECONDS + 1)
        for _, writer in self.idle:
            writer.close()

    async def _ask(self, due):
        try:
            status, fields, body = await asyncio.wait_for(self._exchange(), PATIENCE_SECONDS)
            answer = Answer(due, time.monotonic(), status, fields.get("degraded"), is_json(body))
        except (OSError, EOFError, ValueError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            answer = Answer(due, time.monotonic(), 0, None, False)
        self.answers.append(answer)

    async def _exchange(self):
        reader, writer = self.idle.pop() if self.idle else \
            await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        is_kept = False
        try:
            writer.write(f"GET {self.target()} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode())
            got = await read_answer(reader)
            is_kept = got[1].get("connection", "").lower() != "close"
            return got
        finally:
            if is_kept:
                self.idle.append((reader, writer))
            else:
                writer.close()
