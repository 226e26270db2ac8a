"""Times exact search in Semblance and faiss over the same clustered vectors, in turns, once they find the same.

compare-search.py FOLDER ROWS THREADS ROUNDS [PRECISION…]"""
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

import numpy

DIMENSION, QUERIES, BATCHES = 384, 1000, (1, 32, 1000)
LEAST = 0.3  # seconds that a timing takes at least
HERE = Path(__file__).parent


class Peer:
    def __init__(self, command, threads):
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def search(self, count, repeats):
        self.process.stdin.write(f"{count} {repeats}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        assert answer, f"{self.process.args[0]} has ended with {self.process.wait()}"
        return float(answer[0]), answer[1].split(",")

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def write_vectors(folder, rows):
    """Vectors of length one around centers, one for a hundred: neighbors have a cosine of about 0.6."""
    random = numpy.random.default_rng(1)
    centers = random.standard_normal((rows // 100, DIMENSION), numpy.float32)
    file = numpy.lib.format.open_memmap(folder / "vectors.npy", "w+", numpy.float32, (rows, DIMENSION))
    for start in range(0, rows, 10_000):
        file[start : start + 10_000] = around(random, centers, min(10_000, rows - start))
    file.flush()
    numpy.save(folder / "queries.npy", around(random, centers, QUERIES))


def around(random, centers, count):
    vectors = centers[random.integers(0, len(centers), count)] + numpy.float32(0.8) * random.standard_normal((count, DIMENSION), numpy.float32)
    return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)


def main():
    folder, rows, threads, rounds = Path(sys.argv[1]), *map(int, sys.argv[2:5])
    write_vectors(folder, rows)
    for precision in sys.argv[5:] or ("Float32", "Int8", "Binary"):
        peers = [
            Peer([os.environ["SEMBLANCE_SEARCH"], folder, str(threads), precision], threads),
            Peer([sys.executable, HERE / "faiss-search.py", folder, str(threads), precision], threads),
        ]
        for count in BATCHES[:2] if precision == "Int8" else BATCHES:  # faiss would take minutes
            (_, ours), (_, theirs) = (peer.search(count, 1) for peer in peers)
            same = sum(a == b for a, b in zip(ours, theirs)) / count
            assert same > 0.99 or precision != "Float32", f"only {same:.1%} of the best hits are the same: there is nothing to compare"
            times = []
            repeats = [max(1, int(LEAST / peer.search(count, 1)[0])) for peer in peers]
            for peer, number in zip(peers, repeats):
                peer.search(count, number)  # until the runtime has compiled its loops for good
            for _ in range(rounds):
                times.append([peer.search(count, number)[0] for peer, number in zip(peers, repeats)])
            ours, theirs = (count / median(column) for column in zip(*times))
            ratios = [b / a for a, b in times]  # of one round, so that the machine's drift cancels
            print(f"| {rows:,} | {precision} | {count:,} | {threads} | {ours:,.0f} | {theirs:,.0f} | {median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}) | {same:.1%} |", flush=True)
        for peer in peers:
            peer.stop()


main()
