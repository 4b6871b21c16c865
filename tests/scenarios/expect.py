"""What a scenario may expect of an answer and of the fakes, and how it is checked.
Each check gives a list of lines that say what differs; an empty list is agreement."""

import json
import re
import time

from values import read_json, seconds, text_matches, value_differences

KEYS = {"status", "headers", "degraded", "body", "body_like", "body_text", "body_bytes", "body_contains", "body_lacks",
        "problem", "received", "in_order", "cancelled", "at_once", "connects", "within", "at_least", "closed", "log",
        "log_lacks", "no_answer", "statuses", "broken",
        "first_byte_within", "refused", "nothing_more", "first_then", "gzip"}


def check_answer(expect, answer, slow, ports):
    """The answer itself. `ports` are the fakes' ports, which no problem document may show."""
    found = _check_sound(answer)
    if "status" in expect and int(expect["status"]) != answer.status:
        found.append(f"status: expected {expect['status']}, got {answer.status}")
    for name, wanted in (expect.get("headers") or {}).items():
        found += _check_header(name, wanted, answer)
    if "degraded" in expect:
        found += _check_degraded(expect["degraded"], answer)
    if "problem" in expect:
        found += _check_problem(expect["problem"], answer, ports)
    found += _check_body(expect, answer)
    if "within" in expect and answer.seconds > seconds(expect["within"]) * slow:
        found.append(f"within: expected {expect['within']} (times {slow:g}), took {answer.seconds * 1000:.0f} ms")
    if "first_byte_within" in expect and answer.first_seconds > seconds(expect["first_byte_within"]) * slow:
        found.append(f"first_byte_within: expected {expect['first_byte_within']} (times {slow:g}), "
                     f"took {answer.first_seconds * 1000:.0f} ms")
    if "at_least" in expect and answer.seconds < seconds(expect["at_least"]):
        found.append(f"at_least: expected {expect['at_least']}, took {answer.seconds * 1000:.0f} ms")
    return found


def _check_sound(answer):
    """What holds for every answer, whatever the scenario says."""
    kind = (answer.header("content-type") or "").split(";")[0].strip().lower()
    if answer.body and (kind == "application/json" or kind.endswith("+json")):
        try:
            read_json(answer.plain().decode("utf-8"), once=False)
        except RecursionError:
            pass
        except ValueError as error:
            return [f"the body is called {kind}, but is not JSON: {error}"]
    if len(answer.header_lines("content-type")) > 1:
        return ["there are two Content-Type lines"]
    return []


def _check_header(name, wanted, answer):
    if isinstance(wanted, list):
        got = answer.header_lines(name)
        same = len(wanted) == len(got) and all(map(text_matches, wanted, got))
    else:
        got = answer.header(name)
        same = text_matches(wanted, got)
    return [] if same else [f"header {name}: expected {wanted!r}, got {got!r}"]


def parse_degraded(text):
    """An RFC 9651 list as [(name, {parameter: value})]."""
    items = []
    for item in text.split(","):
        name, *parameters = [part.strip() for part in item.split(";")]
        items.append((name, dict(part.partition("=")[::2] for part in parameters)))
    return items


def _check_degraded(wanted, answer):
    """The items in order, the parameters of each in any order; null: no such header. An
    age may be a pattern."""
    got = answer.header("degraded")
    if wanted is None:
        return [] if got is None else [f"degraded: expected none, got {got!r}"]
    if got is None:
        return [f"degraded: expected {wanted!r}, got none"]
    one, other = parse_degraded(wanted), parse_degraded(got)
    same = len(one) == len(other) and all(
        a[0] == b[0] and a[1].keys() == b[1].keys() and all(text_matches(v, b[1][k]) for k, v in a[1].items())
        for a, b in zip(one, other))
    found = [] if same else [f"degraded: expected {wanted!r}, got {got!r}"]
    if (answer.header("cache-control") or "") != "no-store":
        found.append(f"a degraded answer with Cache-Control {answer.header('cache-control')!r}, not no-store")
    return found


def _check_problem(wanted, answer, ports):
    """An RFC 9457 document with its members, which shows no internal address."""
    found = []
    if answer.header("content-type") != "application/problem+json":
        found.append(f"problem: content-type is {answer.header('content-type')!r}")
    try:
        document = answer.json()
    except ValueError as error:
        return found + [f"problem: the body is not JSON: {error}"]
    if not isinstance(document, dict):
        return found + ["problem: the body is no object"]
    for member in ("type", "title", "request_id"):
        if not isinstance(document.get(member), str) or not document[member]:
            found.append(f"problem: {member} is {document.get(member)!r}")
    if str(document.get("status")) != str(answer.status):
        found.append(f"problem: status is {document.get('status')!r}, the answer's is {answer.status}")
    found += value_differences(wanted or {}, document, "problem", patterns=True)
    whole = answer.body.decode("utf-8", "replace") + repr(answer.headers)
    for port in ports:
        if re.search(rf"\b{port}\b", whole):
            found.append(f"problem: it shows an internal address (port {port})")
    return found


