import { createRequire } from "node:module";
import { type Tensor, tensor } from "atrous";

/** What is used of onnxruntime-node. It has its own package file, because its 290 MB would slow down everyone's install. */
interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: { logSeverityLevel: number }): Promise<Session>;
  };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => RuntimeTensor;
}

interface RuntimeTensor {
  readonly data: Float32Array | Int32Array | BigInt64Array;
  readonly dims: readonly number[];
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, RuntimeTensor>): Promise<Record<string, RuntimeTensor>>;
  release(): Promise<void>;
}

function load(): Runtime {
  try {
    return createRequire(import.meta.url)("onnxruntime-node") as Runtime;
  } catch (error) {
    throw new Error("The live comparison needs onnxruntime: npm ci --prefix test/live --ignore-scripts", {
      cause: error,
    });
  }
}

/** The network in a file, computed by onnxruntime: inputs in order to outputs in order. */
export async function onnxruntime(model: Uint8Array): Promise<(...inputs: Tensor[]) => Promise<Tensor[]>> {
  const runtime = load();
  const session = await runtime.InferenceSession.create(model, { logSeverityLevel: 3 });
  return async (...inputs) => {
    const feeds = inputs.map((input, i) => [
      session.inputNames[i]!,
      new runtime.Tensor(input.dtype, input.dataSync(), [...input.shape]),
    ]);
    const results = await session.run(Object.fromEntries(feeds));
    return session.outputNames.map((name) => {
      const { data, dims } = results[name]!;
      return tensor(data, { shape: dims.map(Number) });
    });
  };
}
