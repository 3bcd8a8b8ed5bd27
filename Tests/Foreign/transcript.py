# SPDX-License-Identifier: Apache-2.0
"""Runs mcpctl and keeps what it says, to compare with a transcript in golden/."""

import os
import pathlib
import re
import subprocess
import sys

from harness import expect

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"
BIN = os.path.dirname(sys.executable)


class Transcript:
    """A conversation with one server, as a person at a shell would see it without a terminal."""

    def __init__(self, mcpctl, server, folder, **variables):
        """`server` is the words behind `mcpctl` that name the server, as a list: an option, or `--` and a command."""
        self.mcpctl, self.server = mcpctl, server
        self.environment = {"PATH": os.environ["PATH"], "HOME": folder, "XDG_CACHE_HOME": f"{folder}/cache", "LANG": "C.UTF-8",
                            "GIT_CONFIG_GLOBAL": "/dev/null", **variables}
        # A page of a tool names the server it is of, which stands elsewhere on each machine.
        self.replaced = [(" ".join(server), "-- SERVER")] if server[0] == "--" else []
        self.replaced += [(folder, "FOLDER"), (BIN, "BIN")]
        self.lines = []

    def start(self, *words):
        """Begins a command."""
        at = [] if self.server[0] != "--" else self.server
        before = [] if at else self.server
        return subprocess.Popen([self.mcpctl, *before, *words, *at], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env=self.environment)

    def run(self, *words, code=0):
        """Runs a command; its standard output."""
        process = self.start(*words)
        output, error = process.communicate(timeout=60)
        shown = " ".join(word if re.fullmatch(r"[\w./:=@,|+-]+", word) else f"'{word}'" for word in words)
        self.lines.append(f"$ mcpctl {shown}\n{output}{error}" + (f"[exit code {process.returncode}]\n" if process.returncode else ""))
        expect(process.returncode == code, f"exit code {process.returncode} of {words}, not {code}: {error}")
        return output

    def repl(self, *lines, code=0):
        """Runs lines in one session of the REPL; its standard output."""
        return self.run("repl", *(word for line in lines for word in ["-e", line]), code=code)

    def compare(self, name, *patterns):
        """Compares with golden/NAME.txt; what fits one of the patterns differs from run to run."""
        text = "\n".join(line if line.endswith("\n") else line + "\n" for line in self.lines)
        for found, shown in self.replaced:
            text = text.replace(found, shown)
        for pattern, shown in patterns:
            text = re.sub(pattern, shown, text)
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("MCPCTL_RECORD"):
            path.write_text(text)
        expect(path.exists(), f"there is no golden/{name}.txt: run with MCPCTL_RECORD=1 and look at it")
        expect(text == path.read_text(), f"golden/{name}.txt is another transcript; now it is\n{text}")
