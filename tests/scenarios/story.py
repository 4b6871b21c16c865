"""Plays one scenario: starts the fakes and the gateway, does the steps in order, and
collects what was not as expected."""

import contextlib
import re
import threading
import time

from client import Connection, Rubbish, Silence, TimeUp
from expect import KEYS, check_answer, check_fakes, check_log, check_output, eventually
from fakes import Fake
from gateway import Failed, Gateway
from names import Names
from values import Number, seconds, write_json

TOP = {"checks", "names", "stdin", "later", "name", "tags", "services", "config", "files", "env", "file", "as_it_is", "check", "explain", "command",
       "result", "run", "request", "expect", "steps", "repeat", "concurrent", "why"}
STEP = {"request", "expect", "repeat", "concurrent", "as", "answer_of", "leave", "on", "to", "stop", "start", "set",
        "names", "sleep", "signal", "exit", "close", "descriptors", "memory", "flaps", "restart", "why"}
# What the resident memory may grow by between `memory: note` and `memory: same`: what the allocator
# keeps of the most that was needed at once differs from run to run.
MEMORY_KB = 8 * 1024
FLAP_SECONDS = 1.0
REQUEST = {"line", "headers", "body", "json", "raw", "pieces", "host", "version"}
RESULT = {"exit", "output", "lacks", "errors", "warnings", "lines", "request"}
CHECK = RESULT | {"config", "why"}


def check_keys(what, value, known):
    unknown = set(value) - known
    if unknown:
        raise ValueError(f"{what}: unknown {', '.join(sorted(unknown))}")


def check_document(document):
    """A misspelt key in a scenario would be an expectation nobody checks: refuse it."""
    check_keys("scenario", document, TOP)
    if not document.get("name"):
        raise ValueError("a scenario needs a name")
    for key in ("check", "explain", "run", "result"):
        check_keys(key, document.get(key) or {}, RESULT)
    for one in document.get("checks") or []:
        check_keys("checks", one, CHECK)
    for step in steps_of(document):
        check_keys("step", step, STEP)
        check_keys("expect", step.get("expect") or {}, KEYS)
        if isinstance(step.get("request"), dict):
            check_keys("request", step["request"], REQUEST)


def steps_of(document):
    if "steps" in document:
        return document["steps"]
    keys = ("request", "expect", "repeat", "concurrent")
    step = {key: document[key] for key in keys if key in document}
    return [step] if step else []


