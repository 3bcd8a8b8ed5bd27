# SPDX-License-Identifier: Apache-2.0
"""A server of revision 2025-11-25 for the terminal tests: server.py FOLDER [resources]. It writes there its process id, what it hears,
and how often it was asked to count. SIGUSR1 has it say a log line; it knows nothing of mcpctl's own code."""

import json
import os
import signal
import sys
import threading

from pixels import PIXELS

folder = sys.argv[1]
lock = threading.Lock()
stopped = threading.Event()
answers = {}
tools = [
    {"name": "calculator", "description": "Works with two numbers.", "inputSchema": {
        "type": "object", "required": ["a", "b"], "properties": {
            "operation": {"type": "string", "enum": ["add", "subtract", "multiply", "divide"], "description": "What to do."},
            "a": {"type": "number", "description": "First number."}, "b": {"type": "number"},
            "exact": {"type": "boolean"}}}},
    {"name": "sleep", "description": "Waits until it is cancelled.", "inputSchema": {"type": "object", "properties": {"seconds": {"type": "number"}}}},
    {"name": "count", "description": "Counts.", "inputSchema": {"type": "object"}},
    {"name": "die", "description": "Counts, and ends without an answer.", "inputSchema": {"type": "object"}},
    {"name": "deaf", "description": "Hears nothing any more.", "inputSchema": {"type": "object"}},
    {"name": "grow", "description": "Gets another tool.", "inputSchema": {"type": "object"}},
    {"name": "book", "description": "Asks before it books.", "inputSchema": {"type": "object", "properties": {"meal": {"type": "boolean"}}}},
    {"name": "login", "inputSchema": {"type": "object", "properties": {"password": {"type": "string"}, "user": {"type": "string"}}}},
    {"name": "far", "description": "Tells how far it is, until it is told to go on.", "inputSchema": {"type": "object"}},
    {"name": "picture", "description": "A small picture.", "inputSchema": {"type": "object", "properties": {"type": {"type": "string"}, "alone": {"type": "boolean"}}}},
    {"name": "visit", "description": "Sends you to a page.", "inputSchema": {"type": "object"}},
    {"name": "think", "description": "Asks your model.", "inputSchema": {"type": "object", "properties": {"long": {"type": "boolean"}}}},
    {"name": "where", "description": "Asks for your roots.", "inputSchema": {"type": "object"}},
    {"name": "moan", "description": "Says log lines of three levels.", "inputSchema": {"type": "object"}},
    {"name": "mutter", "description": "Writes to standard error.", "inputSchema": {"type": "object"}},
]
if "resources" in sys.argv[2:]:
    tools.append({"name": "touch", "description": "Changes a resource.", "inputSchema": {"type": "object"}})
waiting = {}


def send(**message):
    with lock:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        sys.stdout.flush()


def note(name, text):
    with open(f"{folder}/{name}", "a") as file:
        file.write(text)


def text(number, words):
    send(id=number, result={"content": [{"type": "text", "text": words}]})


def ask(number, method="elicitation/create", **params):
    """Asks the client something; what came of it."""
    answered = threading.Event()
    answers[f"q{number}"] = answered
    send(id=f"q{number}", method=method, params=params)
    answered.wait()
    return answers[f"r{number}"]


