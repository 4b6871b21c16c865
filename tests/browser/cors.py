#!/usr/bin/python3
"""CORS as a real browser sees it: two pages in headless chromium, one of an origin that the file
names and one of an origin that it does not, ask the same questions of one gateway.

    tests/browser/cors.py --braid build/braid

Prints a line per question and a count. Without chromium it says `skipped` and ends with 0.
"""

import argparse
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenarios"))
from gateway import Gateway, reserve_port  # noqa: E402

CONFIG = """
cors: { origins: ["http://127.0.0.1:@named@"], max_age: 1m }
services: { s: "http://127.0.0.1:@service@", down: "http://127.0.0.1:@nobody@" }
routes:
  GET /plain: { response: { headers: { X-Total: "7" }, body: { a: 1 } } }
  GET /degraded: { calls: { x: { request: down GET /, fallback: { value: 1 } } } }
  GET /lost: { calls: { x: down GET / } }
  PUT /thing: { calls: { x: s PUT /thing } }
  DELETE /thing: { cors: off, calls: { x: s DELETE /thing } }
  GET /me:
    cors: { origins: ["http://127.0.0.1:@named@"], credentials: on }
    response: { headers: { X-Total: "8" }, body: { cookie: "${cookies.session}" } }
  ANY /passed/*: { proxy: s /* }
"""

# Each question is asked by both pages: what the named one must read; the other must fail.
QUESTIONS = [
    ("an answer and its fields", "/plain", {}, {"status": 200, "total": "7", "body": {"a": 1}}),
    ("a degraded answer", "/degraded", {}, {"status": 200, "degraded": "x;source=value;reason=connect"}),
    ("a problem document", "/lost", {}, {"status": 502, "reason": "connect"}),
    ("a method that needs a preflight", "/thing",
     {"method": "PUT", "headers": {"Content-Type": "application/json", "X-Own": "1"}, "body": "{}"},
     {"status": 200, "body": {"x": {"asked": "PUT /thing"}}}),
    ("a method whose route has cors: off", "/thing", {"method": "DELETE"}, None),
    ("with cookies, where the route takes them", "/me", {"credentials": "include"},
     {"status": 200, "total": "8", "body": {"cookie": "c1"}}),
    ("with cookies, where it does not", "/plain", {"credentials": "include"}, None),
    ("a proxy route and a header of one's own", "/passed/a", {"headers": {"X-Own": "1"}},
     {"status": 200, "body": {"asked": "GET /a"}}),
]

PAGE = """<!doctype html><title>cors</title><pre id="out">waiting</pre><script>
document.cookie = "session=c1; SameSite=Lax";
async function ask([, path, options]) {
  try {
    const answer = await fetch("http://127.0.0.1:@listen@" + path, options);
    const body = await answer.json();
    return {status: answer.status, body, reason: body.reason, total: answer.headers.get("X-Total"),
            degraded: answer.headers.get("Degraded")};
  } catch (error) { return {failed: error.name}; }
}
(async () => {
  const all = [];
  for (const question of @questions@) all.push(await ask(question));
  document.getElementById("out").textContent = JSON.stringify(all);
})();
</script>"""


class Site:
    """A server of one port: `GET /` is the page, everything else tells what was asked."""

    def __init__(self):
        site = self
        self.page, self.asked = "", []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                is_page = bool(site.page)
                site.asked.append(f"{self.command} {self.path}")
                body = (site.page if is_page else json.dumps({"asked": site.asked[-1]})).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8" if is_page else "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_DELETE = do_OPTIONS = reply

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def look_at(browser, port, folder):
    """What the page of that port has written, or why it has not."""
    words = [browser, "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             f"--user-data-dir={folder}/{port}", "--virtual-time-budget=20000", "--dump-dom",
             f"http://127.0.0.1:{port}/"]
    if os.geteuid() == 0:
        words.insert(1, "--no-sandbox")
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=90, check=False)
    found = re.search(r'<pre id="out">(\[.*\])</pre>', done.stdout.decode("utf-8", "replace"))
    if not found:
        raise SystemExit("the page did not end:\n" + (done.stdout + done.stderr).decode("utf-8", "replace")[-3000:])
    return json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def reads(seen, wanted):
    if wanted is None:
        return seen == {"failed": "TypeError"}
    return all(seen.get(name) == value for name, value in wanted.items())


def judge(who, seen, wanted_of):
    failed = 0
    for (name, _, _, wanted), answer in zip(QUESTIONS, seen, strict=True):
        fine = reads(answer, wanted_of(wanted))
        print(f"{'ok    ' if fine else 'FAILED'} {who}: {name}" + ("" if fine else f": {answer}"))
        failed += not fine
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--braid", default="build/braid")
    options = parser.parse_args()
    browser = shutil.which("chromium")
    if browser is None:
        print("skipped: there is no chromium here (apt-get install chromium, some 350 MB)")
        return 0
    named, other, service = Site(), Site(), Site()
    held, nobody = reserve_port()
    config = CONFIG.replace("@named@", str(named.port)).replace("@service@", str(service.port))
    options.braid, options.slow = os.path.abspath(options.braid), 1.0
    options.workers, options.transport = 0, ""
    gateway = Gateway({"config": config.replace("@nobody@", str(nobody))}, options, {})
    gateway.start()
    try:
        page = PAGE.replace("@listen@", gateway.places["listen.port"])
        named.page = other.page = page.replace("@questions@", json.dumps(QUESTIONS))
        with tempfile.TemporaryDirectory(prefix="braid-browser-", ignore_cleanup_errors=True) as folder:
            failed = judge("the named origin", look_at(browser, named.port, folder), lambda wanted: wanted)
            failed += judge("another origin", look_at(browser, other.port, folder), lambda wanted: None)
        untouched = service.asked == ["PUT /thing", "GET /a"]  # what the named page may
        print(f"{'ok    ' if untouched else 'FAILED'} no service was asked what was not allowed: {service.asked}")
        failed += not untouched
    finally:
        gateway.finish()
        gateway.remove()
        held.close()
    total = 2 * len(QUESTIONS) + 1
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
