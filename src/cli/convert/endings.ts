/** The files that are written, by the endings of their names. */
import { UsageError } from "../command.ts";

export type TensorKind = "safetensors" | "torch" | "mindspore" | "npz" | "npy";
export type TargetKind = TensorKind | "onnx" | "nam";

const endings: readonly (readonly [ending: string, kind: TargetKind])[] = [
  [".safetensors", "safetensors"],
  [".pt", "torch"],
  [".pth", "torch"],
  [".ckpt", "mindspore"],
  [".npz", "npz"],
  [".npy", "npy"],
  [".onnx", "onnx"],
  [".nam", "nam"],
];

/** @throws UsageError for a name that does not say what the file shall be */
export function targetKind(path: string): TargetKind {
  const found = endings.find(([ending]) => path.toLowerCase().endsWith(ending));
  if (found) return found[1];
  throw new UsageError(
    `${path}: the end of the name says what to write; it must be one of ${endings.map(([ending]) => ending).join(", ")}`,
  );
}

/** The endings of a kind of file, for a message. */
export const endingsOf = (kind: TargetKind): string =>
  endings.flatMap(([ending, each]) => (each === kind ? [ending] : [])).join(" and ");
