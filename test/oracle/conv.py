"""PyTorch's answers to random configurations of Conv1d and ConvTranspose1d.

    /usr/bin/python3 test/oracle/conv.py --freeze     writes conv.json beside this file: 160 small configurations
    /usr/bin/python3 test/oracle/conv.py SEED COUNT   writes COUNT configurations to stdout, one JSON object per line

After --freeze: npx biome format --write test/oracle/conv.json. Runs with PyTorch 1.13 and newer; needs nothing else.
Arrays are [shape, base64 of their little-endian elements].
"""

import array
import base64
import json
import pathlib
import random
import sys

import torch

sys.dont_write_bytecode = True  # no __pycache__ among the tests

from conv_cases import draw
from conv_oracle import solve

FROZEN_SEED, FROZEN_COUNT, FROZEN_LONGEST, FROZEN_ELEMENTS = 1, 160, 33, 600


def encode(tensor):
    code = "f" if tensor.dtype == torch.float32 else "d"
    elements = array.array(code, tensor.detach().reshape(-1).tolist())
    if sys.byteorder == "big":
        elements.byteswap()
    return [list(tensor.shape), base64.b64encode(elements.tobytes()).decode()]


def answer(case, rng):
    return {**case, "arrays": {name: encode(tensor) for name, tensor in solve(case, rng).items()}}


def count_elements(solved):
    return sum(torch.Size(shape).numel() for shape, _ in solved["arrays"].values())


def freeze():
    rng = random.Random(FROZEN_SEED)
    cases = []
    while len(cases) < FROZEN_COUNT:
        solved = answer(draw(rng, len(cases), FROZEN_LONGEST), rng)
        if count_elements(solved) <= FROZEN_ELEMENTS:
            cases.append(solved)
    fixture = {"versions": versions(), "seed": FROZEN_SEED, "cases": cases}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(fixture))


def versions():
    return {"python": sys.version.split()[0], "torch": torch.__version__}


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1:] == ["--freeze"]:
        freeze()
    else:
        seed, count = map(int, sys.argv[1:])
        print(json.dumps(versions()))
        for index in range(count):
            # A stream of its own for every configuration: one can be looked at alone.
            rng = random.Random(f"{seed}/{index}")
            print(json.dumps({"index": index, **answer(draw(rng, index, 257), rng)}))
