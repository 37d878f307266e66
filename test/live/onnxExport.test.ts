import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualSeed, nn, noGrad, randn, type Tensor } from "atrous";
import { exportOnnx, importOnnx } from "atrous/io";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { onnxCases } from "../cases/onnx.ts";
import { expectClose } from "../io/close.ts";
import { networks } from "../networks/index.ts";
import { onnxruntime } from "./onnxruntime.ts";
import { pythonWithTorch } from "./python.ts";

const cases = [
  ...onnxCases,
  ...networks.map(({ name, make, channels, lengths }) => ({
    ...{ name, make, dynamic: undefined },
    shape: [1, channels, lengths[0]!],
    others: lengths.slice(1).map((length, i) => [i + 2, channels, length]),
  })),
];

const TOLERANCE = 1e-5;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "atrous-onnx-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("what is exported computes the same in onnxruntime, and so does what is imported of it and exported again", () => {
  test.each(cases.map((each, i) => ({ ...each, i })))("$name", async ({ i, make, shape, others, dynamic }) => {
    manualSeed(i);
    const net = make();
    if (net instanceof nn.Module) net.eval();
    const forward = (x: Tensor): Tensor => noGrad(() => (net instanceof nn.Module ? net.forward(x) : net(x)));
    const options = dynamic ? { dynamic } : {};
    const bytes = exportOnnx(net, shape, options);
    writeFileSync(join(folder, `${i}.onnx`), bytes);
    const imported = importOnnx(bytes);
    const again = exportOnnx(imported, shape, options);
    writeFileSync(join(folder, `${i}-again.onnx`), again);
    const [first, second] = [await onnxruntime(bytes), await onnxruntime(again)];
    for (const each of [shape, ...others]) {
      const x = randn(each);
      const expected = forward(x);
      expectClose(await first(x).then(([y]) => y!), expected, TOLERANCE, `[${each}]`);
      expectClose(
        noGrad(() => imported.forward(x)),
        expected,
        TOLERANCE,
        `imported, [${each}]`,
      );
      expectClose(await second(x).then(([y]) => y!), expected, TOLERANCE, `exported again, [${each}]`);
    }
  });

  test("onnx's own checker accepts all of them, with its shape inference", () => {
    const script = `
import glob, onnx, sys
files = glob.glob(sys.argv[1] + "/*.onnx")
for file in files:
    try: onnx.checker.check_model(onnx.load(file), full_check=True)
    except Exception as error: sys.exit(f"{file}: {error}")
print(len(files))`;
    const { stdout, stderr, status } = spawnSync(pythonWithTorch(), ["-c", script, folder], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect({ status, checked: Number(stdout) }).toEqual({ status: 0, checked: 2 * cases.length });
  });
});
