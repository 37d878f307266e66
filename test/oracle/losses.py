"""Freezes PyTorch's losses into losses.json. Run in the repository root:

    /usr/bin/python3 test/oracle/losses.py && npx biome format --write test/oracle/losses.json

Every case holds the loss y, `grads = d Σ c·y` and, where PyTorch has them, `seconds = d Σ c·grads`, with distinct weights c,
with respect to the input and, where it is differentiable, the target; in float64 and float32.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(21)
DTYPES = {"float32": torch.float32, "float64": torch.float64}
REDUCTIONS = ["mean", "sum", "none"]


def si_sdr_loss(estimate, target, reduction="mean", zeroMean=False, eps=1e-8):
    """Le Roux et al. 2019, equation 4, as in torchmetrics.functional.scale_invariant_signal_distortion_ratio."""
    if zeroMean:
        estimate, target = (x - x.mean(-1, keepdim=True) for x in (estimate, target))
    alpha = ((estimate * target).sum(-1, keepdim=True) + eps) / ((target**2).sum(-1, keepdim=True) + eps)
    scaled = alpha * target
    ratio = ((scaled**2).sum(-1) + eps) / (((scaled - estimate) ** 2).sum(-1) + eps)
    return reduced(-10 * torch.log10(ratio), reduction)


def esr_loss(estimate, target, reduction="mean", preEmphasis=0.0, eps=1e-8):
    """Wright et al. 2020, equations 7 and 8, as in auraloss.time.ESRLoss."""
    if preEmphasis:
        estimate, target = (x[..., 1:] - preEmphasis * x[..., :-1] for x in (estimate, target))
    return reduced(((target - estimate) ** 2).sum(-1) / ((target**2).sum(-1) + eps), reduction)


def reduced(x, reduction):
    return {"mean": x.mean, "sum": x.sum, "none": lambda: x}[reduction]()


FUNCTIONS = {
    "mseLoss": F.mse_loss,
    "l1Loss": F.l1_loss,
    "smoothL1Loss": F.smooth_l1_loss,
    "huberLoss": F.huber_loss,
    "binaryCrossEntropy": F.binary_cross_entropy,
    "binaryCrossEntropyWithLogits": F.binary_cross_entropy_with_logits,
    "nllLoss": F.nll_loss,
    "crossEntropy": F.cross_entropy,
    "siSdrLoss": si_sdr_loss,
    "esrLoss": esr_loss,
}
SNAKE = {"ignoreIndex": "ignore_index", "labelSmoothing": "label_smoothing", "posWeight": "pos_weight"}


def numbers(t):
    values = t.detach().flatten().numpy()
    assert all(math.isfinite(v) for v in values), values
    return [json.loads(str(v)) for v in values]


def distinct(shape, dtype):
    n = torch.Size(shape).numel()
    return torch.tensor([round(1 - 0.37 * i + 0.013 * i * i, 4) for i in range(n)], dtype=dtype).reshape(shape)


def measured(case, dtype):
    def leaf(values, shape):
        return torch.tensor(values, dtype=dtype).reshape(shape).requires_grad_()

    x = leaf(case["x"], case["shape"])
    classes = case["targetKind"] == "classes"
    target = torch.tensor(case["target"]).reshape(case["targetShape"]) if classes else leaf(case["target"], case["targetShape"])
    leaves = [x, target] if case["targetKind"] == "values" else [x]
    options = {SNAKE.get(k, k): v for k, v in case["options"].items()}
    for k in ("weight", "pos_weight"):
        if k in options:
            options[k] = torch.tensor(options[k], dtype=dtype)
    y = FUNCTIONS[case["name"]](x, target, **options)
    grads = torch.autograd.grad((distinct(y.shape, dtype) * y).sum(), leaves, create_graph=True)
    result = {"output": numbers(y), "grads": [numbers(g) for g in grads]}
    if case["second"]:
        total = sum((distinct(g.shape, dtype) * g).sum() for g in grads)
        found = torch.autograd.grad(total, leaves, allow_unused=True)
        result["seconds"] = [numbers(torch.zeros_like(v) if g is None else g) for g, v in zip(found, leaves)]
    return result


cases = []


def add(name, shape, x, target_shape, target, options, kind="values", second=False):
    case = {"name": name, "shape": shape, "x": numbers(x), "targetShape": target_shape}
    case.update({"target": target if isinstance(target, list) else numbers(target), "targetKind": kind})
    case.update({"options": options, "second": second})
    case.update({name: measured(case, dtype) for name, dtype in DTYPES.items()})
    cases.append(case)


def rounded(*shape, scale=2.0):
    return (scale * torch.randn(*shape)).mul(1000).round().div(1000).double()


def probabilities(*shape):
    return torch.rand(*shape).mul(998).round().add(1).div(1000).double()


def regression(name, options, second=True):
    for reduction in REDUCTIONS:
        x, t = rounded(2, 5), rounded(2, 5)
        if options.get("beta") != 0:  # there PyTorch says −1 to both sides, where its own L1 loss says 0
            t[0, 0] = x[0, 0]
        add(name, [2, 5], x, [2, 5], t, {**options, "reduction": reduction}, second=second)


regression("mseLoss", {})
regression("l1Loss", {}, second=False)
regression("smoothL1Loss", {})
regression("smoothL1Loss", {"beta": 0.7})
regression("smoothL1Loss", {"beta": 0}, second=False)
regression("huberLoss", {})
regression("huberLoss", {"delta": 1.8})
add("huberLoss", [3], torch.tensor([1.0, -1, 4]).double(), [3], torch.tensor([0.0, 0, 0]).double(), {})

for reduction in REDUCTIONS:
    for options in ({}, {"weight": [0.5, 1.5, 2, 0.1]}):
        options = {**options, "reduction": reduction}
        add("binaryCrossEntropy", [3, 4], probabilities(3, 4), [3, 4], probabilities(3, 4), options)
    for options in ({}, {"posWeight": [3, 0.5, 1, 2]}, {"weight": [[2], [0.5], [1]], "posWeight": [1, 2, 3, 4]}):
        options = {**options, "reduction": reduction}
        x = rounded(3, 4, scale=5.0)
        x[0, :3] = torch.tensor([0.0, 200, -200])
        add("binaryCrossEntropyWithLogits", [3, 4], x, [3, 4], probabilities(3, 4), options)
ends = torch.tensor([0.0, 1, 0, 1, 0.5]).double()
hard = torch.tensor([1.0, 0, 0, 1, 1]).double()
add("binaryCrossEntropy", [5], ends, [5], hard, {"reduction": "none"}, "constant")  # its gradient is infinite

SHAPES = [([4, 3], [4]), ([2, 4, 3], [2, 3]), ([5], [])]
for shape, target_shape in SHAPES:
    axis = 1 if len(shape) > 1 else 0
    count = shape[axis]
    weight = [0.3, 2, 1.1, 0.7, 1.9][:count]
    for reduction in REDUCTIONS:
        for options in ({}, {"weight": weight}, {"weight": weight, "ignoreIndex": 1}, {"ignoreIndex": -7}):
            n = torch.Size(target_shape).numel()
            target = [(3 * i + 2) % count for i in range(n)]
            if options.get("ignoreIndex") == -7 and n > 1:
                target[1] = -7
            options = {**options, "reduction": reduction}
            logs = F.log_softmax(rounded(*shape), axis).mul(1000).round().div(1000)
            add("nllLoss", shape, logs, target_shape, target, options, "classes")
            for smoothing in (0, 0.3) if reduction != "sum" else (0.3,):
                more = {**options, "labelSmoothing": smoothing}
                second = smoothing > 0 and reduction == "mean"
                add("crossEntropy", shape, rounded(*shape), target_shape, target, more, "classes", second)
        for options in ({}, {"weight": weight, "labelSmoothing": 0.2}):
            p = F.softmax(rounded(*shape), axis).mul(1000).round().div(1000)
            add("crossEntropy", shape, rounded(*shape), shape, p, {**options, "reduction": reduction}, second=not options)

for reduction in REDUCTIONS:
    for options in ({}, {"zeroMean": True}, {"eps": 1e-3}):
        options = {**options, "reduction": reduction}
        add("siSdrLoss", [2, 6], rounded(2, 6), [2, 6], rounded(2, 6), options, second=not options.get("eps"))
    for options in ({}, {"preEmphasis": 0.95}):
        options = {**options, "reduction": reduction}
        add("esrLoss", [2, 6], rounded(2, 6), [2, 6], rounded(2, 6), options, second=True)

pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"torch": torch.__version__, "cases": cases}))
