"""A fake name server: DNS over UDP on 127.0.0.1, with the answers a scenario writes.

    names:
      users.test: 127.0.0.1                         # one address, TTL 1 s
      both.test: [127.0.0.1, 127.0.0.2, "::1"]      # A and AAAA records
      slow.test: { addresses: [127.0.0.1], delay: 200ms, ttl: 60 }
      lost.test: nxdomain                           # or servfail, refused, empty, silent, garbage
"""

import ipaddress
import socket
import struct
import threading
import time

from values import seconds

CODES = {"servfail": 2, "nxdomain": 3, "refused": 5, "empty": 0}
WORDS = set(CODES) | {"silent", "garbage"}
TYPES = {1: 4, 28: 6}  # A and AAAA


def answer_of(script):
    """{addresses, ttl, delay, word} of what a scenario writes behind a name."""
    if isinstance(script, str) and script in WORDS:
        return {"word": script}
    if not isinstance(script, dict):
        script = {"addresses": script}
    unknown = set(script) - {"addresses", "ttl", "delay", "word"}
    if unknown:
        raise ValueError(f"names: unknown {', '.join(sorted(unknown))}")
    addresses = script.get("addresses", [])
    addresses = [addresses] if isinstance(addresses, str) else addresses
    return {"addresses": [ipaddress.ip_address(one) for one in addresses], "ttl": int(script.get("ttl", "1")),
            "delay": seconds(script.get("delay", "0s")), "word": script.get("word")}


class Names:
    """The name server; `asked` counts the questions about each name."""

    def __init__(self, script):
        self.asked = {}
        self.set_script(script)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def set_script(self, script):
        self.answers = {name.lower(): answer_of(one) for name, one in script.items()}

    def close(self):
        self.closing = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join()
        self.socket.close()

    closing = False

    def _serve(self):
        while True:
            packet, sender = self.socket.recvfrom(4096)
            if self.closing:
                return
            name, kind, end = read_question(packet)
            self.asked[name] = self.asked.get(name, 0) + 1
            answer = self.answers.get(name, {"word": "nxdomain"})
            reply = make_reply(packet, end, kind, answer)
            if reply is None:
                continue
            if answer.get("delay"):
                threading.Thread(target=self._send_later, args=(answer["delay"], reply, sender), daemon=True).start()
            else:
                self.socket.sendto(reply, sender)

    def _send_later(self, delay, reply, sender):
        time.sleep(delay)
        if not self.closing:
            self.socket.sendto(reply, sender)


def read_question(packet):
    """(name, type, where the question ends)."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("ascii", "replace").lower())
        at += 1 + packet[at]
    return ".".join(labels), struct.unpack_from("!H", packet, at + 1)[0], at + 5


def make_reply(packet, end, kind, answer):
    """The bytes of a reply, or None."""
    word = answer.get("word")
    if word == "silent":
        return None
    if word == "garbage":
        # says there is an answer, whose name points at itself and whose data reaches beyond the end
        return packet[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0) + packet[12:end] + \
            struct.pack("!HHHIH", 0xC000 | end, kind, 1, 60, 400) + b"\x01"
    records = [one for one in answer.get("addresses", []) if TYPES.get(kind) == one.version]
    head = struct.pack("!HHHHH", 0x8180 | CODES.get(word, 0), 1, len(records), 0, 0)
    body = b"".join(struct.pack("!HHHIH", 0xC00C, kind, 1, answer["ttl"], len(one.packed)) + one.packed
                    for one in records)
    return packet[:2] + head + packet[12:end] + body
