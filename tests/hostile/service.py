"""A service that takes nothing for granted: it notes every request with its body, and what is odd about it."""

import socket
import threading


class Service:
    def __init__(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(256)
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.received, self.odd = [], []
        threading.Thread(target=self._accept, daemon=True).start()

    def take(self):
        """([(method, target, body)], [what was odd]) since the last time."""
        with self.lock:
            taken = self.received, self.odd
            self.received, self.odd = [], []
        return taken

    def _accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = b""
        try:
            while True:
                while b"\r\n\r\n" not in data:
                    more = connection.recv(65536)
                    if not more:
                        return self._note_odd([f"ended in {data!r}"] if data else [])
                    data += more
                head, _, data = data.partition(b"\r\n\r\n")
                length = self._length(head)
                while len(data) < length:
                    more = connection.recv(65536)
                    if not more:
                        return self._note_odd([f"short body of {head!r}"])
                    data += more
                method, target, _ = head.split(b"\r\n")[0].decode("latin-1").split(" ")
                with self.lock:
                    self.received.append((method, target, data[:length]))
                data = data[length:]
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n" + (b"" if method == "HEAD" else b"{}"))
        except OSError:
            pass
        finally:
            connection.close()

    def _note_odd(self, found):
        with self.lock:
            self.odd += found

    def _length(self, head):
        """The length that Content-Length gives; anything that could be read otherwise is odd."""
        odd, lengths, codings, hosts = [], [], 0, 0
        lines = head.split(b"\r\n")
        if b"\n" in head.replace(b"\r\n", b"") or b"\r" in head.replace(b"\r\n", b"") or b"\0" in head:
            odd.append("a bare CR, LF or NUL")
        if len(lines[0].split(b" ")) != 3 or not lines[0].endswith(b" HTTP/1.1"):
            odd.append(f"line {lines[0]!r}")
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if not colon or not name or name != name.strip() or b" " in name:
                odd.append(f"field {line!r}")
            name = name.lower().replace(b"_", b"-") if name.lower() == b"transfer-encoding" else name.lower()
            lengths += [value.strip()] if name == b"content-length" else []
            codings += name == b"transfer-encoding"
            hosts += name == b"host"
        if len(lengths) > 1 or codings or hosts != 1 or any(not length.isdigit() for length in lengths):
            odd.append(f"framing of {head!r}")
        self._note_odd(odd)
        return int(lengths[0]) if lengths and lengths[0].isdigit() else 0
