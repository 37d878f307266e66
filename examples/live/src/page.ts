/** What the page does. Its parts are exported for tests. */
import { writeWav } from "atrous/io";
import { demoSignal } from "./demo.ts";
import { messageOf } from "./errors.ts";
import { Meter } from "./meter.ts";
import { type Model, readModel, servedModel } from "./model.ts";
import { throughChain } from "./offline.ts";
import { Session } from "./session.ts";
import { decode, loop, microphone, type OpenSource } from "./sources.ts";

export { demoSignal, readModel, servedModel, throughChain };

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const play = element<HTMLButtonElement>("play");
const denoising = element<HTMLButtonElement>("denoising");
const save = element<HTMLButtonElement>("save");
const status = element("status");
const meters = { before: new Meter(element("before")), after: new Meter(element("after")) };

type Kind = "demo" | "microphone" | "file";

let model: Model | null = null;
let kind: Kind = "demo";
let file: File | null = null;
let session: Session | null = null;
/** Between Play and the first sound: permissions and loudspeakers take their time. */
let opening = false;
/** Openings that have been overtaken by a later wish are closed again. */
let wish = 0;

function say(text: string, trouble = false): void {
  status.textContent = text;
  status.classList.toggle("trouble", trouble);
}

/** Runs what may fail, and says so. */
const attempt = async (action: () => Promise<void>): Promise<void> => {
  try {
    await action();
  } catch (error) {
    say(messageOf(error), true);
  }
};

// What is played.

/** The chosen signal at the model's rate. */
async function signalFor({ sampleRate }: Model): Promise<Float32Array<ArrayBuffer>> {
  return kind === "file" && file ? decode(file, sampleRate) : demoSignal(sampleRate);
}

async function start(): Promise<void> {
  await stop();
  if (!model) return;
  const mine = ++wish;
  opening = true;
  showPlaying();
  try {
    const source: OpenSource = kind === "microphone" ? microphone : loop(await signalFor(model));
    const opened = await Session.open(model, source, !isDenoising(), {
      onLoad: (load) => {
        if (mine === wish) element("load").textContent = `${(100 * load).toFixed(0)} %`;
      },
      onFailure: (message) => {
        if (mine === wish) void stop().then(() => say(message, true));
      },
    });
    if (mine !== wish) return await opened.close();
    session = opened;
    opened.chain.setBypass(!isDenoising());
    showLatency(opened.chain.latency, opened.sampleRate);
    say(kind === "microphone" ? "Listening. Use headphones, or it will whistle." : "");
    requestAnimationFrame((now) => draw(opened, now, now));
  } catch (error) {
    if (mine === wish) throw error;
  } finally {
    if (mine === wish) {
      opening = false;
      showPlaying();
    }
  }
}

async function stop(): Promise<void> {
  wish++;
  const ending = session;
  session = null;
  opening = false;
  say("");
  showPlaying();
  await ending?.close();
}

function draw(drawn: Session, before: number, now: number): void {
  if (drawn !== session) return;
  const seconds = (now - before) / 1000;
  meters.before.update(drawn.before, seconds);
  meters.after.update(drawn.after, seconds);
  requestAnimationFrame((next) => draw(drawn, now, next));
}

function showPlaying(): void {
  const playing = session !== null || opening;
  play.textContent = playing ? "Stop" : "Play";
  play.classList.toggle("playing", playing);
  play.classList.toggle("opening", opening);
  if (session) return;
  element("load").textContent = "–";
  meters.before.clear();
  meters.after.clear();
}

// What is shown of the model.

function show(next: Model): void {
  model = next;
  play.disabled = save.disabled = false;
  element("model").textContent = next.name;
  element("parameters").textContent = next.parameters.toLocaleString("en");
  element("rate").textContent = `${next.sampleRate.toLocaleString("en")} Hz`;
}

function showLatency(samples: number, rate: number): void {
  const milliseconds = ((1000 * samples) / rate).toFixed(1);
  element("latency").textContent = `${milliseconds} ms (${samples.toLocaleString("en")}\u00a0samples)`;
}

// What people do.

const isDenoising = (): boolean => denoising.getAttribute("aria-checked") === "true";

denoising.addEventListener("click", () => {
  denoising.setAttribute("aria-checked", String(!isDenoising()));
  session?.chain.setBypass(!isDenoising());
});

play.addEventListener("click", () => void attempt(session || opening ? stop : start));

const choices = [...document.querySelectorAll<HTMLInputElement>("input[name=source]")];

function choose(next: Kind): void {
  kind = next;
  for (const choice of choices) choice.checked = choice.value === next;
  save.hidden = next === "microphone";
  element("file-row").hidden = next !== "file";
  element("file-name").textContent = file?.name ?? "none yet";
  play.disabled = save.disabled = model === null || (next === "file" && file === null);
  say("");
  if (session || opening) void attempt(play.disabled ? stop : start);
}

for (const choice of choices) choice.addEventListener("change", () => choose(choice.value as Kind));

async function take(given: File): Promise<void> {
  if (given.name.endsWith(".safetensors")) {
    show(readModel(new Uint8Array(await given.arrayBuffer()), given.name));
    say(`${given.name} is loaded.`);
    element("latency").textContent = "–";
    if (session || opening) await start();
    return;
  }
  if (model) await decode(given, model.sampleRate); // what cannot be played is not taken
  file = given;
  choose("file");
}

for (const id of ["model-file", "sound-file"]) {
  const input = element<HTMLInputElement>(id);
  input.addEventListener("change", () => {
    const given = input.files?.[0];
    input.value = "";
    if (given) void attempt(() => take(given));
  });
  element(`${id}-button`).addEventListener("click", () => input.click());
}

addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dragging");
});
addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) document.body.classList.remove("dragging");
});
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dragging");
  const given = event.dataTransfer?.files[0];
  if (given) void attempt(() => take(given));
});

save.addEventListener("click", () =>
  attempt(async () => {
    if (!model) return;
    say("Computing …");
    const denoised = await throughChain(model, await signalFor(model));
    const bytes = writeWav({ sampleRate: model.sampleRate, channels: [denoised] });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "audio/wav" }));
    link.download = `${(kind === "file" && file ? file.name : "demo").replace(/\.\w+$/, "")} denoised.wav`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    say(`${link.download} is saved.`);
  }),
);

void attempt(async () => {
  if (!globalThis.isSecureContext || !globalThis.AudioWorkletNode)
    say("Audio threads (AudioWorklet) need a newer browser, and https or http://localhost.", true);
  show(await servedModel());
});
