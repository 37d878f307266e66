import { integerOption, numberOption, parse, UsageError } from "../command.ts";

/** Samples per block unless someone says otherwise: longer ones are no faster, and it takes 0.02 s from one to the next. */
export const DEFAULT_BLOCK = 65536;

/** What a command line of `atrous apply` asks for. */
export interface Request {
  readonly model: string;
  readonly input: string;
  /** `null` when only the plan is wanted. */
  readonly output: string | null;
  readonly float: boolean;
  readonly json: boolean;
  readonly plan: boolean;
  readonly block: number;
  /** Samples per second that the network is for, where its file does not say. */
  readonly rate: number | null;
  /** Parts of each channel. */
  readonly shards: number;
  /** The one part that is wanted, 1 … shards; `null` for all of them. */
  readonly shard: number | null;
}

/** Parts of each channel at most: more are of no use, and take long to plan. */
const MOST = 65536;

/** @throws UsageError for what is not an option, not a number, or does not go together */
export function readRequest(args: readonly string[]): Request {
  const { values, positionals } = parse(args, {
    float: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    plan: { type: "boolean", default: false },
    block: { type: "string", default: String(DEFAULT_BLOCK) },
    rate: { type: "string" },
    shards: { type: "string" },
    shard: { type: "string" },
  });
  const { float, json, plan } = values;
  const [model, input, output = null] = positionals;
  if (!model || !input || positionals.length > 3 || (!output && !plan))
    throw new UsageError("apply needs exactly three files: MODEL IN.wav OUT.wav");
  if (values.shards !== undefined && values.shard !== undefined)
    throw new UsageError("--shards computes all parts and --shard one of them; they do not go together");
  if (plan && values.shards === undefined && values.shard === undefined)
    throw new UsageError("--plan shows what --shards K or --shard I/K would compute; it goes with one of them");
  const block = integerOption("block", values.block, 1);
  const rate = values.rate === undefined ? null : numberOption("rate", values.rate, 1e-6, 1e12);
  const [shard, shards] =
    values.shard === undefined ? [null, integerOption("shards", values.shards ?? "1", 1, MOST)] : oneOf(values.shard);
  return { model, input, output, float, json, plan, block, rate, shards, shard };
}

/** `2/7` as `[2, 7]`. */
function oneOf(text: string): [shard: number, shards: number] {
  const [, shard, shards] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (shard === undefined || shards === undefined)
    throw new UsageError(`--shard must be a part and their number, such as 2/7; got "${text}"`);
  if (shards < 1 || shards > MOST) throw new UsageError(`--shard ${text}: there can be 1 to ${MOST} parts`);
  if (shard < 1 || shard > shards)
    throw new UsageError(`--shard ${text}: the parts are 1/${shards} to ${shards}/${shards}`);
  return [shard, shards];
}
