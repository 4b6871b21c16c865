#!/usr/bin/python3
"""Holds what braid tells of itself against those who read it.

    tests/telemetry/check.py --braid build/braid

A collector stub takes the spans and refuses every name, type and id that the published protocol
does not have (opentelemetry-proto 1.x: trace/v1/trace.proto, its JSON mapping in the OTLP
specification). promtool and a real Prometheus read the metrics where they are installed (Debian
package `prometheus`; --promtool and --prometheus name them elsewhere). Logs are rotated by SIGUSR1.
"""

import argparse
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

PATIENCE = 30.0  # seconds until something that must happen has happened


class Wrong(Exception):
    """Something is not as it must be."""


def must(claim, what):
    if not claim:
        raise Wrong(what)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def eventually(question, what):
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        answer = question()
        if answer:
            return answer
        time.sleep(0.05)
    raise Wrong(f"never happened: {what}")


# --- the collector --------------------------------------------------------------------------

SPAN = {"traceId", "spanId", "traceState", "parentSpanId", "flags", "name", "kind", "startTimeUnixNano",
        "endTimeUnixNano", "attributes", "droppedAttributesCount", "events", "droppedEventsCount", "links",
        "droppedLinksCount", "status"}
VALUE = {"stringValue": str, "boolValue": bool, "intValue": str, "doubleValue": (int, float)}


def only(thing, names, where):
    must(isinstance(thing, dict), f"{where} is no object")
    unknown = set(thing) - set(names)
    must(not unknown, f"{where} has unknown names {unknown}")


def check_attributes(attributes, where):
    found = {}
    for one in attributes:
        only(one, {"key", "value"}, where)
        must(len(one["value"]) == 1, f"{where}: {one} has not one value")
        (kind, value), = one["value"].items()
        must(kind in VALUE and isinstance(value, VALUE[kind]), f"{where}: {one}")
        must(kind != "intValue" or re.fullmatch("-?[0-9]+", value), f"{where}: {one}")
        must(one["key"] not in found, f"{where}: {one['key']} stands twice")
        found[one["key"]] = value
    return found


def check_span(span):
    where = f"span {span.get('name')}"
    only(span, SPAN, where)
    must(re.fullmatch("[0-9a-f]{32}", span["traceId"]) and int(span["traceId"], 16), f"{where}: traceId")
    for name in ("spanId", "parentSpanId"):
        must(name not in span or (re.fullmatch("[0-9a-f]{16}", span[name]) and int(span[name], 16)), f"{where}: {name}")
    must("spanId" in span and span["name"], f"{where}: no id or no name")
    must(span["kind"] in (1, 2, 3, 4, 5), f"{where}: kind")
    for name in ("startTimeUnixNano", "endTimeUnixNano"):
        must(isinstance(span[name], str) and span[name].isdigit(), f"{where}: {name}")
        must(abs(int(span[name]) / 1e9 - time.time()) < 600, f"{where}: {name} is not now")
    must(int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]), f"{where}: ends before it begins")
    if "status" in span:
        only(span["status"], {"message", "code"}, where)
        must(span["status"].get("code") in (0, 1, 2), f"{where}: status")
    return dict(span, attributes=check_attributes(span.get("attributes", []), where))


def check_export(document):
    spans = []
    only(document, {"resourceSpans"}, "the export")
    for resource in document["resourceSpans"]:
        only(resource, {"resource", "scopeSpans", "schemaUrl"}, "resourceSpans")
        only(resource["resource"], {"attributes", "droppedAttributesCount"}, "resource")
        names = check_attributes(resource["resource"]["attributes"], "resource")
        must(names.get("service.name") == "shop-gateway", f"service.name is {names}")
        for scope in resource["scopeSpans"]:
            only(scope, {"scope", "spans", "schemaUrl"}, "scopeSpans")
            only(scope["scope"], {"name", "version", "attributes", "droppedAttributesCount"}, "scope")
            spans += [check_span(span) for span in scope["spans"]]
    return spans


class Server(http.server.ThreadingHTTPServer):
    """A collector on /v1/traces, a service on everything else."""
    daemon_threads = True

    def __init__(self):
        self.spans, self.parents, self.wrong, self.refuses = [], [], [], 0
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        self.server.parents.append(self.headers["traceparent"])
        self.answer(200, b'{"id":7}')

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.refuses > 0:
            self.server.refuses -= 1
            self.answer(503, b"{}")
            return
        try:
            must(self.path == "/v1/traces", f"exported to {self.path}")
            must(self.headers["Content-Type"] == "application/json", "exported as another type")
            self.server.spans += check_export(json.loads(body))
        except (Wrong, ValueError, KeyError, TypeError) as error:
            self.server.wrong.append(f"{error!r} in {body[:3000]!r}")
        self.answer(200, b"{}")