def call(number, params):
    name, given = params["name"], params.get("arguments", {})
    if name == "calculator":
        text(number, str({"add": given["a"] + given["b"]}.get(given.get("operation", "add"), 0)))
    elif name in ("sleep", "far"):
        cancelled = waiting[number]
        if name == "far":
            token = params.get("_meta", {}).get("progressToken")
            if token is not None:
                send(method="notifications/progress", params={"progressToken": token, "progress": 1, "total": 4, "message": "working"})
        if not cancelled.wait(60) or name == "far":
            text(number, "done")
    elif name in ("count", "die"):
        note("count", "x")
        if name == "die":
            os._exit(1)
        text(number, "counted")
    elif name == "mutter":
        print("first\nsecond \x1b[2J", file=sys.stderr, flush=True)
        text(number, "muttered")
    elif name == "deaf":
        stopped.set()
    elif name == "grow":
        tools.append({"name": "novel", "inputSchema": {"type": "object"}})
        text(number, "grown")
        send(method="notifications/tools/list_changed")
    elif name == "book":
        schema = {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string", "title": "Name"}, "nights": {"type": "integer", "title": "Nights", "default": 2},
            "pin": {"type": "string", "title": "PIN"},
            **({"meal": {"type": "string", "title": "Meal", "enum": ["fish", "soup"]}} if given.get("meal") else {})}}
        text(number, "booked: " + json.dumps(ask(number, message="Who stays?", requestedSchema=schema)))
    elif name == "picture":
        kind = given.get("type", "image/png")
        picture = {"type": "image", "mimeType": kind, "data": PIXELS if kind == "image/png" else "/9j/4A=="}
        send(id=number, result={"content": [picture] if given.get("alone") else [{"type": "text", "text": "before"}, picture]})
    elif name == "visit":
        text(number, "visited: " + json.dumps(ask(number, message="Pay here.", mode="url", elicitationId="e1", url="https://pay.example/basket?id=7")))
    elif name == "think":
        asked = [{"role": "user", "content": {"type": "text", "text": "One word for water?\x1b[2J"}}]
        more = {}
        if given.get("long"):
            asked = [{"role": ("user", "assistant")[n % 2], "content": {"type": "text", "text": f"word {n} " * 400}} for n in range(12)] + asked
            more = {"systemPrompt": "Be brief.\nBe wet.", "temperature": 0.5, "stopSequences": ["\n"],
                    "modelPreferences": {"hints": [{"name": "large"}, {"name": "small"}], "costPriority": 0.25}}
        text(number, "thought: " + json.dumps(ask(number, "sampling/createMessage", messages=asked, maxTokens=10, **more)))
    elif name == "moan":
        for level in ["info", "warning", "error"]:
            send(method="notifications/message", params={"level": level, "data": f"of {level}"})
        text(number, "moaned")
    elif name == "touch":
        send(method="notifications/resources/updated", params={"uri": "note://one"})
        text(number, "touched")
    elif name == "where":
        text(number, "roots: " + json.dumps(ask(number, "roots/list")))
    else:
        text(number, json.dumps(given))


def answer(message):
    method, number, params = message.get("method"), message.get("id"), message.get("params", {})
    if method == "initialize":
        capabilities = {"tools": {"listChanged": True}, "logging": {}}
        if "resources" in sys.argv[2:]:
            capabilities["resources"] = {"subscribe": True}
        send(id=number, result={"protocolVersion": "2025-11-25", "capabilities": capabilities,
                                "serverInfo": {"name": "window", "version": "1"}})
    elif method == "tools/list":
        send(id=number, result={"tools": tools})
    elif method == "resources/list":
        send(id=number, result={"resources": [{"uri": "note://one", "name": "one"}]})
    elif method == "resources/templates/list":
        send(id=number, result={"resourceTemplates": [{"uriTemplate": "note://{name}", "name": "any", "description": "Any note."}]})
    elif method == "tools/call":
        waiting[number] = threading.Event()
        threading.Thread(target=call, args=(number, params), daemon=True).start()
    elif method == "notifications/cancelled":
        waiting[params["requestId"]].set()
    elif method is None and f"q{str(number)[1:]}" in answers:
        answers[f"r{number[1:]}"] = message.get("result", message.get("error"))
        answers[number].set()
    elif number is not None:
        known = {"ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"}
        send(id=number, **({"result": {}} if method in known else {"error": {"code": -32601, "message": f"no {method}"}}))


def say(*_):
    # In a handler of the main thread, which may hold the lock.
    threading.Thread(target=lambda: send(method="notifications/message", params={"level": "warning", "data": "the disk is full"})).start()


def go_on(*_):
    for event in waiting.values():
        event.set()


signal.signal(signal.SIGUSR1, say)
signal.signal(signal.SIGUSR2, go_on)
with open(f"{folder}/pid", "w") as file:
    file.write(str(os.getpid()))
for line in sys.stdin:
    note("heard", line)
    if stopped.is_set():
        continue
    answer(json.loads(line))
