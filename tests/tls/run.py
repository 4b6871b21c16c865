#!/usr/bin/python3
"""TLS towards clients, as stories: braid as a process, Python's ssl and openssl as clients, fresh certificates.

    tests/tls/run.py --braid build/braid [--only NAME] [--slow 3]

Prints a line per story and a count; the exit code is 0 when all are fine.
"""

import argparse
import http.server
import json
import os
import re
import resource
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenarios"))
from running import Running  # noqa: E402

PLAIN = b"GET /here HTTP/1.1\r\nHost: a\r\n\r\n"
LARGE = 30 * 1024 * 1024
ROUTES = """
  GET /here: { response: { body: 1 } }
  POST /body: { response: { body: "${body}" } }
  ANY /p/*: { proxy: s /* }
"""


class Certificates:
    """A folder with an authority and what it has signed, made by openssl once."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="braid-tls-")
        for authority in ("ca", "foreign"):
            self.openssl("req", "-x509", *self.new_key(authority), "-out", self.at(authority + ".pem"), "-days", "2",
                         "-subj", "/CN=" + authority, "-addext", "basicConstraints=critical,CA:TRUE",
                         "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self.sign("shop", "DNS:shop.test,DNS:*.shop.test")
        self.sign("other", "DNS:other.test")
        self.sign("next", "DNS:shop.test")
        self.sign("partner", "DNS:partner.test", usage="clientAuth")
        self.sign("stranger", "DNS:partner.test", usage="clientAuth", by="foreign")
        self.sign("service", "DNS:localhost,IP:127.0.0.1")
        self.sign("elsewhere", "DNS:elsewhere.test")
        self.sign("unknown", "DNS:localhost,IP:127.0.0.1", by="foreign")
        self.sign("expired", "DNS:localhost,IP:127.0.0.1", days="-1")
        self.sign("server_only", "DNS:partner.test", usage="serverAuth")

    def at(self, name):
        return os.path.join(self.folder, name)

    @staticmethod
    def openssl(*words):
        done = subprocess.run(["openssl", *words], capture_output=True, check=False, timeout=60)
        if done.returncode != 0:
            raise SystemExit(f"openssl {words[0]}: {done.stderr.decode()}")

    def new_key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.at(name + ".key")]

    def sign(self, name, names, usage="serverAuth", by="ca", days="2"):
        with open(self.at("extensions"), "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\nextendedKeyUsage={usage}\n")
        self.openssl("req", *self.new_key(name), "-out", self.at("request"), "-subj", "/CN=" + name)
        self.openssl("x509", "-req", "-in", self.at("request"), "-CA", self.at(by + ".pem"), "-CAkey", self.at(by + ".key"),
                     "-CAcreateserial", "-days", days, "-extfile", self.at("extensions"), "-out", self.at(name + ".pem"))

    def pair(self, name):
        return f"certificate: {self.at(name + '.pem')}, key: {self.at(name + '.key')}"


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802
        if self.path == "/large":
            body = b"x" * LARGE
        else:
            body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.path != "/half" else body[:1])
        self.close_connection = self.path == "/half"

    def log_message(self, *_):
        pass


class World(Running):
    """The certificates, a service, and a gateway on a free port."""

    def __init__(self, options, certificates):
        self.options, self.certificates, self.slow = options, certificates, options.slow
        self.service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
        threading.Thread(target=self.service.serve_forever, daemon=True).start()
        self.process, self.servers = None, [self.service]

    def serve(self, name, client_ca=None):
        """The port of a service that speaks TLS with that certificate."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates.at(name + ".pem"), self.certificates.at(name + ".key"))
        if client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.certificates.at(client_ca + ".pem"))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.servers.append(server)
        return server.server_address[1]

    def start(self, tls="", pair=None, limits="", workers=1, services="", routes=""):
        self.folder = tempfile.mkdtemp(prefix="braid-tls-")
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        path = os.path.join(self.folder, "braid.yaml")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"listen: {{ address: \"127.0.0.1:{self.port}\", tls: {{ {pair or self.certificates.pair('shop')}{tls} }} }}\n"
                       f"admin: off\nworkers: {workers}\nlog: {{ access: off, level: debug }}\n"
                       f"limits: {{ body: 40MiB, connections: 8000, per_client: 8000{limits} }}\n"
                       "defaults: { timeout: 30s, max_response: 40MiB }\nservices: { s: \"http://127.0.0.1:%d\"%s }\n"
                       "routes:%s%s" % (self.service.server_address[1], services, ROUTES, routes))
        self.log = open(os.path.join(self.folder, "log"), "w+b")
        self.process = subprocess.Popen([self.options.braid, "run", path], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.is_told_to_end = False
        self.wait(lambda: "listening on" in self.said(), "it does not start")

    def raw(self, buffer=0):
        client = socket.socket()
        if buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.settimeout(10 * self.slow)
        client.connect(("127.0.0.1", self.port))
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def context(self, certificate=None, version=None, alpn=None):
        context = ssl.create_default_context(cafile=self.certificates.at("ca.pem"))
        if certificate:
            context.load_cert_chain(self.certificates.at(certificate + ".pem"), self.certificates.at(certificate + ".key"))
        if version:
            context.minimum_version = context.maximum_version = version
        if alpn:
            context.set_alpn_protocols(alpn)
        return context

    def connect(self, context=None, name="shop.test", session=None, buffer=0):
        return (context or self.context()).wrap_socket(self.raw(buffer), server_hostname=name, session=session, suppress_ragged_eofs=False)

    def answers(self):
        try:
            with self.connect() as client:
                return exchange(client, PLAIN)[0] == 200
        except OSError:
            return False

    def check(self):
        """What `braid check` says of the file of the last start."""
        done = subprocess.run([self.options.braid, "check", os.path.join(self.folder, "braid.yaml")], capture_output=True, check=False)
        return done.returncode, (done.stdout + done.stderr).decode()

    def stop(self):
        if self.process is None:
            return
        if not self.is_told_to_end:
            self.process.terminate()
        try:
            code = self.process.wait(20 * self.slow)
        finally:
            self.process.kill()
        said = self.said()
        self.log.close()
        self.process = None
        if code != 0 or re.search("Sanitizer|runtime error", said):
            raise AssertionError(f"it ended with {code}\n{said}")

    def drop(self):
        if self.process is not None:
            self.process.kill()
        for server in self.servers:
            server.shutdown()
            server.server_close()


def read_answer(client, data=b""):
    """(status, body, what came behind it)."""
    while b"\r\n\r\n" not in data:
        more = client.recv(65536)
        if not more:
            raise AssertionError(f"the end came in a head: {data[:200]!r}")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    length = int(re.search(rb"\r\ncontent-length: (\d+)", head, re.I)[1])
    parts, have = [rest], len(rest)
    while have < length:
        more = client.recv(1 << 20)
        if not more:
            raise AssertionError("the end came in a body")
        parts.append(more)
        have += len(more)
    body = b"".join(parts)
    return int(head[9:12]), body[:length], body[length:]


def exchange(client, request):
    client.sendall(request)
    return read_answer(client)[:2]


def refused(what):
    try:
        what()
    except (ssl.SSLError, ConnectionError) as error:
        return str(error) or type(error).__name__
    raise AssertionError("it was taken")


def versions_and_protocols(world):
    world.start()
    for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
        with world.connect(world.context(version=version, alpn=["h2", "http/1.1"])) as client:
            assert client.version() == name and client.selected_alpn_protocol() == "http/1.1"
            assert exchange(client, PLAIN) == (200, b"1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = world.context(version=ssl.TLSVersion.TLSv1_1)
    context.set_ciphers("ALL:@SECLEVEL=0")
    refused(lambda: world.connect(context))
    assert "no application protocol" in refused(lambda: world.connect(world.context(alpn=["h2"])))
    with world.connect(world.context(alpn=None)) as client:
        assert exchange(client, PLAIN) == (200, b"1")
    for cipher in ("AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"):
        context = world.context(version=ssl.TLSVersion.TLSv1_2)
        context.set_ciphers(cipher)
        refused(lambda: world.connect(context))
    assert world.answers()


def the_name_chooses_the_certificate(world):
    world.start(tls=f", more: [ {{ {world.certificates.pair('other')} }} ]")
    for name in ("shop.test", "a.shop.test", "other.test"):
        with world.connect(name=name) as client:
            assert exchange(client, PLAIN) == (200, b"1")
    refused(lambda: world.connect(name="nobody.test"))
    context = world.context()
    context.check_hostname = False
    with world.connect(context, name=None) as client:
        assert ("DNS", "shop.test") in client.getpeercert()["subjectAltName"], "the first for who names none"


def records_of_every_cut(world):
    world.start()
    with world.connect() as client:
        client.sendall(PLAIN * 50)
        rest = b""
        for _ in range(50):
            status, body, rest = read_answer(client, rest)
            assert (status, body) == (200, b"1")
        for i in range(len(PLAIN)):
            client.sendall(PLAIN[i:i + 1])
        assert read_answer(client)[0] == 200
        for _ in range(100):
            assert exchange(client, PLAIN)[0] == 200
        client.sendall(PLAIN + PLAIN[:7])
        assert read_answer(client)[0] == 200
        client.sendall(PLAIN[7:])
        assert read_answer(client)[0] == 200


def bodies_both_ways(world):
    world.start()
    for size in (3, 16384, 16385, 3 * 1024 * 1024):
        body = b'"' + b"y" * (size - 2) + b'"'
        with world.connect() as client:
            head = f"POST /body HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode()
            for _ in range(2):
                assert exchange(client, head + body) == (200, body), size
            pieces = b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + 9000]), body[i:i + 9000]) for i in range(0, size, 9000))
            head = b"POST /body HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            assert exchange(client, head + pieces + b"0\r\n\r\n") == (200, body), size


