import { dirname, join } from "node:path";
import type { ImportOnnxOptions } from "../../io/onnx/import/importOnnx.ts";
import { readBytes } from "./readBytes.ts";

/** Reads the files that an ONNX model keeps its numbers in, in its own folder. The importer has refused locations that leave it. */
export const besideModel = (path: string): NonNullable<ImportOnnxOptions["readExternal"]> => {
  const folder = dirname(path);
  return (location) => readBytes(join(folder, location));
};
