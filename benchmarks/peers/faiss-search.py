"""faiss's part of compare-search.py: IndexFlatIP, or IndexBinaryFlat over the signs. faiss-search.py FOLDER THREADS PRECISION"""
import sys
import time
from pathlib import Path

import faiss
import numpy

folder, threads, precision = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
faiss.omp_set_num_threads(threads)
vectors, queries = numpy.load(folder / "vectors.npy"), numpy.load(folder / "queries.npy")
dimension = vectors.shape[1]
if precision == "Binary":
    vectors, queries = (numpy.packbits(matrix > 0, axis=1) for matrix in (vectors, queries))
    index = faiss.IndexBinaryFlat(dimension)
elif precision == "Int8":
    index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
else:
    index = faiss.IndexFlatIP(dimension)
index.add(vectors)
for line in sys.stdin:
    count, repeats = map(int, line.split())
    start = time.perf_counter()
    for _ in range(repeats):
        _, rows = index.search(queries[:count], 10)
    print((time.perf_counter() - start) / repeats, ",".join(map(str, rows[:, 0])), flush=True)
