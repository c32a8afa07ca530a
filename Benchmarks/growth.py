#!/usr/bin/env python3
"""Measure how the cost of a statement grows, and draw it.

    python3 growth.py [PATH_TO_FQL] [--scale 1.0] [--runs 3] [--svg docs/growth.svg] [--json FILE]

Each series sets its scene in a process of its own and then repeats one statement, text in and text out; the median of the
runs is given, in microseconds a statement. A flat line is a cost that does not depend on the size, a gentle slope a
logarithm. On a shared machine look at the shape, not at the numbers.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def scene_of_documents(n):
    yield 'CreateCollection({name: "c"})'
    yield 'CreateIndex({name: "by_x", source: Collection("c"), terms: [{field: ["data", "x"]}]})'
    for start in range(1, n + 1, 1000):
        ids = range(start, min(start + 1000, n + 1))
        yield f'Do(Foreach({json.dumps(list(ids))}, i => Create(Ref(Collection("c"), i), {{data: {{x: i, y: "text"}}}})), null)'


def scene_of_history(n):
    yield 'CreateCollection({name: "c", history_days: 30})'
    yield 'Create(Ref(Collection("c"), "1"), {data: {x: 0}})'
    for i in range(1, n):
        yield f'Select("ts", Update(Ref(Collection("c"), "1"), {{data: {{x: {i}}}}}))'


def scene_of_fields(n):
    fields = ", ".join(f"f{i}: {i}" for i in range(n))
    yield 'CreateCollection({name: "c"})'
    yield f'Select("ts", Create(Ref(Collection("c"), "1"), {{data: {{{fields}}}}}))'


def nested(depth):
    text = "x0"
    for i in reversed(range(depth)):
        text = f"Select(0, Map([1], x{i} => {text}))"
    return text


# name, what the size counts, sizes, scene, statement number i, statements
SERIES = [
    ("create", "documents", (10_000, 100_000, 1_000_000), scene_of_documents,
     lambda i, n: f'Select("ts", Create(Collection("c"), {{data: {{x: {i}, y: "text"}}}}))', 20_000),
    ("get", "documents", (10_000, 100_000, 1_000_000), scene_of_documents,
     lambda i, n: f'Select(["data", "x"], Get(Ref(Collection("c"), {i * 7919 % n + 1})))', 20_000),
    ("update", "documents", (10_000, 100_000, 1_000_000), scene_of_documents,
     lambda i, n: f'Select("ts", Update(Ref(Collection("c"), {i * 7919 % n + 1}), {{data: {{x: {-i}}}}}))', 20_000),
    ("match", "documents", (10_000, 100_000, 1_000_000), scene_of_documents,
     lambda i, n: f'Count(Match(Index("by_x"), {i * 7919 % n + 1}))', 20_000),
    ("page in the middle", "documents", (10_000, 100_000, 1_000_000), scene_of_documents,
     lambda i, n: f'Count(Select("data", Paginate(Documents(Collection("c")), {{after: Ref(Collection("c"), {i * 7919 % n + 1})}})))',
     5_000),
    ("get, deep history", "versions of one document", (100, 1_000, 10_000), scene_of_history,
     lambda i, n: 'Select(["data", "x"], Get(Ref(Collection("c"), "1")))', 20_000),
    ("update, deep history", "versions of one document", (100, 1_000, 10_000), scene_of_history,
     lambda i, n: f'Select("ts", Update(Ref(Collection("c"), "1"), {{data: {{x: {i}}}}}))', 5_000),
    ("select one field", "fields of the document", (10, 100, 1_000), scene_of_fields,
     lambda i, n: f'Select(["data", "f{n - 1}"], Get(Ref(Collection("c"), "1")))', 20_000),
    ("nested lambdas, a level", "levels", (1, 10, 100), lambda n: ["null"], lambda i, n: nested(n), 2_000),
]


def measure(binary, scene, statement, size, count, runs):
    """Microseconds a statement: the median of the runs, all in one process, after the scene."""
    process = subprocess.Popen([binary, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(statements, mark):
        def write():
            for text in statements:
                process.stdin.write(text + "\n")
            process.stdin.write(f'"{mark}"\n')
            process.stdin.flush()

        start = time.perf_counter()
        writer = threading.Thread(target=write)
        writer.start()
        for line in process.stdout:
            if mark in line:
                break
        else:
            sys.exit("fql ended before its work")
        writer.join()
        return time.perf_counter() - start

    run(scene(size), "the scene is set")
    times = []
    for number in range(runs):
        work = [statement(i, size) for i in range(number * count, (number + 1) * count)]
        times.append(run(work, f"run {number} is done"))
    process.stdin.close()
    process.wait()
    return statistics.median(times) / count * 1e6


def chart(results):
    """An SVG of small charts, one a series: sizes across, microseconds a statement up, from zero."""
    width, height, columns = 250, 170, 3
    rows = (len(results) + columns - 1) // columns
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{columns * width}" height="{rows * height}" '
             'font-family="sans-serif" font-size="11" fill="#333">',
             f'<rect width="{columns * width}" height="{rows * height}" fill="white"/>']
    for number, (name, unit, points) in enumerate(results):
        left, top = number % columns * width + 40, number // columns * height + 34
        w, h = width - 70, height - 80
        high = max(y for _, y in points) * 1.25
        at = [(left + w * k / (len(points) - 1), top + h - h * y / high) for k, (_, y) in enumerate(points)]
        parts.append(f'<text x="{left}" y="{top - 16}" font-weight="bold">{name}</text>')
        parts.append(f'<text x="{left}" y="{top - 4}" fill="#777">µs</text>')
        parts.append(f'<path d="M{left},{top} V{top + h} H{left + w}" fill="none" stroke="#999"/>')
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
        parts.append(f'<polyline points="{line}" fill="none" stroke="#2563a8" stroke-width="2"/>')
        for (x, y), (size, cost) in zip(at, points):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#2563a8"/>')
            anchor = "start" if x == left else "middle"
            parts.append(f'<text x="{x + (4 if x == left else 0):.1f}" y="{y - 7:.1f}" text-anchor="{anchor}">{cost:.3g}</text>')
            parts.append(f'<text x="{x:.1f}" y="{top + h + 14}" text-anchor="middle">{size:,}</text>')
        parts.append(f'<text x="{left + w / 2:.1f}" y="{top + h + 28}" text-anchor="middle" fill="#777">{unit}</text>')
    return "\n".join(parts + ["</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fql", nargs="?", default=os.path.join(ROOT, ".build/release/fql"))
    parser.add_argument("--scale", type=float, default=1.0, help="of the sizes of the stores")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="", help="series whose name has this")
    parser.add_argument("--svg")
    parser.add_argument("--json")
    args = parser.parse_args()
    binary = os.path.abspath(args.fql)
    results = []
    for name, unit, sizes, scene, statement, count in SERIES:
        if args.only not in name:
            continue
        points = []
        for size in sizes:
            if unit == "documents":
                size = max(int(size * args.scale), 1000)
            cost = measure(binary, scene, statement, size, count, args.runs)
            points.append((size, cost / size if unit == "levels" else cost))
        results.append((name, unit, points))
        print(f"{name:22}", "  ".join(f"{size:>9,}: {cost:8.2f} µs" for size, cost in points), f"  ({unit})", flush=True)
    if args.svg:
        with open(args.svg, "w", encoding="utf-8") as f:
            f.write(chart(results))
    if args.json:
        with open(args.json, "w") as f:
            json.dump([{"name": n, "unit": u, "points": p} for n, u, p in results], f, indent=1)


if __name__ == "__main__":
    main()
