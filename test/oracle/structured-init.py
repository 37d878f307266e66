"""torch.nn.init beyond the uniform and normal ones: dirac_, orthogonal_, trunc_normal_. Prints structured-init.json."""

import json

import torch
from torch import nn

cases = []


def case(name, shape, dtype, fill, **options):
    torch.manual_seed(29)
    t = torch.zeros(shape, dtype=getattr(torch, dtype))
    fill(t, **options)
    digits = 9 if dtype == "float32" else 17
    cases.append(dict(name=name, shape=shape, dtype=dtype, options=options, values=[float(f"{v:.{digits}g}") for v in t.flatten().tolist()]))


for shape, groups in [([4, 3, 5], 1), ([3, 4, 4], 1), ([6, 2, 3], 3), ([6, 4, 1], 2), ([4, 4, 2, 3], 2), ([3, 3, 3, 2, 3], 1)]:
    case("dirac", shape, "float32", nn.init.dirac_, groups=groups)
for shape, gain in [([3, 5], 1), ([5, 3], 2.0), ([4, 3, 2], 1), ([7, 2, 3], 0.5), ([4, 4], 1), ([1, 6], 1), ([6, 1, 1], 3.0)]:
    for dtype in ["float32", "float64"]:
        case("orthogonal", shape, dtype, nn.init.orthogonal_, gain=gain)
for mean, std, a, b in [(0, 1, -2, 2), (0.5, 2, -1, 1), (0, 0.02, -0.05, 0.01), (0, 0.5, 0.1, 2), (-1, 1, -2.5, 0)]:
    for dtype in ["float32", "float64"]:
        case("truncNormal", [40], dtype, nn.init.trunc_normal_, mean=mean, std=std, a=a, b=b)
print(json.dumps(dict(torch=torch.__version__, cases=cases)))
