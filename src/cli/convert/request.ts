import { integerOption, parse, UsageError } from "../command.ts";
import { endingsOf, type TargetKind, targetKind } from "./endings.ts";

/** What a command line of `atrous convert` asks for. */
export interface Request {
  readonly source: string;
  readonly target: string;
  readonly kind: TargetKind;
  /** Which part of the file; "" for all of it. */
  readonly prefix: string;
  readonly fold: boolean;
  readonly force: boolean;
  readonly json: boolean;
  /** Of the example that a network is exported with. */
  readonly shape: readonly number[] | null;
  readonly forR: boolean;
  readonly crc: boolean;
  readonly layers: "nn" | "mint";
}

/** The kinds of file that an option is for. */
const onlyFor: Readonly<Record<string, TargetKind>> = {
  shape: "onnx",
  "for-r": "safetensors",
  crc: "mindspore",
  layers: "mindspore",
};

/** @throws UsageError for what is not an option, and for options that do not go with the kind of file */
export function readRequest(args: readonly string[]): Request {
  const { values, positionals } = parse(args, {
    prefix: { type: "string", default: "" },
    fold: { type: "boolean", default: false },
    force: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    shape: { type: "string" },
    "for-r": { type: "boolean" },
    crc: { type: "boolean" },
    layers: { type: "string" },
  });
  const [source, target] = positionals;
  if (!source || !target || positionals.length > 2) throw new UsageError("convert needs exactly two files: FROM TO");
  const kind = targetKind(target);
  for (const [option, wanted] of Object.entries(onlyFor))
    if ((values as Record<string, unknown>)[option] !== undefined && kind !== wanted)
      throw new UsageError(`--${option} does not go with ${target}; it is for ${endingsOf(wanted)} files`);
  const { layers = "nn" } = values;
  if (layers !== "nn" && layers !== "mint") throw new UsageError(`--layers must be nn or mint; got "${layers}"`);
  return {
    source,
    target,
    kind,
    prefix: values.prefix.replace(/\.$/, ""),
    fold: values.fold,
    force: values.force,
    json: values.json,
    shape: values.shape?.split(",").map((length) => integerOption("shape", length, 1)) ?? null,
    forR: values["for-r"] ?? false,
    crc: values.crc ?? false,
    layers,
  };
}
