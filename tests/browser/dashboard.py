#!/usr/bin/python3
"""The dashboard in headless chromium: a gateway with one service that is down and one that is slow,
requests of every kind, then clicks and keys through the page on a wide screen and on a phone, light
and dark. Screenshots are kept.

    tests/browser/dashboard.py --braid build/braid --screenshots build/log/screenshots

Prints a line per claim and a count. Without chromium it says `skipped` and ends with 0.
"""

import argparse
import http.server
import json
import os
import shutil
import sys
import threading
import time
import urllib.error
import urllib.request

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(FOLDER, "..", "scenarios"))
from chrome import Chrome, Lost  # noqa: E402
from gateway import Gateway, reserve_port  # noqa: E402
from judge import Judge  # noqa: E402

CONFIG = """
admin: @admin@
debug: { header: X-Debug, secret: "${env.DEBUG_SECRET}" }
services:
  users: "http://127.0.0.1:@service@"
  orders: { url: "http://127.0.0.1:@service@", headers: { Authorization: "Bearer ${env.ORDERS_TOKEN}" } }
  prices: { url: "http://127.0.0.1:@service@", concurrency: 64, queue: 8 }
  stock: { urls: ["http://127.0.0.1:@nobody@", "http://localhost:@nobody@"], breaker: { window: 20s, minimum: 5, open: 60s } }
routes:
  GET /orders/{id}:
    deadline: 2s
    calls:
      order: orders GET /order
      customer: { request: "users GET /user/${order.customer}", fallback: { value: { name: unknown } } }
      prices: { request: "prices GET /slow?of=${order.id}", fallback: omit }
      stock: { request: "stock GET /stock?of=${order.id}", fallback: omit }
    response: { body: { id: "${order.id}", name: "${customer.name}", prices?: "${prices}", stock?: "${stock}" } }
  GET /users/{id}: { calls: { user: "users GET /user/${path.id}" } }
  GET /stock: { calls: { stock: stock GET /stock } }
  ANY /api/*: { proxy: orders /* }
  GET /ping: { response: { body: pong } }
"""
SECRETS = {"DEBUG_SECRET": "swordfish-debug", "ORDERS_TOKEN": "swordfish-token"}


