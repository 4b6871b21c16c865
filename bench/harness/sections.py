"""The sections of a result: what is measured, in which order, and what is kept of it."""

import os
import statistics
import time

from harness.load import Crowd, check_same, measure
from harness.peers import PAGES, STARTERS, Setup, start_braid
from harness.processes import Trouble

WARM_SECONDS = 1
HUNG_CALLS, HUNG_DEADLINE_MS, HUNG_SPREAD_MS = 5000, 1000, 900
IDLE_CLIENTS, HELD_PAGES, HELD_CALLS = 5000, 2000, 3
SHARED_KB = 512
FEW_CLIENTS, MANY_CLIENTS = 16, 1024


def spread(values):
    return {"median": statistics.median(values), "least": min(values), "most": max(values)}


def say(run):
    print(f"  {run['peer']:<13} {run['page']:<6} {run['clients']:>5} clients  {run['cpu_per_1000']:8.4f} s CPU"
          f"/1,000 {run['pages_per_second']:>9,.0f} pages/s  p50 {run['p50_ms']:7.2f} ms  p99 {run['p99_ms']:7.2f} ms"
          f"  {run['memory_kb'] / 1024:6.1f} MB  {run['errors']} errors", flush=True)


def pairs(runs, of, to, value="cpu_per_1000"):
    """The ratios of two peers, each within one repetition."""
    return [one[value] / other[value]
            for one in runs if one["peer"] == of
            for other in runs if other["peer"] == to and other["repetition"] == one["repetition"]]


def pages(processes, options):
    """Every peer and page, interleaved: all peers once, then again, the order turned each time."""
    setup = Setup(processes, options.build, options.braid, options.workers == 1)
    peers = [STARTERS[name](setup, options.workers) for name in options.peers]
    check_same(peers, options.pages)
    result = {}
    for page in options.pages:
        having = [peer for peer in peers if page in peer.pages]
        runs = []
        for repetition in range(options.repetitions):
            for at in range(len(having)):
                peer = having[(at + repetition) % len(having)]
                if repetition == 0:
                    measure(setup, peer, page, PAGES[page][0], WARM_SECONDS)
                run = measure(setup, peer, page, PAGES[page][0], options.seconds)
                runs.append({**run, "repetition": repetition})
                say(run)
        result[page] = page_summary(page, having, runs)
    return {"pages": result, "notes": {peer.name: peer.note for peer in peers if peer.note}}


def page_summary(page, peers, runs):
    summary = {"what": PAGES[page][2], "clients": PAGES[page][0], "runs": runs, "peers": {}}
    for peer in peers:
        own = [run for run in runs if run["peer"] == peer.name]
        summary["peers"][peer.name] = {
            **{name: spread([run[name] for run in own])
               for name in ("cpu_per_1000", "pages_per_second", "p50_ms", "p99_ms", "memory_kb")},
            "errors": sum(run["errors"] for run in own)}
    summary["braid_to"] = {peer.name: spread(pairs(runs, "braid", peer.name))
                           for peer in peers if peer.name != "braid"} \
        if any(peer.name == "braid" for peer in peers) else {}
    return summary


def clients(processes, options):
    """What 1,024 clients cost per page beside 16, and how much of it the floor grows by too."""
    setup = Setup(processes, options.build, options.braid, True)
    peers = [STARTERS[name](setup, 1) for name in ("braid", "floor")]
    growth = {peer.name: [] for peer in peers}
    runs = []
    for repetition in range(options.repetitions):
        for peer in peers:
            few, many = (measure(setup, peer, "W1", count, options.seconds)
                         for count in (FEW_CLIENTS, MANY_CLIENTS))
            say(few)
            say(many)
            runs += [{**few, "repetition": repetition}, {**many, "repetition": repetition}]
            growth[peer.name].append(many["cpu_per_1000"] / few["cpu_per_1000"])
    beyond = [mine / floor for mine, floor in zip(growth["braid"], growth["floor"])]
    return {"clients": {"few": FEW_CLIENTS, "many": MANY_CLIENTS, "beyond_the_floor": spread(beyond),
                        "errors": sum(run["errors"] for run in runs), "runs": runs,
                        **{name: spread(values) for name, values in growth.items()}}}


