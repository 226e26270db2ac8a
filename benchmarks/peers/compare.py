"""Times Semblance, PyTorch and ONNX Runtime on the same sentences and weights, in turns, once their vectors agree.

compare.py FOLDER NAME COUNT THREADS ROUNDS: FOLDER has model/, model.onnx, sentences.txt and tokens.jsonl (semblance tokenize)."""
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

import numpy

BATCH = 32
WARM_UP = 5  # seconds of encoding by each before its times count
TOLERANCE = 1e-4
HERE = Path(__file__).parent


class Peer:
    """A process that encodes once, writes its vectors, encodes again for each line it reads, and answers with the seconds."""

    def __init__(self, command, threads):
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        encoding = self.answer()
        while encoding < WARM_UP:
            encoding += self.seconds()

    def seconds(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self):
        return float(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def write_batches(folder):
    """Batches of 32 texts of like length, the longest first, padded: as sentence-transformers makes them."""
    texts = [json.loads(line)["ids"] for line in (folder / "tokens.jsonl").open()]
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    batches = []
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        longest = len(texts[rows[0]])
        batches.append({"rows": rows, "ids": [texts[row] + [0] * (longest - len(texts[row])) for row in rows]})
    (folder / "batches.json").write_text(json.dumps(batches))


def largest_difference(folder, count):
    ours, *theirs = (numpy.fromfile(folder / f"{name}.f32", numpy.float32).reshape(count, -1) for name in ("semblance", "torch", "ort"))
    assert all(abs(numpy.linalg.norm(ours, axis=1) - 1) < TOLERANCE)
    return max(abs(ours - other).max() for other in theirs)


def main():
    folder, name, count, threads, rounds = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6])
    write_batches(folder)
    peers = [
        Peer([os.environ["SEMBLANCE_ENCODE"], folder, str(threads)], threads),
        Peer([sys.executable, HERE / "torch-encode.py", folder, str(threads)], threads),
        Peer(["node", HERE / "ort-encode.mjs", folder, str(threads), os.environ["NODE_PACKAGES"]], threads),
    ]
    difference = largest_difference(folder, count)
    assert difference < TOLERANCE, f"the vectors differ by up to {difference}: there is nothing to compare"

    times = numpy.array([[peer.seconds() for peer in peers] for _ in range(rounds)])
    for peer in peers:
        peer.stop()
    ours, torch, ort = (count / median(column) for column in times.T)
    print(f"| {name} | {count:,} | {threads} | {ours:,.0f} | {torch:,.0f} | {ort:,.0f} |", end="")
    for other in (1, 2):
        ratios = times[:, other] / times[:, 0]  # of one round, so that the machine's drift cancels
        print(f" {median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}) |", end="")
    print(f" {difference:.0e} |", flush=True)


main()
