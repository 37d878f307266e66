"""What PyTorch says about a configuration of conv_cases: the output, its gradients, and their gradients.

Conv1d is `F.pad` and `F.conv1d`. ConvTranspose1d with zeros and equal sides is `F.conv_transpose1d`; for every other padding
PyTorch has no such layer, and the oracle is autograd: the gradient of PyTorch's convolution with that padding with respect to
its input. Where PyTorch has a module for a configuration, its output is compared on the way.
"""

import warnings

import torch
import torch.nn.functional as F

from conv_cases import lengths, option, shapes, sides

DTYPES = {"float32": torch.float32, "float64": torch.float64}

warnings.filterwarnings("ignore", "Using padding='same'")


def numbers(rng, case, shape):
    """Eighths in -2..2 make every sum below exact in float32, so that results must be equal; reals round."""
    size = torch.Size(shape).numel()
    if case["values"] == "eighths":
        flat = [rng.randint(-16, 16) / 8 for _ in range(size)]
    else:
        flat = [rng.uniform(-2, 2) for _ in range(size)]
    return torch.tensor(flat, dtype=DTYPES[case["dtype"]]).reshape(shape)


def pad(x, before, after, mode):
    if before == after == 0:
        return x
    return F.pad(x, (before, after), mode="constant" if mode == "zeros" else mode)


def convolve(case, x, w):
    """Conv1d of a batched x, without the bias."""
    padded = pad(x, *sides(case), option(case, "paddingMode"))
    return F.conv1d(padded, w, None, option(case, "stride"), 0, option(case, "dilation"), option(case, "groups"))


def adjoint(case, x, w):
    """The adjoint of `convolve`, at a batched x, as autograd has it. With an output padding of a stride or more the convolution
    has more outputs than x has samples; it is the adjoint of the first of them."""
    length, out = lengths(case)
    z = torch.zeros(x.shape[0], case["outChannels"], out, dtype=x.dtype, requires_grad=True)
    (y,) = torch.autograd.grad(convolve(case, z, w)[..., :length], z, x, create_graph=True)
    return y


def native(case, x, w):
    """PyTorch's own transposed convolution, for zeros and equal sides."""
    length, out = lengths(case)
    [before, _] = sides(case)
    extra = out - ((length - 1) * option(case, "stride") + option(case, "dilation") * (case["kernelSize"] - 1) + 1 - 2 * before)
    return F.conv_transpose1d(
        x, w, None, option(case, "stride"), before, extra, option(case, "groups"), option(case, "dilation")
    )


def is_native(case):
    before, after = sides(case)
    return option(case, "paddingMode") == "zeros" and before == after


def forward(case, x, w, b):
    batched = x if x.dim() == 3 else x.unsqueeze(0)
    if case["layer"] == "Conv1d":
        y = convolve(case, batched, w)
    else:
        y = (native if is_native(case) else adjoint)(case, batched, w)
    if b is not None:
        y = y + b[:, None]
    return y if x.dim() == 3 else y.squeeze(0)


def module_output(case, x, w, b):
    """The output of PyTorch's module, or None where there is none for the configuration."""
    padding = option(case, "padding")
    if padding == "causal" or isinstance(padding, list):
        return None
    transposed = case["layer"] == "ConvTranspose1d"
    if transposed and (option(case, "paddingMode") != "zeros" or isinstance(padding, str)):
        return None
    settings = {
        "stride": option(case, "stride"),
        "padding": padding,
        "dilation": option(case, "dilation"),
        "groups": option(case, "groups"),
        "padding_mode": option(case, "paddingMode"),
        "bias": b is not None,
        "dtype": x.dtype,
    }
    if transposed:
        settings["output_padding"] = option(case, "outputPadding")
    module = getattr(torch.nn, case["layer"])(case["inChannels"], case["outChannels"], case["kernelSize"], **settings)
    module.load_state_dict({"weight": w, **({} if b is None else {"bias": b})})
    # PyTorch 1.13 refuses circular padding of an input without a batch axis, and counts output_size from the wrong axis.
    batched = x if x.dim() == 3 else x.unsqueeze(0)
    sized = case["outputLength"] is not None
    y = module(batched, output_size=[case["outputLength"]]) if sized else module(batched)
    return y if x.dim() == 3 else y.squeeze(0)


def check(case, name, found, expected):
    close = {"rtol": 1e-5, "atol": 2e-5} if case["dtype"] == "float32" else {"rtol": 1e-12, "atol": 1e-12}
    if found.shape != expected.shape or not torch.allclose(found, expected, **close):
        raise AssertionError(f"PyTorch disagrees with itself ({name}): {case}\n{found}\n{expected}")


def cross_check(case, x, w, b, y):
    with torch.no_grad():
        module = module_output(case, x, w, b)
    if module is not None:
        check(case, "module", module, y)
    if case["layer"] == "ConvTranspose1d" and is_native(case):
        z = adjoint(case, x if x.dim() == 3 else x.unsqueeze(0), w)
        unbiased = y if b is None else y - b[:, None]
        check(case, "adjoint", z if x.dim() == 3 else z.squeeze(0), unbiased)


def differentiate(case, loss, wrt, **options):
    """Gradients, with the zeros that PyTorch leaves out for an empty batch."""
    if case["batch"] != 0:
        return torch.autograd.grad(loss, wrt, **options)
    found = torch.autograd.grad(loss, wrt, allow_unused=True, **options) if loss.requires_grad else [None] * len(wrt)
    return [torch.zeros_like(tensor) if g is None else g for g, tensor in zip(found, wrt)]


def solve(case, rng):
    """Every array of the comparison by name: inputs, output, first and second derivatives.

    s1 = Σ y·c gives gx, gw, gb;  s2 = Σ gx·cx + Σ gw·cw + Σ gb·cb gives hx, hw, hc with respect to x, w and c.
    """
    x, w, b, y_like = (numbers(rng, case, shape) for shape in shapes(case))
    inputs = {"x": x, "w": w, **({"b": b} if case["bias"] else {})}
    weights = {f"c{name}": numbers(rng, case, tensor.shape) for name, tensor in inputs.items()}
    c = y_like
    for tensor in (*inputs.values(), c):
        tensor.requires_grad_()
    y = forward(case, x, w, inputs.get("b"))
    assert y.shape == c.shape, (case, y.shape, c.shape)
    cross_check(case, x, w, inputs.get("b"), y.detach())
    first = differentiate(case, (y * c).sum(), list(inputs.values()), create_graph=True)
    s2 = sum((g * weight).sum() for g, weight in zip(first, weights.values()))
    second = differentiate(case, s2, [x, w, c])
    return {
        **inputs,
        "c": c,
        **weights,
        "y": y,
        **{f"g{name}": g for name, g in zip(inputs, first)},
        **dict(zip(("hx", "hw", "hc"), second)),
    }
