"""Freezes what torch.optim does: runs of every optimizer, learning-rate sequences, clipping, a training run.

/usr/bin/python3 test/oracle/optim.py      (PyTorch 1.13.1) writes optim.json beside this file.
"""
import json
import math
import os

import torch
from torch import nn

torch.set_num_threads(1)
STEPS = 25


def rounded(*shape, seed, scale=1.0, digits=2):
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(shape, generator=generator, dtype=torch.float64) * scale
    return [round(v, digits) for v in values.flatten().tolist()]


DATA = {
    "x": {"shape": [2, 2, 10], "data": rounded(2, 2, 10, seed=1)},
    "target": {"shape": [2, 2, 10], "data": rounded(2, 2, 10, seed=2)},
    "weight1": {"shape": [3, 2, 3], "data": rounded(3, 2, 3, seed=3, scale=0.4)},
    "bias1": {"shape": [3], "data": rounded(3, seed=4, scale=0.4)},
    "weight2": {"shape": [3, 2, 4], "data": rounded(3, 2, 4, seed=5, scale=0.4)},
    "bias2": {"shape": [2], "data": rounded(2, seed=6, scale=0.4)},
}
NAMES = ["weight1", "bias1", "weight2", "bias2"]


def tensor_of(name, dtype):
    return torch.tensor(DATA[name]["data"], dtype=dtype).reshape(DATA[name]["shape"])


class Net:
    """conv, tanh, transposed conv, mean square."""

    def __init__(self, dtype):
        self.params = [tensor_of(name, dtype).requires_grad_() for name in NAMES]
        self.x, self.target = tensor_of("x", dtype), tensor_of("target", dtype)

    def loss(self):
        w1, b1, w2, b2 = self.params
        hidden = torch.tanh(nn.functional.conv1d(self.x, w1, b1, stride=2, padding=1))
        y = nn.functional.conv_transpose1d(hidden, w2, b2, stride=2, padding=1)
        return ((y - self.target) ** 2).mean()


# name of the optimizer, options (PyTorch's names), options of a second group with the biases (or None)
CASES = [
    ("SGD", {"lr": 0.1}, None),
    ("SGD", {"lr": 0.1, "weight_decay": 0.03}, None),
    ("SGD", {"lr": 0.05, "momentum": 0.9}, None),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}, None),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01}, None),
    ("SGD", {"lr": 0.05, "momentum": 0.9}, {"lr": 0.2, "momentum": 0.5}),
    ("Adam", {}, None),
    ("Adam", {"lr": 0.03, "betas": (0.8, 0.95), "eps": 1e-4}, None),
    ("Adam", {"lr": 0.03, "weight_decay": 0.1}, None),
    ("Adam", {"lr": 0.03, "amsgrad": True, "betas": (0.5, 0.7)}, {"lr": 0.01, "weight_decay": 0.2}),
    ("AdamW", {}, None),
    ("AdamW", {"lr": 0.03, "weight_decay": 0.3}, None),
    ("AdamW", {"lr": 0.03, "betas": (0.5, 0.7), "eps": 1e-5, "amsgrad": True}, None),
    ("RMSprop", {}, None),
    ("RMSprop", {"lr": 0.01, "alpha": 0.9, "eps": 1e-5, "weight_decay": 0.1}, None),
    ("RMSprop", {"lr": 0.01, "alpha": 0.9, "momentum": 0.7, "centered": True}, None),
]


def make(name, options, second, params):
    groups = params if second is None else [{"params": params[0::2]}, {"params": params[1::2], **second}]
    cls = getattr(torch.optim, name)
    return cls(groups, **{**({"lr": 1e-3} if name == "SGD" else {}), **options})


def plain(value):
    if isinstance(value, torch.Tensor):
        return {"shape": list(value.shape), "data": value.flatten().tolist()}
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def run(name, options, second, dtype):
    net = Net(dtype)
    optimizer = make(name, options, second, net.params)
    losses, middle = [], None
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = net.loss()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step == 9:
            middle = {"params": [plain(p) for p in net.params], "state_dict": plain(optimizer.state_dict())}
    return losses, [p.flatten().tolist() for p in net.params], middle


def runs():
    for name, options, second in CASES:
        losses, params, middle = run(name, options, second, torch.float64)
        losses32, params32, _ = run(name, options, second, torch.float32)
        yield {
            **{"optimizer": name, "options": plain(options), "second": second},
            **{"losses": losses, "params": params, "losses32": losses32, "params32": params32},
            **({"middle": middle} if options and len(options) > 2 else {}),
        }


