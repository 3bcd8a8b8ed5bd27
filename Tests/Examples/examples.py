# SPDX-License-Identifier: Apache-2.0
"""Every example of every help page and topic, as zsh would run it in a new folder. examples.py MCPCTL

Addresses that stand for others (127.0.0.1:8000, redis://cache:6379, https://example.com/mcp) are put in place of; what
does not end by itself is waited for until it says that it works."""

import contextlib
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Cluster"))

from harness import Report, expect, free_port, listening
from nodes import Node, Redis

HERE = pathlib.Path(__file__).resolve().parent
DEADLINE = 30.0


class Plan:
    """What an example is expected to do: end with `code`, or say `until` and then be told to end; `before` prepares it."""

    def __init__(self, code=0, says="", until=None, shell="zsh", before=None):
        self.codes = code if isinstance(code, set) else {code}
        self.says, self.until, self.shell, self.before = says, until, shell, before


# Those that do anything but end with 0, or need something before.
PLANS = {
    r"mcpctl serve( --transport.*| --config config.yaml)?": Plan(until="serving"),
    r"mcpctl sessions (watch|top|tail).*": Plan(until=""),
    r"source <\(mcpctl completion bash\)": Plan(shell="bash"),
    # What is here does not ask for authorization, as that of Tests/Interop/ours_logs_in.py does; these say so.
    r"mcpctl auth login .*": Plan(code=1, says="there is nothing to log in to"),
    r"mcpctl auth (status|token) http.*": Plan(code=4),
    # The one node there was is being drained, by the example before, or is gone already.
    r"mcpctl cluster status --store .*": Plan(code={0, 1}, says="draining"),
    r"mcpctl cluster stop n2": Plan(before="mcpctl cluster start n2=PORT"),
    # The server here makes no tasks, as those of TasksCommandTests do; these reach it and say so.
    r".* tasks \w+ ID.*": Plan(code=8, says="has no task 'ID'"),
    r".* call build --detach": Plan(code=8, says="has no tool 'build'"),
    # Nor does it have an admin key.
    r"mcpctl sessions ls --store http:.*": Plan(code=4, says="admin key"),
    r"mcpctl sessions kill 3f1c": Plan(code=1, says="nobody can be asked here: nothing was ended"),
    r"mcpctl config diff .*": Plan(code=1, says="transport.port"),
    r"mcpctl config init config.yaml": Plan(before="rm config.yaml"),
    r"mcpctl config use-context prod|mcpctl servers (test|get|rm).*|mcpctl doctor prod.*": Plan(before="mcpctl servers add prod URL || true"),
    r"mcpctl servers add prod .*": Plan(before="mcpctl servers rm prod || true"),
}


# A server with the tools `mcpctl help arguments` speaks of.
SHOP = """
import json, sys
tools = [
    {"name": "search", "inputSchema": {"type": "object", "properties": {
        "query": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}, "options": {"type": "object"}}}},
    {"name": "upload", "inputSchema": {"type": "object", "properties": {
        "name": {"type": "string"}, "data": {"type": "string", "contentEncoding": "base64"}}}},
]
for line in sys.stdin:
    message = json.loads(line)
    method = message.get("method")
    if method == "initialize":
        result = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "shop", "version": "1"}}
    elif method == "tools/list":
        result = {"tools": tools}
    elif method == "tools/call":
        result = {"content": [{"type": "text", "text": json.dumps(message["params"]["arguments"])}]}
    else:
        result = {} if method == "ping" else None
    if "id" in message:
        answer = {"result": result} if result is not None else {"error": {"code": -32601, "message": "no " + method}}
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer}), flush=True)
"""


