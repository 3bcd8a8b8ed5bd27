# SPDX-License-Identifier: Apache-2.0
"""Servers under measurement, load on them, and what it cost them."""

import contextlib
import json
import os
import pathlib
import resource
import signal
import socket
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")
# The server has one core and the load another, where there are two.
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE = str(CORES[0])
LOAD_CORE = str(CORES[-1])


def raise_file_limit():
    """Ten thousand streams need as many descriptors, here and in the servers started from here."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A running server and its children."""

    def __init__(self, process, port):
        self.process, self.port = process, port

    def pids(self):
        """The server's processes: itself and everything below it."""
        children = {}
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError, IndexError):
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                    children.setdefault(parent, []).append(int(entry.name))
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting += children.get(pid, [])
        return found

    def cpu(self):
        """Seconds of processor time used so far, user and system."""
        total = 0
        for pid in self.pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def resident(self):
        """Bytes of resident memory."""
        pages = sum(int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.pids())
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def running(command, port, environment=None):
    """A server on the server's core, until the block ends."""
    log = tempfile.TemporaryFile()
    process = subprocess.Popen(
        ["taskset", "-c", SERVER_CORE, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        start_new_session=True, env={**os.environ, **(environment or {})},
    )
    try:
        give_up = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None or time.monotonic() > give_up:
                log.seek(0)
                raise SystemExit(f"bench: {' '.join(command)} does not serve:\n{log.read().decode(errors='replace')}")
            time.sleep(0.02)
        yield Server(process, port)
    finally:
        for how in (signal.SIGTERM, signal.SIGKILL):
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, how)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=15)


@contextlib.contextmanager
def nginx(body):
    """nginx with one worker, answering everything with a fixed body."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        quoted = body.decode().replace("\\", "\\\\").replace("'", "\\'").replace("$", "${dollar}")
        configuration = pathlib.Path(folder) / "nginx.conf"
        configuration.write_text(
            f"""
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  geo $dollar {{ default "$"; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ default_type application/json; return 200 '{quoted}'; }}
  }}
}}
"""
        )
        os.chmod(folder, 0o755)
        with running(["nginx", "-e", f"{folder}/error.log", "-c", str(configuration)], port) as server:
            yield server


class Load:
    """Prepared requests for wrk."""

    def __init__(self, requests):
        self.file = tempfile.NamedTemporaryFile(prefix="bench-requests-")
        for request in requests:
            self.file.write(b"%d\n" % len(request) + request)
        self.file.flush()

    def run(self, server, connections, seconds, expect=None, stop_after=None):
        """Puts the load on a server; returns wrk's figures with the server's processor time per request.

        With `expect`, every answer is looked at for that text; with `stop_after`, the load ends after so many answers.
        """
        environment = {**os.environ, "WRK_REQUESTS": self.file.name}
        if expect:
            environment["WRK_EXPECT"] = expect
        if stop_after:
            environment["WRK_STOP_AFTER"] = str(stop_after)
        before = server.cpu()
        done = subprocess.run(
            ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s",
             "-s", str(HERE / "prepared.lua"), f"http://127.0.0.1:{server.port}/"],
            capture_output=True, text=True, env=environment, check=True,
        )
        spent = server.cpu() - before
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        problems = sum(figures["errors"].values()) + figures["wrong"]
        if figures["requests"] == 0 or problems:
            raise SystemExit(f"bench: {problems} wrong answers or errors among {figures['requests']}: {figures}")
        return {
            "rps": figures["requests"] / figures["seconds"],
            "cpu_us": spent / figures["requests"] * 1e6,
            "p50_us": figures["p50"],
            "p99_us": figures["p99"],
        }
