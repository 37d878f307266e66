"""Checkpoints by PyTorch, and what became of them: files.py write FOLDER SEED, or files.py compare FOLDER."""

import glob
import os
import sys
import warnings
from collections import OrderedDict

import numpy as np
import torch
from torch import nn

warnings.filterwarnings("ignore")


def random_state(generator):
    """Names, shapes and element types as they come, in random order, also views of other tensors."""
    types = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
             torch.uint8, torch.bool]
    state = OrderedDict()
    for i in range(int(generator.integers(1, 12))):
        shape = [int(n) for n in generator.integers(0, 5, int(generator.integers(0, 5)))]
        tensor = torch.tensor(generator.standard_normal(shape) * 40).to(types[int(generator.integers(len(types)))])
        change = generator.integers(5)
        if change == 1 and tensor.dim() > 1:
            tensor = tensor.transpose(0, -1)
        elif change == 2 and tensor.dim() > 0:
            tensor = tensor[..., 1::2]
        elif change == 3 and tensor.dim() > 0 and len(tensor):
            tensor = tensor[:1].expand(3, *tensor.shape[1:])
        state[f"layers.{i}.{'weight' if generator.integers(2) else 'bias'}"] = tensor
    return state


def network(seed):
    torch.manual_seed(seed)
    net = nn.Sequential(
        nn.Conv1d(2, 6, 5, groups=2), nn.BatchNorm1d(6), nn.PReLU(6), nn.utils.weight_norm(nn.ConvTranspose1d(6, 4, 4)),
        nn.GroupNorm(2, 4), nn.LSTM(7, 3), nn.Linear(3, 2), nn.LayerNorm(2), nn.Embedding(3, 2),
    )
    net[1](torch.randn(4, 6, 9))
    return net.state_dict()


def write(folder, seed):
    generator = np.random.default_rng(seed)
    for i in range(40):
        state = network(seed + i) if i % 4 == 0 else random_state(generator)
        torch.save(state, f"{folder}/{i}.pt", _use_new_zipfile_serialization=i % 2 == 0)


def bits(tensor):
    return tensor.detach().clone(memory_format=torch.contiguous_format).flatten().view(torch.uint8).numpy().tobytes() if tensor.numel() else b""


def compare(folder):
    """Every NAME.VARIANT.pt beside NAME.pt has the same names in the same order, shapes, element types and bits."""
    compared = 0
    for path in sorted(glob.glob(f"{folder}/*.*.pt")):
        original = torch.load(f"{folder}/{os.path.basename(path).split('.')[0]}.pt")
        ours = torch.load(path, weights_only=True)
        assert list(ours) == list(original), f"{path}: {list(ours)} instead of {list(original)}"
        for name, tensor in original.items():
            same = ours[name].dtype == tensor.dtype and ours[name].shape == tensor.shape
            as_bytes = (lambda t: t.to(torch.uint8)) if tensor.dtype == torch.bool else (lambda t: t)
            assert same and bits(as_bytes(ours[name])) == bits(as_bytes(tensor)), f"{path}: {name}"
        compared += 1
    print(compared)


if sys.argv[1] == "write":
    write(sys.argv[2], int(sys.argv[3]))
else:
    compare(sys.argv[2])
