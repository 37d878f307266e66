"""PyTorch's answers for the layers beside the convolutions, in float64, and its reprs, initial weights and recurrences.

    /usr/bin/python3 test/oracle/layers.py     writes layers.json beside this file

After it: npx biome format --write test/oracle/layers.json. Runs with PyTorch 1.13, which lacks ZeroPad1d, CircularPad1d,
LayerNorm without bias and parametrizations.weight_norm: their formulas stand here in full.
Arrays are [shape, base64 of their little-endian float64 elements]; inputs have few digits.
"""

import array
import base64
import json
import pathlib
import re
import sys
import warnings

import torch
import torch.nn.functional as F
from torch import nn

warnings.simplefilter("ignore")
torch.set_default_dtype(torch.float64)


def encode(tensor):
    elements = array.array("d", tensor.detach().double().reshape(-1).tolist())
    if sys.byteorder == "big":
        elements.byteswap()
    return [list(tensor.shape), base64.b64encode(elements.tobytes()).decode()]


def drawn(generator, shape):
    return (torch.randn(shape, generator=generator) * 1.5 + 0.3).mul(8).round() / 8


def snake(options):
    return {re.sub("[A-Z]", lambda m: "_" + m[0].lower(), k): v for k, v in options.items()}


class Formula(nn.Module):
    """A layer that this PyTorch does not have."""

    def __init__(self, function, **parameters):
        super().__init__()
        self.function = function
        for name, parameter in parameters.items():
            self.register_parameter(name, nn.Parameter(parameter))

    def forward(self, x):
        return self.function(self, x)


def rows(m, x):
    return F.layer_norm(x.transpose(-1, -2), m.weight.shape, m.weight, m.bias, 1e-5).transpose(-1, -2)


FORMULAS = {
    "ZeroPad1d": lambda p: Formula(lambda m, x: F.pad(x, p)),
    "CircularPad1d": lambda p: Formula(lambda m, x: F.pad(x, p, "circular")),
    "Crop": lambda p: Formula(lambda m, x: F.pad(x, [-p[0], -p[1]])),
    "GlobalAvgPool1d": lambda: Formula(lambda m, x: x.mean(-1)),
    "GlobalMaxPool1d": lambda: Formula(lambda m, x: x.amax(-1)),
    "ChannelNorm": lambda c: Formula(rows, weight=torch.ones(c), bias=torch.zeros(c)),
    "LayerNorm without bias": lambda c: Formula(
        lambda m, x: F.layer_norm(x, m.weight.shape, m.weight, None, 1e-5), weight=torch.ones(c)
    ),
}