# --- the gateway ----------------------------------------------------------------------------

CONFIG = """
listen: 127.0.0.1:{listen}
admin: 127.0.0.1:{admin}
workers: 2
traces: {{ endpoint: "http://127.0.0.1:{service}", sample: 100%, name: shop-gateway }}
services: {{ s: "http://127.0.0.1:{service}", down: "http://127.0.0.1:{down}" }}
routes:
  GET /page/{{id}}:
    calls:
      a: s GET /a/${{path.id}}
      b: {{ request: down GET /b, fallback: [ {{ request: "s GET /c" }} ] }}
  GET /broken: {{ calls: {{ b: down GET /b }} }}
  ANY /passed: {{ proxy: s }}
"""


class Braid:
    def __init__(self, options, folder, service):
        self.folder = folder
        self.listen, self.admin = free_port(), free_port()
        path = os.path.join(folder, "braid.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(listen=self.listen, admin=self.admin, service=service, down=free_port()))
        self.logs = [open(os.path.join(folder, name), "ab") for name in ("access.log", "error.log")]
        self.process = subprocess.Popen([options.braid, "run", path], stdin=subprocess.DEVNULL,
                                        stdout=self.logs[0], stderr=self.logs[1])
        eventually(lambda: self.fetch(self.admin, "/readyz")[0] == 200, "braid is ready")

    def fetch(self, port, path, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}",
                                         headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)
        except OSError:
            return 0, "", {}

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        for log in self.logs:
            log.close()
        must(code == 0, f"braid ended with {code}")


# --- the checks -----------------------------------------------------------------------------

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def check_traces(braid, server):
    """One tree of spans per request; the services were told the ids that are exported."""
    must(braid.fetch(braid.listen, "/page/7", traceparent=PARENT, tracestate="a=b")[0] == 200, "no page")
    must(braid.fetch(braid.listen, "/broken")[0] == 502, "not broken")
    must(braid.fetch(braid.listen, "/passed")[0] == 200, "not passed")
    unsampled = PARENT[:-2] + "00"
    must(braid.fetch(braid.listen, "/page/8", traceparent=unsampled.replace("4bf", "bbb"))[0] == 200, "no page")
    eventually(lambda: sum(s["kind"] == 2 for s in server.spans) >= 3, "three requests are exported")
    must(not server.wrong, "\n".join(server.wrong))
    must(not any(s["traceId"].startswith("bbb") for s in server.spans), "the client had decided against it")
    page = {s["name"]: s for s in server.spans if s["traceId"] == PARENT[3:35]}
    root = page["GET /page/{id}"]
    must(root["parentSpanId"] == PARENT[36:52] and root["traceState"] == "a=b", f"the client's span: {root}")
    must(root["attributes"]["http.route"] == "/page/{id}", f"{root}")
    must(root["attributes"]["http.response.status_code"] == "200", f"{root}")
    for name in ("call a", "call b"):
        must(page[name]["parentSpanId"] == root["spanId"] and page[name]["kind"] == 1, f"{page[name]}")
    must(page["call b"]["attributes"]["braid.source"] == "request", f"{page['call b']}")
    clients = [s for s in server.spans if s["traceId"] == PARENT[3:35] and s["kind"] == 3]
    must(len(clients) == 3, f"three requests to services: {clients}")
    must({s["parentSpanId"] for s in clients} == {page["call a"]["spanId"], page["call b"]["spanId"]}, "parents")
    told = {p[36:52] for p in server.parents if p and p[3:35] == PARENT[3:35]}
    must(told < {s["spanId"] for s in clients}, "the services were told other ids")
    broken = next(s for s in server.spans if s["name"] == "GET /broken")
    must(broken["status"]["code"] == 2 and broken["attributes"]["error.type"] == "connect", f"{broken}")


def check_collector_down(braid, server):
    """What is refused twice is dropped and counted; requests do not notice."""
    server.refuses = 2
    must(braid.fetch(braid.listen, "/passed")[0] == 200, "not passed")
    eventually(lambda: re.search(r"^braid_spans_dropped_total [1-9]", braid.fetch(braid.admin, "/metrics")[1], re.M),
               "the drop is counted")


