"""Fake services: small HTTP/1.1 servers on free ports of 127.0.0.1 that do what a
scenario says, good or bad, and remember what they were asked.

A thread per connection keeps each behaviour a straight piece of code. They keep
connections alive, count how many requests they hold at once, and notice when the
gateway closes a connection whose request is not answered yet (it cancelled the call).
README.md lists what can be written.
"""

import gzip
import random
import re
import select
import socket
import struct
import threading
import time

from values import Number, seconds, size, write_json

REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 304: "Not Modified",
           404: "Not Found", 500: "Internal Server Error", 503: "Service Unavailable"}
WHOLE = ("down", "hang", "reset", "close")
ANSWER_KEYS = {"status", "json", "json_list", "body", "fill", "nest", "headers", "delay", "random_delay",
               "raw", "gzip", "deflate_bomb", "chunked", "trickle", "half", "close_after_head",
               "content_length", "hang", "reset", "close", "echo", "pause", "torn"}


class Received:
    """One request as it came."""

    def __init__(self, head, body):
        lines = head.decode("utf-8", "backslashreplace").split("\r\n")
        self.line = lines[0].rsplit(" ", 1)[0]
        self.version = lines[0].rsplit(" ", 1)[-1]
        self.headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers.append((name.lower(), value.strip()))
        self.body = body

    def header(self, name):
        values = [value for key, value in self.headers if key == name.lower()]
        return ", ".join(values) if values else None


class Gone(Exception):
    """The other side closed the connection."""