# (layer, positional arguments, options, input shape); `train` cases take three batches.
CASES = [
    *[("Linear", [3, 4], {}, s) for s in ([3], [2, 3], [1, 3], [2, 5, 3], [2, 2, 3, 3])],
    ("Linear", [4, 1], {"bias": False}, [3, 4]),
    ("Flatten", [], {}, [2, 3, 4]),
    ("Flatten", [], {"startDim": 0, "endDim": 1}, [2, 3, 4]),
    *[("BatchNorm1d", [3], o, s) for s in ([4, 3], [2, 3, 5]) for o in (
        {},
        {"momentum": None},
        {"momentum": 0.3, "eps": 0.01},
        {"affine": False},
        {"trackRunningStats": False},
    )],
    ("GroupNorm", [2, 6], {}, [2, 6, 4]),
    ("GroupNorm", [1, 4], {"eps": 0.1}, [3, 4, 3]),
    ("GroupNorm", [4, 4], {"affine": False}, [2, 4, 5]),
    ("GroupNorm", [2, 4], {}, [3, 4]),
    ("LayerNorm", [5], {}, [2, 3, 5]),
    ("LayerNorm", [[3, 5]], {"eps": 0.001}, [2, 3, 5]),
    ("LayerNorm", [4], {"elementwiseAffine": False}, [3, 4]),
    ("LayerNorm without bias", [[5]], {}, [3, 5]),
    ("ChannelNorm", [[3]], {}, [2, 3, 5]),
    ("ChannelNorm", [[3]], {}, [3, 4]),
    *[("InstanceNorm1d", [3], o, s) for s in ([2, 3, 5], [3, 4]) for o in (
        {},
        {"affine": True, "eps": 0.02},
        {"affine": True, "trackRunningStats": True},
        {"trackRunningStats": True, "momentum": 0.4},
    )],
    *[("MaxPool1d", [k], o, s) for k, o, s in (
        (2, {}, [2, 3, 7]),
        (3, {"stride": 2, "padding": 1}, [2, 3, 8]),
        (3, {"stride": 1, "dilation": 2}, [3, 9]),
        (4, {"stride": 3, "padding": 2, "ceilMode": True}, [2, 2, 9]),
        (2, {"stride": 3, "ceilMode": True}, [1, 2, 10]),
        (2, {"stride": 2, "padding": 1, "ceilMode": True}, [1, 2, 5]),
        (3, {"stride": 2, "padding": 1, "dilation": 3, "ceilMode": True}, [2, 2, 11]),
        (2, {"stride": 1, "padding": 1, "dilation": 3}, [2, 2, 4]),
        (9, {"ceilMode": True}, [1, 2, 7]),
    )],
    *[("AvgPool1d", [k], {**o, **c}, s) for k, o, s in (
        (2, {}, [2, 3, 7]),
        (3, {"stride": 2, "padding": 1}, [2, 3, 8]),
        (4, {"stride": 3, "padding": 2, "ceilMode": True}, [2, 2, 9]),
        (2, {"stride": 3, "ceilMode": True}, [2, 10]),
        (5, {"stride": 4, "padding": 2, "ceilMode": True}, [1, 2, 8]),
        (9, {"ceilMode": True}, [1, 2, 7]),
    ) for c in ({}, {"countIncludePad": False})],
    *[(layer, [n], {}, s) for layer in ("AdaptiveAvgPool1d", "AdaptiveMaxPool1d") for n, s in (
        (1, [2, 3, 7]), (3, [2, 3, 7]), (4, [2, 2, 8]), (5, [3, 3]), (7, [1, 2, 10]))],
    ("GlobalAvgPool1d", [], {}, [2, 3, 7]),
    ("GlobalMaxPool1d", [], {}, [3, 7]),
    *[("Upsample", [], o, s) for o, s in (
        ({"scaleFactor": 2}, [2, 3, 5]),
        ({"scaleFactor": 3, "mode": "nearest"}, [1, 2, 7]),
        ({"scaleFactor": 1.7}, [1, 2, 9]),
        ({"scaleFactor": 0.4}, [1, 2, 11]),
        ({"size": 8}, [1, 2, 5]),
        ({"size": 10}, [1, 2, 5]),
        ({"size": 3}, [1, 2, 7]),
        ({"scaleFactor": 2, "mode": "linear"}, [2, 3, 5]),
        ({"scaleFactor": 2.5, "mode": "linear"}, [1, 2, 5]),
        ({"scaleFactor": 3, "mode": "linear", "alignCorners": True}, [1, 2, 4]),
        ({"size": 9, "mode": "linear", "alignCorners": True}, [1, 2, 4]),
        ({"size": 9, "mode": "linear", "alignCorners": False}, [1, 2, 4]),
        ({"size": 1, "mode": "linear", "alignCorners": True}, [1, 2, 4]),
        ({"size": 3, "mode": "linear"}, [1, 2, 7]),
        ({"size": 5, "mode": "linear"}, [1, 2, 1]),
    )],
    ("ZeroPad1d", [[2, 1]], {}, [2, 3, 4]),
    ("ConstantPad1d", [[1, 3], 3.5], {}, [2, 3, 4]),
    ("ConstantPad1d", [[-1, 2], -2], {}, [3, 4]),
    ("ReflectionPad1d", [[3, 1]], {}, [2, 3, 4]),
    ("ReplicationPad1d", [[1, 5]], {}, [3, 4]),
    ("CircularPad1d", [[3, 1]], {}, [2, 3, 4]),
    ("Crop", [[1, 2]], {}, [2, 3, 7]),
]

LEARNING = ("BatchNorm1d", "InstanceNorm1d")


def build(layer, arguments, options):
    if layer in FORMULAS:
        return FORMULAS[layer](*arguments)
    return getattr(nn, layer)(*[tuple(a) if isinstance(a, list) else a for a in arguments], **snake(options))


def fill(module, generator):
    for parameter in module.parameters():
        parameter.data = drawn(generator, parameter.shape)
    return {name: encode(p) for name, p in module.named_parameters()}


def solve(module, x, generator):
    """y, the gradients of Σ y·c, and those of Σ gx·d."""
    x.requires_grad_(True)
    y = module(x)
    cotangents = [drawn(generator, y.shape), drawn(generator, x.shape)]
    inputs = [x, *module.parameters()]
    first = torch.autograd.grad((y * cotangents[0]).sum(), inputs, create_graph=True)
    result = {"x": x, "c": cotangents[0], "d": cotangents[1], "y": y, "gx": first[0]}
    for (name, _), g in zip(module.named_parameters(), first[1:]):
        result[f"g.{name}"] = g
    second = (first[0] * cotangents[1]).sum()
    if second.requires_grad:
        for name, h in zip(["hx", *[f"h.{n}" for n, _ in module.named_parameters()]],
                           torch.autograd.grad(second, inputs, allow_unused=True)):
            if h is not None:
                result[name] = h
    return {name: encode(tensor) for name, tensor in result.items()}


