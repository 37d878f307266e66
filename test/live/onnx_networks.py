"""Networks that PyTorch exports to ONNX: onnx_networks.py FOLDER SEED writes NAME-OPSET.onnx and prints, one JSON line
each, what goes in and comes out at a few lengths."""

import json
import sys
import warnings

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import weight_norm

warnings.filterwarnings("ignore")


class ResBlock(nn.Module):
    def __init__(self, channels, kernel, dilations):
        super().__init__()
        conv = lambda d: weight_norm(nn.Conv1d(channels, channels, kernel, dilation=d, padding=d * (kernel - 1) // 2))
        self.first = nn.ModuleList([conv(d) for d in dilations])
        self.second = nn.ModuleList([conv(1) for _ in dilations])

    def forward(self, x):
        for a, b in zip(self.first, self.second):
            x = x + b(F.leaky_relu(a(F.leaky_relu(x, 0.1)), 0.1))
        return x


class HifiGan(nn.Module):
    """The generator of V1 with fewer channels; its blocks, kernels, strides and dilations."""

    def __init__(self, channels=32, mels=80):
        super().__init__()
        self.pre = weight_norm(nn.Conv1d(mels, channels, 7, padding=3))
        self.ups, self.blocks = nn.ModuleList(), nn.ModuleList()
        for i, (k, s) in enumerate([(16, 8), (16, 8), (4, 2), (4, 2)]):
            c = channels // 2**i
            self.ups.append(weight_norm(nn.ConvTranspose1d(c, c // 2, k, s, (k - s) // 2)))
            for kernel in (3, 7, 11):
                self.blocks.append(ResBlock(c // 2, kernel, (1, 3, 5)))
        self.post = weight_norm(nn.Conv1d(c // 2, 1, 7, padding=3))

    def forward(self, x):
        x = self.pre(x)
        for i, up in enumerate(self.ups):
            x = up(F.leaky_relu(x, 0.1))
            x = sum(block(x) for block in self.blocks[3 * i : 3 * i + 3]) / 3
        return torch.tanh(self.post(F.leaky_relu(x)))


class TemporalBlock(nn.Module):
    def __init__(self, inputs, outputs, kernel, dilation):
        super().__init__()
        self.chomp = (kernel - 1) * dilation
        self.a = weight_norm(nn.Conv1d(inputs, outputs, kernel, padding=self.chomp, dilation=dilation))
        self.b = weight_norm(nn.Conv1d(outputs, outputs, kernel, padding=self.chomp, dilation=dilation))
        self.dropout = nn.Dropout(0.2)
        self.down = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else None

    def forward(self, x):
        y = self.dropout(F.relu(self.a(x)[:, :, : -self.chomp].contiguous()))
        y = self.dropout(F.relu(self.b(y)[:, :, : -self.chomp].contiguous()))
        return F.relu(y + (x if self.down is None else self.down(x)))


class Demucs(nn.Module):
    """Encoder and decoder with GLU, skips cut to the length of what they meet."""

    def __init__(self, channels=8, depth=3):
        super().__init__()
        self.encoder, self.decoder = nn.ModuleList(), nn.ModuleList()
        inputs = 2
        for level in range(depth):
            c = channels * 2**level
            self.encoder.append(
                nn.Sequential(nn.Conv1d(inputs, c, 8, 4), nn.ReLU(), nn.Conv1d(c, 2 * c, 1), nn.GLU(1))
            )
            decoder = [nn.Conv1d(c, 2 * c, 3), nn.GLU(1), nn.ConvTranspose1d(c, inputs, 8, 4)]
            self.decoder.insert(0, nn.Sequential(*decoder, *([nn.ReLU()] if level else [])))
            inputs = c

    def forward(self, x):
        skips = []
        for encode in self.encoder:
            x = encode(x)
            skips.append(x)
        for decode in self.decoder:
            skip = skips.pop()
            start = (skip.shape[-1] - x.shape[-1]) // 2
            x = decode(x + skip[..., start : start + x.shape[-1]])
        return x


class Snake(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.alpha = nn.Parameter(torch.rand(1, channels, 1) + 0.5)

    def forward(self, x):
        return x + (self.alpha + 1e-9).reciprocal() * torch.sin(self.alpha * x).pow(2)


class Codec(nn.Module):
    """Reflect padding, Snake, depthwise convolutions, an odd stride that needs output_padding, a crop in a residual unit."""

    def __init__(self, c=8):
        super().__init__()
        conv = lambda *a, **k: weight_norm(nn.Conv1d(*a, **k))
        self.pre = conv(1, c, 7, padding=3, padding_mode="reflect")
        self.unit = nn.Sequential(Snake(c), conv(c, c, 7, dilation=3, groups=c), Snake(c), conv(c, c, 1))
        self.down = nn.Sequential(Snake(c), conv(c, 2 * c, 6, stride=3, padding=2))
        self.edge = nn.ReplicationPad1d((2, 1))
        self.middle = conv(2 * c, 2 * c, 4, groups=2 * c)
        self.up = nn.Sequential(
            Snake(2 * c), weight_norm(nn.ConvTranspose1d(2 * c, c, 6, stride=3, padding=2, output_padding=1))
        )
        self.post = nn.Sequential(Snake(c), nn.ReflectionPad1d(3), conv(c, 1, 7), nn.Tanh())

    def forward(self, x):
        x = self.pre(x)
        y = self.unit(x)
        crop = (x.shape[-1] - y.shape[-1]) // 2
        x = x[..., crop:-crop] + y
        return self.post(self.up(self.middle(self.edge(self.down(x)))))


class M5(nn.Module):
    def __init__(self, c=8, classes=7):
        super().__init__()
        layers, inputs = [], 1
        for k, s, width in [(80, 16, c), (3, 1, c), (3, 1, 2 * c), (3, 1, 2 * c)]:
            layers += [nn.Conv1d(inputs, width, k, s), nn.BatchNorm1d(width), nn.ReLU(), nn.MaxPool1d(4)]
            inputs = width
        self.layers, self.fc = nn.Sequential(*layers), nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.layers(x)
        x = F.adaptive_avg_pool1d(x, 1).permute(0, 2, 1)
        return F.log_softmax(self.fc(x), dim=2)


class Crnn(nn.Module):
    def __init__(self, recurrent, c=6, **options):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv1d(3, c, 5, padding=2), nn.BatchNorm1d(c), nn.PReLU(c), nn.MaxPool1d(2), nn.Conv1d(c, c, 3, padding=1)
        )
        self.rnn = recurrent(c, 5, batch_first=True, **options)
        self.fc = nn.Linear(10 if options.get("bidirectional") else 5, 4)

    def forward(self, x):
        x = F.elu(self.conv(x)).transpose(1, 2)
        y, _ = self.rnn(x)
        return self.fc(y).transpose(1, 2)


class Normed(nn.Module):
    """Every other norm, GELU, interpolation, copied and constant padding (what 1.13 exports for circular is not what it computes)."""

    def __init__(self, c=6):
        super().__init__()
        self.conv = nn.Conv1d(2, c, 4, padding=2, padding_mode="replicate")
        self.group, self.instance, self.layer = nn.GroupNorm(2, c), nn.InstanceNorm1d(c, affine=True), nn.LayerNorm(c)
        self.up = nn.Upsample(scale_factor=2, mode="nearest")

    def forward(self, x):
        x = F.gelu(self.group(self.conv(x)))
        x = F.silu(self.instance(F.pad(x, (1, 2), value=0.5)))
        x = self.layer(x.transpose(1, 2)).transpose(1, 2)
        x = F.interpolate(self.up(x), scale_factor=1.5, mode="linear", align_corners=False)
        return F.softplus(x) - F.hardtanh(x) + F.avg_pool1d(x, 3, 1, 1)


def trained(net):
    """Statistics and affine parameters as after training: at first they do nothing."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 2)
        if isinstance(module, (nn.BatchNorm1d, nn.GroupNorm, nn.InstanceNorm1d, nn.LayerNorm)):
            nn.init.normal_(module.weight, 1, 0.3)
            nn.init.normal_(module.bias, 0, 0.3)
    return net.eval()


networks = {
    "hifi-gan": (lambda: HifiGan(), 80, [12, 31]),
    "tcn": (lambda: nn.Sequential(*[TemporalBlock(3 if i == 0 else 8, 8, 3, 2**i) for i in range(4)]), 3, [70, 33]),
    "demucs": (lambda: Demucs(), 2, [596, 1000]),
    "codec": (lambda: Codec(), 1, [93, 160]),
    "m5": (lambda: M5(), 1, [16000, 9000]),
    "crnn-lstm": (lambda: Crnn(nn.LSTM, num_layers=2, bidirectional=True), 3, [20, 37]),
    "crnn-lstm-causal": (lambda: Crnn(nn.LSTM), 3, [20, 37]),
    "crnn-gru": (lambda: Crnn(nn.GRU, bidirectional=True), 3, [20, 37]),
    "normed": (lambda: Normed(), 2, [20, 31]),
}


def main():
    folder, seed = sys.argv[1], int(sys.argv[2])
    for name, (make, channels, lengths) in networks.items():
        torch.manual_seed(seed)
        net = trained(make())
        for opset, dynamic in [(13, True), (17, True), (17, False)]:
            example = torch.randn(1, channels, lengths[0])
            axes = {"x": {0: "batch", 2: "time"}, "y": {0: "batch", 2: "frames"}} if dynamic else None
            file = f"{name}-{opset}{'' if dynamic else '-fixed'}.onnx"
            torch.onnx.export(
                net, example, f"{folder}/{file}", opset_version=opset, input_names=["x"], output_names=["y"],
                dynamic_axes=axes if axes is None or name != "m5" else {"x": axes["x"], "y": {0: "batch"}},
            )
            runs = []
            for batch, length in [(1, lengths[0]), (3, lengths[1])] if dynamic else [(1, lengths[0])]:
                x = torch.randn(batch, channels, length)
                with torch.no_grad():
                    y = net(x)
                runs.append({"x": x.flatten().tolist(), "shape": list(x.shape), "y": y.flatten().tolist(), "to": list(y.shape)})
            print(json.dumps({"file": file, "runs": runs}), flush=True)


main()
