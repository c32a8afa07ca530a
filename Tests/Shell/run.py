#!/usr/bin/env python3
"""Run the shell's scenarios against an `fql` binary.

    python3 run.py [--bin .build/debug/fql] [--only GLOB] [--verbose] [FILE.jsonl ...]

One scenario a line, of two kinds. `cli`: a command line with its input, and what it prints. `pty`: keys typed into a real
pseudo-terminal of 80x24, and what then stands on the screen. README.md beside this file describes the fields.
"""
import argparse
import base64
import codecs
import errno
import fcntl
import fnmatch
import glob
import json
import os
import pty
import re
import select
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import termios
import time
from concurrent.futures import ProcessPoolExecutor

from screen import Screen

QUIET = 0.05
TIMEOUT = 20

KEYS = {
    "Enter": "\r", "Tab": "\t", "Esc": "\x1b", "Backspace": "\x7f", "Delete": "\x1b[3~", "Up": "\x1b[A", "Down": "\x1b[B",
    "Right": "\x1b[C", "Left": "\x1b[D", "Home": "\x1b[H", "End": "\x1b[F", "C-Left": "\x1b[1;5D", "C-Right": "\x1b[1;5C",
    "M-Enter": "\x1b\r", "M-b": "\x1bb", "M-f": "\x1bf",
}


def key(name):
    if name in KEYS:
        return KEYS[name]
    if name.startswith("C-"):
        return chr(ord(name[2].upper()) & 31)
    raise ValueError(f"unknown key <{name}>")


def environment(folder, extra):
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TERMINFO")}
    env.setdefault("LC_ALL", "C.UTF-8")
    env["HOME"] = folder
    env["TERM"] = "xterm-256color"
    env.update(extra)
    return env


def prepare(case):
    folder = tempfile.mkdtemp(prefix="fql-shell-")
    for name, content in case.get("files", {}).items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(content)
        os.chmod(path, int(case.get("modes", {}).get(name, "0644"), 8))
    return folder


def check_files(case, folder):
    for name, want in case.get("check_files", {}).items():
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            return f"no file {name}"
        with open(path, encoding="utf-8") as f:
            content = f.read()
        if "regex" in want and not re.search(want["regex"], content):
            return f"{name}: {content!r} does not match {want['regex']!r}"
        if "mode" in want:
            mode = stat.S_IMODE(os.stat(path).st_mode)
            if mode != int(want["mode"], 8):
                return f"{name}: mode {mode:o} is not {want['mode']}"
    return None


def status_of(code):
    """A process's exit status as a shell would say it."""
    return 128 - code if code < 0 else code


