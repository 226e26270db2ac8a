"""PyTorch's part of compare-training.py: steps on pairs of texts, each column padded to its longest text."""
import itertools
import json
import resource
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional

import checkpoint
from torch_bert import Bert

folder, threads, steps = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
bert = Bert(*checkpoint.read(folder / "model"))
weights = [weight.requires_grad_() for weight in bert.weights.values()]
optimizer = torch.optim.AdamW([
    {"params": [weight for weight in weights if weight.dim() > 1], "weight_decay": 0.01},
    {"params": [weight for weight in weights if weight.dim() == 1], "weight_decay": 0},
], lr=2e-5)


def column(texts):
    longest = max(map(len, texts))
    return torch.tensor([ids + [bert.config["pad_token_id"]] * (longest - len(ids)) for ids in texts])


def step():
    anchors, positives = map(column, next(batches))
    scores = 20 * bert.encode(anchors) @ bert.encode(positives).T
    loss = functional.cross_entropy(scores, torch.arange(len(scores)))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(weights, 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return loss.item()


def run():
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return time.perf_counter() - start


batches = itertools.cycle(batch["ids"] for batch in json.loads((folder / "pairs.json").read_text()))
print(json.dumps([step() for _ in range(3)]), flush=True)
bert.training = True
for _ in sys.stdin:
    print(run(), flush=True)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)
