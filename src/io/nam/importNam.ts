import { show } from "../../core/options.ts";
import { makeLeaf } from "../../graph/tensor.ts";
import { skipInit } from "../../nn/init/fill.ts";
import { checkBytes, type Fail, failing } from "../bytes/fail.ts";
import { parseJson } from "../bytes/json.ts";
import { weightCount } from "./architecture.ts";
import { describe } from "./describe.ts";
import { checkNumber, Fields } from "./fields.ts";
import { readConfig } from "./readConfig.ts";
import { NamWaveNet, type NamWaveNetOptions } from "./waveNet.ts";

/** As deep as containers are opened: published ones hold models, not containers. */
const DEEPEST = 4;

/**
 * The network of a .nam file of the neural amp modeler, versions 0.5 to 0.7: its WaveNet, with the numbers of the file. Of a file with
 * models of several sizes (`SlimmableContainer`, as the newer trainers write) it is the largest, which players take, too.
 *
 * @throws FormatError, also for other architectures (LSTM, ConvNet, Linear, …), for newer versions, for fields that are not known here,
 * and for a few settings that the trainer and the players of NAM take differently
 */
export function importNam(bytes: Uint8Array): NamWaveNet {
  const fail = failing("importNam");
  return fromModel(parseJson(decodeText(checkBytes("importNam", bytes), fail), fail, "the file"), usual, 0, fail);
}

function decodeText(bytes: Uint8Array, fail: Fail): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("the file is not text in UTF-8, so it is no .nam file");
  }
}

/** What a file says about a model, beside what it is. */
type About = Required<NamWaveNetOptions>;

/** Where a file does not say it. */
const usual: About = { sampleRate: 48000, metadata: new Map() };

function fromModel(value: unknown, container: About, depth: number, fail: Fail): NamWaveNet {
  const model = new Fields(value, "the model", fail);
  const architecture = model.text("architecture");
  checkVersion(model.text("version"), fail);
  const about = readAbout(model, container, fail);
  if (architecture === "SlimmableContainer") return fromContainer(model.object("config"), about, depth, fail);
  if (architecture !== "WaveNet")
    fail(`the architecture is ${show(architecture)}; only "WaveNet" is read here, also in a "SlimmableContainer"`);
  const shape = readConfig(model.value("config"), (problem) => fail(problem));
  const numbers = model.list("weights");
  const expected = weightCount(shape);
  if (numbers.length !== expected)
    fail(`the file has ${grouped(numbers.length)} weights, its layers take ${grouped(expected)}`);
  const weights = Float32Array.from(numbers, (number, i) => checkNumber(number, `weights[${i}]`, fail));
  // The last one is the head's scale, and players take this, not the one of the configuration.
  const config = describe({ ...shape, headScale: weights.at(-1)! }, false);
  const net = skipInit(() => new NamWaveNet(config, about));
  let at = 0;
  for (const parameter of net.parameters()) {
    parameter.assign(makeLeaf(weights.slice(at, at + parameter.size), parameter.shape, "float32"));
    at += parameter.size;
  }
  return net;
}

/** A model in a container says what is its own, its loudness for instance; the container what is true of all. */
function readAbout(model: Fields, container: About, fail: Fail): About {
  const sampleRate = model.number("sample_rate", container.sampleRate);
  if (sampleRate <= 0) fail(`sample_rate is ${sampleRate}`);
  const metadata = model.value("metadata") ?? new Map();
  if (!(metadata instanceof Map)) return fail(`metadata must be an object, got ${show(metadata)}`);
  return { sampleRate, metadata: new Map([...container.metadata, ...metadata]) };
}

/** The versions that NeuralAmpModelerCore reads. Their last number makes no difference. */
function checkVersion(version: string, fail: Fail): void {
  const [, major, minor] =
    /^(\d{1,9})\.(\d{1,9})\.\d{1,9}$/.exec(version) ?? fail(`the version is ${show(version)}, not such as "0.5.4"`);
  if (Number(major) !== 0 || Number(minor) < 5 || Number(minor) > 7)
    fail(`the file is of version ${version}; read are versions 0.5.0 to 0.7`);
}

function fromContainer(config: Fields, about: About, depth: number, fail: Fail): NamWaveNet {
  if (depth === DEEPEST) fail(`containers are nested deeper than ${DEEPEST}`);
  const models = config.list("submodels").map((value, i) => new Fields(value, `config.submodels[${i}]`, fail));
  if (models.length === 0) fail("config.submodels is empty");
  const largest = models.reduce((a, b) => (b.number("max_value") >= a.number("max_value") ? b : a));
  return fromModel(largest.value("model"), about, depth + 1, fail);
}

const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
