#!/usr/bin/env python3
"""Kill a writing `fql --db FILE` at random moments, and check what is in the file afterwards.

    python3 run.py --bin .build/debug/fql [--rounds 300] [--seconds 20] [--seed N]

Every query makes two documents, in two collections; in every other round queries are sent by the dozen, whose changes fql writes all at
once. After each kill the file must open again, hold both documents of every
query that was answered, and of each other query both or none; an index must list exactly the documents that are there.
Stops after so many rounds or seconds, whichever comes first.

Before that, a file is filled up to a limit by queries that are sent all at once: as many are answered as it holds.
"""
import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time

SCHEMA = [
    'CreateCollection({name: "a"})',
    'CreateCollection({name: "b"})',
    'CreateIndex({name: "by_n", source: Collection("a"), terms: [{field: ["data", "even"]}], values: [{field: ["data", "n"]}]})',
]


class Session:
    def __init__(self, binary, path):
        self.process = subprocess.Popen([binary, "--db", path, "--format", "wire", "-"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def send(self, *texts):
        self.process.stdin.write("".join(text + "\n" for text in texts).encode())
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line.endswith(b"\n") else None

    def ask(self, text):
        self.send(text)
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def query(n):
    data = "{data: {n: %d, even: %s, text: \"%s\"}}" % (n, "true" if n % 2 == 0 else "false", "x" * (n % 700))
    return 'Do(Create(Ref(Collection("a"), "%d"), %s), Create(Ref(Collection("b"), "%d"), %s), %d)' % (n, data, n, data, n)


def write_until_killed(binary, path, start, delay, most, answered):
    """Writes documents from `start` on, up to `most` at once, until the process is killed; notes each that was answered. Returns the last
    one asked for."""
    session = Session(binary, path)
    timer = threading.Timer(delay, lambda: session.process.send_signal(signal.SIGKILL))
    timer.start()
    n = start
    last = start
    rng = random.Random(start)
    try:
        while True:
            last = n + rng.randrange(most)
            session.send(*(query(i) for i in range(n, last + 1)))
            while n <= last:
                answer = session.answer()
                if answer is None:
                    return last
                if answer.get("resource") != n:
                    sys.exit(f"unexpected answer to {n}: {answer}")
                answered.append(n)
                n += 1
    except (BrokenPipeError, ConnectionResetError):
        return last
    finally:
        timer.join()
        session.process.wait()


def pages(session, collection):
    """The ids in a collection."""
    ids, after = [], "0"
    while True:
        answer = session.ask(f'Map(Paginate(Documents(Collection("{collection}")), {{size: 100000, after: Ref(Collection("{collection}"), "{after}")}}), '
                             'x => ToInteger(Select("id", x)))')
        page = answer["resource"]
        ids += page["data"]
        if "after" not in page:
            return ids
        after = page["after"][0]["@ref"]["id"]


def check(binary, path, answered, asked):
    session = Session(binary, path)
    a, b = pages(session, "a"), pages(session, "b")
    listed = []
    for even in ("true", "false"):
        answer = session.ask(f'Select("data", Paginate(Match(Index("by_n"), {even}), {{size: 100000}}))')
        listed += answer["resource"]
    session.close()
    if a != b:
        return f"half a query is there: {sorted(set(a) ^ set(b))[:5]}"
    missing = sorted(set(answered) - set(a))
    if missing:
        return f"{len(missing)} answered writes are lost, the first is {missing[0]}"
    foreign = sorted(set(a) - set(asked))
    if foreign:
        return f"documents that nobody asked for: {foreign[:5]}"
    if sorted(listed) != a:
        return f"the index and the documents differ: {sorted(set(listed) ^ set(a))[:5]}"
    return None


def check_limit(binary, path):
    """What is in a file that could not grow any further, against what was answered."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    text = "".join(statement + "\n" for statement in SCHEMA) + "".join(query(n) + "\n" for n in range(1, 400))
    full = subprocess.run([binary, "--db", path, "--format", "json", "-"], input=text, capture_output=True, text=True, preexec_fn=limit)
    answered = [int(line) for line in full.stdout.splitlines()[len(SCHEMA):]]
    if full.returncode != 1 or "internal server error" not in full.stderr or not 20 < len(answered) < 399:
        return f"status {full.returncode}, {len(answered)} answers: {full.stderr[:200]}"
    problem = check(binary, path, answered, answered)
    return f"a file that is full: {problem}" if problem else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=".build/debug/fql")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    binary = os.path.abspath(args.bin)
    started = time.monotonic()
    answered, asked, rounds = [], set(), 0
    with tempfile.TemporaryDirectory(prefix="fql-kill-") as folder:
        problem = check_limit(binary, os.path.join(folder, "full.db"))
        if problem:
            sys.exit(problem)
        path = os.path.join(folder, "test.db")
        session = Session(binary, path)
        for statement in SCHEMA:
            if "errors" in session.ask(statement):
                sys.exit("the schema could not be made")
        session.close()
        n = 1
        while rounds < args.rounds and time.monotonic() - started < args.seconds:
            last = write_until_killed(binary, path, n, rng.uniform(0.005, 0.12), 1 if rounds % 2 else 60, answered)
            asked.update(range(n, last + 1))
            n = last + 1
            rounds += 1
            problem = check(binary, path, answered, asked)
            if problem:
                sys.exit(f"round {rounds}: {problem}")
    print(f"killed {rounds} times over {len(answered)} answered writes: all there")
    print(f"{rounds} passed, 0 failed")


if __name__ == "__main__":
    main()
