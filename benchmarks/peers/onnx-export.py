"""Writes model.onnx beside a model folder: BERT with mean pooling, in ONNX Runtime's own fused operators (com.microsoft),
which its optimizer for transformers also makes."""
import sys
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import checkpoint

folder = Path(sys.argv[1])
config, weights = checkpoint.read(folder / "model")
nodes, initializers = [], {}


def constant(name, array):
    initializers[name] = numpy_helper.from_array(numpy.ascontiguousarray(array), name)
    return name


def weight(name):
    return constant(name, weights[name])


def add(op, inputs, domain="", **attributes):
    output = f"{op}_{len(nodes)}"
    nodes.append(helper.make_node(op, inputs, [output], domain=domain, **attributes))
    return output


def fused(op, inputs, **attributes):
    return add(op, inputs, "com.microsoft", **attributes)


def product(x, name):
    return add("MatMul", [x, constant(f"{name}.weight", weights[f"{name}.weight"].T)])


def norm_of_sum(x, bias, residual, name):
    return fused("SkipLayerNormalization", [x, residual, weight(f"{name}.weight"), weight(f"{name}.bias"), weight(bias)], epsilon=epsilon)


epsilon = config["layer_norm_eps"]
position = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
nodes.append(helper.make_node(
    "EmbedLayerNormalization",
    ["ids", "", weight("embeddings.word_embeddings.weight"), constant("position", position), "",
     weight("embeddings.LayerNorm.weight"), weight("embeddings.LayerNorm.bias"), "mask"],
    ["embedded", "lengths"], domain="com.microsoft", epsilon=epsilon))

x = "embedded"
for layer in range(config["num_hidden_layers"]):
    name = f"encoder.layer.{layer}"
    three = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    x_attention = fused("Attention", [
        x,
        constant(f"{name}.qkv.weight", numpy.concatenate([weights[f"{part}.weight"].T for part in three], 1)),
        constant(f"{name}.qkv.bias", numpy.concatenate([weights[f"{part}.bias"] for part in three])),
        "mask"], num_heads=config["num_attention_heads"])
    dense = f"{name}.attention.output.dense"
    x = norm_of_sum(product(x_attention, dense), f"{dense}.bias", x, f"{name}.attention.output.LayerNorm")
    inner = fused("BiasGelu", [product(x, f"{name}.intermediate.dense"), weight(f"{name}.intermediate.dense.bias")])
    dense = f"{name}.output.dense"
    x = norm_of_sum(product(inner, dense), f"{dense}.bias", x, f"{name}.output.LayerNorm")

# The mean over a text's own tokens, as a product with its mask.
one = constant("one", numpy.array([1], numpy.int64))
mask = add("Cast", ["mask"], to=TensorProto.FLOAT)
total = add("Squeeze", [add("MatMul", [add("Unsqueeze", [mask, one]), x]), one])
mean = add("Div", [total, add("ReduceSum", [mask, one], keepdims=1)])
nodes.append(helper.make_node("LpNormalization", [mean], ["vectors"], axis=1, p=2))

graph = helper.make_graph(
    nodes, "sentence-bert",
    [helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "length"]) for name in ("ids", "mask")],
    [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", config["hidden_size"]])],
    list(initializers.values()))
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("com.microsoft", 1)], ir_version=7)
onnx.save(model, folder / "model.onnx")
