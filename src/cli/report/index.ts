/** The report of a training: one HTML file that needs nothing else, neither a server nor a network. */
import { writeWav } from "../../io/wav.ts";
import { siSdr } from "../metrics.ts";
import { plotLibrary } from "./assets.ts";
import { toBase64 } from "./base64.ts";
import { MAGMA } from "./colours.ts";
import type { PageData, PageSpectrogram, ReportData, ReportExample } from "./data.ts";
import { codeForHtml, escapeHtml, jsonForHtml } from "./html.ts";
import { pageLoss } from "./loss.ts";
import { pageScript } from "./script.ts";
import { FLOOR_DB, spectrogram } from "./spectrogram.ts";
import { STYLE } from "./style.ts";

export type { Curve, ReportData, ReportExample } from "./data.ts";

/** Nothing may be loaded from anywhere: what is not inline or a data URL is refused by the browser itself. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; media-src data:";

/** The three signals of an example, in the order in which they are shown. */
const SIGNALS = [
  ["noisy", "Noisy"],
  ["denoised", "Denoised"],
  ["clean", "Clean"],
] as const;

export function renderReport(data: ReportData): string {
  const library = plotLibrary();
  const page: PageData = {
    loss: pageLoss(data.loss),
    colours: MAGMA,
    spectrograms: data.examples.map((example) =>
      SIGNALS.map(([key]) => pageSpectrogram(example[key], example.sampleRate)),
    ),
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(data.title)}</title>
<link rel="icon" href="data:,">
<style>${codeForHtml(library.style)}${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(data.title)}</h1>
<p class="lead">${gainSentence(data.siSdr)}</p>
</header>
<div class="overview">
<section>
<h2>Facts</h2>
<table class="facts">
${data.facts.map(([label, value]) => `<tr><th scope="row">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`).join("\n")}
</table>
</section>
<section>
<h2>Loss</h2>
<div id="loss"></div>
</section>
</div>
${data.examples.map(exampleSection).join("\n")}
<footer>Drag across a plot to look closer, double-click to come back. Waveforms of an example share one scale.</footer>
<script type="application/json" id="data">${jsonForHtml(page)}</script>
<script>
/*
${library.licence.trim().replaceAll("*/", "* /")}
*/
${codeForHtml(library.script)}
</script>
<script>
${codeForHtml(pageScript())}
</script>
</body>
</html>
`;
}

function gainSentence({ before, after }: ReportData["siSdr"]): string {
  const change = after - before;
  const verb = change >= 0 ? "raises" : "lowers";
  return (
    `On sounds it was never trained on, the network ${verb} the signal-to-distortion ratio (SI\u2011SDR) by ` +
    `<strong>${decibels(Math.abs(change))}</strong>, from ${decibels(before)} to ${decibels(after)}.`
  );
}

function exampleSection(example: ReportExample): string {
  const figures = SIGNALS.map(([key, caption]) => {
    const quality = key === "clean" ? "" : `<span>SI\u2011SDR ${decibels(siSdr(example[key], example.clean))}</span>`;
    const wav = writeWav({ sampleRate: example.sampleRate, channels: [example[key]] });
    return `<figure>
<figcaption>${caption}${quality}</figcaption>
<div class="waveform"></div>
<div class="spectrogram"></div>
<audio controls preload="metadata" src="data:audio/wav;base64,${toBase64(wav)}"></audio>
</figure>`;
  });
  return `<section class="example">
<div class="heading"><h2>${escapeHtml(example.name)}</h2></div>
<div class="signals">
${figures.join("\n")}
</div>
<div class="legend"><span>${minus(FLOOR_DB)} dB</span><i style="background:linear-gradient(to right,${MAGMA.join(",")})"></i><span>0 dB re full scale</span></div>
</section>`;
}

function pageSpectrogram(signal: Float32Array, sampleRate: number): PageSpectrogram {
  const { frames, bins, hop, levels } = spectrogram(signal);
  const binStep = sampleRate / (2 * bins) / 1000;
  return { frames, bins, frameStep: hop / sampleRate, binStep, levels: toBase64(levels) };
}

const decibels = (db: number): string => `${minus(Number(db.toFixed(1)), 1)} dB`;

/** A number with a minus sign as long as a plus sign. */
const minus = (x: number, digits = 0): string => (Object.is(x, -0) ? 0 : x).toFixed(digits).replace("-", "\u2212");