class Scene:
    """A folder with what the examples name, a server at the address they name, Redis, and two servers that share it."""

    def __init__(self, mcpctl, stack):
        self.folder = os.path.realpath(stack.enter_context(tempfile.TemporaryDirectory()))
        self.mcpctl = mcpctl
        self.port = free_port()
        stack.enter_context(listening([mcpctl, "serve", "--transport", "http-stream", "--port", str(self.port)], self.port))
        self.redis = Redis()
        stack.callback(self.redis.close)
        self.node = Node(mcpctl, self.redis, "n1")
        stack.callback(self.node.process.wait)
        stack.callback(self.node.process.terminate)
        client = subprocess.Popen(
            [mcpctl, "repl", f"127.0.0.1:{self.node.port}", "--protocol", "2025-11-25"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        stack.callback(client.communicate)
        client.stdin.write("ping\n")
        client.stdin.flush()
        client.stdout.readline()
        listed = subprocess.run([mcpctl, "sessions", "ls", "-o", "name", "--store", self.store], capture_output=True, text=True)
        self.session = listed.stdout.split()[0]
        self.furnish()
        stack.callback(lambda: self.run("mcpctl cluster stop"))

    @property
    def store(self):
        return f"redis://127.0.0.1:{self.redis.port}"

    def furnish(self):
        bin = pathlib.Path(self.folder, "bin")
        bin.mkdir()
        (bin / "mcpctl").symlink_to(self.mcpctl)
        for name, text in {
            # Programs of others that examples start.
            "npx": '#!/bin/sh\nexec mcpctl serve\n', "mcp-files": '#!/bin/sh\nexec mcpctl serve\n', "man": '#!/bin/sh\nexec mandoc\n',
        }.items():
            (bin / name).write_text(text)
            (bin / name).chmod(0o755)
        self.environment = {
            "PATH": f"{bin}:{os.environ['PATH']}", "HOME": self.folder, "LANG": "C.UTF-8", "MCPCTL_REDIS_URL": self.store, "PROD_KEY": "k",
            "SECRET": "s", "TMPDIR": self.folder,
        }
        for path, text in {
            "arguments.json": '{"a": 1, "b": 2}', "script": "tools\nping\n", "a.png": "picture", "new.yaml": "transport:\n  port: 9001\n",
            ".claude.json": '{"mcpServers": {"files": {"command": "mcp-files"}}}',
            ".cursor/mcp.json": '{"mcpServers": {"github": {"url": "URL"}}}',
            ".mcp.json": '{"mcpServers": {"imported": {"url": "URL"}}}',
            "mcp.json": '{"mcpServers": {"weather": {"command": "mcpctl", "args": ["serve"]}}}',
            "cluster.yaml": "transport:\n  type: http-stream\n", "shop.py": SHOP,
            "answers.json": re.search(r"^  \{\n.*?^  \}\n", self.page("answers"), re.M | re.S)[0],
            "keys.txt": "", ".zfunc/x": "", ".config/fish/completions/x": "", "man/x": "", "completions/x": "",
        }.items():
            place = pathlib.Path(self.folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text.replace("URL", self.url))
        self.run("mcpctl config init config.yaml && mcpctl keys new first --add keys.txt >/dev/null")
        self.run("mcpctl servers add build -- mcpctl serve && mcpctl servers add shop -- python3 shop.py")

    def page(self, topic):
        return subprocess.run([self.mcpctl, "help", topic], capture_output=True, text=True).stdout

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/mcp"

    def unfold(self, line):
        """The example with what is here in place of what it stands for."""
        for found, here in [
            ("127.0.0.1:8000", f"127.0.0.1:{self.port}"), ("redis://cache:6379", self.store), ("redis://10.0.0.9:6379", self.store),
            ("https://example.com/mcp", self.url), ("3f1c", self.session),
            (".build/debug/Trip", str(pathlib.Path(self.mcpctl).parent / "Trip")),
        ]:
            line = line.replace(found, here)
        if re.match(r"mcpctl serve\b.*--port 80\d\d", line):
            line = re.sub(r"--port \d+", "--port 0", line)
        elif re.match(r"mcpctl serve\b.*http-stream", line) and "--port" not in line:
            line += " --port 0"
        elif line == "mcpctl serve --config config.yaml":
            line += " --port 0"
        if re.match(r"mcpctl call (search|upload)", line):
            line = "MCPCTL_SERVER=shop " + line
        if line == "mcpctl config path":
            line = "MCP_CONFIG_PATH=config.yaml " + line
        line = re.sub(r"\b(a|b)=900\d", lambda match: f"{match[1]}={free_port()}", line)
        return line

    def run(self, line, plan=Plan()):
        """Runs one; what it printed."""
        if plan.before:
            self.run(plan.before.replace("PORT", str(free_port())).replace("URL", self.url))
        process = subprocess.Popen(
            [plan.shell, "-c", line], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True)
        said = b""
        start = time.monotonic()
        end = start + DEADLINE
        told = False
        while True:
            expect(time.monotonic() < end, f"{line} does not end; it said {said.decode()}")
            if select.select([process.stdout], [], [], 0.1)[0]:
                more = os.read(process.stdout.fileno(), 65536)
                if not more:
                    break
                said += more
            # What says nothing until something changes is given a second.
            is_so = plan.until is not None and (plan.until.encode() in said if plan.until else time.monotonic() > start + 1)
            if is_so and not told:
                os.killpg(process.pid, signal.SIGINT)
                told = True
        code = process.wait(DEADLINE)
        text = said.decode(errors="replace")
        expect(code in plan.codes or plan.until is not None and code in (0, 130), f"{line} ends with {code}, not {plan.codes}: {text}")
        expect(plan.says in text, f"{line} says {text}")
        return text


def examples(mcpctl):
    """Every example, with the page it stands on."""
    found = {}
    pages = sorted(path.name for path in (HERE.parent.parent / "man").iterdir())
    for page in pages:
        name = page.rsplit(".", 1)[0]
        words = name.split("-")[1:] if page.endswith(".1") else None
        if words is None:
            shown = subprocess.run([mcpctl, "help", name[len("mcpctl-"):]], capture_output=True, text=True).stdout
            lines = re.findall(r"^  ((?:mcpctl|source) .*)$", shown, re.M)
        else:
            shown = subprocess.run([mcpctl, *words, "--help"], capture_output=True, text=True).stdout
            lines = re.findall(r"^  (\S.*)$", shown.partition("\nExamples\n")[2], re.M)
        for line in lines:
            found.setdefault(line, page) if "<command>" not in line else None
    return found


def plan(line):
    return next((plan for pattern, plan in PLANS.items() if re.fullmatch(pattern, line)), Plan())


def each_example_works(mcpctl, scene, line):
    scene.run(scene.unfold(line), plan(line))


if __name__ == "__main__":
    mcpctl = os.path.realpath(sys.argv[1])
    report = Report("examples")
    with contextlib.ExitStack() as stack:
        scene = Scene(mcpctl, stack)
        found = examples(mcpctl)
        expect(len(found) > 100, f"only {len(found)} examples are found")
        for line, page in found.items():

            def fact():
                each_example_works(mcpctl, scene, line)

            fact.__name__ = line
            report.run(page, fact)
    sys.exit(report.finish())
