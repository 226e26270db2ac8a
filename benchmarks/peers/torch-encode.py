"""PyTorch's part of compare.py: sentences to vectors, over batches padded beforehand."""
import json
import sys
import time
from pathlib import Path

import torch

import checkpoint
from torch_bert import Bert

folder, threads = Path(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
bert = Bert(*checkpoint.read(folder / "model"))

with torch.inference_mode():
    batches = [(batch["rows"], torch.tensor(batch["ids"])) for batch in json.loads((folder / "batches.json").read_text())]
    vectors = torch.empty(sum(len(rows) for rows, _ in batches), bert.config["hidden_size"])

    def run():
        start = time.perf_counter()
        for rows, ids in batches:
            vectors[rows] = bert.encode(ids)
        return time.perf_counter() - start

    first = run()
    vectors.numpy().tofile(folder / "torch.f32")
    print(first, flush=True)
    for _ in sys.stdin:
        print(run(), flush=True)
