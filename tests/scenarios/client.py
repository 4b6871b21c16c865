"""A raw HTTP/1.1 client: it sends exactly the bytes it is told, half a request if need
be, and reads answers without forgiving anything. It is not a general client: no
redirects, no compression, no pool.
"""

import gzip
import re
import select
import socket
import time
import zlib

from values import read_json


class Rubbish(Exception):
    """The gateway sent something that is not an HTTP/1.1 answer."""


class Silence(Exception):
    """No (whole) answer came: the connection was closed, or the time was up."""


class TimeUp(Silence):
    """The connection is open, but the time is up."""


class Answer:
    """One answer, as it came."""

    def __init__(self, status, headers):
        self.status = status
        self.headers = headers
        self.body = b""
        self.seconds = 0.0
        self.first_seconds = 0.0

    def header(self, name):
        """The value, several lines joined with `, `; None when absent."""
        values = self.header_lines(name)
        return ", ".join(values) if values else None

    def header_lines(self, name):
        return [value for key, value in self.headers if key == name.lower()]

    def plain(self):
        """The body, decoded where the answer says that it is gzip and the body is there."""
        if self.header("content-encoding") != "gzip" or not self.body:
            return self.body
        try:
            return gzip.decompress(self.body)
        except (OSError, EOFError, zlib.error) as error:
            raise Rubbish(f"a body that is no gzip: {error}") from None

    def json(self):
        return read_json(self.plain().decode("utf-8"))

    def describe(self):
        head = "".join(f"  {key}: {value}\n" for key, value in self.headers)
        body = self.plain()[:1500].decode("utf-8", "backslashreplace")
        return f"  {self.status}\n{head}\n  {body}\n"


class Connection:
    """One connection to the gateway."""

    def __init__(self, address, timeout=10.0):
        self.timeout = timeout
        self.buffer = b""
        self.sent_at = time.monotonic()
        if address.startswith("unix:"):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(timeout)
            self.socket.connect(address[5:])
            return
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host.strip("[]"), int(port)), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        self.socket.close()

    def send(self, data):
        self.sent_at = time.monotonic()
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused while we were still sending: the answer tells

    def is_closed_within(self, timeout):
        """True when the gateway closes (or resets) the connection in time, saying no more."""
        ends = time.monotonic() + timeout
        while time.monotonic() < ends:
            ready, _, _ = select.select([self.socket], [], [], max(0.0, ends - time.monotonic()))
            if ready:
                try:
                    data = self.socket.recv(65536)
                except OSError:
                    return True
                if not data:
                    return True
                self.buffer += data
                return False
        return False

    def _more(self, ends):
        rest = ends - time.monotonic()
        if rest <= 0:
            raise TimeUp(f"no whole answer within {self.timeout:g} s; got {self.buffer[:200]!r}")
        self.socket.settimeout(rest)
        try:
            data = self.socket.recv(262144)
        except socket.timeout:
            raise TimeUp(f"no whole answer within {self.timeout:g} s; got {self.buffer[:200]!r}") from None
        except ConnectionError as error:
            raise Silence(f"the connection broke: {error}") from None
        self.buffer += data
        return bool(data)

    def _line_block(self, ends):
        while b"\r\n\r\n" not in self.buffer:
            if not self._more(ends):
                raise Silence(f"the connection was closed; got {self.buffer[:200]!r}")
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        return head

    def read_answer(self, method):
        """The next final answer; 1xx are passed over."""
        ends = time.monotonic() + self.timeout
        while True:
            answer = parse_head(self._line_block(ends))
            if answer.status >= 200:
                break
        if method != "HEAD" and answer.status not in (204, 304):
            answer.body = self._body(answer, ends)
        elif answer.status == 204 and answer.header("content-length") is not None:
            raise Rubbish("a 204 with Content-Length")
        answer.seconds = time.monotonic() - self.sent_at
        return answer

    def _body(self, answer, ends):
        coding = answer.header("transfer-encoding")
        length = answer.header("content-length")
        while length != "0" and not self.buffer and self._more(ends):
            pass
        answer.first_seconds = time.monotonic() - self.sent_at
        if coding is not None:
            if coding.lower() != "chunked" or length is not None:
                raise Rubbish(f"Transfer-Encoding {coding!r} with Content-Length {length!r}")
            return self._chunks(ends)
        if length is not None:
            if not re.fullmatch("[0-9]+", length):
                raise Rubbish(f"Content-Length {length!r}")
            return self._exactly(int(length), ends)
        while self._more(ends):
            pass
        body, self.buffer = self.buffer, b""
        return body

    def _exactly(self, count, ends):
        while len(self.buffer) < count:
            if not self._more(ends):
                raise Silence(f"the body ends after {len(self.buffer)} of {count} bytes")
        body, self.buffer = self.buffer[:count], self.buffer[count:]
        return body

    def _chunks(self, ends):
        parts = []
        while True:
            while b"\r\n" not in self.buffer:
                if not self._more(ends):
                    raise Silence("the connection was closed inside a chunked body")
            line, self.buffer = self.buffer.split(b"\r\n", 1)
            if not re.fullmatch(rb"[0-9A-Fa-f]+", line.split(b";")[0]):
                raise Rubbish(f"chunk size line {line!r}")
            count = int(line.split(b";")[0], 16)
            data = self._exactly(count + 2, ends)
            if data[count:] != b"\r\n":
                raise Rubbish(f"a chunk ends with {data[count:]!r}")
            if count == 0:
                return b"".join(parts)
            parts.append(data[:count])


def parse_head(head):
    """An Answer without its body, from the bytes before the empty line."""
    lines = head.split(b"\r\n")
    found = re.fullmatch(rb"HTTP/1\.[01] ([1-5][0-9][0-9]) [\t\x20-\x7e]*", lines[0])
    if not found:
        raise Rubbish(f"status line {lines[0]!r}")
    headers = []
    for line in lines[1:]:
        field = re.fullmatch(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)", line)
        if not field:
            raise Rubbish(f"field line {line!r}")
        headers.append((field[1].decode().lower(), field[2].decode("utf-8", "backslashreplace").rstrip()))
    return Answer(int(found[1]), headers)