def slow_readers_get_all(world):
    world.start()
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with world.connect(world.context(version=version), buffer=8192) as client:
            client.sendall(b"GET /p/large HTTP/1.1\r\nHost: a\r\n\r\n" + PLAIN)
            time.sleep(0.3)
            before = world.cpu()
            time.sleep(0.5)
            assert world.cpu() - before < 0.2 * world.slow, "it waits without work"
            assert world.answers(), "others are served meanwhile"
            status, body, rest = read_answer(client)
            assert status == 200 and len(body) == LARGE and body.count(b"x") == LARGE
            assert read_answer(client, rest)[:2] == (200, b"1")


def hello(world):
    """The first bytes of a client."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        world.context().wrap_bio(incoming, outgoing, server_hostname="shop.test").do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def handshakes_that_stall(world):
    world.start(limits=", head_timeout: 1500ms")
    count = world.descriptors()
    first = hello(world)
    begun = [b"", first[:1], first[:len(first) // 2], first[:-1], first]
    held = [world.raw() for _ in range(300)]
    for i, client in enumerate(held):
        client.sendall(begun[i % len(begun)])
    time.sleep(0.3)
    before = world.cpu()
    time.sleep(0.6)
    assert world.cpu() - before < 0.1 * world.slow, "it does not spin"
    assert world.answers(), "others are served meanwhile"
    world.wait(lambda: world.descriptors() <= count, "their time is over")
    for client in held:
        client.close()
    for text in (b"\x16\x03\x01\xff\xff" + b"\0" * 70000, b"\x16\x03\x01\0\x05hello", bytes(range(256)), b"\x80\x2e\x01\0\x02", b"\x15\x03\x01\0\x02\x02\x28"):
        with world.raw() as client:
            try:
                client.sendall(text)
                while client.recv(65536):
                    pass
            except OSError:
                pass
    assert world.answers()


def plain_text_is_told_so(world):
    world.start()
    for request in (PLAIN, PLAIN.replace(b"GET", b"POST"), b"HEAD / HTTP/1.1\r\n\r\n"):
        with world.raw() as client:
            client.sendall(request)
            data = b""
            while True:
                more = client.recv(65536)
                if not more:
                    break
                data += more
            assert data.startswith(b"HTTP/1.1 400 Bad Request\r\n") and data.endswith(b"https://\n"), data
            assert int(re.search(rb"Content-Length: (\d+)", data)[1]) == len(data.partition(b"\r\n\r\n")[2])
    assert world.answers()


def sessions_are_resumed(world):
    world.start(workers=2)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = world.context(version=version)
        with world.connect(context) as client:
            assert exchange(client, PLAIN)[0] == 200 and not client.session_reused
            session = client.session
        for _ in range(8):
            with world.connect(context, session=session) as client:
                assert exchange(client, PLAIN)[0] == 200
                assert client.session_reused, "by every worker"
                session = client.session


def a_new_certificate_is_picked_up(world):
    files = world.certificates
    for end in (".pem", ".key"):
        shutil.copy(files.at("shop" + end), files.at("live" + end))
    world.start(pair=files.pair("live"))

    def shown():
        with world.connect() as client:
            assert exchange(client, PLAIN)[0] == 200
            return dict(part[0] for part in client.getpeercert()["subject"])["commonName"]
    kept = world.connect()
    assert shown() == "shop"
    for end in (".key", ".pem"):
        shutil.copy(files.at("next" + end), files.at("live" + end))
    world.wait(lambda: shown() == "next", "it is shown")
    assert exchange(kept, PLAIN)[0] == 200, "who is there goes on"
    kept.close()
    shutil.copy(files.at("shop.key"), files.at("live.key"))
    world.wait(lambda: "is kept" in world.said(), "a key of another one is said")
    assert shown() == "next", "and what was there stays"
    time.sleep(1.5)
    assert world.said().count("is kept") == 1, "once"
    shutil.copy(files.at("shop.pem"), files.at("live.pem"))
    world.wait(lambda: shown() == "shop", "and when both fit it goes on")


def clients_show_certificates(world):
    world.start(tls=f", client_ca: {world.certificates.at('ca.pem')}, more: [ {{ {world.certificates.pair('other')} }} ]")
    for name in ("shop.test", "other.test"):
        with world.connect(world.context("partner"), name=name) as client:
            assert exchange(client, PLAIN) == (200, b"1")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for shown in (None, "stranger", "server_only"):
                def enter(shown=shown, version=version):
                    with world.connect(world.context(shown, version), name=name) as client:
                        exchange(client, PLAIN)
                refused(enter)
    context = world.context("partner")
    with world.connect(context) as client:
        exchange(client, PLAIN)
        session = client.session
    with world.connect(context, session=session) as client:
        assert client.session_reused and exchange(client, PLAIN)[0] == 200


def the_end_is_said_where_nothing_is_missing(world):
    world.start(limits=", idle_timeout: 1s")
    with world.connect() as client:
        exchange(client, PLAIN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert client.recv(1) == b"", "close_notify after the last answer"
    with world.connect() as client:
        exchange(client, PLAIN)
        assert client.recv(1) == b"", "when it was idle for too long"
    with world.connect() as client:
        status, body = exchange(client, b"GET / HTTP/1.1\r\n\r\n")
        assert status == 400 and client.recv(1) == b"", "after a refusal"
    with world.connect() as client:
        exchange(client, PLAIN)
        client.unwrap().close()
    with world.connect(buffer=4096) as client:
        client.sendall(b"GET /p/large HTTP/1.1\r\nHost: a\r\n\r\n")
        client.recv(10)
        time.sleep(3.5)  # it reads nothing, and is cut off
        try:
            while client.recv(1 << 20):
                pass
            raise AssertionError("the end was said though much is missing")
        except (ssl.SSLError, ConnectionError):
            pass
    client = world.connect()
    exchange(client, PLAIN)
    world.process.terminate()
    world.is_told_to_end = True
    assert client.recv(1) == b"", "when the gateway goes"
    client.close()


def services_learn_of_it(world):
    world.start()
    with world.connect() as client:
        seen = json.loads(exchange(client, b"GET /p/echo HTTP/1.1\r\nHost: a.test\r\n\r\n")[1])
        assert seen["x-forwarded-proto"] == "https", seen


def services_must_be_who_they_say(world):
    at = world.certificates.at
    plain, asks = f"ca: {at('ca.pem')}", world.serve("service", client_ca="ca")
    partner = f", certificate: {at('partner.pem')}, key: {at('partner.key')}"
    stranger = f", certificate: {at('stranger.pem')}, key: {at('stranger.key')}"
    elsewhere = world.serve("elsewhere")
    kinds = {"good": (world.serve("service"), plain, 200), "system": (world.serve("service"), None, 502), "wrong": (elsewhere, plain, 502),
             "named": (elsewhere, plain + ", server_name: elsewhere.test", 200), "unknown": (world.serve("unknown"), plain, 502),
             "expired": (world.serve("expired"), plain, 502), "shows": (asks, plain + partner, 200), "silent": (asks, plain, 502),
             "stranger": (asks, plain + stranger, 502)}
    services = "".join(f", {name}: {{ url: \"https://localhost:{port}\"" + (f", tls: {{ {tls} }}" if tls else "") + " }"
                       for name, (port, tls, _) in kinds.items())
    world.start(services=services, routes="".join(f"  GET /to/{name}: {{ proxy: {name} /x }}\n" for name in kinds))
    for name, (_, _, wanted) in kinds.items():
        with world.connect() as client:
            status, body = exchange(client, f"GET /to/{name} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            assert status == wanted, (name, status, body)


def who_leaves_leaves_nothing_behind(world):
    world.start()
    assert world.answers()
    count = world.descriptors()
    first = hello(world)
    for i in range(300):
        client = world.raw() if i % 2 else world.connect()
        client.sendall([b"", PLAIN, first, PLAIN[:-2], PLAIN * 3, b"GET /p/large HTTP/1.1\r\nHost: a\r\n\r\n"][i % 6])
        if i % 3:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
    world.wait(lambda: world.descriptors() <= count, "no descriptor is left", 20)
    assert world.answers()


def an_idle_client_costs_little(world):
    clients = 500
    world.start()
    assert world.answers()
    context = world.context()
    before = world.resident()
    held = []
    for _ in range(clients):
        held.append(world.connect(context))
        assert exchange(held[-1], PLAIN)[0] == 200
    if not world.options.sanitized:
        world.wait(lambda: (world.resident() - before) / clients <= 40, "at most 40 KB each", 20)
        time.sleep(1.5)
        print(f"       {(world.resident() - before) / clients:.1f} KB each", flush=True)
    for client in held:
        assert exchange(client, PLAIN)[0] == 200
        client.close()


def files_that_are_no_certificates(world):
    files = world.certificates
    world.start()
    world.stop()
    with open(files.at("torn.pem"), "w", encoding="ascii") as file:
        file.write("-----BEGIN CERTIFICATE-----\nAAAA\n")
    path = os.path.join(world.folder, "braid.yaml")
    with open(path, encoding="ascii") as file:
        good = file.read()
    for old, new, said in ((files.at("shop.key"), files.at("other.key"), "key values mismatch"),
                           (files.at("shop.pem"), files.at("torn.pem"), "no certificate is read from"),
                           (files.at("shop.pem"), files.at("nowhere.pem"), "cannot be read"),
                           (" } }\nadmin", f", client_ca: {files.at('torn.pem')} }} }}\nadmin", "no authorities are read from")):
        with open(path, "w", encoding="ascii") as file:
            file.write(good.replace(old, new))
        code, text = world.check()
        assert code == 1 and "braid.yaml:1:" in text and said in text, text


STORIES = [versions_and_protocols, the_name_chooses_the_certificate, records_of_every_cut, bodies_both_ways, slow_readers_get_all,
           handshakes_that_stall, plain_text_is_told_so, sessions_are_resumed, a_new_certificate_is_picked_up,
           clients_show_certificates, the_end_is_said_where_nothing_is_missing, services_learn_of_it, services_must_be_who_they_say, who_leaves_leaves_nothing_behind,
           an_idle_client_costs_little, files_that_are_no_certificates]


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description="TLS towards clients")
    parser.add_argument("--braid", default=os.path.join(here, "..", "..", "build", "braid"))
    parser.add_argument("--only", default="")
    parser.add_argument("--slow", type=float, default=1.0, help="multiplies the bounds of time")
    options = parser.parse_args()
    options.braid = os.path.abspath(options.braid)
    options.sanitized = any(word in options.braid for word in ("asan", "tsan", "clang"))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    certificates, failed = Certificates(), 0
    chosen = [story for story in STORIES if options.only in story.__name__]
    for story in chosen:
        began, world = time.monotonic(), World(options, certificates)
        name = story.__name__.replace("_", " ")
        try:
            story(world)
            world.stop()
            print(f"ok     {name}  ({time.monotonic() - began:.1f} s)", flush=True)
        except (AssertionError, OSError) as error:
            failed += 1
            print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
        finally:
            world.drop()
    shutil.rmtree(certificates.folder)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
