"""The gateway under test as a process: its folder, its file, its start and its end."""

import os
import random
import re
import signal
import socket
import subprocess
import tempfile
import time

SANITIZER = re.compile(r"ERROR: \w*Sanitizer|runtime error:|WARNING: ThreadSanitizer|LeakSanitizer")


class Failed(Exception):
    """What a scenario expects did not happen."""


def reserve_port():
    """(socket, port): a port outside the range the kernel gives to outgoing connections.
    The UDP port of the same number is held as long as the scenario lasts, so that no
    scenario beside this one chooses it too."""
    chooser = random.Random(os.getpid() * 1000003 + time.monotonic_ns())
    for _ in range(1000):
        port = chooser.randrange(10240, 32000)
        held = socket.socket(type=socket.SOCK_DGRAM)
        try:
            held.bind(("127.0.0.1", port))
            with socket.socket() as one:
                one.bind(("127.0.0.1", port))
            return held, port
        except OSError:
            held.close()
    raise Failed("no free port was found")


class Gateway:
    """A folder with the scenario's files, and the braid process that runs on them."""

    def __init__(self, document, options, services, names=None):
        self.options = options
        self.process = None
        self.folder = tempfile.TemporaryDirectory(prefix="braid-scenario-")
        self.file = document.get("file", "braid.yaml")
        self.places = {"dir": self.folder.name, "file": self.file}
        self.held = []
        for name in ("listen", "admin", "other"):
            held, port = reserve_port()
            self.held.append(held)
            self.places.update({name: f"127.0.0.1:{port}", name + ".port": str(port)})
        for name, fake in services.items():
            self.places[name] = f"127.0.0.1:{fake.port}"
            self.places[name + ".port"] = str(fake.port)
        if names:
            self.places["names"] = f"127.0.0.1:{names.port}"
        self.environment = {**os.environ, **{k: str(v) for k, v in (document.get("env") or {}).items()}}
        self.config = ""
        for name, text in (document.get("files") or {}).items():
            self.write(name, text)
        if document.get("config") is not None:
            self.write(self.file, document["config"], whole=bool(document.get("as_it_is")))

    def filled(self, text):
        """`@name@` replaced by the address, the folder or the file it stands for."""
        return re.sub(r"@([a-z0-9_.-]+)@", lambda m: self.places.get(m[1], m[0]), text)

    def write(self, name, text, whole=True):
        text = self.filled(text)
        if name == self.file:
            text = text if whole else self._with_listeners(text)
            self.config = text
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)

    def _with_listeners(self, text):
        """Lines are added at the end only, so that the scenario's own keep their numbers."""
        if not text.endswith("\n"):
            text += "\n"
        if not re.search(r"^listen:", text, re.M):
            text += f"listen: {self.places['listen']}\n"
        if not re.search(r"^admin:", text, re.M):
            text += "admin: off\n"
        if self.options.workers and not re.search(r"^workers:", text, re.M):
            text += f"workers: {self.options.workers}\n"
        if self.options.transport:
            way = f"transport: {self.options.transport}"
            text, found = re.subn(r"^(defaults: *\{)", rf"\1 {way},", text, flags=re.M)
            text += "" if found else f"defaults: {{ {way} }}\n"
        return text

    def command(self, arguments, given=""):
        """Runs braid to its end, with `given` on its standard input: (exit code, stdout + stderr)."""
        words = [self.options.braid] + [self.filled(str(word)) for word in arguments]
        try:
            done = subprocess.run(words, cwd=self.folder.name, env=self.environment, input=given.encode(),
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                                  timeout=20 * self.options.slow)
        except subprocess.TimeoutExpired as error:
            raise Failed(f"braid {' '.join(words[1:])} did not end: {error.output or b''}") from None
        output = done.stdout.decode("utf-8", "backslashreplace")
        if SANITIZER.search(output):
            raise Failed(f"a sanitizer spoke:\n{output[-6000:]}")
        return done.returncode, output

    def start(self):
        self.log = open(os.path.join(self.folder.name, "stderr.log"), "a+b")
        self.process = subprocess.Popen([self.options.braid, "run", self.file], cwd=self.folder.name,
                                        env=self.environment, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        ends = time.monotonic() + 10 * self.options.slow
        while time.monotonic() < ends:
            if self.process.poll() is not None:
                raise Failed(f"braid ended with {self.process.returncode} instead of starting:\n{self.said()}")
            if self._accepts():
                return
            time.sleep(0.02)
        raise Failed(f"braid does not listen on {self.places['listen']}:\n{self.said()}")

    def _accepts(self):
        host, port = self.places["listen"].rsplit(":", 1)
        try:
            socket.create_connection((host, int(port)), 1.0).close()
            return True
        except OSError:
            return False

    def said(self):
        """What the process wrote to stdout and stderr until now."""
        with open(self.log.name, "rb") as file:
            return file.read().decode("utf-8", "backslashreplace")

    def descriptors(self):
        """How many descriptors the process has."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def resident(self):
        """KB of memory that the process has."""
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
            return int(re.search(r"Rss:\s+(\d+)", file.read())[1])

    def send_signal(self, name):
        self.process.send_signal(getattr(signal, "SIG" + name))

    def wait_exit(self, timeout, wanted=0):
        try:
            code = self.process.wait(timeout * self.options.slow)
        except subprocess.TimeoutExpired:
            raise Failed(f"braid has not ended after {timeout * self.options.slow:g} s") from None
        if code != wanted:
            raise Failed(f"braid ended with {code}, expected {wanted}:\n{self.said()[-6000:]}")

    def restart(self, how):
        """Ends the process, in order or (`kill`) not, and starts another one on the same folder."""
        if how == "kill":
            self.process.kill()
            self.process.wait()
            self.log.close()
        else:
            self.finish()
        self.start()

    def finish(self):
        """Stops the process by SIGTERM and demands a clean end."""
        if self.process is None:
            return
        try:
            if self.process.poll() is None:
                self.send_signal("TERM")
            self.wait_exit(10)
            if SANITIZER.search(self.said()):
                raise Failed(f"a sanitizer spoke:\n{self.said()[-6000:]}")
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.log.close()

    def remove(self):
        for held in self.held:
            held.close()
        self.folder.cleanup()