class Service:
    """Every path is an object; /slow takes its time."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path.startswith("/slow"):
                    time.sleep(0.12)
                body = json.dumps({"id": "7", "customer": "3", "name": "Ada"}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def fetch(address, path, headers=None):
    request = urllib.request.Request(f"http://{address}{path}", headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


def make_traffic(listen):
    for i in range(12):
        fetch(listen, f"/orders/{i}", {"X-Request-Id": f"order-{i}"})
        fetch(listen, f"/users/{i}")
        fetch(listen, "/stock", {"X-Request-Id": f"stock-{i}"})
        fetch(listen, "/ping")
    fetch(listen, "/api/thing")
    fetch(listen, "/orders/asked", {"X-Debug": SECRETS["DEBUG_SECRET"], "X-Request-Id": "asked-for"})
    fetch(listen, "/nothing")


def click(chrome, selector):
    chrome.run(f"document.querySelector({json.dumps(selector)}).click()")


def text(chrome, selector):
    return chrome.run(f"(document.querySelector({json.dumps(selector)}) || {{}}).innerText || ''")


def named(chrome, table, name):
    """Clicks the button of that name."""
    chrome.run(f"[...document.querySelectorAll('{table} .name')].find(one => one.innerText.trim() === {json.dumps(name)}).click()")


def wander(chrome, admin, judge, shots):
    chrome.look(1280, 900, "light")
    chrome.open(f"http://{admin}/")
    chrome.until("document.querySelectorAll('#route-rows tr').length >= 5", "the routes are there")
    chrome.until("document.querySelectorAll('#request-rows tr').length >= 5", "the requests are there")
    chrome.until("document.querySelectorAll('#matrix tbody tr').length === 5", "the matrix is there")
    judge.say("it says that it is live", text(chrome, "#pulse") == "live", text(chrome, "#pulse"))
    first = text(chrome, "#route-rows tr")
    judge.say("the route that fails is first", "GET /stock" in first and "100 %" in first, first)
    row = text(chrome, "#service-rows tr")
    judge.say("the service in trouble is first, its breaker open", "stock" in row and "breaker open" in row, row)
    judge.say("addresses are shown", "127.0.0.1" in text(chrome, "#services"))
    kinds = chrome.run("[...document.querySelectorAll('#request-rows td:nth-child(2)')].map(one => one.innerText)")
    judge.say("failed requests are first, then degraded ones",
              kinds == sorted(kinds, key=["failed", "degraded", "slow", "asked", "ordinary"].index) and kinds[0] == "failed", kinds)
    lit = chrome.run("[...document.querySelectorAll('#matrix td.is-lit')].map(one => one.title)")
    judge.say("the matrix is lit where the lost service is used",
              sorted(lit) == ["without stock: degrades", "without stock: fails"], lit)
    judge.say("a screen reader is told what a cell is", "untouched" in chrome.run("document.getElementById('matrix').textContent"))
    chrome.shoot(f"{shots}/wide-light.png", whole=True)
    chrome.look(1280, 900, "dark")
    chrome.shoot(f"{shots}/wide-dark.png", whole=True)

    named(chrome, "#request-rows", "GET /orders/asked")
    chrome.until("document.querySelector('.fall tbody')", "the waterfall is drawn")
    fall = text(chrome, "#sheet")
    judge.say("the waterfall names calls, services, sources and reasons",
              all(word in fall for word in ("customer", "prices", "stock", "omit", "live", "breaker_open")), fall)
    judge.say("the sheet's address finds it again", "#request=asked-for" in chrome.run("location.hash"))
    chrome.shoot(f"{shots}/waterfall-dark.png")
    chrome.press("Escape", 27)
    chrome.until("!document.getElementById('sheet').open", "Escape closes the sheet")
    judge.say("Escape closes it", True)

    chrome.look(1280, 900, "light")
    named(chrome, "#route-rows", "GET /orders/{id}")
    chrome.until("document.querySelector('.plan')", "the plan is drawn")
    plan = text(chrome, "#sheet")
    judge.say("the plan says what waits for what", "order → prices" in plan or "order → customer" in plan or "order → stock" in plan, plan)
    judge.say("four boxes and three arrows", chrome.run("document.querySelectorAll('.plan rect').length") == 4
              and chrome.run("document.querySelectorAll('.plan > path').length") == 3)
    chrome.shoot(f"{shots}/plan-light.png")
    click(chrome, "#sheet-close")

    click(chrome, "#config-settings summary")
    click(chrome, "#config-services summary")
    config = chrome.run("document.getElementById('config').innerText")
    judge.say("the configuration has defaults, and constants by their names",
              "drain:" in config and "${env.ORDERS_TOKEN}" in config and "${env.DEBUG_SECRET}" in config, config)
    chrome.run("document.getElementById('configuration').scrollIntoView({ behavior: 'instant' })")
    chrome.shoot(f"{shots}/configuration-light.png")

    chrome.run("document.getElementById('filter').focus()")
    chrome.ask("Input.insertText", text="users")
    chrome.until("document.querySelectorAll('#route-rows tr').length === 1", "the filter leaves one route")
    judge.say("the filter leaves what has the name", text(chrome, "#route-rows").startswith("GET /users/{id}"))
    chrome.run("document.getElementById('filter').value = ''; document.getElementById('filter').dispatchEvent(new Event('input'))")
    click(chrome, "[name=kind][value=degraded]")
    chrome.until("[...document.querySelectorAll('#request-rows td:nth-child(2)')].every(one => one.innerText === 'degraded')",
                 "only degraded requests")
    click(chrome, "[name=kind][value=all]")
    click(chrome, "[name=window][value='300']")
    judge.say("kinds and windows are chosen", True)


def by_keys(chrome, judge):
    """Tab to the first route, Enter, Escape: the focus comes back."""
    chrome.run("window.scrollTo(0, 0); document.activeElement.blur()")
    for _ in range(40):
        chrome.press("Tab", 9)
        if chrome.run("document.activeElement.className === 'name'"):
            break
    name = chrome.run("document.activeElement.innerText")
    chrome.press("Enter", 13)
    chrome.until("document.getElementById('sheet').open", "Enter opens the plan")
    chrome.press("Escape", 27)
    chrome.until("!document.getElementById('sheet').open", "Escape closes the plan")
    judge.say("keys open and close a plan, and the focus comes back",
              chrome.run("document.activeElement.innerText") == name, name)


def on_a_phone(chrome, admin, judge, shots):
    for scheme in ("light", "dark"):
        chrome.look(390, 844, scheme, is_phone=True)
        chrome.open(f"http://{admin}/")
        chrome.until("document.querySelectorAll('#matrix tbody tr').length === 5", "the page on a phone")
        chrome.shoot(f"{shots}/phone-{scheme}.png", whole=True)
        wide = chrome.run("document.documentElement.scrollWidth")
        judge.say(f"a phone need not scroll sideways ({scheme})", wide <= 390, wide)
    chrome.open(f"http://{admin}/#request=asked-for")
    chrome.until("document.querySelector('.fall tbody')", "the waterfall on a phone")
    chrome.shoot(f"{shots}/phone-waterfall-dark.png")
    chrome.open(f"http://{admin}/#plan=" + urllib.request.quote("GET /orders/{id}", safe=""))
    chrome.run("location.reload()")
    chrome.until("document.querySelector('.plan')", "the plan on a phone")
    chrome.shoot(f"{shots}/phone-plan-dark.png")


def when_it_is_gone(chrome, gateway, admin, judge, shots):
    chrome.look(1280, 900, "light")
    chrome.open(f"http://{admin}/")
    chrome.until("document.querySelectorAll('#route-rows tr').length >= 5", "the routes are there")
    gateway.finish()
    chrome.until("document.getElementById('pulse').className === 'is-lost'", "it says that braid is gone")
    judge.say("braid is gone: the page says so and keeps what it has seen",
              "does not answer" in text(chrome, "#pulse") and "GET /ping" in text(chrome, "#route-rows"), text(chrome, "#pulse"))
    chrome.shoot(f"{shots}/gone-light.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--braid", default="build/braid")
    parser.add_argument("--screenshots", default="build/log/screenshots")
    options = parser.parse_args()
    program = shutil.which("chromium")
    if program is None:
        print("skipped: there is no chromium here (apt-get install chromium, some 350 MB)")
        return 0
    os.makedirs(options.screenshots, exist_ok=True)
    service, judge = Service(), Judge()
    held, nobody = reserve_port()
    options.braid, options.slow, options.workers, options.transport = os.path.abspath(options.braid), 1.0, 0, ""
    config = CONFIG.replace("@service@", str(service.port)).replace("@nobody@", str(nobody))
    gateway = Gateway({"config": config, "env": SECRETS}, options, {})
    listen, admin = gateway.places["listen"], gateway.places["admin"]
    gateway.start()
    chrome = None
    try:
        make_traffic(listen)
        _, headers, page = fetch(admin, "/")
        policy = headers.get("Content-Security-Policy", "")
        judge.say("the policy lets nothing in but the page itself",
                  policy.startswith("default-src 'none';") and "unsafe" not in policy and policy.count("'sha256-") == 2, policy)
        judge.say("the page asks for nothing from elsewhere", "http://www.w3.org/2000/svg" in page
                  and page.count("http") == page.count("http://www.w3.org/2000/svg") and " src=" not in page)
        said = "".join(fetch(admin, path)[2] for path in ("/config", "/status", "/matrix", "/metrics", "/requests"))
        judge.say("no secret is told", "swordfish" not in said)
        chrome = Chrome(program)
        wander(chrome, admin, judge, options.screenshots)
        by_keys(chrome, judge)
        on_a_phone(chrome, admin, judge, options.screenshots)
        judge.say("the browser has nothing to complain about", not chrome.messages, chrome.messages)
        when_it_is_gone(chrome, gateway, admin, judge, options.screenshots)
    except Lost as error:
        judge.say("the browser does as it is told", False, f"{chrome.messages if chrome else ''} {error}")
        if chrome is not None:
            chrome.shoot(f"{options.screenshots}/lost.png")
    finally:
        if chrome is not None:
            chrome.close()
        gateway.finish()
        gateway.remove()
        held.close()
    print(f"{judge.good} passed, {judge.bad} failed")
    return 1 if judge.bad else 0


if __name__ == "__main__":
    sys.exit(main())
