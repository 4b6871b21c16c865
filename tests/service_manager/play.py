#!/usr/bin/python3
"""Plays the service manager: opens sockets, passes them to braid as systemd does
(sd_listen_fds(3)), and listens to what it is told (sd_notify(3)).

    tests/service_manager/play.py --braid build/braid [--slow 3]

Prints a line per story and a count; the exit code is 0 when all went well.
"""

import argparse
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenarios"))
from gateway import SANITIZER, Failed, reserve_port  # noqa: E402

ROUTES = "routes: { GET /ping: { response: { body: { pong: true } } } }\nlog: { format: text, access: off }\n"


def demand(fact, what):
    if not fact:
        raise Failed(what)


class Manager:
    """One unit: its folder, its sockets, its processes."""

    def __init__(self, options):
        self.options = options
        self.folder = tempfile.TemporaryDirectory(prefix="braid-manager-")
        self.path = self.folder.name
        self.sockets, self.names, self.processes, self.held = [], [], [], []
        self.notify = None

    def port(self):
        held, port = reserve_port()
        self.held.append(held)
        return port

    def listen(self, port, name, host="127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        one = socket.socket(family)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        one.bind((host, port))
        return self.hold(one, name)

    def hold(self, one, name):
        one.listen(1024)
        self.sockets.append(one)
        self.names.append(name)
        return one

    def hear(self, address):
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.settimeout(10 * self.options.slow)
        self.notify.bind("\0" + address[1:] if address.startswith("@") else address)
        self.address = address

    def heard(self):
        return self.notify.recv(4096).decode()

    def start(self, config, pid="$$"):
        """braid with the sockets from descriptor 3 on and the variables that say so. The shell knows
        the number of the process, which is its own before it becomes braid."""
        file = os.path.join(self.path, f"braid-{len(self.processes)}.yaml")
        with open(file, "w", encoding="utf-8") as to:
            to.write(config + ROUTES)
        environment = {**os.environ, "LISTEN_FDS": str(len(self.sockets)), "LISTEN_FDNAMES": ":".join(self.names)}
        if self.notify is not None:
            environment["NOTIFY_SOCKET"] = self.address
        descriptors = [one.fileno() for one in self.sockets]

        def arrange():
            high = [os.dup2(fd, 200 + at) for at, fd in enumerate(descriptors)]
            for at, fd in enumerate(high):
                os.dup2(fd, 3 + at, inheritable=True)

        log = open(os.path.join(self.path, f"log-{len(self.processes)}"), "w+b")
        self.processes.append(subprocess.Popen(
            ["sh", "-c", f'LISTEN_PID={pid} exec "$0" run "$1"', self.options.braid, file], env=environment,
            close_fds=False, preexec_fn=arrange, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        self.processes[-1].log = log
        return self.processes[-1]

    def said(self, process):
        process.log.flush()
        with open(process.log.name, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def end(self, process, code=0, name=signal.SIGTERM):
        if name is not None and process.poll() is None:
            process.send_signal(name)
        try:
            found = process.wait(15 * self.options.slow)
        except subprocess.TimeoutExpired:
            raise Failed("braid does not end:\n" + self.said(process)) from None
        demand(found == code, f"ended with {found}, expected {code}:\n{self.said(process)}")
        demand(not SANITIZER.search(self.said(process)), self.said(process))

    def done(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
            process.log.close()
        for one in self.sockets + self.held + ([self.notify] if self.notify else []):
            one.close()
        self.folder.cleanup()


def ask(address, slow):
    """The status of GET /ping; an error where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", timeout=10 * slow)
    if isinstance(address, str):
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(10 * slow)
        connection.sock.connect(address)
    else:
        connection.sock = socket.create_connection(address, 10 * slow)
    try:
        connection.request("GET", "/ping", headers={"Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


# --- stories ------------------------------------------------------------------------------------


def it_says_when_it_serves_and_when_it_stops(manager):
    manager.hear(os.path.join(manager.path, "notify"))
    port = manager.port()
    process = manager.start(f"listen: 127.0.0.1:{port}\nadmin: off\n")
    demand(manager.heard() == "READY=1", "not ready first")
    demand(ask(("127.0.0.1", port), manager.options.slow) == 200, "ready and does not serve")
    process.send_signal(signal.SIGTERM)
    demand(manager.heard() == "STOPPING=1", "it does not say that it stops")
    manager.end(process, name=None)


def it_finds_an_abstract_socket_too(manager):
    manager.hear(f"@braid-manager-{os.getpid()}")
    process = manager.start(f"listen: 127.0.0.1:{manager.port()}\nadmin: off\n")
    demand(manager.heard() == "READY=1", "not ready first")
    manager.end(process)
    demand(manager.heard() == "STOPPING=1", "it does not say that it stops")


def every_address_is_served_by_its_passed_socket(manager):
    manager.hear(os.path.join(manager.path, "notify"))
    port, admin, path = manager.port(), manager.port(), os.path.join(manager.path, "braid.sock")
    manager.listen(admin, "braid-admin.socket")
    manager.listen(port, "braid.socket")
    unix = socket.socket(socket.AF_UNIX)
    unix.bind(path)
    manager.hold(unix, "local")
    process = manager.start(f"listen: [\"127.0.0.1:{port}\", \"unix:{path}\"]\nadmin: 127.0.0.1:{admin}\nworkers: 4\n")
    demand(manager.heard() == "READY=1", manager.said(process))
    for address in [("127.0.0.1", port), path] * 20:
        demand(ask(address, manager.options.slow) == 200, f"{address} is not served")
    demand(ask(("127.0.0.1", admin), manager.options.slow) == 404, "the admin listener has routes")
    manager.end(process)


def one_socket_for_both_families(manager):
    manager.hear(os.path.join(manager.path, "notify"))
    port = manager.port()
    try:
        manager.listen(port, "both", host="::")
    except OSError:
        return  # a machine without IPv6
    process = manager.start(f"listen: 0.0.0.0:{port}\nadmin: off\n")
    demand(manager.heard() == "READY=1", manager.said(process))
    demand(ask(("127.0.0.1", port), manager.options.slow) == 200, "IPv4 is not served")
    manager.end(process)


def a_missing_and_a_surplus_socket_are_named(manager):
    passed, wanted = manager.port(), manager.port()
    manager.listen(passed, "braid.socket")
    process = manager.start(f"listen: 127.0.0.1:{wanted}\nadmin: off\n")
    manager.end(process, code=1, name=None)
    for text in (f"sockets were passed, but none for  listen: 127.0.0.1:{wanted}",
                 f"the socket 'braid.socket' on 127.0.0.1:{passed} was passed, but neither"):
        demand(text in manager.said(process), f"'{text}' is not in\n{manager.said(process)}")


def what_does_not_listen_is_refused(manager):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1", 0))
    manager.sockets.append(one)
    manager.names.append("dns.socket")
    process = manager.start(f"listen: 127.0.0.1:{manager.port()}\nadmin: off\n")
    manager.end(process, code=1, name=None)
    demand("the passed descriptor 3 (dns.socket) is no listening stream socket" in manager.said(process),
           manager.said(process))


def what_was_passed_to_another_process_is_nobodys(manager):
    manager.hear(os.path.join(manager.path, "notify"))
    other, port = manager.port(), manager.port()
    manager.listen(other, "braid.socket")
    process = manager.start(f"listen: 127.0.0.1:{port}\nadmin: off\n", pid="1")
    demand(manager.heard() == "READY=1", manager.said(process))
    demand(ask(("127.0.0.1", port), manager.options.slow) == 200, "it has opened no socket of its own")
    manager.end(process)


def nobody_is_refused_while_one_braid_follows_another(manager):
    """The manager keeps the socket: whoever connects between two processes waits and is served."""
    manager.hear(os.path.join(manager.path, "notify"))
    port = manager.port()
    manager.listen(port, "braid.socket")
    config = f"listen: 127.0.0.1:{port}\nadmin: off\nworkers: 2\n"
    first = manager.start(config)
    demand(manager.heard() == "READY=1", manager.said(first))
    answers, ended = [], threading.Event()

    def client():
        while not ended.is_set():
            try:
                answers.append(ask(("127.0.0.1", port), manager.options.slow))
            except OSError as error:
                answers.append(repr(error))

    clients = [threading.Thread(target=client) for _ in range(4)]
    for one in clients:
        one.start()
    for _ in range(3):
        time.sleep(0.1)
        manager.end(first)
        demand(manager.heard() == "STOPPING=1", "it does not say that it stops")
        first = manager.start(config)
        demand(manager.heard() == "READY=1", manager.said(first))
    time.sleep(0.1)
    ended.set()
    for one in clients:
        one.join()
    manager.end(first)
    wrong = [answer for answer in answers if answer != 200]
    demand(len(answers) > 20 and not wrong, f"{len(wrong)} of {len(answers)} failed: {wrong[:3]}")


STORIES = [it_says_when_it_serves_and_when_it_stops, it_finds_an_abstract_socket_too,
           every_address_is_served_by_its_passed_socket, one_socket_for_both_families,
           a_missing_and_a_surplus_socket_are_named, what_does_not_listen_is_refused,
           what_was_passed_to_another_process_is_nobodys, nobody_is_refused_while_one_braid_follows_another]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--braid", default="build/braid")
    parser.add_argument("--slow", type=float, default=1.0, help="multiplies the upper bounds of time")
    options = parser.parse_args()
    options.braid = os.path.abspath(options.braid)
    failed = 0
    for story in STORIES:
        manager = Manager(options)
        try:
            story(manager)
            print(f"ok     {story.__name__}", flush=True)
        except (Failed, OSError) as error:
            failed += 1
            said = "\n".join(manager.said(process)[-2000:] for process in manager.processes)
            print(f"FAILED {story.__name__}: {error}\n{said}", flush=True)
        finally:
            manager.done()
    print(f"{len(STORIES) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