SCHEDULES = [
    ("StepLR", lambda o, s: s.StepLR(o, 4, gamma=0.5)),
    ("StepLR default gamma", lambda o, s: s.StepLR(o, 7)),
    ("MultiStepLR", lambda o, s: s.MultiStepLR(o, [3, 8, 8, 20], gamma=0.3)),
    ("ExponentialLR", lambda o, s: s.ExponentialLR(o, 0.9)),
    ("CosineAnnealingLR", lambda o, s: s.CosineAnnealingLR(o, 7, eta_min=0.01)),
    ("CosineAnnealingLR to 0", lambda o, s: s.CosineAnnealingLR(o, 10)),
    ("LinearLR", lambda o, s: s.LinearLR(o)),
    ("LinearLR down", lambda o, s: s.LinearLR(o, start_factor=0.8, end_factor=0.1, total_iters=11)),
    ("LambdaLR", lambda o, s: s.LambdaLR(o, lambda epoch: 0.95**epoch)),
    ("LambdaLR per group", lambda o, s: s.LambdaLR(o, [lambda epoch: 1 / (1 + epoch), lambda epoch: 0.9**epoch])),
    ("OneCycleLR", lambda o, s: s.OneCycleLR(o, 0.5, total_steps=30)),
    ("OneCycleLR options", lambda o, s: s.OneCycleLR(o, [0.5, 0.2], epochs=6, steps_per_epoch=5, pct_start=0.4,
        anneal_strategy="linear", base_momentum=0.7, max_momentum=0.9, div_factor=10.0, final_div_factor=100.0)),
    ("OneCycleLR three phases", lambda o, s: s.OneCycleLR(o, 0.5, total_steps=30, three_phase=True)),
    ("OneCycleLR without momentum", lambda o, s: s.OneCycleLR(o, 0.5, total_steps=30, cycle_momentum=False)),
    ("LinearLR and StepLR", lambda o, s: [s.LinearLR(o, total_iters=4), s.StepLR(o, 6, gamma=0.5)]),
]
METRICS = [1, 0.9, 0.95, 0.91, 0.9, 0.89995, 0.8, 0.85, 0.85, 0.85, 0.85, 0.7, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]
PLATEAUS = [
    {"patience": 2, "factor": 0.5},
    {"patience": 1, "factor": 0.3, "cooldown": 2, "threshold": 0.05, "threshold_mode": "abs", "min_lr": 0.02},
    {"patience": 2, "mode": "max"},
]


def two_groups(cls=torch.optim.SGD, **options):
    params = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    return cls([{"params": [params[0]]}, {"params": [params[1]], "lr": 0.02}], lr=0.1, **options)


def schedules():
    for name, build in SCHEDULES:
        for kind in ("SGD", "Adam"):
            optimizer = two_groups() if kind == "SGD" else two_groups(torch.optim.Adam)
            built = build(optimizer, torch.optim.lr_scheduler)
            lrs, momenta = [], []
            for _ in range(29):
                lrs.append([g["lr"] for g in optimizer.param_groups])
                momenta.append([g["momentum"] if kind == "SGD" else g["betas"][0] for g in optimizer.param_groups])
                optimizer.step()
                for scheduler in built if isinstance(built, list) else [built]:
                    scheduler.step()
            yield {"name": name, "optimizer": kind, "lrs": lrs, "momenta": momenta}


def plateaus():
    for options in PLATEAUS:
        optimizer = two_groups()
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **options)
        lrs = []
        for metric in METRICS:
            scheduler.step(metric)
            lrs.append([g["lr"] for g in optimizer.param_groups])
        yield {"options": options, "metrics": METRICS, "lrs": lrs}


def clipping():
    shapes = [[3, 2, 2], [4], []]
    grads = [{"shape": s, "data": rounded(*s, seed=20 + i, scale=2)} for i, s in enumerate(shapes)]
    build = lambda: [torch.tensor(g["data"], dtype=torch.float64).reshape(g["shape"]) for g in grads]

    def clip(function):
        params = [torch.zeros_like(g).requires_grad_() for g in build()]
        for p, g in zip(params, build()):
            p.grad = g
        result = function(params)
        return {"total": None if result is None else result.item(), "grads": [p.grad.flatten().tolist() for p in params]}

    norms = [
        {"max_norm": m, "norm_type": str(p), **clip(lambda ps: nn.utils.clip_grad_norm_(ps, m, float(p)))}
        for p in (2, 1, 3, "inf")
        for m in (0.5, 100.0)
    ]
    return {"grads": grads, "norms": norms, "value": {"clip": 0.75, **clip(lambda ps: nn.utils.clip_grad_value_(ps, 0.75))}}


def training():
    """Denoising sines: the default initialisation of seed 7, Adam, clipping, a schedule; float32."""
    torch.manual_seed(7)
    net = nn.Sequential(
        nn.Conv1d(1, 8, 5, stride=2, padding=2, padding_mode="reflect"),
        nn.Tanh(),
        nn.Conv1d(8, 8, 3, dilation=2, padding=2, groups=2),
        nn.Tanh(),
        nn.ConvTranspose1d(8, 1, 4, stride=2, padding=1),
    )
    t = torch.arange(64, dtype=torch.float64)
    clean = torch.stack([torch.sin(t * (0.1 + 0.07 * n) + n)[None] for n in range(4)])
    noisy = clean + 0.3 * torch.stack([torch.sin(t * t * (0.37 + 0.11 * n))[None] for n in range(4)])
    clean, noisy = clean.float(), noisy.float()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 60)
    losses, norms = [], []
    for _ in range(60):
        optimizer.zero_grad()
        loss = ((net(noisy) - clean) ** 2).mean()
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(net.parameters(), 0.5).item())
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    return {"losses": losses, "norms": norms}


def main():
    fixture = {
        **{"torch": torch.__version__, "data": DATA, "runs": list(runs()), "schedules": list(schedules())},
        **{"plateaus": list(plateaus()), "clipping": clipping(), "training": training()},
    }
    with open(os.path.join(os.path.dirname(__file__), "optim.json"), "w") as file:
        json.dump(fixture, file, indent=None, separators=(",", ":"))
        file.write("\n")


main()
