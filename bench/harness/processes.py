"""Builds, starts, looks at and ends what is measured. Whatever was started is ended by its own id."""

import ctypes
import glob
import os
import shutil
import signal
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PEERS = os.path.join(ROOT, "bench", "peers")
TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 20
END_SECONDS = 5
PR_SET_PDEATHSIG = 1


class Trouble(Exception):
    """Something that the reader of the message can mend."""


def need(program, package):
    """Where a program is; the Debian package is named where it is not."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if not found:
        raise Trouble(f"{program} was not found. Install it with: apt-get install {package}")
    return found


def run_quietly(arguments, seconds):
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=seconds)
    if done.returncode:
        raise Trouble(f"{' '.join(arguments)}:\n{(done.stdout + done.stderr)[-4000:]}")


def build(folder):
    """braid and the programs of bench/. What the folder was set to build besides stays so."""
    fresh = not os.path.exists(os.path.join(folder, "CMakeCache.txt"))
    run_quietly(["cmake", "-S", ".", "-B", folder, "-DBRAID_BENCH=ON"] +
                (["-DBRAID_TESTS=OFF", "-DBRAID_EXAMPLES=OFF"] if fresh else []), 120)
    run_quietly(["cmake", "--build", folder, "-j2", "--target", "braid", "bench_service",
                 "bench_floor", "bench_crowd"], 600)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fill_in(source, destination, values):
    """A template of peers/ with its @NAME@ replaced."""
    with open(os.path.join(PEERS, source), encoding="utf-8") as file:
        text = file.read()
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    with open(destination, "w", encoding="utf-8") as file:
        file.write(text)


def tree(pid):
    """A process and all that came from it."""
    found = [pid]
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            with open(path, encoding="ascii") as file:
                children = file.read().split()
        except OSError:
            continue
        for child in children:
            found += tree(int(child))
    return found


def cpu_seconds(pid):
    total = 0
    for process in tree(pid):
        try:
            with open(f"/proc/{process}/stat", encoding="utf-8") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory_kb(pid):
    """The proportional set size of a process tree."""
    total = 0
    for process in tree(pid):
        try:
            with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except OSError:
            continue
    return total


class Processes:
    """Everything that was started, as a context: it ends when the context does, however it does."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []

    def __enter__(self):
        os.makedirs(self.folder, exist_ok=True)
        return self

    def __exit__(self, *_):
        for process in list(self.started):
            self.end(process)

    def start(self, name, arguments, cpus=None, environment=None, **pipes):
        """Starts a program on these CPUs; its words go to NAME.log. It dies with us."""
        library = ctypes.CDLL(None)

        def prepare():
            library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if cpus:
                os.sched_setaffinity(0, cpus)

        with open(os.path.join(self.folder, name + ".log"), "wb") as log:
            process = subprocess.Popen(
                arguments, cwd=self.folder, env={**os.environ, **(environment or {})},
                preexec_fn=prepare, start_new_session=True, stderr=log,
                stdin=pipes.get("stdin", subprocess.DEVNULL), stdout=pipes.get("stdout", log))
        process.bench_name = name
        self.started.append(process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        if process in self.started:
            self.started.remove(process)

    def await_port(self, process, port):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        with open(os.path.join(self.folder, process.bench_name + ".log"), errors="replace") as log:
            raise Trouble(f"{process.bench_name} did not start:\n{log.read()[-2000:]}")
