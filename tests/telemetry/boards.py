#!/usr/bin/python3
"""The alerts and the Grafana board that braid brings, held against what it really shows.

    tests/telemetry/boards.py --braid build/braid

Every metric that packaging/prometheus-rules.yml and packaging/grafana.json name is one that /metrics
of a running braid has, with the labels they use; each alert and each reason has its lines in
docs/operations.md. promtool reads the rules where it is installed. And what `braid trace` and
`braid top` say of the same process, on a pipe and on a terminal of 80 by 24.
"""

import argparse
import fcntl
import http.server
import json
import os
import pathlib
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
import threading
import time
import urllib.error
import urllib.request

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "scenarios"))
from gateway import Gateway, reserve_port  # noqa: E402
from judge import Judge  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CONFIG = """
admin: @admin@
traces: { endpoint: "http://127.0.0.1:@nobody@" }
services:
  well: "http://127.0.0.1:@well@"
  lost: { url: "http://127.0.0.1:@nobody@", breaker: { window: 20s, minimum: 3, open: 60s } }
routes:
  GET /ping: { response: { body: pong } }
  GET /page: { calls: { ping: well GET /ping, more: { request: lost GET /, fallback: omit } } }
  GET /lost: { calls: { more: lost GET / } }
"""
METRIC = re.compile(r"\b((?:braid|process)_[a-z0-9_]+)(?:\{([^}]*)\})?")
LABEL = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)")
ELSEWHERE = {"job", "instance"}  # labels that Prometheus adds


class Well(http.server.BaseHTTPRequestHandler):
    """A service that answers."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'"pong"')

    def log_message(self, *_):
        pass


def series(text):
    """{name of a series: its labels} of an exposition; those that are declared and have no sample too."""
    found = {}
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M):
        found.update({name + end: set() for end in (("_bucket", "_sum", "_count") if kind == "histogram" else ("",))})
    for name, labels in re.findall(r"^([a-z_0-9]+)(?:\{(.*)\})? ", text, re.M):
        found.setdefault(name, set()).update(re.findall(r'([a-z_]+)="', labels))
    return found


def unknown(expressions, shown):
    wrong = []
    for expression in expressions:
        for name, labels in METRIC.findall(expression):
            if name not in shown:
                wrong.append(f"{name} is not in /metrics")
                continue
            more = set(LABEL.findall(labels)) - shown[name] - ELSEWHERE
            if more:
                wrong.append(f"{name} has no labels {more}")
    return wrong


def board_expressions(board):
    for panel in board["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield re.sub(r"^label_values\((.*), (.*)\)$", r'\1{\2=""}', variable["query"]["query"])


def boards(metrics, judge, promtool):
    shown = series(metrics)
    rules_path = ROOT / "packaging/prometheus-rules.yml"
    rules = yaml.safe_load(rules_path.read_text())["groups"][0]["rules"]
    judge.say("every alert asks for metrics that exist", not unknown([rule["expr"] for rule in rules], shown),
              unknown([rule["expr"] for rule in rules], shown))
    expressions = list(board_expressions(json.loads((ROOT / "packaging/grafana.json").read_text())))
    judge.say("so does every panel of the board", len(expressions) > 20 and not unknown(expressions, shown), unknown(expressions, shown))
    used = {name for rule in rules for name, _ in METRIC.findall(rule["expr"])}
    judge.say("a metric that does not exist would be noticed", used and unknown(["rate(braid_nothing_total[5m])"], shown))
    guide = (ROOT / "docs/operations.md").read_text()
    missing = [rule["alert"] for rule in rules if f"`{rule['alert']}`" not in guide]
    judge.say("each alert has its lines in the guide", not missing, missing)
    reasons = set(re.findall(r'\[REASON_\w+\] = "(\w+)"', (ROOT / "config/reason.c").read_text())) - {"none"}
    missing = [reason for reason in sorted(reasons) if f"| `{reason}`" not in guide]
    judge.say("each reason has its lines in the guide", not missing, missing)
    if promtool is None:
        print("skipped: there is no promtool here (apt-get install prometheus)")
        return
    done = subprocess.run([promtool, "check", "rules", rules_path], capture_output=True, text=True, check=False)
    judge.say("promtool takes the rules", done.returncode == 0, done.stdout + done.stderr)


def on_a_terminal(words, judge):
    """80 by 24: a picture, then q."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(words, stdin=side, stdout=side, stderr=side, env={**os.environ, "TERM": "xterm"})
    os.close(side)
    seen, ends, has_asked = b"", time.monotonic() + 20, False
    while time.monotonic() < ends and process.poll() is None:
        ready, _, _ = select.select([main], [], [], 0.2)
        if ready:
            try:
                seen += os.read(main, 65536)
            except OSError:
                break
        if not has_asked and b"SERVICE" in seen and b"ROUTE" in seen:
            os.write(main, b"q")
            has_asked = True
    try:
        code = process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    os.close(main)
    text = seen.decode("utf-8", "replace")
    judge.say("braid top draws on a terminal of 80 by 24, and q ends it",
              code == 0 and "GET /lost" in text and "breaker open" in text, (code, text))


