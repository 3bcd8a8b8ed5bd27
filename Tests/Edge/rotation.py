# SPDX-License-Identifier: Apache-2.0
"""Renews a server's certificate under clients at work: rotation.py PORT FOLDER.

FOLDER is one of TestSupport's `Certificates`; the server uses its `live.pem` and `live.key`. Clients call a tool, some on one
connection that they keep, some on a new one each time; the certificate is renewed again and again meanwhile. No call may fail,
and new connections have to see each certificate.
"""
import http.client
import json
import os
import shutil
import ssl
import subprocess
import sys
import threading
import time

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]
RENEWALS = 6
stop = threading.Event()
failures, calls = [], {"kept": 0, "new": 0}
lock = threading.Lock()


def connection():
    context = ssl.create_default_context(cafile=f"{FOLDER}/ca.pem")
    return http.client.HTTPSConnection("localhost", PORT, timeout=20, context=context)


def call(client, number):
    body = {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": "calculator", "arguments": {"a": number, "b": 1}}}
    client.request("POST", "/", json.dumps(body), {"Content-Type": "application/json", "Accept": "application/json"})
    answer = json.loads(client.getresponse().read())
    if answer["result"]["content"][0]["text"] != str(number + 1):
        raise ValueError(answer)


def work(kind):
    client, number = connection(), 0
    while not stop.is_set():
        number += 1
        try:
            if kind == "new":
                client.close()
                client = connection()
            call(client, number)
            with lock:
                calls[kind] += 1
        except Exception as error:  # whatever it is, it is one too many
            failures.append(f"{kind} {number}: {error!r}")
            return
    client.close()


def serial():
    """The serial number of the certificate new connections see."""
    context = ssl.create_default_context(cafile=f"{FOLDER}/ca.pem")
    import socket
    with context.wrap_socket(socket.create_connection(("127.0.0.1", PORT), timeout=20), server_hostname="localhost") as peer:
        return int(peer.getpeercert()["serialNumber"], 16)


def serial_of(name):
    text = subprocess.run(["openssl", "x509", "-in", f"{FOLDER}/{name}.pem", "-noout", "-serial"], capture_output=True, text=True, check=True).stdout
    return int(text.split("=")[1], 16)


def renew(name):
    # One file after the other, as tools do: in between they do not fit together.
    for ending in ("pem", "key"):
        shutil.copy(f"{FOLDER}/{name}.{ending}", f"{FOLDER}/coming")
        os.rename(f"{FOLDER}/coming", f"{FOLDER}/live.{ending}")


workers = [threading.Thread(target=work, args=(kind,)) for kind in ("kept", "kept", "new")]
for worker in workers:
    worker.start()
seen = 0
for renewal in range(RENEWALS):
    name = ("two", "one")[renewal % 2]
    renew(name)
    deadline = time.monotonic() + 20
    while serial() != serial_of(name) and time.monotonic() < deadline:
        time.sleep(0.02)
    seen += serial() == serial_of(name)
stop.set()
for worker in workers:
    worker.join()
print(f"{seen} of {RENEWALS} renewals seen, {calls['kept']} calls on kept connections, {calls['new']} on new ones, {len(failures)} failed")
for failure in failures:
    print("FAIL", failure)
sys.exit(0 if seen == RENEWALS and not failures and calls["kept"] > 100 and calls["new"] > 10 else 1)