def case(number, layer, arguments, options, shape, training):
    generator = torch.Generator().manual_seed(number)
    module = build(layer, arguments, options)
    parameters = fill(module, generator)
    batches = []
    if layer in LEARNING:
        module.train()
        for _ in range(3):
            batches.append(drawn(generator, shape))
            module(batches[-1])
    module.train(training)
    solved = solve(module, drawn(generator, shape), generator)
    return {
        "layer": layer, "arguments": arguments, "options": options, "training": training,
        "repr": None if layer in FORMULAS else repr(module),
        "parameters": parameters, "batches": [encode(b) for b in batches], **solved,
        "state": [[name, encode(t)] for name, t in module.state_dict().items()],
    }


def cases():
    modes = [(c, t) for c in CASES for t in ((True, False) if c[0] in LEARNING else (True,))]
    return [case(number, *c, t) for number, (c, t) in enumerate(modes)]


def weight_norm(number, layer, arguments, options, shape, dim):
    """As torch.nn.utils.weight_norm, where PyTorch 1.13 has the `dim`."""
    generator = torch.Generator().manual_seed(1000 + number)
    module = getattr(nn, layer)(*arguments, **snake(options))
    fill(module, generator)
    weight = module.weight.detach().clone()
    nn.utils.weight_norm(module, dim=dim)
    start = {name: encode(p) for name, p in module.state_dict().items()}
    fill(module, generator)
    parameters = [[name, encode(p)] for name, p in module.state_dict().items()]
    solved = solve(module, drawn(generator, shape), generator)
    nn.utils.remove_weight_norm(module)
    return {
        "layer": layer, "arguments": arguments, "options": options, "dim": dim, "weight": encode(weight),
        "start": start, "parameters": parameters, **solved,
        "removed": [[name, encode(p)] for name, p in module.state_dict().items()],
    }


WEIGHT_NORMS = [
    ("Conv1d", [4, 6, 3], {"groups": 2}, [2, 4, 7], 0),
    ("Conv1d", [2, 3, 3], {}, [1, 2, 5], None),
    ("Conv1d", [2, 3, 3], {}, [1, 2, 5], -1),
    ("Conv1d", [2, 3, 3], {}, [1, 2, 5], 2),
    ("Conv1d", [2, 3, 3], {"bias": False}, [1, 2, 5], 1),
    ("ConvTranspose1d", [4, 6, 4], {"stride": 2, "padding": 1, "groups": 2}, [1, 4, 5], 0),
    ("Linear", [4, 3], {}, [2, 4], 0),
]


def starts():
    """Initial weights in float32 for one seed, in the order of construction, and what is drawn afterwards."""
    torch.set_default_dtype(torch.float32)
    torch.manual_seed(7)
    first, second = nn.Linear(3, 5), nn.Linear(6, 2, bias=False)
    lazy, lazy_transposed = nn.LazyConv1d(4, 3, groups=2), nn.LazyConvTranspose1d(4, 5, stride=2)
    third = nn.Linear(2, 2)
    lazy_transposed(torch.zeros(1, 3, 4))
    lazy(torch.zeros(6, 9))
    result = [encode(p) for m in (first, second, third, lazy_transposed, lazy) for p in m.parameters()]
    torch.set_default_dtype(torch.float64)
    return {"seed": 7, "arrays": result, "lazy": repr(lazy), "lazyTransposed": repr(lazy_transposed)}


REPRS = {
    "lazy": lambda: nn.LazyConv1d(33, 3),
    "lazyTransposed": lambda: nn.LazyConvTranspose1d(3, 4, stride=2, groups=3, padding=1, bias=False),
    "sequential": lambda: nn.Sequential(nn.BatchNorm1d(2), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(4, 1)),
}


def main():
    fixture = {
        "torch": torch.__version__,
        "cases": cases(),
        "weightNorm": [weight_norm(number, *given) for number, given in enumerate(WEIGHT_NORMS)],
        "starts": starts(),
        "reprs": {name: repr(make()) for name, make in REPRS.items()},
    }
    target = pathlib.Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(fixture, indent=1) + "\n")


main()
