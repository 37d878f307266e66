"""PyTorch's answers for LSTM, LSTMCell, GRU, GRUCell, cumulative sums and cumulative layer normalisation, in float64, and initial weights.

    /usr/bin/python3 test/oracle/recurrent.py     writes recurrent.json beside this file

After it: npx biome format --write test/oracle/recurrent.json. Made with PyTorch 1.13.1.
Arrays are [shape, base64 of their little-endian float64 elements]; inputs have few digits. A case has the gradients of
sum(output * cotangents[0]) + sum(hN * cotangents[1]), and for an LSTM + sum(cN * cotangents[2]).
"""

import array
import base64
import json
import pathlib
import re
import sys
import warnings

import torch
from torch import nn

warnings.simplefilter("ignore")
torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(4711)


def encode(tensor):
    elements = array.array("d", tensor.detach().double().reshape(-1).tolist())
    if sys.byteorder == "big":
        elements.byteswap()
    return [list(tensor.shape), base64.b64encode(elements.tobytes()).decode()]


def drawn(*shape):
    return (torch.randn(shape, generator=generator) * 1.5 + 0.3).mul(8).round() / 8


def snake(options):
    return {re.sub("[A-Z]", lambda m: "_" + m[0].lower(), k): v for k, v in options.items()}


def leaves(tensors):
    return [t.clone().requires_grad_() for t in tensors]


def solved(outputs, wrt):
    """Cotangents for the outputs, and the gradients."""
    cotangents = [drawn(*y.shape) for y in outputs]
    gradients = torch.autograd.grad(sum((y * g).sum() for y, g in zip(outputs, cotangents)), wrt)
    return {
        "outputs": [encode(y) for y in outputs],
        "cotangents": [encode(g) for g in cotangents],
        "gradients": [encode(g) for g in gradients],
    }


def weights(layer):
    for parameter in layer.parameters():
        parameter.data = drawn(*parameter.shape) / 4
    return {name: encode(value) for name, value in layer.state_dict().items()}


def case(layer, sizes, options, state, x, hidden, outputs):
    return {
        "sizes": sizes,
        "options": options,
        "repr": str(layer),
        "state": state,
        "x": encode(x),
        "hidden": [encode(part) for part in hidden],
        **solved(outputs, [x, *hidden, *layer.parameters()]),
    }


def states(kind, *shape):
    """The hidden state, and for an LSTM the cell's."""
    return leaves([drawn(*shape) for _ in range(2 if kind in (nn.LSTM, nn.LSTMCell) else 1)])


def flat(outputs):
    if isinstance(outputs, torch.Tensor):
        return [outputs]
    return [tensor for output in outputs for tensor in flat(output)]


def run(layer, x, hidden):
    """Output and last states of a layer or a cell in one list."""
    state = tuple(hidden) if len(hidden) > 1 else (hidden or [None])[0]
    return flat(layer(x, state))


def layer_case(kind, sizes, options, shape, given):
    layer = kind(*sizes, **snake(options))
    state = weights(layer)
    [x] = leaves([drawn(*shape)])
    rows = layer.num_layers * (2 if layer.bidirectional else 1)
    batch = [] if x.dim() == 2 else [shape[0 if layer.batch_first else 1]]
    hidden = states(kind, rows, *batch, sizes[1]) if given else []
    return case(layer, sizes, options, state, x, hidden, run(layer, x, hidden))


def cell_case(kind, sizes, options, shape, given):
    layer = kind(*sizes, **options)
    state = weights(layer)
    [x] = leaves([drawn(*shape)])
    hidden = states(kind, *shape[:-1], sizes[1]) if given else []
    return case(layer, sizes, options, state, x, hidden, run(layer, x, hidden))


def cumsum(shape, axis):
    [x] = leaves([drawn(*shape)])
    return {"axis": axis, "x": encode(x), **solved([torch.cumsum(x, axis)], [x])}


def cumulative_norm(shape, eps):
    """cLN as Luo & Mesgarani define it, mean and variance of x[..., :t + 1] centred for every t."""
    channels = shape[-2]
    x, weight, bias = leaves([drawn(*shape), drawn(channels), drawn(channels)])
    frames = []
    for t in range(shape[-1]):
        seen = x[..., : t + 1].flatten(-2)
        variance, mean = torch.var_mean(seen, -1, unbiased=False, keepdim=True)
        frames.append((x[..., t] - mean) / torch.sqrt(variance + eps) * weight + bias)
    return {
        "eps": eps,
        "x": encode(x),
        "state": {"weight": encode(weight), "bias": encode(bias)},
        **solved([torch.stack(frames, -1)], [x, weight, bias]),
    }


def start(make):
    """Weights after torch.manual_seed(7), in float32."""
    torch.set_default_dtype(torch.float32)
    torch.manual_seed(7)
    layer = make()
    torch.set_default_dtype(torch.float64)
    return [[name, encode(value)] for name, value in layer.state_dict().items()]


def dropped(kind):
    """The output in training, with the seed set after the weights are."""
    layer = kind(2, 3, num_layers=2, dropout=0.5, bidirectional=True)
    state = weights(layer)
    x = drawn(4, 3, 2)
    torch.manual_seed(11)
    return {"state": state, "x": encode(x), "outputs": [encode(y) for y in run(layer, x, [])]}


def recurrence(layer, cell):
    return {
        "layer": [
            layer_case(layer, [3, 4], {}, [5, 2, 3], False),
            layer_case(layer, [3, 4], {"batchFirst": True}, [2, 5, 3], True),
            layer_case(layer, [2, 3], {"bidirectional": True}, [4, 2, 2], True),
            layer_case(layer, [2, 3], {"numLayers": 2, "bidirectional": True, "batchFirst": True}, [2, 4, 2], True),
            layer_case(layer, [3, 2], {"numLayers": 3, "bias": False}, [3, 2, 3], False),
            layer_case(layer, [3, 4], {"numLayers": 2}, [6, 3], True),
            layer_case(layer, [3, 2], {"batchFirst": True, "bidirectional": True}, [5, 3], False),
            layer_case(layer, [1, 1], {}, [1, 1, 1], True),
        ],
        "cell": [
            cell_case(cell, [3, 4], {}, [2, 3], True),
            cell_case(cell, [3, 4], {}, [2, 3], False),
            cell_case(cell, [2, 3], {"bias": False}, [3, 2], True),
            cell_case(cell, [2, 3], {}, [2], True),
        ],
        "starts": {
            "layer": start(lambda: layer(5, 6, num_layers=2, bidirectional=True)),
            "withoutBias": start(lambda: layer(5, 6, bias=False)),
            "cell": start(lambda: cell(4, 5)),
        },
        "dropped": dropped(layer),
    }


result = {
    "LSTM": recurrence(nn.LSTM, nn.LSTMCell),
    "GRU": recurrence(nn.GRU, nn.GRUCell),
    "cumsum": [cumsum([7], 0), cumsum([2, 3, 5], 2), cumsum([2, 3, 5], 1), cumsum([4, 3], -2), cumsum([2, 1], 1)],
    "cumulativeNorm": [cumulative_norm([2, 3, 7], 1e-5), cumulative_norm([4, 5], 0.25), cumulative_norm([1, 1, 4], 1e-2)],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(result))
