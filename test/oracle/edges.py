"""Prints PyTorch's gradients and second gradients where functions bend or meet a NaN: the numbers in test/ops/elementwise.test.ts."""

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
nan = float("nan")

functions = {
    "relu": F.relu,
    "elu": F.elu,
    "elu, alpha 1.7": lambda x: F.elu(x, 1.7),
    "selu": F.selu,
    "x^0": lambda x: x**0,
    "x^1": lambda x: x**1,
    "x^2": lambda x: x**2,
    "square": torch.square,
}
for name, f in functions.items():
    x = torch.tensor([-1.0, 0.0, 1.0, nan, -0.0], requires_grad=True)
    (first,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    # x^0 has no second gradient to ask for: its first one is a constant.
    second = torch.autograd.grad(first.sum(), x)[0] if first.requires_grad else None
    print(name, first.tolist(), second)

for f in (torch.maximum, torch.minimum):
    a = torch.tensor([nan, 1.0, nan, 1.0, 2.0], requires_grad=True)
    b = torch.tensor([1.0, nan, nan, 1.0, 1.0], requires_grad=True)
    print(f.__name__, [g.tolist() for g in torch.autograd.grad(f(a, b).sum(), [a, b])])

for bounds in ((-1, 1), (1, -1)):
    x = torch.tensor([-2.0, -1.0, 0.0, 1.0, 2.0], requires_grad=True)
    y = torch.clamp(x, *bounds)
    print("clamp", bounds, y.tolist(), torch.autograd.grad(y.sum(), x)[0].tolist())

y = torch.tensor([1.0, nan, 3.0, nan])
print("argmax, argmin", y.argmax().item(), y.argmin().item())
