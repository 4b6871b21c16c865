"""A headless chromium at the other end of two pipes: the DevTools protocol, a JSON message each,
ended by a zero byte (--remote-debugging-pipe)."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class Lost(Exception):
    """The browser did not do what was asked, or the page did not become what was awaited."""


class Chrome:
    """One browser with one page."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="braid-browser-")
        to_browser, self.out = os.pipe()
        self.back, from_browser = os.pipe()
        words = [program, "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--remote-debugging-pipe", f"--user-data-dir={self.folder}", "about:blank"]
        if os.geteuid() == 0:
            words.insert(1, "--no-sandbox")
        def place():  # the protocol's pipes are the descriptors 3 and 4
            high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 10) for fd in (to_browser, from_browser)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(words, preexec_fn=place, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.number, self.buffer, self.session, self.messages = 0, b"", None, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(domain + ".enable")

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            answer = self.read(ends)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise Lost(f"{method}: {answer['error']}")
                return answer["result"]
            if answer.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.messages.append(answer["params"])
        raise Lost(f"{method}: no answer")

    def read(self, ends):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.back], [], [], max(0.0, ends - time.monotonic()))
            part = os.read(self.back, 1 << 16) if ready else b""
            if not part:
                raise Lost("the browser is gone or says nothing")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def run(self, script):
        """The value of a JavaScript expression."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise Lost(f"{script}: {json.dumps(answer['exceptionDetails'])[:600]}")
        return answer["result"].get("value")

    def until(self, script, what, patience=20.0):
        ends = time.monotonic() + patience
        while time.monotonic() < ends:
            if self.run(f"!!({script})"):
                return
            time.sleep(0.1)
        raise Lost(f"never happened: {what}\n{self.run('document.body.innerText')[:1500]}")

    def open(self, url):
        self.ask("Page.navigate", url=url)

    def look(self, width, height, scheme, is_phone=False):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                 mobile=is_phone)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def press(self, key, code=0):
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                     **({"text": "\r"} if key == "Enter" and kind == "keyDown" else {}))

    def shoot(self, path, whole=False):
        picture = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture["data"]))

    def close(self):
        try:
            self.ask("Browser.close")
        except (Lost, OSError):
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.out)
        os.close(self.back)
        shutil.rmtree(self.folder, ignore_errors=True)
