#!/usr/bin/env python3
"""Run conformance cases against an `fql` binary.

    python3 run.py --bin .build/release/fql [--only GLOB] [--list] [--verbose] [--min 1.0] [--jobs 2]
                   [--contested contested.txt] [FILE.jsonl ...]

Without files, every *.jsonl beside this script is run. One case a line; three kinds:

  steps   {"id","src","steps":[{"q" | "wire", "ok" | "error" | "errors" | nothing, "save", "secret"}]}
          A case starts in an empty database as an admin. `fql --format wire -` is fed one statement a line and answers
          each with one line of JSON, {"resource": ...} or {"errors": [...]}, before the next is written. Two
          meta-commands are used in that mode: `.secret SECRET` (authenticate as; empty: back to the start) and
          `.wire JSON` (evaluate a query given in wire form); `.secret` prints nothing.
  text    {"id","text", "ast": JSON | "asts": [JSON...]}  `fql ast -` prints the wire form of each query, one a line
          {"id","text", "syntax_error": {"line","column","contains"}}   ... or `<stdin>:LINE:COLUMN: error: TEXT` on
          standard error and exit status 65
  print   {"id","value": wire JSON, "inspect", "inspect_legacy", "inspect_depth2", "inspect_legacy_depth2"}
          `fql print --format inspect|legacy [--depth 2] -` prints a value

Matchers allowed inside "ok": {"$any":true} {"$type":T} {"$subset":{..}} {"$unordered":[..]} {"$approx":x} {"$regex":".."}.
Integers and doubles differ (1 is not 1.0). The exit status is 0 when the share of passed cases is at least --min.
Cases named in the file of --contested, an id and a reason a line, are left out.
"""
import argparse
import fnmatch
import glob
import json
import math
import os
import queue
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

TIMEOUT = 10


def kind(v):
    if v is None:
        return "null"
    if isinstance(v, bool):
        return "bool"
    if isinstance(v, int):
        return "int"
    if isinstance(v, float):
        return "double"
    if isinstance(v, str):
        return "string"
    if isinstance(v, list):
        return "array"
    if len(v) == 1:
        tag = next(iter(v))
        if tag in ("@ref", "@ts", "@date", "@bytes", "@set", "@query", "@uuid"):
            return tag[1:]
    return "object"


def mismatch(want, got, at="$"):
    """None where `got` is what `want` asks for, else a line that says where it is not."""
    if isinstance(want, dict) and len(want) == 1:
        tag, arg = next(iter(want.items()))
        if tag == "$any":
            return None
        if tag == "$type":
            return None if kind(got) == arg else f"{at}: expected a {arg}, got {short(got)}"
        if tag == "$subset":
            if not isinstance(got, dict):
                return f"{at}: expected an object, got {short(got)}"
            for k, v in arg.items():
                if k not in got:
                    return f"{at}.{k}: missing; got {short(got)}"
                m = mismatch(v, got[k], f"{at}.{k}")
                if m:
                    return m
            return None
        if tag == "$unordered":
            if not isinstance(got, list) or len(got) != len(arg):
                return f"{at}: expected {len(arg)} elements in any order, got {short(got)}"
            rest = list(got)
            for w in arg:
                hit = next((i for i, g in enumerate(rest) if mismatch(w, g) is None), None)
                if hit is None:
                    return f"{at}: no element matches {short(w)} in {short(got)}"
                rest.pop(hit)
            return None
        if tag == "$approx":
            ok = kind(got) in ("int", "double") and math.isclose(got, arg, rel_tol=1e-9, abs_tol=1e-12)
            return None if ok else f"{at}: expected about {arg}, got {short(got)}"
        if tag == "$regex":
            return None if isinstance(got, str) and re.search(arg, got) else f"{at}: expected /{arg}/, got {short(got)}"
    if kind(want) != kind(got):
        return f"{at}: expected {short(want)}, got {short(got)}"
    if isinstance(want, dict):
        for k in want:
            if k not in got:
                return f"{at}.{k}: missing; got {short(got)}"
        for k in got:
            if k not in want:
                return f"{at}.{k}: unexpected {short(got[k])}"
        for k in want:
            m = mismatch(want[k], got[k], f"{at}.{k}")
            if m:
                return m
        return None
    if isinstance(want, list):
        if len(want) != len(got):
            return f"{at}: expected {len(want)} elements, got {len(got)}: {short(got)}"
        for i, (w, g) in enumerate(zip(want, got)):
            m = mismatch(w, g, f"{at}[{i}]")
            if m:
                return m
        return None
    return None if want == got else f"{at}: expected {short(want)}, got {short(got)}"