def run_cli(case, binary, folder):
    argv = [binary] + case["argv"]
    text = base64.b64decode(case["stdin_base64"]) if "stdin_base64" in case else case.get("stdin", "").encode()
    env = environment(folder, case.get("env", {}))
    out = open(case["stdout_to"], "wb") if "stdout_to" in case else subprocess.PIPE
    process = subprocess.Popen(argv, cwd=folder, env=env, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.PIPE,
                               restore_signals=True)
    try:
        if "close_stdout_after_lines" in case:
            process.stdin.close()
            stdout = b"".join(process.stdout.readline() for _ in range(case["close_stdout_after_lines"]))
            process.stdout.close()
            stderr = process.stderr.read()
            process.wait(timeout=TIMEOUT)
        else:
            stdout, stderr = process.communicate(text, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return f"no end after {TIMEOUT} s"
    stdout = (stdout or b"").decode("utf-8", "backslashreplace")
    stderr = stderr.decode("utf-8", "backslashreplace")
    for name, got in (("stdout", stdout), ("stderr", stderr)):
        want = case.get(name + "_regex")
        if want is not None and not re.search(want, got):
            return f"{name}: {got!r} does not match {want!r} (other: {(stderr if name == 'stdout' else stdout)!r})"
    if "status" in case and status_of(process.returncode) != case["status"]:
        return f"status {status_of(process.returncode)}, expected {case['status']}; stderr {stderr!r}"
    return check_files(case, folder)


class Terminal:
    """A program on a pseudo-terminal, in a session of its own as a job of a (minimal) shell."""

    def __init__(self, argv, folder, env):
        self.screen = Screen()
        self.raw = ""
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.status = None
        reader, writer = os.pipe()
        self.leader, self.fd = pty.fork()
        if self.leader == 0:
            os.close(reader)
            self.lead(argv, folder, env, writer)
        os.close(writer)
        self.reports = os.fdopen(reader, "r")
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.pid = int(self.reports.readline())

    @staticmethod
    def lead(argv, folder, env, writer):
        """The job-control part of a shell: one job in the foreground, waited for."""
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        job = os.fork()
        if job == 0:
            os.setpgid(0, 0)
            os.tcsetpgrp(0, os.getpid())
            for number in (signal.SIGTTOU, signal.SIGINT, signal.SIGTSTP):
                signal.signal(number, signal.SIG_DFL)
            os.close(writer)
            os.chdir(folder)
            try:
                os.execve(argv[0], argv, env)
            finally:
                os._exit(127)
        os.write(writer, f"{job}\n".encode())
        while True:
            _, result = os.waitpid(job, os.WUNTRACED)
            if not os.WIFSTOPPED(result):
                break
            os.write(writer, b"stopped\n")
        code = os.waitstatus_to_exitcode(result)
        os.write(writer, f"exit {128 - code if code < 0 else code}\n".encode())
        os._exit(0)

    def pump(self, seconds):
        """Takes in what comes within some time; False where nothing did."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError as e:
            if e.errno != errno.EIO:
                raise
            data = b""
        if not data:
            self.ended = True
            return False
        text = self.decoder.decode(data)
        self.raw += text
        self.screen.feed(text)
        return True

    ended = False

    def settle(self, seconds=QUIET):
        limit = time.monotonic() + TIMEOUT
        while not self.ended and self.pump(seconds) and time.monotonic() < limit:
            pass

    def start(self):
        limit = time.monotonic() + TIMEOUT
        while not self.ended and not re.search(r"> $", self.screen_line()) and time.monotonic() < limit:
            self.pump(0.05)
        self.settle()

    def screen_line(self):
        return "".join(self.screen.lines[self.screen.y])[: self.screen.x] if self.screen.x else ""

    def wait_for(self, condition, seconds):
        limit = time.monotonic() + seconds
        while not condition():
            if self.ended or time.monotonic() > limit:
                return condition()
            self.pump(0.05)
        return True

    def type(self, data):
        data = data.encode()
        while data:
            _, ready, _ = select.select([], [self.fd], [], 0.02)
            if ready:
                data = data[os.write(self.fd, data[:1024]):]
            self.pump(0)

    def finish(self):
        """The exit status, where it ended by itself."""
        limit = time.monotonic() + 5
        while time.monotonic() < limit:
            ready, _, _ = select.select([self.reports], [], [], 0.05)
            self.pump(0)
            if ready:
                for line in self.reports:
                    if line.startswith("exit "):
                        return int(line[5:])
                return None
        return None

    def kill(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.leader, 0)
        os.close(self.fd)
        self.reports.close()


def run_pty(case, binary, folder, show):
    terminal = Terminal([binary] + case.get("argv", []), folder, environment(folder, case.get("env", {})))
    try:
        terminal.start()
        for item in case["send"]:
            terminal.settle()
            if isinstance(item, str):
                name = re.fullmatch(r"<([A-Za-z]-?[A-Za-z0-9]*)>", item)
                terminal.type(key(name.group(1)) if name else item)
            elif "paste" in item:
                terminal.type("\x1b[200~" + item["paste"].replace("\n", "\r") + "\x1b[201~")
            elif "wait" in item:
                end = time.monotonic() + item["wait"]
                while time.monotonic() < end:
                    terminal.pump(0.02)
            elif "signal" in item:
                if item["signal"] == "CONT":
                    time.sleep(0.1)
                os.kill(terminal.pid, getattr(signal, "SIG" + item["signal"]))
            elif "size" in item:
                columns, rows = item["size"]
                fcntl.ioctl(terminal.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            elif "expect" in item:
                if not terminal.wait_for(lambda: re.search(item["expect"], terminal.screen.text()), 5):
                    return f"screen does not match {item['expect']!r}:\n{terminal.screen.text()}"
            elif "absent" in item:
                terminal.settle()
                if re.search(item["absent"], terminal.screen.text()):
                    return f"screen matches {item['absent']!r}:\n{terminal.screen.text()}"
        for want in case.get("expect", []):
            if not terminal.wait_for(lambda: re.search(want, terminal.screen.text()), 5):
                return f"screen does not match {want!r}:\n{terminal.screen.text()}"
        terminal.settle()
        if show:
            print(f"--- {case['id']}\n{terminal.screen.text()}")
        for bad in case.get("absent", []):
            if re.search(bad, terminal.screen.text()):
                return f"screen matches {bad!r}:\n{terminal.screen.text()}"
        for bad in case.get("raw_absent", []):
            if re.search(bad, terminal.raw):
                return f"the bytes match {bad!r}: {terminal.raw!r}"
        if "status" in case:
            status = terminal.finish()
            if status != case["status"]:
                return f"status {status}, expected {case['status']}:\n{terminal.screen.text()}"
        return check_files(case, folder)
    finally:
        terminal.kill()


def run_case(case, binary, show=False):
    folder = prepare(case)
    try:
        if case["kind"] == "cli":
            return run_cli(case, binary, folder)
        return run_pty(case, binary, folder, show)
    except Exception as e:  # a scenario that breaks is a failure, not the end
        return f"{type(e).__name__}: {e}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", help="default: every *.jsonl beside this script")
    parser.add_argument("--bin", default=os.path.join(here, "../../.build/debug/fql"))
    parser.add_argument("--only", help="run the scenarios whose id matches this glob")
    parser.add_argument("--verbose", action="store_true", help="name every scenario")
    parser.add_argument("--show", action="store_true", help="print the final screens")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    binary = os.path.abspath(args.bin)
    if not os.access(binary, os.X_OK):
        sys.exit(f"{args.bin}: not an executable")
    cases = []
    for name in args.files or sorted(glob.glob(os.path.join(here, "*.jsonl"))):
        with open(name, encoding="utf-8") as f:
            cases += [json.loads(line) for line in f if line.strip()]
    cases = [c for c in cases if not args.only or fnmatch.fnmatch(c["id"], args.only)]
    failed = 0
    with ProcessPoolExecutor(args.jobs) as pool:
        results = pool.map(run_case, cases, [binary] * len(cases), [args.show] * len(cases))
        for case, reason in zip(cases, results):
            failed += reason is not None
            if reason is not None:
                print(f"FAIL {case['id']}\n     {reason}")
            elif args.verbose:
                print(f"ok   {case['id']}")
    print(f"{len(cases) - failed} of {len(cases)} scenarios passed")
    sys.exit(1 if failed or not cases else 0)


if __name__ == "__main__":
    main()
