"""Load: wrk for as long as one says, crowd for as many requests as one says."""

import json
import os
import subprocess
import time
import urllib.request

from harness.peers import PAGES
from harness.processes import PEERS, Trouble, cpu_seconds, need


def wrk(setup, peer, page, clients, seconds, threads=1):
    """What wrk counted; errors of any kind are in it."""
    process = setup.processes.start(
        "wrk", [need("wrk", "wrk"), f"-t{threads}", f"-c{clients}", f"-d{seconds}s", "--timeout", "15s",
                "-s", os.path.join(PEERS, "load.lua"), peer.base(), "--", peer.target(page)], setup.load_cpus,
        stdout=subprocess.PIPE)
    try:
        lines = process.communicate(timeout=seconds + 60)[0].decode().splitlines()
    finally:
        setup.processes.end(process)
    for line in lines:
        if line.startswith("{"):
            return json.loads(line)
    raise Trouble(f"wrk said nothing of {peer.url(page)}:\n" + "\n".join(lines))


def measure(setup, peer, page, clients, seconds, threads=1):
    """One run: pages, their CPU seconds per 1,000, latency, memory."""
    before, service_before = peer.cpu(), cpu_seconds(setup.services.process.pid)
    began = time.monotonic()
    counted = wrk(setup, peer, page, clients, seconds, threads)
    took = time.monotonic() - began
    spent = peer.cpu() - before
    thousands = max(counted["pages"], 1) / 1000
    return {
        "peer": peer.name, "page": page, "clients": clients,
        "cpu_per_1000": spent / thousands, "cpus": spent / took,
        "services_cpus": (cpu_seconds(setup.services.process.pid) - service_before) / took,
        "pages_per_second": counted["pages"] / (counted["microseconds"] / 1e6),
        "bytes_per_page": counted["bytes"] / max(counted["pages"], 1), "memory_kb": peer.memory(),
        **{name: counted[name] for name in ("pages", "p50_ms", "p90_ms", "p99_ms", "max_ms")},
        "errors": counted["not_2xx"] + counted["broken"] + counted["timeouts"],
    }


def fetch(peer, page):
    with urllib.request.urlopen(peer.url(page), timeout=20) as answer:
        return json.load(answer)


def check_same(peers, pages):
    """The page is the same from every peer, or nothing is measured."""
    for page in pages:
        having = [peer for peer in peers if page in peer.pages]
        wanted = fetch(having[0], page) if having else None
        for peer in having[1:]:
            if fetch(peer, page) != wanted:
                raise Trouble(f"{page} ({PAGES[page][1]}) of {peer.name} is not that of {having[0].name}")


class Crowd:
    """bench/crowd; with `holds` its connections stay open until release(); `spread` is in ms."""

    def __init__(self, setup, peer, target, connections, rounds, group=None, holds=False, spread=0):
        self.setup = setup
        arguments = [os.path.join(setup.programs, "crowd"), str(peer.port), target, str(connections),
                     str(rounds), str(group or connections),
                     "hold" if holds else str(spread)]
        self.process = setup.processes.start("crowd", arguments, setup.load_cpus,
                                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            self.release()
            with open(os.path.join(setup.processes.folder, "crowd.log"), errors="replace") as log:
                raise Trouble(f"the crowd broke off: {log.read()}")
        self.counted = json.loads(line)
        if not holds:
            self.release()

    def release(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdin = None
        self.setup.processes.end(self.process)
