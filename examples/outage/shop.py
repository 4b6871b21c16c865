"""The shop's services and braid as processes: started on free ports, broken, mended, ended by their
own ids."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request

START_SECONDS = 20
HERE = os.path.dirname(os.path.abspath(__file__))


class Trouble(Exception):
    """Something that the reader of the message can mend."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(process, port, name, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    with open(log, encoding="utf-8", errors="replace") as file:
        raise Trouble(f"{name} did not start:\n{file.read()[-2000:]}")


class Service:
    """One of the shop's services, and the ways in which it can be gone."""

    def __init__(self, name, program, folder):
        self.name, self.program, self.folder = name, program, folder
        self.port = free_port()
        self.process = None
        self.log = os.path.join(folder, name + ".log")
        self.revive()

    def revive(self):
        self.process = self._start()
        await_port(self.process, self.port, self.name, self.log)

    def _start(self):
        with open(self.log, "ab") as log:
            return subprocess.Popen(
                [self.program, "--port", str(self.port), "--data", os.path.join(self.folder, self.name + ".db")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def hang(self):
        """It is there and takes connections, but does nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self):
        self.process.send_signal(signal.SIGCONT)

    def turn(self, **switch):
        """Its own switch: slow, error, …"""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/switch", method="PUT",
                                         data=json.dumps(switch).encode(),
                                         headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=5).close()

    def end(self):
        if self.process and self.process.poll() is None:
            self.wake()
            end(self.process)


def end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Shop:
    """Three services and braid before them; a context that ends all."""

    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.services = {}
        self.braid = None
        self.port, self.admin = free_port(), free_port()

    def __enter__(self):
        try:
            for name in ("users", "orders", "products"):
                self.services[name] = Service(name, self._program("shop", name), self.folder)
            self._start_braid()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.braid:
            end(self.braid)
        for service in self.services.values():
            service.end()

    def _program(self, *parts):
        path = os.path.join(self.build, *parts)
        if not os.path.exists(path):
            raise Trouble(f"{path} is not there: cmake -S . -B build && cmake --build build")
        return path

    def _start_braid(self):
        ports = {"8080": self.port, "9901": self.admin, "9001": self.services["users"].port,
                 "9002": self.services["orders"].port, "9003": self.services["products"].port}
        with open(os.path.join(HERE, "outage.yaml"), encoding="utf-8") as file:
            text = re.sub(r"(?<=127\.0\.0\.1:)\d+", lambda found: str(ports[found[0]]), file.read())
        path, log = os.path.join(self.folder, "outage.yaml"), os.path.join(self.folder, "braid.log")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        with open(log, "wb") as out:
            self.braid = subprocess.Popen([self._program("braid"), "run", path], stdin=subprocess.DEVNULL,
                                          stdout=out, stderr=out)
        await_port(self.braid, self.port, "braid", log)
