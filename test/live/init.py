"""What PyTorch draws after torch.manual_seed, one JSON object per line:

    /usr/bin/python3 test/live/init.py SEED COUNT

COUNT runs, each a seed and a few steps: a layer of random options with the weight and bias it starts from, or a tensor of
torch.rand or torch.randn; then three numbers of torch.rand, which show where the stream is. Arrays are base64.
"""

import array
import base64
import json
import random
import sys

import torch

DTYPES = {"float32": torch.float32, "float64": torch.float64}


def encode(tensor):
    code = "f" if tensor.dtype == torch.float32 else "d"
    return base64.b64encode(array.array(code, tensor.detach().reshape(-1).tolist()).tobytes()).decode()


def layer(rng, kind):
    groups = rng.choice((1, 1, 2, 3, 4))
    inside, outside = groups * rng.randint(1, 12), groups * rng.randint(1, 12)
    kernel_size, bias, dtype = rng.choice((1, 2, 3, 4, 5, 7, 9, 16, 31)), rng.random() < 0.7, rng.choice(list(DTYPES))
    stride, dilation = rng.randint(1, 4), rng.randint(1, 3)
    made = getattr(torch.nn, kind)(
        inside, outside, kernel_size, stride=stride, dilation=dilation, groups=groups, bias=bias, dtype=DTYPES[dtype]
    )
    return {
        "kind": kind,
        "arguments": [inside, outside, kernel_size],
        "options": {"stride": stride, "dilation": dilation, "groups": groups, "bias": bias, "dtype": dtype},
        "state": {name: [list(tensor.shape), encode(tensor)] for name, tensor in made.state_dict().items()},
    }


def numbers(rng, kind):
    # randn draws 16 and more elements in blocks, fewer one by one.
    shape = rng.choice(([], [0], [1], [2, 3], [15], [16], [17], [2, 3, 4], [7, 11], [1000]))
    dtype = rng.choice(list(DTYPES))
    values = getattr(torch, kind)(shape, dtype=DTYPES[dtype])
    return {"kind": kind, "shape": shape, "dtype": dtype, "values": encode(values)}


def run(rng):
    seed = rng.choice((rng.randrange(100), rng.randrange(2**32), rng.randrange(2**53), -rng.randrange(1000)))
    torch.manual_seed(seed)
    steps = []
    for _ in range(rng.randint(1, 4)):
        kind = rng.choice(("Conv1d", "ConvTranspose1d", "Conv1d", "ConvTranspose1d", "rand", "randn"))
        steps.append((numbers if kind.startswith("rand") else layer)(rng, kind))
    return {"seed": seed, "steps": steps, "next": encode(torch.rand(3))}


if __name__ == "__main__":
    print(json.dumps({"torch": torch.__version__}))
    seed, count = map(int, sys.argv[1:])
    for index in range(count):
        print(json.dumps(run(random.Random(f"{seed}/{index}"))))