def workers(processes, options):
    """Two workers beside one, all CPUs for everybody: on a small machine the load is the limit."""
    setup = Setup(processes, options.build, options.braid, False)
    peers = [start_braid(setup, count, name=f"braid-{count}") for count in (1, 2)]
    runs = []
    for repetition in range(options.repetitions):
        for peer in peers:
            run = measure(setup, peer, "W1", 128, options.seconds)
            runs.append({**run, "repetition": repetition})
            say(run)
    ratio = {value: spread(pairs(runs, "braid-2", "braid-1", value))
             for value in ("pages_per_second", "cpu_per_1000")}
    busy = {peer.name: spread([run["cpus"] for run in runs if run["peer"] == peer.name]) for peer in peers}
    return {"workers": {**ratio, "cpus": busy,
                        "services_cpus": spread([run["services_cpus"] for run in runs])}}


def hung(processes, options):
    """5,000 calls to a service that is silent: each takes its fallback when its second is over.
    All at once in a process whose memory grows with them, all at once in the same again, and
    spread over a little less than the second."""
    setup = Setup(processes, options.build, options.braid, True)
    rounds = {"cold": [], "warm": [], "spread": []}
    for _ in range(options.repetitions):
        peer = start_braid(setup, 1)
        for name, kept in rounds.items():
            counted = Crowd(setup, peer, "/hung/{id}", HUNG_CALLS, 1,
                            spread=HUNG_SPREAD_MS if name == "spread" else 0).counted
            kept.append(counted)
            print(f"  {name}: {counted['answers']} of {HUNG_CALLS} answered, after {counted['first_ms']:.1f} to "
                  f"{counted['last_ms']:.1f} ms", flush=True)
        processes.end(peer.process)
    return {"hung": {"calls": HUNG_CALLS, "deadline_ms": HUNG_DEADLINE_MS,
                     **{name: hung_summary(kept) for name, kept in rounds.items()}}}


def hung_summary(rounds):
    return {"lost": sum(HUNG_CALLS - one["answers"] + one["not_200"] for one in rounds),
            **{name: spread([one[name] for one in rounds])
               for name in ("first_ms", "p50_ms", "p99_ms", "last_ms")}}


def settled_memory(peer):
    """KB, when it has not moved for half a second by more than sharing with others moves it."""
    before = -SHARED_KB
    for _ in range(40):
        now = peer.memory()
        if abs(now - before) < SHARED_KB:
            return now
        before = now
        time.sleep(0.5)
    raise Trouble("the memory does not settle")


def await_descriptors(peer, wanted):
    """Until so many connections are open: the pages have all been begun."""
    for _ in range(300):
        if len(os.listdir(f"/proc/{peer.process.pid}/fd")) >= wanted:
            return
        time.sleep(0.1)
    raise Trouble("the pages were not begun")


def memory(processes, options):
    """KB per client that is idle after one page, and per page that waits for three services."""
    setup = Setup(processes, options.build, options.braid, True)
    peer = start_braid(setup, 1)
    Crowd(setup, peer, PAGES["W1"][1], 64, 20)
    before = settled_memory(peer)
    idle = Crowd(setup, peer, PAGES["W1"][1], IDLE_CLIENTS, 1, group=16, holds=True)
    with_idle = settled_memory(peer)
    idle.release()
    after = settled_memory(peer)
    processes.end(peer.process)
    peer = start_braid(setup, 1)
    Crowd(setup, peer, PAGES["W1"][1], 64, 20)
    fresh = settled_memory(peer)
    held = Crowd(setup, peer, "/held/{id}", HELD_PAGES, 0, holds=True)
    await_descriptors(peer, HELD_PAGES * (1 + HELD_CALLS))
    with_held = settled_memory(peer)
    held.release()
    result = {"start_kb": before, "idle_clients": IDLE_CLIENTS, "held_pages": HELD_PAGES,
              "kb_per_idle_client": (with_idle - before) / IDLE_CLIENTS,
              "kb_after_they_left": after, "kb_per_held_page": (with_held - fresh) / HELD_PAGES}
    print("  " + ", ".join(f"{name} {value:,.1f}" for name, value in result.items()), flush=True)
    return {"memory": result}


SECTIONS = {"pages": pages, "clients": clients, "workers": workers, "hung": hung, "memory": memory}
