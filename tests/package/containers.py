#!/usr/bin/python3
"""Reads the Dockerfile and the shop's Compose file against the tree and the build: there is no Docker
needed, so what is checked is that every path, stage, program, option and address they name exists.

    tests/package/containers.py [--build build]

Prints a line per claim and a count.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]


def instructions(text):
    """[(stage, WORD, rest)] with continued lines joined."""
    stage, found = None, []
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", text, flags=re.M))
    for line in filter(None, joined.splitlines()):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stage = rest.split(" AS ")[1]
        found.append((stage, word, rest))
    return found


def first_run(lines, stage, part):
    return next(rest for at, word, rest in lines if at == stage and word == "RUN" and part in rest)


class Containers:
    def __init__(self, build):
        self.build = build
        self.lines = instructions((ROOT / "Dockerfile").read_text(encoding="utf-8"))
        self.compose = yaml.safe_load((ROOT / "examples/shop/compose.yaml").read_text(encoding="utf-8"))
        self.stages = {stage for stage, _, _ in self.lines}
        self.copied = {}  # stage: {path in the image: where it comes from}
        for stage, word, rest in self.lines:
            if word == "COPY" and stage != "build":
                words = rest.split()
                origin = words.pop(0) if words[0].startswith("--from=") else ""
                for source in words[:-1]:
                    target = words[-1] + (pathlib.Path(source).name if words[-1].endswith("/") else "")
                    self.copied.setdefault(stage, {})[target] = (origin, source)

    def file_of_the_shop(self, folder):
        """shop.yaml as the image has it, made by the very sed of the Dockerfile."""
        command = re.search(r"sed (?:-e '[^']*' *)+", first_run(self.lines, "build", "sed "))[0]
        text = subprocess.run(["sh", "-c", command + "examples/shop/shop.yaml"], cwd=ROOT, check=True,
                              capture_output=True, text=True).stdout
        path = pathlib.Path(folder) / "shop.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def claims(self, folder):
        built = {"/usr/bin/braid": self.build / "braid", "/build/shop.yaml": self.file_of_the_shop(folder)}
        built.update({f"/build/shop/{name}": self.build / "shop" / name for name in ("users", "orders", "products")})
        for stage, files in self.copied.items():
            for target, (origin, source) in files.items():
                there = built.get(source, pathlib.Path("/nowhere")) if origin else ROOT / source
                yield f"{stage} copies {source} to {target}", there.exists()
        setup = re.search(r"^build=\((.*?)\)", (ROOT / "scripts/setup").read_text(encoding="utf-8"), re.M | re.S)[1]
        wanted = set(setup.split())
        installed = set(first_run(self.lines, "build", "apt-get").split("recommends ")[1].split(" && ")[0].split())
        yield "the image is built from the packages of scripts/setup", wanted == installed
        for stage in ("shop", "braid"):
            users = [rest for at, word, rest in self.lines if at == stage and word == "USER"]
            yield f"{stage} does not run as root", users == ["65534:65534"]
        yield from self.claims_of_compose(built["/build/shop.yaml"])

    def claims_of_compose(self, shop):
        said = subprocess.run([self.build / "braid", "check", shop], capture_output=True, text=True, check=False)
        yield f"its file is good {said.stderr}", said.returncode == 0
        document = yaml.safe_load(shop.read_text(encoding="utf-8"))
        yield "it listens where other containers reach it", document["listen"] == "0.0.0.0:8080"
        services = dict(self.compose["services"])
        braid = services.pop("braid")
        yield "the published port is the one it listens on", braid["ports"] == ["127.0.0.1:8080:8080"]
        yield "braid runs a file that the image has", braid["command"] == ["run", "/etc/braid/shop.yaml"] \
            and "/etc/braid/shop.yaml" in self.copied["braid"]
        for name, service in [("braid", braid), *services.items()]:
            context = (ROOT / "examples/shop" / service["build"]["context"]).resolve()
            yield f"{name} is built from a stage that exists", context == ROOT \
                and service["build"]["target"] in self.stages
        for name, service in services.items():
            words = service["command"]
            options = dict(zip(words[1::2], words[2::2], strict=True))
            yield f"{name} runs a program of its image", f"/usr/bin/{words[0]}" in self.copied["shop"]
            yield f"{name} is where the file says", document["services"][name] == f"http://{name}:{options['--port']}"
            said = subprocess.run([self.build / "shop" / words[0], "--help"], capture_output=True, text=True, check=True)
            yield f"{name} has its options", all(f"  {option} " in said.stdout for option in options)
        yield "every service of the file is there", set(document["services"]) == set(services)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    containers = Containers(pathlib.Path(parser.parse_args().build).resolve())
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="braid-containers-") as folder:
        for name, fine in containers.claims(folder):
            print(f"{'ok    ' if fine else 'FAILED'} {name}")
            passed, failed = passed + bool(fine), failed + (not fine)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
