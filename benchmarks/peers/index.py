"""Builds and searches an index of the same vectors in hnswlib, USearch and Semblance, in one run.

index.py COUNT BENCHMARKS FOLDER [--copies PART | --near-copies PART]: BENCHMARKS is the command of benchmarks/Semblance.Benchmarks, FOLDER is for the vectors.
The command that USEARCH names runs last.
With copies, that part of the vectors are copies of three, equal or at a cosine of 0.9995, and the queries are vectors of the index: first 500 of the
others, then 500 of the copies."""
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import hnswlib
import numpy

DIMENSION, QUERIES, CENTERS, DIRECTIONS = 384, 1000, 1000, 32
ORIGINALS, NEAR = 3, 0.9995
THREADS = len(os.sched_getaffinity(0))


def write_vectors(path, count):
    """In groups, along far fewer directions than there are elements, with a little noise in all of them."""
    random = numpy.random.default_rng(1)
    centers = random.standard_normal((CENTERS, DIRECTIONS), numpy.float32)
    directions = random.standard_normal((DIRECTIONS, DIMENSION), numpy.float32)
    vectors = numpy.lib.format.open_memmap(path, "w+", numpy.float32, (count + QUERIES, DIMENSION))
    for start in range(0, len(vectors), 50_000):
        rows = min(50_000, len(vectors) - start)
        latent = centers[random.integers(0, CENTERS, rows)] + 0.5 * random.standard_normal((rows, DIRECTIONS), numpy.float32)
        vectors[start : start + rows] = latent @ directions + 0.3 * random.standard_normal((rows, DIMENSION), numpy.float32)
    vectors.flush()


def write_copies(path, count, part, cosine):
    """Makes copies of a part of the vectors, and queries of both kinds."""
    random = numpy.random.default_rng(2)
    vectors = numpy.load(path, mmap_mode="r+")
    originals = numpy.array(vectors[count : count + ORIGINALS])
    originals /= numpy.linalg.norm(originals, axis=1, keepdims=True)
    order = random.permutation(count)
    copies, others = numpy.sort(order[: int(count * part)]), order[int(count * part) :]
    for start in range(0, len(copies), 50_000):
        rows = copies[start : start + 50_000]
        of = originals[random.integers(0, ORIGINALS, len(rows))]
        across = random.standard_normal((len(rows), DIMENSION), numpy.float32)
        across -= (across * of).sum(1, keepdims=True) * of
        across /= numpy.linalg.norm(across, axis=1, keepdims=True)
        vectors[rows] = of if cosine == 1 else cosine * of + (1 - cosine**2) ** 0.5 * across
    half = QUERIES // 2
    vectors[count:] = vectors[numpy.concatenate([random.choice(others, half), random.choice(copies, half)])]
    vectors.flush()


def exact(vectors, queries):
    """The cosine of the tenth nearest, block by block."""
    scores = []
    queries = queries / numpy.linalg.norm(queries, axis=1, keepdims=True)
    for start in range(0, len(vectors), 100_000):
        block = vectors[start : start + 100_000]
        products = (block / numpy.linalg.norm(block, axis=1, keepdims=True)) @ queries.T
        scores.append(-numpy.partition(-products, 9, axis=0)[:10])
    return -numpy.partition(-numpy.concatenate(scores), 9, axis=0)[9]


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
    print(f"{'ef':>8}{'recall@10':>12}{'first half':>12}{'second':>12}{'queries/s':>12}")
    for ef in (10, 20, 40, 80, 160, 320, 640):
        index.set_ef(ef)
        times = []
        for _ in range(4):
            started = time.perf_counter()
            _, distances = index.knn_query(queries, 10)
            times.append(time.perf_counter() - started)
        right = (distances <= 1 - truth[:, None] + 1e-6).mean(1)
        print(f"{ef:>8}{right.mean():>12.4f}{right[: QUERIES // 2].mean():>12.4f}{right[QUERIES // 2 :].mean():>12.4f}{QUERIES / median(times[1:]):>12,.0f}", flush=True)


def main():
    count, benchmarks, folder = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    path = folder / "vectors.npy"
    if benchmarks == "peer":
        peer(path, count)
        return
    if not path.exists():
        write_vectors(path, count)
        if len(sys.argv) > 4:
            write_copies(path, count, float(sys.argv[5]), {"--copies": 1, "--near-copies": NEAR}[sys.argv[4]])
        vectors = numpy.load(path, mmap_mode="r")
        numpy.save(folder / "truth.npy", exact(vectors[:count], numpy.array(vectors[count:])))
    print(f"{count:,} vectors of {DIMENSION}{' with ' + ' '.join(sys.argv[4:]) if len(sys.argv) > 4 else ''}, M 16, ef_construction 200; building on {THREADS} threads, searching on one", flush=True)
    environment = {**os.environ, "SEMBLANCE_VECTORS": str(count), "SEMBLANCE_VECTORS_FILE": str(path)}
    subprocess.run([benchmarks, "index"], check=True, env=environment)
    subprocess.run([sys.executable, __file__, str(count), "peer", str(folder)], check=True)
    if usearch := os.environ.get("USEARCH"):
        subprocess.run([usearch, str(path), str(folder / "truth.npy"), str(count)], check=True)


if __name__ == "__main__":
    main()
