"""Who is measured: how each is started, and which pages it has."""

import os
import shutil
import subprocess

from harness.processes import PEERS, Trouble, cpu_seconds, fill_in, free_port, memory_kb, need

FAST, SLOW = 10, 3
# page: (clients, path, what it is); every request has an {id} of its own
AN_ID = "1000000"
PAGES = {
    "W1": (64, "/w1/{id}", "three services at once"),
    "W4": (256, "/w4/{id}", "the same, the services take 10 ms"),
    "W6": (64, "/w6/{id}", "one part of 256 KB"),
    "W7": (64, "/w7/{id}", "ten services at once"),
    "W8": (64, "/w8/{id}", "the join: order, then customer and products"),
    "proxy": (64, "/user", "one service, passed on"),
}
# What only braid has.
BRAID_PAGES = {
    "hit": (64, "/hit", "W1, each of its calls from the cache"),
}
UNDICI = os.path.join("node_modules", "undici")


class Services:
    """bench/service on free ports."""

    def __init__(self, processes, programs, cpus):
        delays = ["0"] * FAST + ["10"] * SLOW + ["never"]
        self.process = processes.start("service", [os.path.join(programs, "service"), *delays],
                                       cpus, stdout=subprocess.PIPE)
        line = self.process.stdout.readline().split()
        if len(line) != 2 + len(delays):
            raise Trouble("the services did not start")
        self.ports = [int(word) for word in line[2:]]

    def values(self):
        values = {f"FAST{at}": port for at, port in enumerate(self.ports[:FAST])}
        values.update({f"SLOW{at}": port for at, port in enumerate(self.ports[FAST:FAST + SLOW])})
        values["SILENT"] = self.ports[-1]
        return values


class Peer:
    """A gateway that runs."""

    def __init__(self, name, process, port, prefix="", pages=tuple(PAGES), note=""):
        self.name, self.process, self.port = name, process, port
        self.prefix, self.pages, self.note = prefix, pages, note

    def target(self, page):
        return self.prefix + PAGES[page][1]

    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def url(self, page):
        return self.base() + self.target(page).format(id=AN_ID)

    def cpu(self):
        return cpu_seconds(self.process.pid)

    def memory(self):
        return memory_kb(self.process.pid)


def start_braid(setup, workers, wrapper=(), name="braid", environment=None):
    port = free_port()
    file = os.path.join(setup.processes.folder, name + ".yaml")
    fill_in("braid.yaml", file, {**setup.services.values(), "PORT": port, "WORKERS": workers})
    process = setup.processes.start(name, [*wrapper, setup.braid, "run", file], setup.server_cpus,
                                    environment)
    setup.processes.await_port(process, port)
    return Peer(name, process, port)


def start_nginx(setup, workers, way):
    nginx = need("nginx", "nginx libnginx-mod-http-lua lua-cjson")
    port, name = free_port(), f"nginx-{way}"
    folder = os.path.join(setup.processes.folder, name)
    os.makedirs(folder, exist_ok=True)
    file = os.path.join(folder, "nginx.conf")
    fill_in("nginx.conf", file, {
        **setup.services.values(), "PORT": port, "WORKERS": workers, "FOLDER": folder,
        "PEERS": PEERS, "USER": "root" if os.getuid() == 0 else "nobody"})
    process = setup.processes.start(
        name, [nginx, "-e", os.path.join(folder, "nginx-error.log"), "-c", file, "-g", "daemon off;"],
        setup.server_cpus)
    setup.processes.await_port(process, port)
    pages = [page for page in PAGES if page != "W8" or way == "cjson"]
    # What is passed on is passed on by nginx alone; one of the two is enough.
    pages = [page for page in pages if page != "proxy" or way == "concat"]
    peer = Peer(name, process, port, f"/{way}", pages)
    peer.target = lambda page: "/user" if page == "proxy" else f"/{way}{PAGES[page][1]}"
    return peer


def install_undici(folder):
    """Where undici is, from npm once; None where npm cannot bring it."""
    place = os.path.join(folder, UNDICI)
    if not os.path.isdir(place) and shutil.which("npm"):
        os.makedirs(folder, exist_ok=True)
        shutil.copy(os.path.join(PEERS, "package.json"), folder)
        subprocess.run(["npm", "install", "--no-fund", "--no-audit", "--silent"], cwd=folder,
                       stdin=subprocess.DEVNULL, timeout=120, check=False, capture_output=True)
    return place if os.path.isdir(place) else None


def start_node(setup, workers):
    node = need("node", "nodejs")
    port = free_port()
    undici = install_undici(os.path.join(setup.processes.folder, "node"))
    environment = {"NODE_ENV": "production", "UNDICI": undici or "undici"}
    process = setup.processes.start(
        "node", [node, os.path.join(PEERS, "bff.js"), str(workers), str(port),
                 *map(str, setup.services.ports[:FAST + SLOW])], setup.server_cpus, environment)
    setup.processes.await_port(process, port)
    return Peer("node", process, port, pages=[page for page in PAGES if page != "proxy"],
                note="undici" if undici else "the agent of node:http, npm did not bring undici")


def start_floor(setup, workers):
    port = free_port()
    process = setup.processes.start(
        "floor", [os.path.join(setup.programs, "floor"), str(workers), str(port),
                  *map(str, setup.services.ports[:FAST + SLOW])], setup.server_cpus)
    setup.processes.await_port(process, port)
    return Peer("floor", process, port, pages=[page for page in PAGES if page != "W8"])


STARTERS = {
    "braid": start_braid,
    "nginx-concat": lambda setup, workers: start_nginx(setup, workers, "concat"),
    "nginx-cjson": lambda setup, workers: start_nginx(setup, workers, "cjson"),
    "node": start_node,
    "floor": start_floor,
}


class Setup:
    """The services and what peers need to know of the machine."""

    def __init__(self, processes, build_folder, braid, is_pinned):
        self.processes = processes
        self.programs = os.path.join(build_folder, "bench")
        self.braid = braid
        # One worker: it has a CPU to itself, services and clients have the others.
        cpus = sorted(os.sched_getaffinity(0))
        pins = is_pinned and len(cpus) > 1
        self.server_cpus = cpus[:1] if pins else None
        self.load_cpus = cpus[1:] if pins else None
        self.services = Services(processes, self.programs, self.load_cpus)