class Story:
    """One scenario while it is played."""

    def __init__(self, document, options):
        self.document = document
        self.options = options
        self.services = {}
        self.gateway = None
        self.names = None
        self.waiting = {}
        self.held = {}

    def play(self):
        """Everything that is wrong, as lines of text; an empty list means passed."""
        found = []
        try:
            check_document(self.document)
            for name, script in (self.document.get("services") or {}).items():
                self.services[name] = Fake(name, script)
            if "names" in self.document:
                self.names = Names(self.document["names"])
            self.gateway = Gateway(self.document, self.options, self.services, self.names)
            found += self._play_commands() or self._play_steps()
            found += [line for fake in self.services.values() for line in fake.mistakes]
        except (Failed, ValueError, KeyError, Rubbish, Silence, OSError) as error:
            found.append(f"{type(error).__name__}: {error}")
        finally:
            for connection in list(self.held.values()) + [one for one, _ in self.waiting.values()]:
                connection.close()
            for fake in self.services.values():
                fake.close()
            if self.gateway:
                self.gateway.remove()
            if self.names:
                self.names.close()
        return found

    def _play_commands(self):
        """`check`, `explain`, `run` (that must fail) and `command`: each runs to its end."""
        doc, file = self.document, self.gateway.file
        runs = []
        if "check" in doc:
            runs.append((["check", file], doc["check"]))
        if "explain" in doc:
            runs.append((["explain", file, doc["explain"]["request"]], doc["explain"]))
        if "run" in doc:
            runs.append((["run", file], doc["run"]))
        if "command" in doc:
            runs.append((doc["command"], doc.get("result") or {}))
        given = self._filled(doc.get("stdin") or "")
        found = []
        for arguments, result in runs:
            code, output = self.gateway.command(arguments, given)
            result = self._filled(result)
            found += [f"braid {' '.join(map(str, arguments))}: {line}" for line in check_output(result, code, output)]
        for one in doc.get("checks") or []:
            found += self._play_check(one)
        return found

    def _play_check(self, one):
        """`checks`: several small files, each with what `braid check` has to say of it."""
        self.gateway.write(self.gateway.file, one["config"], whole=bool(self.document.get("as_it_is")))
        code, output = self.gateway.command(["check", self.gateway.file])
        wrong = check_output(self._filled({"exit": "1" if "errors" in one else "0", **one}), code, output)
        if not wrong:
            return []
        return [f"check of {one.get('why', '')}:\n{self.gateway.config}"] + ["  " + line for line in wrong]

    def _filled(self, value):
        """@places@ inside an expectation."""
        if isinstance(value, dict):
            return {self._filled(key): self._filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._filled(one) for one in value]
        return self.gateway.filled(value) if type(value) is str else value

    def _play_steps(self):
        steps = steps_of(self.document)
        if not steps:
            return []
        found = []
        try:
            self.gateway.start()
            for number, step in enumerate(steps, 1):
                try:
                    wrong = self._play_step(step)
                except (Failed, Rubbish, Silence, ConnectionError) as error:
                    wrong = [f"{type(error).__name__}: {error}"]
                if wrong:
                    label = step.get("why") or write_json(step.get("request", list(step)[:1]))
                    found += [f"step {number} ({label[:200]}):"] + ["  " + line for line in wrong]
        finally:
            try:
                self.gateway.finish()
            except Failed as error:
                found.append(str(error))
            if found:
                found.append("braid said:\n" + "\n".join(self.gateway.said().splitlines()[-15:]))
        return found

    def _play_step(self, step):
        for fake in self.services.values() if "request" in step else ():
            fake.clear()
        if "sleep" in step:
            time.sleep(seconds(step["sleep"]))
        for verb in ("stop", "start"):
            if verb in step:
                getattr(self.services[step[verb]], verb)()
        for name, script in (step.get("set") or {}).items():
            self.services[name].set_script(script)
        if "names" in step:
            self.names.set_script(step["names"])
        if "signal" in step:
            self.gateway.send_signal(step["signal"])
        if "exit" in step:
            self.gateway.wait_exit(seconds(step["exit"].get("within", "10s")), int(step["exit"].get("code", "0")))
        if "restart" in step:
            self.gateway.restart(step["restart"])
        if "close" in step:
            self.held.pop(step["close"]).close()
        expect = self._filled(step.get("expect") or {})
        found = self._descriptors(step["descriptors"]) if "descriptors" in step else []
        found += self._memory(step["memory"]) if "memory" in step else []
        with self._flapping(step.get("flaps")):
            found += self._exchange(step, expect)
        found += check_fakes(expect, self.services, self.options.slow)
        if "log" in expect or "log_lacks" in expect:
            found += eventually(lambda: check_log(expect, self.gateway.said()), 2.0 * self.options.slow)
        return found

    def _descriptors(self, word):
        """`note` keeps how many the gateway has; `same` demands that soon there are as many, `no_more` that
        there are at most as many (libcurl keeps dead connections until it wants to use them)."""
        if word == "note":
            self.noted = self.gateway.descriptors()
            return []
        def is_well():
            now = self.gateway.descriptors()
            return now == self.noted or (word == "no_more" and now < self.noted)

        return eventually(lambda: [] if is_well() else
                          [f"descriptors: there were {self.noted}, there are {self.gateway.descriptors()}"],
                          10.0 * self.options.slow)

    def _memory(self, word):
        """`note` keeps how much is resident; `same` demands that soon it is hardly more. A sanitizer keeps
        what was freed, so there is nothing to see when things are slow."""
        if self.options.slow > 1:
            return []
        if word == "note":
            self.noted_memory = self.gateway.resident()
            return []
        return eventually(lambda: [] if self.gateway.resident() <= self.noted_memory + MEMORY_KB else
                          [f"memory: there were {self.noted_memory} KB, there are {self.gateway.resident()}"], 10.0)

    @contextlib.contextmanager
    def _flapping(self, name):
        """A fake that is gone for a second, there for a second, and so on; it is there at the end."""
        if name is None:
            yield
            return
        fake, ends = self.services[name], threading.Event()

        def flap():
            while True:
                fake.stop()
                is_over = ends.wait(FLAP_SECONDS)
                fake.start()
                if is_over or ends.wait(FLAP_SECONDS):
                    return

        thread = threading.Thread(target=flap)
        thread.start()
        try:
            yield
        finally:
            ends.set()
            thread.join()

    def _exchange(self, step, expect):
        if "answer_of" in step:
            connection, method = self.waiting.pop(step["answer_of"])
            return self._read(connection, method, expect)
        if "request" not in step:
            return []
        if "concurrent" in step:
            return self._crowd(step, expect)
        return self._one_client(step, expect)

    def _crowd(self, step, expect):
        """As many clients at once, each with its own connection."""
        found = []

        def client():
            try:
                found.extend(self._one_client(step, expect))
            except (Failed, Rubbish, Silence, OSError) as error:
                found.append(f"{type(error).__name__}: {error}")

        threads = [threading.Thread(target=client) for _ in range(int(step["concurrent"]))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found[:5]

    def _one_client(self, step, expect):
        address = self.gateway.filled(step["to"]) if "to" in step else self.gateway.places["listen"]
        connection = self.held.get(step.get("on"))
        if connection is None:
            connection = Connection(address, 10.0 * self.options.slow)
        try:
            pieces, method = request_bytes(self._filled(step["request"]), address)
            first = None
            for turn in range(int(step.get("repeat", "1"))):
                send_pieces(connection, pieces)
                if "as" in step:
                    self.waiting[step["as"]] = (connection, method)
                    return []
                if "leave" in step:
                    time.sleep(seconds(step["leave"]))
                    return []
                answer_body = []
                found = self._read(connection, method, expect, answer_body)
                if not found and answer_body and answer_body[0] != (first if first is not None else answer_body[0]):
                    found = [f"the body of repetition {turn + 1} is not the first one's: {answer_body[0][:300]!r}"]
                first = answer_body[0] if answer_body and first is None else first
                if found:
                    return found
            return []
        finally:
            if "on" in step:
                self.held[step["on"]] = connection
            elif "as" not in step:
                connection.close()

    def _read(self, connection, method, expect, ret_body=None):
        if "no_answer" in expect:
            closed = connection.is_closed_within(5.0 * self.options.slow)
            return [] if closed else [f"no_answer: the connection is not closed, or an answer came: "
                                      f"{connection.buffer[:200]!r}"]
        if "statuses" in expect:
            return self._read_many(connection, method, expect)
        if expect.get("broken"):
            return read_broken(connection, method)
        if expect.get("refused"):
            return read_refusal(connection, method, expect, self.options.slow)
        if "first_then" in expect:
            return read_both_or_end(connection, method, expect["first_then"])
        answer = connection.read_answer(method)
        ports = [fake.port for fake in self.services.values()]
        found = check_answer(expect, answer, self.options.slow, ports)
        if expect.get("closed") and not connection.is_closed_within(5.0 * self.options.slow):
            found.append("closed: the connection stays open, or more bytes came")
        if expect.get("nothing_more") and not connection.is_closed_within(0.3) and connection.buffer:
            found.append(f"nothing_more: these bytes came: {connection.buffer[:200]!r}")
        if found:
            found.append("the answer was:\n" + answer.describe())
        if ret_body is not None:
            ret_body.append(answer.body)
        return found

    def _read_many(self, connection, method, expect):
        """`statuses`: the answers to several requests sent at once."""
        wanted, got = [int(one) for one in expect["statuses"]], []
        for _ in wanted:
            got.append(connection.read_answer(method).status)
        if expect.get("closed") and not connection.is_closed_within(5.0 * self.options.slow):
            return ["closed: the connection stays open, or more bytes came"]
        return [] if wanted == got else [f"statuses: expected {wanted}, got {got}"]


def read_broken(connection, method):
    """The answer breaks off: the connection ends before its body does."""
    try:
        answer = connection.read_answer(method)
    except TimeUp as error:
        return [f"broken: {error}"]
    except Silence:
        return []
    return ["broken: the answer looks whole:\n" + answer.describe()]


def read_refusal(connection, method, expect, slow):
    """An answer of 400 or more, or a closed connection; both in time."""
    try:
        status = connection.read_answer(method).status
    except TimeUp as error:
        return [f"refused: {error}"]
    except Silence:
        status = 400
    took = time.monotonic() - connection.sent_at
    found = [] if status >= 400 else [f"refused: the answer is {status}"]
    if "within" in expect and took > seconds(expect["within"]) * slow:
        found.append(f"within: expected {expect['within']} (times {slow:g}), took {took * 1000:.0f} ms")
    return found


def read_both_or_end(connection, method, statuses):
    """The first answer, and then the second one or the end of the connection."""
    got = [connection.read_answer(method).status]
    try:
        got.append(connection.read_answer(method).status)
    except TimeUp as error:
        return [f"first_then: {error}"]
    except Silence:
        pass
    wanted = [int(one) for one in statuses]
    return [] if got in (wanted, wanted[:1]) else [f"first_then: expected {wanted}, got {got}"]


def send_pieces(connection, pieces):
    for piece in pieces:
        if isinstance(piece, float):
            time.sleep(piece)
        else:
            connection.send(piece)


def request_bytes(request, address):
    """What is sent, as bytes and pauses, and the method."""
    if isinstance(request, str):
        request = {"line": request}
    if "raw" in request:
        data = request["raw"].encode("latin-1")
        return [data], data.split(b" ", 1)[0].decode("latin-1")
    if "pieces" in request:
        pieces = []
        for piece in request["pieces"]:
            pause = re.fullmatch(r"[0-9]+m?s", piece)
            pieces.append(seconds(piece) if pause else piece.encode("latin-1"))
        return pieces, request["pieces"][0].split(" ", 1)[0]
    method, _, target = request["line"].partition(" ")
    headers = {"Host": "localhost" if address.startswith("unix:") else address, **(request.get("headers") or {})}
    body = b""
    if "json" in request:
        body = write_json(request["json"]).encode("utf-8")
        headers = {**headers, "Content-Type": (request.get("headers") or {}).get("Content-Type", "application/json")}
    elif "body" in request:
        body = str(request["body"]).encode("utf-8")
    if body or "body" in request:
        headers["Content-Length"] = str(len(body))
    lines = [f"{method} {target} HTTP/{request.get('version', Number('1.1'))}"]
    for name, value in headers.items():
        lines += [f"{name}: {one}" for one in (value if isinstance(value, list) else [value])]
    return [("\r\n".join(lines) + "\r\n\r\n").encode("utf-8") + body], method
