#!/usr/bin/env python3
"""Run the golden scripts and the examples, and compare what they print with the files beside them.

    python3 run.py [--bin .build/debug/fql] [--update] [--only GLOB] [FILE ...]

Without files: every *.fql and *.js in this folder and in examples/. NAME.fql runs in a copy of its folder as

    fql --now 2024-02-29T12:00:00Z --seed 1 --quiet [OPTIONS] NAME.fql

where OPTIONS is what stands behind `// options:` in the script's first lines. NAME.out (NAME.js.out for NAME.js) holds
what it prints, standard output and standard error as they come, and the exit status where it is not 0. `--update`
(make golden) writes those files anew: read the diff before you commit it.
"""
import argparse
import difflib
import fnmatch
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TIMEOUT = 60


def options(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        for line, _ in zip(f, range(5)):
            found = re.match(r"//\s*options:\s*(.*)", line)
            if found:
                return shlex.split(found.group(1))
    return []


def run(path, binary):
    """What a script prints."""
    with tempfile.TemporaryDirectory(prefix="fql-golden-") as home:
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH")}
        env.update(HOME=home, LC_ALL="C.UTF-8", TERM="dumb", NO_COLOR="1")
        folder = os.path.join(home, "work")  # a copy, so that a script may write files
        shutil.copytree(os.path.dirname(path), folder)
        argv = [binary, "--now", "2024-02-29T12:00:00Z", "--seed", "1", "--quiet", *options(path), os.path.basename(path)]
        done = subprocess.run(argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT)
    text = done.stdout.decode("utf-8", "backslashreplace")
    return text + (f"[exit status {done.returncode}]\n" if done.returncode else "")


def expected_file(path):
    stem, extension = os.path.splitext(path)
    return (path if extension == ".js" else stem) + ".out"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--bin", default=os.path.join(ROOT, ".build/debug/fql"))
    parser.add_argument("--update", action="store_true", help="write what is printed as what is expected")
    parser.add_argument("--only", default="*", help="run the scripts whose file name matches this glob")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    args = parser.parse_args()
    binary = os.path.abspath(args.bin)
    files = [os.path.abspath(name) for name in args.files]
    if not files:
        for folder in (HERE, os.path.join(ROOT, "examples")):
            files += sorted(glob.glob(os.path.join(folder, "*.fql")) + glob.glob(os.path.join(folder, "*.js")))
    files = [name for name in files if fnmatch.fnmatch(os.path.basename(name), args.only)]
    failed = 0
    with ThreadPoolExecutor(args.jobs) as pool:
        for path, got in zip(files, pool.map(lambda name: run(name, binary), files)):
            expected = expected_file(path)
            if args.update:
                with open(expected, "w", encoding="utf-8") as f:
                    f.write(got)
                continue
            want = ""
            if os.path.exists(expected):
                with open(expected, encoding="utf-8") as f:
                    want = f.read()
            if want != got:
                failed += 1
                print(f"FAIL {os.path.relpath(path, ROOT)}")
                diff = difflib.unified_diff(want.splitlines(), got.splitlines(), "expected", "got", lineterm="")
                print("\n".join("     " + line for line in list(diff)[:60]))
    print(f"{len(files)} written" if args.update else f"{len(files) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not files else 0)


if __name__ == "__main__":
    main()
