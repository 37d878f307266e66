import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noGrad, type Tensor, tensor } from "atrous";
import { exportOnnx, importOnnx } from "atrous/io";
import { expect, test } from "vitest";
import { expectClose } from "../io/close.ts";
import { SEED } from "../setting.ts";
import { onnxruntime } from "./onnxruntime.ts";
import { askPython } from "./python.ts";

/** What `onnx_networks.py` says of a file it wrote. */
interface Exported {
  readonly file: string;
  readonly runs: readonly { x: number[]; shape: number[]; y: number[]; to: number[] }[];
}

test("networks exported by PyTorch compute what PyTorch computes, and once more exported, in onnxruntime too", async () => {
  const folder = mkdtempSync(join(tmpdir(), "atrous-torch-"));
  let files = 0;
  try {
    for await (const line of askPython("live/onnx_networks.py", [folder, SEED])) {
      const { file, runs } = line as Exported;
      files++;
      const net = importOnnx(readFileSync(join(folder, file)));
      const fixed = file.includes("-fixed");
      const again = await onnxruntime(exportOnnx(net, runs[0]!.shape, fixed ? { dynamic: false } : {}));
      for (const { x, shape, y, to } of runs) {
        const input = tensor(x, { shape });
        const expected = tensor(y, { shape: to });
        const what = `${file}, [${shape}], seed ${SEED}`;
        expectClose(noGrad(() => net.forward(input)) as Tensor, expected, 5e-5, what);
        expectClose((await again(input))[0]!, expected, 5e-5, `${what}, exported again`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(files).toBe(27);
});
