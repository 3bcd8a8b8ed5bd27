# SPDX-License-Identifier: Apache-2.0
"""The Python SDK does all it does to one server through nginx and three, one of which is restarted again and again:
sdk_through_nginx.py MCPCTL, with the Python of scripts/venv.sh"""

import asyncio
import os
import sys
import threading
import time

from nodes import Cluster, Nginx
from harness import Report, equal
from sdk_against_ours import EVERY_ERA, LEGACY_ONLY, on_a_connection, text
from sdk_peer import LINE, connected


class Restarts:
    """Restarts a node again and again, politely, until it is told to stop."""

    def __init__(self, node):
        self.node, self.count, self.stop = node, 0, threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()

    def run(self):
        while not self.stop.wait(0.2):
            equal(self.node.stop(), 0, "exit code")
            self.node.start()
            self.count += 1


def main(mcpctl):
    report = Report(f"cluster, SDK {LINE}.x")
    began = time.monotonic()
    with Cluster(mcpctl, 3) as cluster:
        nginx = Nginx(mcpctl, cluster.nodes)
        target = ("http", f"http://127.0.0.1:{nginx.port}/mcp")
        try:
            with Restarts(cluster.nodes[1]) as restarts:
                for era in ["legacy"] if LINE == 1 else ["legacy", "modern"]:
                    for fact in EVERY_ERA + ([] if era == "modern" else LEGACY_ONLY):
                        report.run(f"through nginx, {era}", on_a_connection(fact, target, era))

                async def many_sessions_stay_apart():
                    async def one(number):
                        async with connected(target) as peer:
                            equal(text(await peer.call("calculator", {"a": number, "b": 0})), str(number), "text")
                    await asyncio.gather(*(one(number) for number in range(12)))
                report.run("through nginx, legacy", many_sessions_stay_apart)
            print(f"     n2 was restarted {restarts.count} times in {time.monotonic() - began:.0f} s", flush=True)
            # A session of the older transport ends with its stream, and so with its server: no restarts here.
            for fact in EVERY_ERA + LEGACY_ONLY:
                report.run("through nginx, sse", on_a_connection(fact, ("sse", f"http://127.0.0.1:{nginx.port}/sse"), "legacy"))
        finally:
            nginx.close()
    return report.finish()


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1])))
