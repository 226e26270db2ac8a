"""PyTorch's part of compare.py: BERT as the transformers library computes it, over batches padded beforehand."""
import json
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional

import checkpoint

folder, threads = Path(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
config, weights = checkpoint.read(folder / "model")
weights = {name: torch.from_numpy(array) for name, array in weights.items()}
heads = config["num_attention_heads"]


def linear(x, name):
    return functional.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])


def norm(x, name):
    return functional.layer_norm(x, x.shape[-1:], weights[f"{name}.weight"], weights[f"{name}.bias"], config["layer_norm_eps"])


def attention(x, mask, name):
    def split(y):
        return y.view(*y.shape[:2], heads, -1).transpose(1, 2)

    query, key, value = (split(linear(x, f"{name}.self.{part}")) for part in ("query", "key", "value"))
    scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5 + mask
    context = (scores.softmax(-1) @ value).transpose(1, 2).flatten(2)
    return norm(linear(context, f"{name}.output.dense") + x, f"{name}.output.LayerNorm")


def encode(ids, mask):
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: ids.shape[1]] + weights["embeddings.token_type_embeddings.weight"][0]
    x = norm(x, "embeddings.LayerNorm")
    added = (1 - mask)[:, None, None, :] * torch.finfo(torch.float32).min
    for layer in range(config["num_hidden_layers"]):
        name = f"encoder.layer.{layer}"
        x = attention(x, added, f"{name}.attention")
        inner = functional.gelu(linear(x, f"{name}.intermediate.dense"))
        x = norm(linear(inner, f"{name}.output.dense") + x, f"{name}.output.LayerNorm")
    mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
    return functional.normalize(mean)


with torch.inference_mode():
    batches = [(batch["rows"], torch.tensor(batch["ids"])) for batch in json.loads((folder / "batches.json").read_text())]
    vectors = torch.empty(sum(len(rows) for rows, _ in batches), config["hidden_size"])

    def run():
        start = time.perf_counter()
        for rows, ids in batches:
            vectors[rows] = encode(ids, (ids != config["pad_token_id"]).float())
        return time.perf_counter() - start

    first = run()
    vectors.numpy().tofile(folder / "torch.f32")
    print(first, flush=True)
    for _ in sys.stdin:
        print(run(), flush=True)
