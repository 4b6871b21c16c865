"""A braid that was started: what it said, what it uses, waiting for what it does.

Who inherits sets `process` (of subprocess), `log` (the file it writes to) and `slow`.
"""

import os
import re
import time

SAID = 6000  # the last bytes of the log


class Running:
    def wait(self, what, why, seconds=10.0):
        until = time.monotonic() + seconds * self.slow
        while not what():
            if time.monotonic() > until or self.process.poll() is not None:
                raise AssertionError(why + "\n" + self.said())
            time.sleep(0.02)

    def said(self):
        with open(self.log.name, "rb") as file:
            return file.read().decode("utf-8", "backslashreplace")[-SAID:]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu(self):
        """Seconds of processor time so far."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            words = file.read().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def resident(self):
        """Kilobytes."""
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
            return int(re.search(r"Rss:\s+(\d+)", file.read())[1])