def _check_body(expect, answer):
    found = []
    text = answer.plain().decode("utf-8", "backslashreplace")
    if "gzip" in expect and (answer.header("content-encoding") == "gzip") != (expect["gzip"] is True):
        found.append(f"gzip: expected {expect['gzip']}, Content-Encoding is {answer.header('content-encoding')!r}")
    for key, patterns in (("body", False), ("body_like", True)):
        if key in expect:
            try:
                found += value_differences(expect[key], answer.json(), "body", patterns)
            except ValueError as error:
                found.append(f"body: not JSON to compare: {error}")
    if "body_text" in expect and text != str(expect["body_text"]):
        found.append(f"body_text: expected {str(expect['body_text'])[:300]!r}, got {text[:300]!r}")
    if "body_bytes" in expect and len(answer.body) != int(expect["body_bytes"]):
        found.append(f"body_bytes: expected {expect['body_bytes']}, got {len(answer.body)}")
    for part in listed(expect.get("body_contains")):
        if str(part) not in text:
            found.append(f"body_contains: {part!r} is not in the body")
    for part in listed(expect.get("body_lacks")):
        if str(part) in text:
            found.append(f"body_lacks: {part!r} is in the body")
    return found


def listed(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def eventually(check, timeout):
    """Repeats a check until it agrees or the time is up; its last findings."""
    ends = time.monotonic() + timeout
    while True:
        found = check()
        if not found or time.monotonic() > ends:
            return found
        time.sleep(0.02)


def check_fakes(expect, services, slow):
    """What the fakes saw; waits a little, for a cancel travels on its own."""
    found = []
    if "received" in expect:
        order = expect.get("in_order", False)
        for name, wanted in expect["received"].items():
            found += eventually(lambda: _check_received(name, wanted, services[name], order), 1.0 * slow)
    for name, count in (expect.get("cancelled") or {}).items():
        found += eventually(lambda: _count(f"cancelled calls of {name}", count, services[name].cancelled), 2.0 * slow)
    for name, count in (expect.get("connects") or {}).items():
        found += eventually(lambda: _count(f"connections to {name}", count, services[name].connects), 2.0 * slow)
    for name, count in (expect.get("at_once") or {}).items():
        found += _count(f"requests that {name} held at once", count, services[name].peak)
    return found


def _count(what, wanted, got):
    """`8` exactly, or `1..8`."""
    low, _, high = str(wanted).partition("..")
    fits = int(low) <= got <= int(high or low)
    return [] if fits else [f"{what}: expected {wanted}, got {got}"]


def _check_received(name, wanted, fake, in_order):
    got = list(fake.received)
    lines = [request.line for request in got]
    if isinstance(wanted, str):  # a number, or a range
        return _count(f"requests that {name} received", wanted, len(got))
    said = [one if isinstance(one, str) else one["line"] for one in wanted]
    if (lines if in_order else sorted(lines)) != (said if in_order else sorted(said)):
        return [f"received by {name}: expected {said}, got {lines[:40]}"]
    found = []
    for one in wanted:
        if isinstance(one, dict):
            alike = [request for request in got if request.line == one["line"]]
            tries = [_check_request(one, request, name) for request in alike]
            if all(tries):
                found += tries[0]
    return found


def _check_request(wanted, request, name):
    found = []
    for header, value in (wanted.get("headers") or {}).items():
        if not text_matches(value, request.header(header)):
            found.append(f"received by {name}, {header}: expected {value!r}, got {request.header(header)!r}")
    body = request.body.decode("utf-8", "backslashreplace")
    if "body_text" in wanted and str(wanted["body_text"]) != body:
        found.append(f"received by {name}: expected the body {wanted['body_text']!r}, got {body[:300]!r}")
    if "body" in wanted:
        try:
            found += value_differences(wanted["body"], read_json(body), f"received by {name}: body")
        except ValueError:
            found.append(f"received by {name}: the body is not JSON: {body[:300]!r}")
    return found


def check_output(result, code, output):
    """A command's exit code and lines. An expected line stands anywhere; `/regex/` is searched."""
    found = []
    lines = output.splitlines()
    if "exit" in result and result["exit"] != "not 0" and int(result["exit"]) != code:
        found.append(f"exit: expected {result['exit']}, got {code}")
    elif result.get("exit") == "not 0" and code == 0:
        found.append(f"exit: expected {result['exit']}, got {code}")
    for wanted in listed(result.get("output")):
        if not any(text_matches(wanted, line) for line in lines):
            found.append(f"output: no line is {wanted!r}")
    for part in listed(result.get("lacks")):
        if any(text_matches(part, line) for line in lines):
            found.append(f"output: a line is {part!r}")
    for word in ("error", "warning"):
        count = sum(1 for line in lines if re.match(rf"\S+?:\d+:\d+: {word}: ", line))
        if word + "s" in result and count != int(result[word + "s"]):
            found.append(f"{word}s: expected {result[word + 's']}, got {count}")
    if "lines" in result and len(lines) != int(result["lines"]):
        found.append(f"lines: expected {result['lines']}, got {len(lines)}")
    if found:
        found.append("the output was:\n" + output[:6000])
    return found


def check_log(expect, said):
    found = []
    for wanted in listed(expect.get("log")):
        if not any(text_matches(wanted, line) for line in said.splitlines()):
            found.append(f"log: no line is {wanted!r}")
    for part in listed(expect.get("log_lacks")):
        if str(part) in said:
            found.append(f"log_lacks: {part!r} is in the log")
    for line in said.splitlines() if "log" in expect else []:
        if line.startswith("{"):
            json.loads(line)
    return found