def check_promtool(braid, options):
    text = braid.fetch(braid.admin, "/metrics")[1]
    must("braid_requests_total{" in text, "no figures")
    if not options.promtool:
        print("skipped: promtool is not installed (Debian package prometheus)")
        return
    done = subprocess.run([options.promtool, "check", "metrics"], input=text, text=True, timeout=PATIENCE,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    must(done.returncode == 0 and not done.stdout.strip(), f"promtool check metrics:\n{done.stdout}")
    print("promtool check metrics: nothing is wrong")


def check_prometheus(braid, options, folder):
    if not options.prometheus:
        print("skipped: Prometheus is not installed (Debian package prometheus)")
        return
    port = free_port()
    path = os.path.join(folder, "prometheus.yml")
    with open(path, "w", encoding="utf-8") as file:
        file.write("global: { scrape_interval: 1s }\nscrape_configs:\n"
                   f"  - {{ job_name: braid, static_configs: [ {{ targets: ['127.0.0.1:{braid.admin}'] }} ] }}\n")
    process = subprocess.Popen([options.prometheus, f"--config.file={path}",
                                f"--storage.tsdb.path={folder}/tsdb", f"--web.listen-address=127.0.0.1:{port}"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def asked(query):
            status, text, _ = braid.fetch(port, "/api/v1/query?query=" + query)
            return status == 200 and json.loads(text)["data"]["result"]
        up = eventually(lambda: asked("up%3D%3D1"), "Prometheus scrapes braid")
        must(up[0]["metric"]["job"] == "braid", f"{up}")
        found = eventually(lambda: asked("sum(braid_requests_total)"), "Prometheus has the figures")
        must(float(found[0]["value"][1]) >= 3, f"{found}")
        rate = eventually(lambda: asked("histogram_quantile(0.99,sum(braid_request_duration_seconds_bucket)by(le))"),
                          "a quantile")
        must(0 <= float(rate[0]["value"][1]) <= 10, f"{rate}")
    finally:
        process.terminate()
        process.wait(PATIENCE)
    print("a real Prometheus has scraped it")


def check_rotation(braid):
    """Each line stands in one file, whole, and new ones in the new file."""
    path = os.path.join(braid.folder, "access.log")
    os.rename(path, path + ".1")
    braid.process.send_signal(signal.SIGUSR1)
    eventually(lambda: os.path.exists(path), "the log is opened again")
    must(braid.fetch(braid.listen, "/passed", X_Request_Id="after-rotation")[0] == 200, "not passed")

    def lines(name):
        with open(name, encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    eventually(lambda: any(line["id"] == "after-rotation" for line in lines(path)), "a line in the new file")
    must(len(lines(path + ".1")) >= 4, "the old file has lost lines")
    must(not any(line["id"] == "after-rotation" for line in lines(path + ".1")), "the line stands in the old file")


def main():
    parser = argparse.ArgumentParser(description="hold braid's telemetry against its readers")
    parser.add_argument("--braid", default="build/braid")
    parser.add_argument("--promtool", default=shutil.which("promtool"))
    parser.add_argument("--prometheus", default=shutil.which("prometheus"))
    options = parser.parse_args()
    server = Server()
    checks = [
        ("spans are what the protocol wants", lambda b, f: check_traces(b, server)),
        ("a collector that refuses", lambda b, f: check_collector_down(b, server)),
        ("promtool", lambda b, f: check_promtool(b, options)),
        ("Prometheus", lambda b, f: check_prometheus(b, options, f)),
        ("logs are rotated", lambda b, f: check_rotation(b)),
    ]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="braid-telemetry-") as folder:
        braid = Braid(options, folder, server.server_address[1])
        for name, check in checks + [("the end", lambda b, f: b.stop())]:
            try:
                check(braid, folder)
                print(f"ok     {name}", flush=True)
            except Wrong as error:
                failed += 1
                print(f"FAILED {name}: {error}", flush=True)
        if braid.process.poll() is None:
            braid.process.kill()
        with open(os.path.join(folder, "error.log"), encoding="utf-8", errors="replace") as file:
            said = file.read()
        if failed or "Sanitizer" in said or "runtime error" in said:
            failed = failed or 1
            print(said[-4000:])
    print(f"{len(checks) + 1 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