def short(v):
    s = json.dumps(v, ensure_ascii=False)
    return s if len(s) <= 300 else s[:297] + "..."


def error_mismatch(want, got, at="error"):
    for key in ("code", "position", "description"):
        if key in want:
            m = mismatch(want[key], got.get(key), f"{at}.{key}")
            if m:
                return m
    for key in ("failures", "cause"):
        if key in want:
            have = got.get(key) or []
            if len(have) != len(want[key]):
                return f"{at}.{key}: expected {short(want[key])}, got {short(have)}"
            for i, (w, g) in enumerate(zip(want[key], have)):
                if key == "cause":
                    m = error_mismatch(w, g, f"{at}.cause[{i}]")
                else:
                    m = mismatch({"$subset": w}, g, f"{at}.failures[{i}]")
                if m:
                    return m
    return None


def substitute(node, saved):
    if isinstance(node, str):
        return re.sub(r"\$\{(\w+)\}", lambda m: str(saved.get(m.group(1), m.group(0))), node)
    if isinstance(node, list):
        return [substitute(x, saved) for x in node]
    if isinstance(node, dict):
        return {substitute(k, saved): substitute(v, saved) for k, v in node.items()}
    return node


class Session:
    def __init__(self, binary):
        self.process = subprocess.Popen([binary, "--format", "wire", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, encoding="utf-8", bufsize=1)
        self.lines = queue.Queue()
        threading.Thread(target=self._pump, daemon=True).start()

    def _pump(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, line):
        self.tell(line)
        answer = self.lines.get(timeout=TIMEOUT)
        if answer is None:
            raise RuntimeError("it stopped: " + self.process.stderr.read()[-300:])
        return json.loads(answer)

    def close(self):
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            self.process.wait(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def run_steps(case, binary):
    session = Session(binary)
    saved, secret = {}, ""
    try:
        for number, step in enumerate(case["steps"]):
            step = substitute(step, saved)
            wanted = step.get("secret", "")
            if wanted != secret:
                session.tell(".secret " + wanted)
                secret = wanted
            text = step["q"].replace("\n", " ") if "q" in step else ".wire " + json.dumps(step["wire"])
            where = f"step {number}"
            try:
                answer = session.ask(text)
            except queue.Empty:
                return f"{where}: no answer in {TIMEOUT} s to {text[:200]}"
            except (RuntimeError, BrokenPipeError, json.JSONDecodeError) as e:
                return f"{where}: {e} on {text[:200]}"
            errors = answer.get("errors")
            if "error" in step or "errors" in step:
                if not errors:
                    return f"{where}: expected an error, got {short(answer.get('resource'))} for {text[:200]}"
                wants = step["errors"] if "errors" in step else [step["error"]]
                if "errors" in step and len(errors) != len(wants):
                    return f"{where}: expected {len(wants)} errors, got {short(errors)}"
                for w, g in zip(wants, errors):
                    m = error_mismatch(w, g)
                    if m:
                        return f"{where}: {m} for {text[:200]}"
                continue
            if errors:
                return f"{where}: unexpected error {short(errors[0])} for {text[:200]}"
            if "resource" not in answer:
                return f"{where}: no resource in {short(answer)}"
            if "ok" in step:
                m = mismatch(step["ok"], answer["resource"])
                if m:
                    return f"{where}: {m} for {text[:200]}"
            for name, path in step.get("save", {}).items():
                value = answer["resource"]
                try:
                    for key in path:
                        value = value[key]
                except (KeyError, IndexError, TypeError):
                    return f"{where}: nothing to save at {path} in {short(answer['resource'])}"
                saved[name] = value
        return None
    finally:
        session.close()


def run_tool(argv, text):
    return subprocess.run(argv, input=text, capture_output=True, text=True, encoding="utf-8", timeout=TIMEOUT)


def run_text(case, binary):
    done = run_tool([binary, "ast", "-"], case["text"] + "\n")
    if "syntax_error" in case:
        want = case["syntax_error"]
        if done.returncode != 65:
            return f"expected a syntax error (exit status 65), got {done.returncode}: {done.stdout[:200]!r}"
        found = re.search(r"^<stdin>:(\d+):(\d+): (?:error: )?(.*)$", done.stderr, re.M)
        if not found:
            return f"no <stdin>:LINE:COLUMN: in {done.stderr[:200]!r}"
        if "line" in want and int(found.group(1)) != want["line"]:
            return f"expected line {want['line']}, got {found.group(0)}"
        if "column" in want and int(found.group(2)) != want["column"]:
            return f"expected column {want['column']}, got {found.group(0)}"
        if "contains" in want and want["contains"].lower() not in done.stderr.lower():
            return f"expected {want['contains']!r} in {done.stderr[:200]!r}"
        return None
    if done.returncode != 0:
        return f"exit status {done.returncode}: {done.stderr[:200]!r}"
    lines = [json.loads(x) for x in done.stdout.splitlines() if x.strip()]
    want = case["asts"] if "asts" in case else [case["ast"]]
    if len(lines) != len(want):
        return f"expected {len(want)} queries, got {len(lines)}"
    return mismatch(want, lines)


def run_print(case, binary):
    for field, form in (("inspect", ["inspect"]), ("inspect_legacy", ["legacy"]),
                        ("inspect_depth2", ["inspect", "--depth", "2"]), ("inspect_legacy_depth2", ["legacy", "--depth", "2"])):
        if field in case:
            done = run_tool([binary, "print", "--format", *form, "-"], json.dumps(case["value"]) + "\n")
            if done.returncode != 0:
                return f"{form}: exit status {done.returncode}: {done.stderr[:200]!r}"
            if done.stdout.rstrip("\n") != case[field].rstrip("\n"):
                return f"{form}: expected\n{case[field]}\n      got\n{done.stdout.rstrip()}"
    return None


def run_case(case, binary):
    try:
        if "steps" in case:
            return run_steps(case, binary)
        return run_text(case, binary) if "text" in case else run_print(case, binary)
    except (subprocess.TimeoutExpired, json.JSONDecodeError, OSError) as e:
        return str(e)[:300]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--bin", default=".build/release/fql")
    parser.add_argument("--only", help="run the cases whose id matches this glob, e.g. 'sets/*'")
    parser.add_argument("--min", type=float, default=1.0, help="share of cases that must pass (0 to 1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--verbose", action="store_true", help="print every failure; otherwise the first 20")
    parser.add_argument("--list", action="store_true", help="print the ids that fail, one a line")
    parser.add_argument("--contested", help="file of the cases to leave out")
    args = parser.parse_args()
    contested = set()
    if args.contested:
        with open(args.contested, encoding="utf-8") as f:
            contested = {line.split()[0] for line in f if line.strip() and not line.startswith("#")}
    files = args.files or sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "*.jsonl")))
    binary = os.path.abspath(args.bin)
    if not os.access(binary, os.X_OK):
        sys.exit(f"{args.bin}: not an executable")
    totals, failures, skipped = {}, [], 0
    cases = []
    for name in files:
        area = os.path.splitext(os.path.basename(name))[0]
        with open(name, encoding="utf-8") as f:
            for line in f:
                if line.strip():
                    case = json.loads(line)
                    if case["id"] in contested:
                        skipped += 1
                    elif not args.only or fnmatch.fnmatch(case["id"], args.only):
                        cases.append((area, case))
    with ThreadPoolExecutor(args.jobs) as pool:
        for (area, case), reason in zip(cases, pool.map(lambda c: run_case(c[1], binary), cases)):
            passed, count = totals.get(area, (0, 0))
            totals[area] = (passed + (reason is None), count + 1)
            if reason is not None:
                failures.append((case["id"], case.get("src", ""), reason))
    if args.list:
        for name, _, _ in failures:
            print(name)
    else:
        for name, src, reason in failures if args.verbose else failures[:20]:
            print(f"FAIL {name}  ({src})\n     {reason}")
        if len(failures) > 20 and not args.verbose:
            print(f"... and {len(failures) - 20} more (--verbose)")
    for area, (passed, count) in sorted(totals.items()):
        print(f"{area:14} {passed:5} of {count:5}  {100 * passed / count:6.2f} %")
    passed = sum(p for p, _ in totals.values())
    count = sum(c for _, c in totals.values())
    print(f"{passed} passed, {count - passed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(0 if count and passed / count >= args.min else 1)


if __name__ == "__main__":
    main()