def terminals(braid, admin, judge):
    def run(*words):
        return subprocess.run([braid, *words], capture_output=True, text=True, timeout=30, check=False)
    done = run("trace", "page-1", "--admin", admin)
    judge.say("braid trace draws a waterfall", done.returncode == 0 and "GET /page  200" in done.stdout
              and re.search(r"^ping \|#.*\|.* live 200$", done.stdout, re.M) and "omit (connect)" in done.stdout, done)
    done = run("trace", "nobody", "--admin", admin)
    judge.say("of a request that is not kept it says so", done.returncode == 1 and done.stderr.count("\n") == 1 and not done.stdout, done)
    done = run("trace", "../metrics", "--admin", admin)
    judge.say("an id is never a path", done.returncode == 1 and "no request" in done.stderr, done)
    held, nobody = reserve_port()
    for words in (("trace", "x"), ("top", "--once"), ("top",)):
        done = run(*words, "--admin", f"127.0.0.1:{nobody}")
        judge.say(f"braid {words[0]} says in one line that nobody listens",
                  done.returncode == 1 and done.stderr == f"nobody listens on 127.0.0.1:{nobody}\n", done)
    held.close()
    done = run("top", "--once", "--admin", admin)
    lines = done.stdout.splitlines()
    judge.say("braid top --once is text of 80 columns, the worst first",
              done.returncode == 0 and lines[2].startswith("GET /lost ") and max(map(len, lines[:10])) <= 80
              and re.search(r"^lost +breaker open ", done.stdout, re.M), done.stdout)
    on_a_terminal([braid, "top", "--admin", admin], judge)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--braid", default="build/braid")
    parser.add_argument("--promtool", default=shutil.which("promtool"))
    options = parser.parse_args()
    options.braid, options.slow, options.workers, options.transport = os.path.abspath(options.braid), 1.0, 0, ""
    judge = Judge()
    held, nobody = reserve_port()
    well = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Well)
    threading.Thread(target=well.serve_forever, daemon=True).start()
    config = CONFIG.replace("@nobody@", str(nobody)).replace("@well@", str(well.server_address[1]))
    gateway = Gateway({"config": config}, options, {})
    listen, admin = gateway.places["listen"], gateway.places["admin"]
    gateway.start()
    try:
        for i in range(8):
            for path in ("page", "lost"):
                request = urllib.request.Request(f"http://{listen}/{path}", headers={"X-Request-Id": f"{path}-{i}"})
                try:
                    urllib.request.urlopen(request, timeout=20).close()
                except urllib.error.HTTPError as error:
                    error.close()
        with urllib.request.urlopen(f"http://{admin}/metrics", timeout=20) as answer:
            boards(answer.read().decode(), judge, options.promtool)
        terminals(options.braid, admin, judge)
    finally:
        gateway.finish()
        gateway.remove()
        held.close()
    print(f"{judge.good} passed, {judge.bad} failed")
    return 1 if judge.bad else 0


if __name__ == "__main__":
    sys.exit(main())
