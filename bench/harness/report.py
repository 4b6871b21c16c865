"""A result as text: the tables of docs/performance.md."""

import os
import platform
import re
import subprocess

from harness.processes import need

BARS = {("W1", "nginx-concat"): 0.8, ("W1", "floor"): 1.6, ("W6", "nginx-concat"): 1.0,
        ("W7", "nginx-concat"): 0.65, ("W8", "nginx-cjson"): 0.5}
BEGIN, END = "<!-- measured: written by bench/run --docs -->", "<!-- end of measured -->"


def version(program, package, *flags):
    done = subprocess.run([need(program, package), *flags], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr)
    return found[0] if found else "?"


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = re.findall(r"^model name\s*:\s*(.*)$", file.read(), re.M)
    return {"cpu": names[0] if names else platform.machine(), "cpus": len(os.sched_getaffinity(0)),
            "kernel": platform.release().split("-")[0], "nginx": version("nginx", "nginx", "-v"),
            "node": version("node", "nodejs", "--version"), "wrk": version("wrk", "wrk", "-v")}


def ranged(values, form="{:.2f}"):
    return f"{form.format(values['median'])} ({form.format(values['least'])}–{form.format(values['most'])})"


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def ratios(result):
    peers = [peer for peer in result["settings"]["peers"] if peer != "braid"]
    rows = []
    for page, summary in result["pages"].items():
        row = [f"{page}: {summary['what']}"]
        for peer in peers:
            ratio = summary["braid_to"].get(peer)
            bar = BARS.get((page, peer))
            row.append(("–" if not ratio else ranged(ratio)) + (f", bar {bar}" if ratio and bar else ""))
        rows.append(row)
    return table(["braid to …", *peers], rows)


def figures(result):
    rows = []
    for page, summary in result["pages"].items():
        for peer, values in summary["peers"].items():
            rows.append([page, peer, f"{values['cpu_per_1000']['median']:.4f}",
                         f"{values['pages_per_second']['median']:,.0f}", f"{values['p50_ms']['median']:.2f}",
                         f"{values['p99_ms']['median']:.2f}", f"{values['memory_kb']['median'] / 1024:.1f}",
                         str(values["errors"])])
    return table(["page", "peer", "CPU s per 1,000", "pages/s", "p50 ms", "p99 ms", "MB", "errors"], rows)


def hung_row(hung, one, note):
    late = {name: ranged({part: value - hung["deadline_ms"] for part, value in one[name].items()}, "{:.0f}")
            for name in ("first_ms", "p50_ms", "last_ms")}
    return [f"{hung['calls']:,} hung calls, {note}",
            f"lost {one['lost']}; ms after the deadline: first {late['first_ms']}, half {late['p50_ms']}, "
            f"last {late['last_ms']}", "0 lost, 100 ms"]


def further(result):
    rows = []
    if "clients" in result:
        grown = result["clients"]
        rows.append([f"CPU per page, {grown['many']} clients beside {grown['few']}",
                     f"braid {ranged(grown['braid'])}, floor {ranged(grown['floor'])}, beyond the floor's own growth "
                     f"{ranged(grown['beyond_the_floor'])}, errors {grown['errors']}", "1.5"])
    if "workers" in result:
        two = result["workers"]
        rows.append(["two workers beside one, load and services on the same CPUs",
                     f"pages per second {ranged(two['pages_per_second'])}, CPU per page "
                     f"{ranged(two['cpu_per_1000'])}; CPUs that braid had: "
                     f"{two['cpus']['braid-1']['median']:.2f} and {two['cpus']['braid-2']['median']:.2f}",
                     "1.8 where the load allows it"])
    if "hung" in result:
        for name, note in (("cold", "at once, just started"), ("warm", "at once, again"),
                           ("spread", "within 0.9 s")):
            rows.append(hung_row(result["hung"], result["hung"][name], note))
    if "memory" in result:
        memory = result["memory"]
        rows.append([f"memory per client that is idle after one page, of {memory['idle_clients']:,}",
                     f"{memory['kb_per_idle_client']:.1f} KB", "12 KB"])
        rows.append([f"memory per page that waits for three services, of {memory['held_pages']:,}, client and "
                     "connections included", f"{memory['kb_per_held_page']:.1f} KB", "24 KB"])
    return table(["what", "measured", "bar"], rows) if rows else ""


def text(result):
    parts = []
    if "pages" in result:
        settings, notes = result["settings"], result.get("notes", {})
        about = ", ".join(f"{name} {value}" for name, value in result["machine"].items())
        parts += [f"{settings['repetitions']} repetitions of {settings['seconds']} s, workers: "
                  f"{settings['workers']}. {about}." + "".join(f" {peer}: with {note}." for peer, note in notes.items()),
                  "CPU per page of braid in multiples of each peer's: median (least–most) of the pairs of one "
                  "repetition. Below 1 braid is cheaper.", ratios(result), figures(result)]
    return "\n\n".join(part for part in parts + [further(result)] if part) + "\n"


def write_docs(path, result):
    """Puts the tables between the marks of docs/performance.md."""
    with open(path, encoding="utf-8") as file:
        whole = file.read()
    head, rest = whole.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{head}{BEGIN}\n\n{text(result)}\n{END}{tail}")
