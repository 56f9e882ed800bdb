"""The trained encoder as an ONNX graph of eight-bit integers, equal bytes for equal weights.

Weights are symmetric per output column (per row for word vectors) and use seven bits, so that no
processor's eight-bit products saturate; activations are quantised as they come (dynamic).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from aequa.training.neural import LAYERS, PARTS, SIZE, Encoder

OPSET, IR = 20, 10
_LARGEST = 63


class Graph:
    """Nodes and constants of a graph as it grows."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        """Keep an array under a name."""
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, **how: Any) -> str:
        """One more node with one output."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **how))
        return output

    def quantised(self, name: str) -> tuple[str, str, str]:
        """An activation as unsigned bytes, with scale and zero point."""
        parts = (f"{name}.byte", f"{name}.scale", f"{name}.zero")
        self.nodes.append(
            helper.make_node("DynamicQuantizeLinear", [name], list(parts), name=f"{name}.quantise")
        )
        return parts

    def linear(self, given: str, out: str, layer: Any) -> str:
        """``given · weightᵀ + bias`` in bytes."""
        weight = layer.weight.detach().numpy().T
        scale = np.maximum(np.abs(weight).max(axis=0), 1e-9).astype(np.float32) / _LARGEST
        whole = np.rint(weight / scale).astype(np.int8)
        byte, size, zero = self.quantised(given)
        self.constant(f"{out}.weight", whole)
        self.constant(f"{out}.columns", scale)
        self.constant(f"{out}.bias", layer.bias.detach().numpy().astype(np.float32))
        self.constant(f"{out}.none", np.zeros((), np.int8))
        product = [byte, f"{out}.weight", zero, f"{out}.none"]
        self.add("MatMulInteger", product, f"{out}.whole")
        self.add("Cast", [f"{out}.whole"], f"{out}.real", to=TensorProto.FLOAT)
        self.add("Mul", [size, f"{out}.columns"], f"{out}.size")
        self.add("Mul", [f"{out}.real", f"{out}.size"], f"{out}.scaled")
        return self.add("Add", [f"{out}.scaled", f"{out}.bias"], out)

    def norm(self, given: str, out: str, layer: Any) -> str:
        """Layer normalisation over the last axis."""
        self.constant(f"{out}.weight", layer.weight.detach().numpy())
        self.constant(f"{out}.bias", layer.bias.detach().numpy())
        inputs = [given, f"{out}.weight", f"{out}.bias"]
        return self.add("LayerNormalization", inputs, out, axis=-1, epsilon=1e-12)


def to_onnx(model: Encoder) -> bytes:
    """The graph: ``ids`` (1, pieces) to ``pieces`` (pieces, OUTPUTS), the head of each piece."""
    graph = Graph()
    state = _embedded(graph, model)
    graph.constant("part", np.array([0, 0, PARTS, SIZE // PARTS], np.int64))
    graph.constant("joined", np.array([0, 0, SIZE], np.int64))
    graph.constant("root", np.array((SIZE // PARTS) ** -0.5, np.float32))
    for number in range(LAYERS):
        state = _layer(graph, state, model.layers[number], f"layer{number}")
    head = model.head
    graph.constant("head.weight", head.weight.detach().numpy().T.astype(np.float32).copy())
    graph.constant("head.bias", head.bias.detach().numpy())
    graph.constant("first", np.array([0], np.int64))
    graph.add("Squeeze", [state, "first"], "flat")
    graph.add("MatMul", ["flat", "head.weight"], "headed")
    graph.add("Add", ["headed", "head.bias"], "pieces")
    return _bytes(graph)


def _embedded(graph: Graph, model: Encoder) -> str:
    words = model.word.weight.detach().numpy()
    scale = np.maximum(np.abs(words).max(axis=1, keepdims=True), 1e-9).astype(np.float32) / 127
    graph.constant("word.whole", np.rint(words / scale).astype(np.int8))
    graph.constant("word.rows", scale)
    graph.constant("place", model.place.weight.detach().numpy()[:128].astype(np.float16))
    graph.add("Gather", ["word.whole", "ids"], "word.byte", axis=0)
    graph.add("Gather", ["word.rows", "ids"], "word.size", axis=0)
    graph.add("Cast", ["word.byte"], "word.real", to=TensorProto.FLOAT)
    graph.add("Mul", ["word.real", "word.size"], "word")
    graph.constant("zero", np.array([0], np.int64))
    graph.add("Shape", ["ids"], "width", start=1, end=2)
    graph.add("Slice", ["place", "zero", "width"], "place.cut")
    graph.add("Cast", ["place.cut"], "place.real", to=TensorProto.FLOAT)
    graph.add("Add", ["word", "place.real"], "embedded")
    return graph.norm("embedded", "start", model.norm)


def _layer(graph: Graph, state: str, layer: Any, name: str) -> str:
    graph.linear(state, f"{name}.qkv", layer.qkv)
    three = [f"{name}.{one}" for one in "qkv"]
    graph.nodes.append(
        helper.make_node(
            "Split", [f"{name}.qkv"], three, axis=-1, num_outputs=3, name=f"{name}.split"
        )
    )
    for one, order in zip(three, ((0, 2, 1, 3), (0, 2, 3, 1), (0, 2, 1, 3)), strict=True):
        graph.add("Reshape", [one, "part"], f"{one}.heads")
        graph.add("Transpose", [f"{one}.heads"], f"{one}.turned", perm=order)
    query, key, value = (f"{one}.turned" for one in three)
    graph.add("MatMul", [query, key], f"{name}.met")
    graph.add("Mul", [f"{name}.met", "root"], f"{name}.scaled")
    graph.add("Softmax", [f"{name}.scaled"], f"{name}.seen", axis=-1)
    graph.add("MatMul", [f"{name}.seen", value], f"{name}.read")
    graph.add("Transpose", [f"{name}.read"], f"{name}.back", perm=(0, 2, 1, 3))
    graph.add("Reshape", [f"{name}.back", "joined"], f"{name}.flat")
    graph.linear(f"{name}.flat", f"{name}.out", layer.out)
    graph.add("Add", [state, f"{name}.out"], f"{name}.sum1")
    middle = graph.norm(f"{name}.sum1", f"{name}.norm1", layer.norm1)
    graph.linear(middle, f"{name}.up", layer.up)
    graph.add("Gelu", [f"{name}.up"], f"{name}.bent")
    graph.linear(f"{name}.bent", f"{name}.down", layer.down)
    graph.add("Add", [middle, f"{name}.down"], f"{name}.sum2")
    return graph.norm(f"{name}.sum2", f"{name}.norm2", layer.norm2)


def _bytes(graph: Graph) -> bytes:
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "width"])
    out = helper.make_tensor_value_info("pieces", TensorProto.FLOAT, ["width", None])
    whole = helper.make_graph(graph.nodes, "encoder", [ids], [out], graph.constants)
    opset = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(whole, opset_imports=opset, ir_version=IR)
    model.producer_name = "aequa"
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