class Fake:
    """One fake service."""

    def __init__(self, name, script):
        self.name = name
        self.lock = threading.Lock()
        self.turns = {}
        self.connections = set()
        self.stopping = threading.Event()
        self.accepting = None
        self.clear()
        self.mistakes = []
        self.socket = bound_socket(0)
        self.port = self.socket.getsockname()[1]
        self.set_script(script)
        if script != "down":
            self._listen()

    def clear(self):
        """Forgets what was received so far."""
        with self.lock:
            self.received = []
            self.cancelled = 0
            self.connects = 0
            self.now = 0
            self.peak = 0

    def set_script(self, script):
        if isinstance(script, str) and script not in WHOLE:
            raise ValueError(f"service {self.name}: {script!r} is not one of {', '.join(WHOLE)}")
        if isinstance(script, dict):
            for line, answer in script.items():
                self._check_answer(line, answer)
        self.script = script

    def _check_answer(self, line, answer):
        for one in answer if isinstance(answer, list) else [answer]:
            if isinstance(one, str) and one in WHOLE:
                continue
            unknown = set(one) - ANSWER_KEYS if isinstance(one, dict) else {one}
            if unknown:
                raise ValueError(f"service {self.name}, {line}: unknown {unknown}")

    def _listen(self):
        self.socket.listen(1024)
        self.stopping = threading.Event()
        self.accepting = threading.Thread(target=self._accept, args=(self.socket, self.stopping), daemon=True)
        self.accepting.start()

    def stop(self):
        """Nothing listens any more, open connections are closed; the port stays ours."""
        self._end()
        self.socket = bound_socket(self.port)

    def _end(self):
        self.stopping.set()
        close_now(self.socket)
        if self.accepting:
            self.accepting.join()
        self.socket.close()
        with self.lock:
            held = list(self.connections)
        for connection in held:
            close_now(connection)

    def start(self):
        self._listen()

    def close(self):
        self._end()

    def _accept(self, listener, stopping):
        while not stopping.is_set():
            try:
                ready, _, _ = select.select([listener], [], [], 0.1)
                connection = listener.accept()[0] if ready else None
            except (OSError, ValueError):
                return
            if connection is not None:
                with self.lock:
                    self.connections.add(connection)
                    self.connects += 1
                threading.Thread(target=self._serve, args=(connection, stopping), daemon=True).start()

    def _serve(self, connection, stopping):
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.script == "reset":
                reset(connection)
            elif self.script == "close":
                return
            elif self.script == "hang":
                wait_closed(connection, 600.0, stopping)
            else:
                buffer = b""
                while not stopping.is_set():
                    head, body, buffer = read_request(connection, buffer)
                    if not self._answer(connection, Received(head, body), stopping):
                        return
        except (Gone, OSError, ValueError):
            pass
        finally:
            with self.lock:
                self.connections.discard(connection)
            connection.close()

    def _choose(self, request):
        """The scripted answer, and what the `*` of its line stood for."""
        if isinstance(self.script, str):
            return self.script, ""
        method = request.line.split(" ", 1)[0]
        target = request.line.partition(" ")[2]
        for line, answer in self.script.items():
            verb, _, pattern = line.partition(" ")
            if verb not in (method, "ANY"):
                continue
            rest = ""
            if pattern.endswith("*") and target.startswith(pattern[:-1]):
                rest = target[len(pattern) - 1:]
            elif pattern != target:
                continue
            if not isinstance(answer, list):
                return answer, rest
            turn = self.turns.get(line, 0)
            self.turns[line] = turn + 1
            return answer[min(turn, len(answer) - 1)], rest
        return None, ""

    def _answer(self, connection, request, stopping):
        """Plays one answer; True when the connection can take another request."""
        with self.lock:
            self.received.append(request)
            self.now += 1
            self.peak = max(self.peak, self.now)
            answer, rest = self._choose(request)
            if answer is None:
                self.mistakes.append(f"{self.name} was asked {request.line!r}, which the scenario does not script")
                answer = {"status": Number("404")}
        held = True

        def release():
            nonlocal held
            with self.lock:
                if held:
                    self.now -= 1
                held = False

        try:
            return self._play(connection, request, answer, rest, stopping, release)
        finally:
            release()

    def _wait(self, connection, duration, stopping):
        if wait_closed(connection, duration, stopping):
            with self.lock:
                self.cancelled += 1
            raise Gone()

    def _play(self, connection, request, answer, rest, stopping, release):
        if isinstance(answer, str):
            answer = {answer: True}
        if "delay" in answer:
            self._wait(connection, seconds(answer["delay"]), stopping)
        if "random_delay" in answer:
            time.sleep(random.random() * seconds(answer["random_delay"]))
        if "hang" in answer:
            self._wait(connection, 600.0, stopping)
            return False
        if "reset" in answer:
            reset(connection)
            return False
        if "close" in answer:
            return False
        if "raw" in answer:
            release()
            connection.sendall(answer["raw"].encode("latin-1"))
            if "torn" in answer:
                reset(connection)
            return False
        head, body = build_answer(answer, rest, request)
        if request.line.startswith("HEAD "):
            body = b""
        if "close_after_head" in answer:
            body, ends = b"", True
        elif "half" in answer:
            body, ends = body[:len(body) // 2], True
        else:
            ends = "content_length" in answer
        if "trickle" in answer:
            return self._trickle(connection, head + body, seconds(answer["trickle"]), stopping)
        release()
        if "pause" in answer:
            connection.sendall(head + body[:len(body) // 2])
            self._wait(connection, seconds(answer["pause"]), stopping)
            connection.sendall(body[len(body) // 2:])
            return not ends
        connection.sendall(head + body)
        return not ends

    def _trickle(self, connection, data, pause, stopping):
        for byte in data:
            self._wait(connection, pause, stopping)
            connection.sendall(bytes([byte]))
        return True


def build_answer(answer, rest, request):
    """The bytes of the head and of the body."""
    body = build_body(answer, rest, request)
    headers = {"Content-Type": "application/json"} if "json" in answer or "json_list" in answer else {}
    if "gzip" in answer:
        body = gzip.compress(body)
        headers["Content-Encoding"] = "gzip"
    if "deflate_bomb" in answer:
        body = gzip.compress(b" " * size(answer["deflate_bomb"]), 1)
        headers["Content-Encoding"] = "gzip"
    status = int(answer.get("status", "200"))
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Answer')}"]
    for name, value in {**headers, **(answer.get("headers") or {})}.items():
        lines += [f"{name}: {one}" for one in (value if isinstance(value, list) else [value])]
    if "chunked" in answer:
        lines.append("Transfer-Encoding: chunked")
        middle = len(body) // 2
        parts = [part for part in (body[:middle], body[middle:]) if part]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    elif status not in (204, 304):
        lines.append(f"Content-Length: {answer.get('content_length', len(body))}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8"), body


def build_body(answer, rest, request):
    if "json" in answer:
        return write_json(filled(answer["json"], rest)).encode("utf-8")
    if "json_list" in answer:
        rows = answer["json_list"]
        return write_json([numbered(rows["element"], index + 1) for index in range(int(rows["times"]))]).encode()
    if "fill" in answer:
        return b'"' + b"x" * (size(answer["fill"]) - 2) + b'"'
    if "nest" in answer:
        return b"[" * int(answer["nest"]) + b"]" * int(answer["nest"])
    if "echo" in answer:
        return write_json({"line": request.line, "headers": dict(request.headers),
                           "body": request.body.decode("utf-8", "backslashreplace")}).encode("utf-8")
    return str(answer.get("body", "")).encode("utf-8")


def filled(value, rest):
    """`{*}` in a text stands for what the `*` of the line took."""
    if isinstance(value, dict):
        return {key: filled(one, rest) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, rest) for one in value]
    return value.replace("{*}", rest) if type(value) is str else value


def numbered(value, number):
    """A text `#` stands for the number of the element."""
    if isinstance(value, dict):
        return {key: numbered(one, number) for key, one in value.items()}
    return Number(str(number)) if type(value) is str and value == "#" else value


def read_request(connection, buffer):
    """Head, body and what follows. Raises Gone when the connection ends first."""
    while b"\r\n\r\n" not in buffer:
        buffer += receive(connection)
    head, buffer = buffer.split(b"\r\n\r\n", 1)
    fields = head.decode("latin-1").lower()
    if "\r\nexpect: 100-continue" in fields:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    length = re.search(r"\r\ncontent-length:\s*([0-9]+)", fields)
    if re.search(r"\r\ntransfer-encoding:\s*chunked", fields):
        body = b""
        while True:
            while b"\r\n" not in buffer:
                buffer += receive(connection)
            line, buffer = buffer.split(b"\r\n", 1)
            count = int(line.split(b";")[0], 16)
            while len(buffer) < count + 2:
                buffer += receive(connection)
            body, buffer = body + buffer[:count], buffer[count + 2:]
            if count == 0:
                return head, body, buffer
    count = int(length[1]) if length else 0
    while len(buffer) < count:
        buffer += receive(connection)
    return head, buffer[:count], buffer[count:]


def receive(connection):
    data = connection.recv(262144)
    if not data:
        raise Gone()
    return data


def wait_closed(connection, duration, stopping):
    """True when the other side closes within the time; looks at `stopping` too."""
    ends = time.monotonic() + duration
    while not stopping.is_set():
        rest = ends - time.monotonic()
        if rest <= 0:
            return False
        ready, _, _ = select.select([connection], [], [], min(rest, 0.2))
        if not ready:
            continue
        try:
            if not connection.recv(1, socket.MSG_PEEK):
                return True
        except OSError:
            return True
        time.sleep(min(rest, 0.005))
    return False


def bound_socket(port):
    """Bound, not listening: a connect is refused, and nobody else gets the port."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", port))
    return one


def close_now(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def reset(connection):
    """Ends the connection with a RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
