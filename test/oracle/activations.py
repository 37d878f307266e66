"""Freezes PyTorch's activations, gates and softmax into activations.json. Run in the repository root:

    /usr/bin/python3 test/oracle/activations.py && npx biome format --write test/oracle/activations.json

Every case holds the numbers of the definition `grad = d Σ c·y`, `second = d Σ c·grad` with distinct weights c, with respect to
the input and the parameter, in float64 and float32. The first elements of each input are the places where the function bends.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(20)
DTYPES = {"float32": torch.float32, "float64": torch.float64}

# name, arguments as the TypeScript function takes them, torch function, bends, has a second derivative worth comparing. Where the
# slope bends, the second derivative is one of two; "beside" leaves these places out (null), because PyTorch takes the other one.
CASES = [
    ("relu", [], F.relu, [0], True),
    ("leakyRelu", [], F.leaky_relu, [0], True),
    ("leakyRelu", [0.2], lambda x: F.leaky_relu(x, 0.2), [0], True),
    ("leakyRelu", [-0.5], lambda x: F.leaky_relu(x, -0.5), [0], True),
    ("elu", [], F.elu, [0, 800], "beside"),
    ("elu", [1.7], lambda x: F.elu(x, 1.7), [0], "beside"),
    ("selu", [], F.selu, [0, 800], "beside"),
    ("gelu", [], F.gelu, [0, 40, -40], True),
    ("gelu", [{"approximate": "tanh"}], lambda x: F.gelu(x, approximate="tanh"), [0, 40, -40], True),
    ("silu", [], F.silu, [0, 90, -90], True),
    ("mish", [], F.mish, [0, 90, -90], True),
    ("softplus", [], F.softplus, [0, 20.5, 800, -800], True),
    ("softplus", [0.5, 3], lambda x: F.softplus(x, 0.5, 3), [0, 6, 6.5], "beside"),
    ("softplus", [4, 100], lambda x: F.softplus(x, 4, 100), [0, 20], True),
    ("logSigmoid", [], F.logsigmoid, [0, 90, -90], True),
    ("hardtanh", [], F.hardtanh, [-1, 1, 0, 5, -5], False),
    ("hardtanh", [-0.5, 2], lambda x: F.hardtanh(x, -0.5, 2), [-0.5, 2], False),
    ("relu6", [], F.relu6, [0, 6, 7], False),
    ("hardsigmoid", [], F.hardsigmoid, [-3, 3], False),
    ("hardswish", [], F.hardswish, [4, -4], False),  # its slopes at ±3 are a later PyTorch's
    ("softsign", [], F.softsign, [0], True),
    ("tanh", [], torch.tanh, [0], True),
    ("sigmoid", [], torch.sigmoid, [0], True),
    ("glu", [], F.glu, [], True),
    ("glu", [1], lambda x: F.glu(x, 1), [], True),
    ("softmax", [1], lambda x: F.softmax(x, 1), [50, 700], True),
    ("softmax", [-1], lambda x: F.softmax(x, -1), [], True),
    ("softmax", [0], lambda x: F.softmax(x, 0), [], True),
    ("logSoftmax", [1], lambda x: F.log_softmax(x, 1), [50, 700], True),
    ("logSoftmax", [2], lambda x: F.log_softmax(x, 2), [], True),
]


def snake(x, alpha):  # dac/nn/layers.py
    return x + (alpha + 1e-9).reciprocal() * torch.sin(alpha * x).pow(2)


PARAMETERS = [
    ("prelu", F.prelu, [0.3], [1], [2, 3, 4]),
    ("prelu", F.prelu, [0.3, -0.7, 1.5, 0.1], [4], [2, 4, 3]),
    ("prelu", F.prelu, [0.3, -0.7, 1.5], [3], [4, 3]),
    ("prelu", F.prelu, [-0.4], [1], [5]),
    ("snake", snake, [0.5, 2.3, -1.1], [1, 3, 1], [2, 3, 4]),
    ("snake", snake, [1, 0.07, 6], [1, 3, 1], [1, 3, 5]),
]


def numbers(t):
    # null is a NaN of PyTorch's own: the second derivative of its mish at 90 in float32.
    return [None if v != v else json.loads(str(v)) for v in t.detach().flatten().numpy()]


def rounded(*shape):
    return (3 * torch.randn(*shape)).mul(1000).round().div(1000).double()


def weights(n):
    return [round(1 - 0.37 * i + 0.013 * i * i, 4) for i in range(n)]


def measured(f, leaves, second, dtype):
    leaves = [leaf.to(dtype).requires_grad_() for leaf in leaves]
    y = f(*leaves)
    c = torch.tensor(weights(y.numel()), dtype=dtype).reshape(y.shape)
    grads = torch.autograd.grad((c * y).sum(), leaves, create_graph=True)
    result = {"output": numbers(y), "grads": [numbers(g) for g in grads]}
    if second:
        total = sum((torch.tensor(weights(g.numel()), dtype=dtype).reshape(g.shape) * g).sum() for g in grads)
        if total.requires_grad:
            found = torch.autograd.grad(total, leaves, allow_unused=True)
            result["seconds"] = [numbers(torch.zeros_like(x) if g is None else g) for g, x in zip(found, leaves)]
        else:
            result["seconds"] = [[0] * x.numel() for x in leaves]
    return result


cases = []
for name, args, f, bends, second in CASES:
    x = rounded(2, 4, 6)
    x.flatten()[: len(bends)] = torch.tensor(bends, dtype=torch.float64)
    cases.append({"name": name, "args": args, "shape": list(x.shape), "x": numbers(x)})
    cases[-1].update({k: measured(f, [x], second, d) for k, d in DTYPES.items()})
    if second == "beside":
        for d in DTYPES:
            cases[-1][d]["seconds"][0][: len(bends)] = [None] * len(bends)
for name, f, weight, shape, xshape in PARAMETERS:
    x = rounded(*xshape)
    x.flatten()[0] = 0
    p = torch.tensor(weight, dtype=torch.float64).reshape(shape)
    cases.append({"name": name, "args": [], "shape": xshape, "x": numbers(x), "parameterShape": shape, "parameter": weight})
    cases[-1].update({k: measured(f, [x, p], True, d) for k, d in DTYPES.items()})

nn = torch.nn
REPRS = {
    "ReLU()": nn.ReLU(),
    "LeakyReLU()": nn.LeakyReLU(),
    "LeakyReLU({ negativeSlope: 1e-5 })": nn.LeakyReLU(1e-5),
    "ELU()": nn.ELU(),
    "ELU({ alpha: 0.5 })": nn.ELU(0.5),
    "SELU()": nn.SELU(),
    "GELU()": nn.GELU(),
    'GELU({ approximate: "tanh" })': nn.GELU("tanh"),
    "SiLU()": nn.SiLU(),
    "Mish()": nn.Mish(),
    "Softplus()": nn.Softplus(),
    "Softplus({ beta: 0.5, threshold: 3 })": nn.Softplus(0.5, 3),
    "LogSigmoid()": nn.LogSigmoid(),
    "Hardtanh()": nn.Hardtanh(),
    "Hardtanh({ minVal: -0.5, maxVal: 2 })": nn.Hardtanh(-0.5, 2.0),
    "ReLU6()": nn.ReLU6(),
    "Hardsigmoid()": nn.Hardsigmoid(),
    "Hardswish()": nn.Hardswish(),
    "Softsign()": nn.Softsign(),
    "Tanh()": nn.Tanh(),
    "Sigmoid()": nn.Sigmoid(),
    "Identity()": nn.Identity(),
    "PReLU()": nn.PReLU(),
    "PReLU({ numParameters: 3 })": nn.PReLU(3),
    "GLU()": nn.GLU(),
    "GLU({ dim: 1 })": nn.GLU(1),
    "Softmax({ dim: 1 })": nn.Softmax(1),
    "LogSoftmax({ dim: -1 })": nn.LogSoftmax(-1),
    "Dropout()": nn.Dropout(),
    "Dropout(0.25)": nn.Dropout(0.25),
    "Dropout1d()": nn.Dropout1d(),
    "MSELoss()": nn.MSELoss(),
    "L1Loss()": nn.L1Loss(),
    "SmoothL1Loss({ beta: 2 })": nn.SmoothL1Loss(beta=2.0),
    "HuberLoss()": nn.HuberLoss(),
    "BCELoss()": nn.BCELoss(),
    "BCEWithLogitsLoss()": nn.BCEWithLogitsLoss(),
    "NLLLoss()": nn.NLLLoss(),
    "CrossEntropyLoss({ labelSmoothing: 0.1 })": nn.CrossEntropyLoss(label_smoothing=0.1),
}


def dropped(f, shape, p, dtype):
    torch.manual_seed(12)
    x = torch.arange(1, 1 + torch.Size(shape).numel(), dtype=DTYPES[dtype]).reshape(shape)
    y = f(x, p)
    return {"shape": shape, "p": p, "dtype": dtype, "output": numbers(y), "next": torch.rand(1).item()}


dropout = [dropped(F.dropout, [2, 3, 5], p, d) for p in (0, 0.15, 0.3, 0.5, 0.87, 1) for d in DTYPES]
dropout1d = [dropped(F.dropout1d, s, 0.4, "float32") for s in ([3, 4, 2], [7, 3])]

pathlib.Path(__file__).with_suffix(".json").write_text(
    json.dumps(
        {
            "torch": torch.__version__,
            "cases": cases,
            "reprs": {k: str(v) for k, v in REPRS.items()},
            "dropout": dropout,
            "dropout1d": dropout1d,
        }
    )
)
