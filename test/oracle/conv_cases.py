"""Random configurations of Conv1d and ConvTranspose1d over every option; valid ones only.

A configuration is what a user would write in TypeScript: the names are those of the package's options, not PyTorch's.
"""

LAYERS = ("Conv1d", "ConvTranspose1d")
MODES = ("zeros", "reflect", "replicate", "circular")
RULES = ("number", "pair", "same", "valid", "causal")
DTYPES = ("float32", "float64")
VALUES = ("eighths", "reals")

DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "paddingMode": "zeros", "outputPadding": 0}

# One below, at and one above the widths that vector kernels work in, and the block of 256 that weight gradients are summed in.
EDGES = (15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257)


def option(case, name):
    return case["options"].get(name, DEFAULTS[name])


def effective_kernel(case):
    return option(case, "dilation") * (case["kernelSize"] - 1) + 1


def sides(case):
    """Samples before and after the signal. "same" goes with stride 1, so no rule looks at the length."""
    padding = option(case, "padding")
    reach = effective_kernel(case) - 1
    if padding == "valid":
        return 0, 0
    if padding == "causal":
        return reach, 0
    if padding == "same":
        return reach // 2, reach - reach // 2
    return (padding, padding) if isinstance(padding, int) else tuple(padding)


def lengths(case):
    """The length of the input, and the output's; for ConvTranspose1d the latter includes its output padding."""
    before, after = sides(case)
    length, stride, ke = case["length"], option(case, "stride"), effective_kernel(case)
    if case["layer"] == "Conv1d":
        return length, (length + before + after - ke) // stride + 1
    if case["outputLength"] is not None:
        return length, case["outputLength"]
    return length, (length - 1) * stride + ke - before - after + option(case, "outputPadding")


def is_valid(case):
    before, after = sides(case)
    length, out = lengths(case)
    signal = length if case["layer"] == "Conv1d" else out  # the side that is padded, or folded
    limit = {"reflect": signal - 1, "circular": signal}.get(option(case, "paddingMode"), before + after)
    return out >= 1 and signal >= 1 and max(before, after) <= limit


def shapes(case):
    """The shapes of x, w, b and y."""
    length, out = lengths(case)
    groups, i, o = option(case, "groups"), case["inChannels"], case["outChannels"]
    first, second = (o, i // groups) if case["layer"] == "Conv1d" else (i, o // groups)
    lead = [] if case["batch"] is None else [case["batch"]]
    return [*lead, i, length], [first, second, case["kernelSize"]], [o], [*lead, o, out]


def draw(rng, index, longest):
    """Configuration number `index`: 160 neighbours hold every combination of the five tables above, the rest is drawn."""
    turn = index
    fixed = []
    for table in (LAYERS, MODES, RULES, DTYPES, VALUES):
        fixed.append(table[turn % len(table)])
        turn //= len(table)
    while True:
        case = attempt(rng, longest, *fixed)
        if is_valid(case):
            return case


def attempt(rng, longest, layer, mode, rule, dtype, values):
    edges = [edge for edge in EDGES if edge <= longest]
    at_edge = edges and rng.random() < 0.1
    groups = rng.randint(1, 3)
    most = 1 if at_edge else 3
    kernel_size = rng.randint(1, 5)
    stride = 1 if rule == "same" else rng.randint(1, 4)
    dilation = rng.randint(1, 3)
    options = {
        "stride": stride,
        "padding": padding(rng, rule, dilation * (kernel_size - 1)),
        "dilation": dilation,
        "groups": groups,
        "paddingMode": mode,
    }
    case = {
        "layer": layer,
        "inChannels": groups * rng.randint(1, most),
        "outChannels": groups * rng.randint(1, most),
        "kernelSize": kernel_size,
        "options": options,
        "bias": rng.random() < 0.6,
        "batch": 1 if at_edge else rng.choice((None, None, 0, 1, 2, 2, 3)),
        "length": rng.choice(edges) if at_edge else rng.randint(1, rng.choice((3, 12))),
        "outputLength": None,
        "dtype": dtype,
        "values": values,
    }
    if layer == "ConvTranspose1d":
        options["outputPadding"] = rng.randint(0, max(stride, dilation) - 1)
        if rng.random() < 0.3:  # overrides the output padding, which is left in for that
            before, after = sides(case)
            least = (case["length"] - 1) * stride + effective_kernel(case) - before - after
            case["outputLength"] = least + rng.randint(0, stride - 1)
    for name in list(options):
        if options[name] == DEFAULTS[name] and rng.random() < 0.5:
            del options[name]
    return case


def padding(rng, rule, reach):
    if rule == "number":
        return rng.randint(0, max(reach, 2))
    if rule == "pair":
        one, other = rng.randint(0, max(reach, 2)), rng.randint(0, max(reach, 2))
        return rng.choice(([one, other], [one, other], [0, one], [one, 0]))
    return rule
