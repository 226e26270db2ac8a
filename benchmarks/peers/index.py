"""Builds and searches an index of the same vectors in hnswlib and in Semblance, in one run.

index.py COUNT BENCHMARKS FOLDER: BENCHMARKS is the command of benchmarks/Semblance.Benchmarks, FOLDER is for the vectors."""
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import hnswlib
import numpy

DIMENSION, QUERIES, CENTRES, DIRECTIONS = 384, 1000, 1000, 32
THREADS = len(os.sched_getaffinity(0))


def write_vectors(path, count):
    """In groups, along far fewer directions than there are elements, with a little noise in all of them."""
    random = numpy.random.default_rng(1)
    centres = random.standard_normal((CENTRES, DIRECTIONS), numpy.float32)
    directions = random.standard_normal((DIRECTIONS, DIMENSION), numpy.float32)
    vectors = numpy.lib.format.open_memmap(path, "w+", numpy.float32, (count + QUERIES, DIMENSION))
    for start in range(0, len(vectors), 50_000):
        rows = min(50_000, len(vectors) - start)
        latent = centres[random.integers(0, CENTRES, rows)] + 0.5 * random.standard_normal((rows, DIRECTIONS), numpy.float32)
        vectors[start : start + rows] = latent @ directions + 0.3 * random.standard_normal((rows, DIMENSION), numpy.float32)
    vectors.flush()


def exact(vectors, queries):
    """The ten nearest by cosine, block by block."""
    scores, ids = [], []
    queries = queries / numpy.linalg.norm(queries, axis=1, keepdims=True)
    for start in range(0, len(vectors), 100_000):
        block = vectors[start : start + 100_000]
        products = (block / numpy.linalg.norm(block, axis=1, keepdims=True)) @ queries.T
        best = numpy.argpartition(-products, 10, axis=0)[:10]
        scores.append(numpy.take_along_axis(products, best, 0))
        ids.append(best + start)
    scores, ids = numpy.concatenate(scores), numpy.concatenate(ids)
    return numpy.take_along_axis(ids, numpy.argsort(-scores, axis=0)[:10], 0).T


def peak():
    """The most memory this process has had, in MB; the kernel's account for getrusage begins with that of the parent."""
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) * 1.024e-3


def peer(path, count):
    vectors = numpy.load(path, mmap_mode="r")
    vectors, queries = vectors[:count], numpy.array(vectors[count:])
    truth = numpy.load(path.with_name("truth.npy"))
    index = hnswlib.Index("cosine", DIMENSION)
    index.init_index(count, ef_construction=200, M=16)
    index.set_num_threads(THREADS)
    started = time.perf_counter()
    for start in range(0, count, 100_000):  # so that the whole of the vectors need not be in memory twice
        index.add_items(vectors[start : start + 100_000])
    built = time.perf_counter() - started
    print(f"hnswlib: built in {built:.1f} s, {count / built:,.0f} vectors/s; peak of the process so far {peak():,.0f} MB")
    index.set_num_threads(1)
    print(f"{'ef':>8}{'recall@10':>12}{'queries/s':>12}")
    for ef in (10, 20, 40, 80, 160, 320, 640):
        index.set_ef(ef)
        times = []
        for _ in range(4):
            started = time.perf_counter()
            found, _ = index.knn_query(queries, 10)
            times.append(time.perf_counter() - started)
        recall = numpy.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, truth)])
        print(f"{ef:>8}{recall:>12.4f}{QUERIES / median(times[1:]):>12,.0f}", flush=True)


def main():
    count, benchmarks, folder = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    path = folder / "vectors.npy"
    if benchmarks == "peer":
        peer(path, count)
        return
    if not path.exists():
        write_vectors(path, count)
        vectors = numpy.load(path, mmap_mode="r")
        numpy.save(folder / "truth.npy", exact(vectors[:count], numpy.array(vectors[count:])))
    print(f"{count:,} vectors of {DIMENSION}, M 16, ef_construction 200; building on {THREADS} threads, searching on one", flush=True)
    environment = {**os.environ, "SEMBLANCE_VECTORS": str(count), "SEMBLANCE_VECTORS_FILE": str(path)}
    subprocess.run([benchmarks, "index"], check=True, env=environment)
    subprocess.run([sys.executable, __file__, str(count), "peer", str(folder)], check=True)


if __name__ == "__main__":
    main()
