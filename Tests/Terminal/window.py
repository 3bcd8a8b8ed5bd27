# SPDX-License-Identifier: Apache-2.0
"""A terminal window with a REPL in it: what is typed goes in, what a person would see comes out."""

import contextlib
import fcntl
import json
import os
import pathlib
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

import pyte

from harness import expect

DEADLINE = 45.0
HERE = pathlib.Path(__file__).resolve().parent
SERVER = str(HERE / "server.py")
# The prompt while the server of these tests is connected.
PYTHON = os.path.basename(sys.executable) + "> "


class Window:
    """One REPL, or another command, in a terminal emulator. Everything is waited for; nothing is slept for."""

    def __init__(self, mcpctl, *words, rows=24, columns=80, home=None, environment=None, prompt="builtin> ", attributes=None, command="repl"):
        self.home = home or tempfile.mkdtemp(prefix="mcpctl-window-")
        self.is_own_home = home is None
        self.screen = pyte.HistoryScreen(columns, rows, history=2000, ratio=0.5)
        self.stream = pyte.ByteStream(self.screen)
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.prompt = prompt
        # What it answers when it is asked what it can, and everything it was sent.
        self.attributes = attributes
        self.raw = b""
        variables = {
            "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}", "HOME": self.home, "TERM": "xterm-256color", "LANG": "C.UTF-8", "NO_COLOR": "1",
            "XDG_STATE_HOME": f"{self.home}/state", "XDG_CACHE_HOME": f"{self.home}/cache", "INPUTRC": "/dev/null",
            "PAGER": "cat",
            "SWIFT_BACKTRACE": "enable=no",
            **(environment or {}),
        }
        self.process = subprocess.Popen(
            [mcpctl, command, *words], stdin=self.slave, stdout=self.slave, stderr=self.slave, env=variables, cwd=self.home,
            preexec_fn=self._become_session, close_fds=True)

    # Pictures, which the emulator knows nothing of.
    PICTURE = re.compile(rb"\x1b_G[^\x1b]*\x1b\\|\x1b\]1337[^\x07]*\x07|\x1bP[^\x1b]*\x1b\\")

    @staticmethod
    def _become_session():
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        # Where the tests run in the background, a shell has these ignored; at a terminal they are not.
        for number in (signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)
        if self.is_own_home:
            shutil.rmtree(self.home, ignore_errors=True)

    # What is seen

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines()).rstrip()

    def everything(self):
        """The lines that have scrolled away, too."""
        width = self.screen.columns
        gone = ["".join(line[x].data for x in range(width)).rstrip() for line in self.screen.history.top]
        return "\n".join(gone + self.lines()).rstrip()

    def line(self):
        """The line the cursor is in, up to the cursor."""
        return self.screen.display[self.screen.cursor.y][: self.screen.cursor.x]

    # What is waited for

    def pump(self, seconds):
        """Takes what comes within `seconds`; whether anything did."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        asked = self.raw.count(b"\x1b[c")
        self.raw += data
        if self.attributes and self.raw.count(b"\x1b[c") > asked:
            os.write(self.master, self.attributes)
        self.stream.feed(self.PICTURE.sub(b"", data))
        return True

    def until(self, holds, what, deadline=DEADLINE):
        end = time.monotonic() + deadline
        while not holds():
            left = end - time.monotonic()
            expect(left > 0, f"{what}; the screen has\n{self.text()}\n")
            self.pump(min(left, 0.05))

    def see(self, text, deadline=DEADLINE):
        # A long line goes on in the next, wherever it was broken.
        self.until(
            lambda: any(text in self.everything().replace("\n", mark) for mark in "\n ") or
            text in self.everything().replace("\n", ""), f"'{text}' does not come", deadline)

    def at_prompt(self, typed="", prompt=None):
        """Waits until the prompt is there with exactly that behind it, and the cursor behind that."""
        wanted = (prompt or self.prompt) + typed
        self.until(lambda: self.line() == wanted, f"the line does not become '{wanted}'")

    def until_hidden(self):
        """Waits until a line is read and not shown; what came before is thrown away then. Between lines nothing is shown either."""
        hidden = termios.ICANON
        self.until(
            lambda: termios.tcgetattr(self.slave)[3] & (termios.ECHO | termios.ICANON) == hidden, "what is typed shows")

    # What is typed

    def answer(self, line):
        """Types a line into a field of a form, once it is read: between fields nothing typed shows."""
        shown = termios.ECHO | termios.ICANON
        self.until(lambda: termios.tcgetattr(self.slave)[3] & shown == shown, "no field is read")
        self.type(line + "\r")

    def type(self, text):
        os.write(self.master, text.encode())

    def enter(self, text):
        """Types a line at the prompt, once it is there."""
        self.at_prompt()
        self.type(text)
        self.type("\r")

    def run(self, text):
        """Types a line and waits for the next prompt; what was shown between the two."""
        self.at_prompt()
        start = self.everything().count("\n")
        self.enter(text)
        # The prompt is there already, with the old text behind it: wait until it is another line.
        self.until(lambda: self.line() == self.prompt and self.everything().count("\n") > start, f"no prompt after {text}")
        shown = self.everything().split("\n")[start + 1 : -1]
        return "\n".join(shown)

    # How it ends

    def ended(self):
        """The exit code, negative for a signal."""
        end = time.monotonic() + DEADLINE
        while self.process.poll() is None:
            expect(time.monotonic() < end, f"it does not end; the screen has\n{self.text()}\n")
            self.pump(0.05)
        while self.pump(0):
            pass
        return self.process.returncode

    def is_restored(self):
        return termios.tcgetattr(self.slave) == self.before

    def history(self):
        """The lines in the history, without the servers they were typed to."""
        text = contents(f"{self.home}/state/mcpctl/history")
        return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#@ "))


def golden(name, text):
    """Compares with a screen in golden/; MCPCTL_RECORD writes it."""
    text = re.sub(r"\[[0-9.]+ m?s\]", "[N ms]", text).rstrip() + "\n"
    path = HERE / "golden" / f"{name}.txt"
    if os.environ.get("MCPCTL_RECORD"):
        path.write_text(text)
    expect(path.exists(), f"there is no golden/{name}.txt: run with MCPCTL_RECORD=1 and look at it")
    wanted = path.read_text()
    expect(text == wanted, f"golden/{name}.txt is another screen; now it is\n{text}")


def our_server(folder, *words):
    """The words that start the server of these tests, which tells in `folder` what it hears."""
    return ["--", os.path.basename(sys.executable), SERVER, folder, *words]


@contextlib.contextmanager
def our_window(mcpctl, **options):
    """A folder, and a window with a REPL that talks to the server of these tests."""
    with tempfile.TemporaryDirectory() as folder:
        with Window(mcpctl, *our_server(folder), prompt=PYTHON, **options) as window:
            yield folder, window


def until(holds, what):
    """Waits for something that does not show."""
    end = time.monotonic() + DEADLINE
    while not holds():
        expect(time.monotonic() < end, what)
        select.select([], [], [], 0.02)


def contents(path):
    path = pathlib.Path(path)
    return path.read_text() if path.exists() else ""


def tell(folder, number=signal.SIGUSR1):
    """Sends a signal to the server of these tests."""
    os.kill(int(contents(f"{folder}/pid")), number)


def heard(folder, method):
    """The messages of that method the server of these tests has heard."""
    messages = [json.loads(line) for line in contents(f"{folder}/heard").splitlines()]
    return [message for message in messages if message.get("method") == method]
