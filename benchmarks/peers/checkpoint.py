"""Reads a model folder: config.json, and the tensors of model.safetensors as numpy arrays."""
import json
from pathlib import Path

import numpy


def read(folder):
    config = json.loads(Path(folder, "config.json").read_text())
    file = numpy.memmap(Path(folder, "model.safetensors"), mode="r")
    header_end = 8 + int.from_bytes(file[:8].tobytes(), "little")
    header = json.loads(file[8:header_end].tobytes())
    header.pop("__metadata__", None)
    weights = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", name
        start, end = (header_end + offset for offset in entry["data_offsets"])
        weights[name] = file[start:end].view(numpy.float32).reshape(entry["shape"]).copy()
    return config, weights
