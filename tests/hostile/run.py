#!/usr/bin/python3
"""Plays the cases of cases.py against braid with raw sockets, each in one segment and byte by byte.

    tests/hostile/run.py --braid build/braid [--only TEXT] [--slow 3] [--tls] [--every 4]

Prints what fails and a count; the exit code is 0 when all passed. README.md tells more.
"""

import argparse
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from cases import all_cases  # noqa: E402
from service import Service  # noqa: E402

CONFIG = """
listen: {listen}
admin: off
workers: 1
log: {{ access: off }}
limits: {{ connections: 4000, per_client: 4000 }}
services: {{ s: "http://127.0.0.1:{service}" }}
routes:
  ANY /p/*: {{ proxy: s /* }}
  POST /c: {{ calls: {{ a: s GET /called }} }}
  GET /here: {{ response: {{ body: 1 }} }}
"""
SANITIZER = re.compile(r"ERROR: \w*Sanitizer|runtime error:|LeakSanitizer")
BYTES_MOST = 700  # sent byte by byte; of longer ones only the last so many


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Gateway:
    def __init__(self, braid, service_port, has_tls):
        self.folder = tempfile.TemporaryDirectory(prefix="braid-hostile-")
        self.port = free_port()
        self.tls, listen = None, f"127.0.0.1:{self.port}"
        if has_tls:
            listen = f'{{ address: "{listen}", tls: {{ certificate: a.pem, key: a.key }} }}'
            self.make_certificate()
        path = os.path.join(self.folder.name, "braid.yaml")
        with open(path, "w", encoding="ascii") as file:
            file.write(CONFIG.format(listen=listen, service=service_port))
        self.log = open(os.path.join(self.folder.name, "log"), "w+b")
        self.process = subprocess.Popen([braid, "run", path], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise SystemExit("braid does not listen:\n" + self.said())

    def make_certificate(self):
        pem, key = (os.path.join(self.folder.name, name) for name in ("a.pem", "a.key"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", pem,
                        "-days", "2", "-subj", "/CN=a", "-addext", "subjectAltName=DNS:a"], check=True, capture_output=True, timeout=60)
        self.tls = ssl.create_default_context(cafile=pem)

    def connect(self, timeout):
        client = socket.create_connection(("127.0.0.1", self.port), timeout)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.tls.wrap_socket(client, server_hostname="a") if self.tls else client

    def said(self):
        with open(self.log.name, "rb") as file:
            return file.read().decode("utf-8", "backslashreplace")

    def stop(self):
        """What is wrong with its end, or nothing."""
        alive = self.process.poll() is None
        self.process.terminate()
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return ["it did not end"]
        said = self.said()
        return ([] if alive and code == 0 else [f"it ended with {code}:\n{said[-4000:]}"]) + ([said[-4000:]] if SANITIZER.search(said) else [])


def answers_of(data, is_head):
    """([status], rest) of what came; interim answers are left out."""
    statuses = []
    while True:
        head, found, rest = data.partition(b"\r\n\r\n")
        line = re.fullmatch(rb"HTTP/1\.1 (\d\d\d) [^\r\n]*", head.split(b"\r\n")[0])
        if not found or not line:
            return statuses, data
        status = int(line[1])
        length = re.search(rb"\r\ncontent-length: (\d+)", head, re.I)
        count = int(length[1]) if length and not is_head else 0
        if len(rest) < count:
            return statuses, data
        if status >= 400 and not is_head and b"application/problem+json" not in head:
            return statuses, b"not a problem document: " + data
        if status >= 200:
            statuses.append(status)
        data = rest[count:]


def exchange(gateway, pieces, wanted, is_head, slow):
    """(statuses, what else came, whether the end came)."""
    data, has_ended = b"", False
    with gateway.connect(5 * slow) as client:
        try:
            for piece in pieces:
                client.sendall(piece)
        except OSError:
            pass
        closes = wanted[-1] in (400, 413, 414, 417, 431, 505)
        limit = time.monotonic() + 5 * slow
        try:
            while time.monotonic() < limit:
                have = len(answers_of(data, is_head)[0])
                client.settimeout(5 * slow if have < len(wanted) or closes else 0.01)
                more = client.recv(65536)
                has_ended = not more
                if has_ended:
                    break
                data += more
        except TimeoutError:
            pass
        except ConnectionResetError:  # only where all was answered, and bytes came behind `Connection: close`
            statuses, rest = answers_of(data, is_head)
            return statuses, rest or (b"" if statuses == wanted and not closes else b"reset"), True
    statuses, rest = answers_of(data, is_head)
    return statuses, rest, has_ended or not closes


def judge(case, gateway, service, split, slow):
    name, data, wanted, reached = case
    if split:
        tail = data[-BYTES_MOST:] if len(data) > BYTES_MOST else data
        pieces = [data[: len(data) - len(tail)]] + [tail[i : i + 1] for i in range(len(tail))]
    else:
        pieces = [data]
    statuses, rest, has_ended = exchange(gateway, pieces, wanted, data.startswith(b"HEAD"), slow)
    found = [] if statuses == wanted else [f"answered {statuses}, expected {wanted}"]
    found += [f"then {rest[:200]!r}"] if rest else []
    found += [] if has_ended else ["the connection was not closed"]
    received, odd = service.take()
    found += odd
    if received != reached:
        found.append(f"the service got {received}, expected {reached}"[:600])
    if any(target.startswith("/hidden") for _, target, _ in received):
        found.append("the hidden request was served")
    return [f"{name} ({'bytes' if split else 'one segment'}): {text}" for text in found]


def main():
    parser = argparse.ArgumentParser(description="play hostile requests against braid")
    parser.add_argument("--braid", default=os.path.join(HERE, "..", "..", "build", "braid"))
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--slow", type=float, default=1.0, help="multiplies the bounds of time")
    parser.add_argument("--tls", action="store_true", help="by TLS")
    parser.add_argument("--every", type=int, default=1, help="of N cases one")
    options = parser.parse_args()
    service = Service()
    gateway = Gateway(os.path.abspath(options.braid), service.port, options.tls)
    passed = failed = 0
    for case in list(all_cases())[::options.every]:
        if options.only not in case[0]:
            continue
        for split in (False, True):
            found = judge(case, gateway, service, split, options.slow)
            passed += not found
            failed += bool(found)
            for text in found:
                print("FAILED", text, flush=True)
    wrong = gateway.stop()
    for text in wrong:
        print("FAILED", text)
    print(f"{passed} passed, {failed + len(wrong)} failed")
    return 1 if failed or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
