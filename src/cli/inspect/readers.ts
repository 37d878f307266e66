import type { FileKind } from "../../io/stateDict/sniff.ts";
import type { Inspect } from "./inspection.ts";

/** Loaded when wanted: networks bring the backends with them, which take as long to load as a small file to read. */
export async function readerOf(kind: FileKind): Promise<Inspect> {
  switch (kind) {
    case "onnx":
      return (await import("./onnx.ts")).onnx;
    case "nam":
      return (await import("./nam.ts")).nam;
    case "wav":
      return (await import("./wav.ts")).wav;
    default:
      return (await import("./stateDicts.ts")).stateDicts[kind];
  }
}
