"""Freezes PyTorch's CPU random streams into random-streams.json. Run in the repository root:

    /usr/bin/python3 test/oracle/random-streams.py && npx biome format --write test/oracle/random-streams.json

Needs a CPU with AVX2 and FMA, because without them PyTorch rounds `uniform_` twice and draws float32 `normal_` by libm.
Long results are kept as the SHA-256 of their little-endian bytes. The name has a hyphen because a random.py would hide
the standard module of that name from every script in this folder.
"""

import hashlib
import json
import pathlib
import sys

import numpy
import torch

assert "CPU capability usage: AVX" in torch.__config__.show(), torch.__config__.show()

DTYPES = {"float32": torch.float32, "float64": torch.float64}


def frozen(step, tensor):
    values = tensor.numpy()
    if values.dtype == numpy.int64:
        values = values.astype(numpy.uint32)
    if values.size > 200:
        return {**step, "sha256": hashlib.sha256(values.tobytes()).hexdigest()}
    # The shortest decimal that reads back as the same float32 or float64.
    return {**step, "values": [json.loads(str(v)) for v in values]}


def run(step):
    kind = step["call"]
    if kind == "seed":
        torch.manual_seed(int(step["seed"]))
        return step
    if kind == "permutation":
        return frozen(step, torch.randperm(step["size"]))
    out = torch.empty(step["size"], dtype=DTYPES[step["dtype"]])
    return frozen(step, out.uniform_(*step["args"]) if kind == "uniform" else out.normal_(*step["args"]))


def seed(value):
    return {"call": "seed", "seed": str(value)}


def uniform(size, dtype="float32", low=0, high=1):
    return {"call": "uniform", "size": size, "dtype": dtype, "args": [low, high]}


def normal(size, dtype="float32", mean=0, std=1):
    return {"call": "normal", "size": size, "dtype": dtype, "args": [mean, std]}


def permutation(size):
    return {"call": "permutation", "size": size}


SEEDS = [0, 1, 42, 2**31, 2**32 - 1, 2**32, 2**40 + 5, 2**53 - 1, 2**64 - 1, -1, -42, -(2**63)]
BOUNDS = [
    (-0.5773502691896258, 0.5773502691896258),
    (-0.3, 0.3),
    (0.1, 0.7),
    (1000, 1000.5),
    (-1, 0),
    (5, 5),
    (0, 1e-30),
    (-1e30, 1e30),
    (-3, 1e-9),
    (1, 1 + 2**-20),
]

STREAMS = {
    **{
        f"seed {s}": [
            seed(s),
            uniform(7),
            uniform(5, "float64"),
            normal(3),
            normal(17),
            normal(1),
            normal(3, "float64", 2, 0.5),
            permutation(10),
            uniform(2, "float32", -0.3, 0.3),
        ]
        for s in SEEDS
    },
    "uniform float32, bounds": [seed(7)]
    + [uniform(13, "float32", *b) for b in [*BOUNDS, (-1.6e38, 1.7e38), (1e-44, 3e-42)]],
    "uniform float64, bounds": [seed(8)]
    + [uniform(13, "float64", *b) for b in [*BOUNDS, (-8e307, 9e307), (1e-290, 3e-290)]],
    "normal float32, sizes": [seed(42)] + [normal(n) for n in [*range(16), 16, 17, 31, 32, 33, 100]],
    "normal float64, sizes": [seed(43)] + [normal(n, "float64") for n in [*range(16), 16, 17, 31, 32, 33, 100]],
    "normal, mean and std": [seed(44)]
    + [normal(n, d, m, s) for d in DTYPES for n in (5, 19) for m, s in ((0.3, 1.7), (-100, 0.01), (1, 0), (0, 1e-20))],
    "a spare sample outlives every other call": [
        seed(5),
        normal(1),
        uniform(3),
        normal(16),
        permutation(6),
        normal(20, "float64"),
        uniform(3, "float64"),
        normal(2, "float64"),
        normal(1),
    ],
    "a spare sample does not outlive the seed": [seed(5), normal(1), seed(5), normal(2), seed(6), normal(3)],
    "permutations": [seed(9)] + [permutation(n) for n in (0, 1, 2, 3, 17, 100, 5000)] + [uniform(3)],
    "long": [
        seed(10),
        uniform(100003),
        uniform(100003, "float64", -0.1, 0.7),
        uniform(100003, "float32", -0.1, 0.7),
        normal(100003),
        normal(100003, "float32", 0.3, 1.7),
        permutation(100003),
        uniform(1),
    ],
}


def unseeded():
    """A torch.Generator that was never seeded. (torch's default generator is no oracle: it starts from entropy.)"""
    generator = torch.Generator()
    return {"initialSeed": str(generator.initial_seed()), "values": torch.rand(4, generator=generator).tolist()}


def initial_seed(value):
    torch.manual_seed(value)
    return str(torch.initial_seed())


fixture = {
    "versions": {
        "python": sys.version.split()[0],
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "capability": torch.__config__.show().split("CPU capability usage: ")[1].split()[0],
    },
    "unseeded": unseeded(),
    "initialSeeds": {str(s): initial_seed(s) for s in SEEDS},
    "streams": {name: [run(step) for step in steps] for name, steps in STREAMS.items()},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(fixture))
