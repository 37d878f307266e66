/** The look of the report, in both colour schemes; everything sits in one column that opens to three on wide screens. */
export const STYLE: string = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --card: #ffffff; --ink: #22252a; --muted: #6a6f78; --line: #e6e3de;
  --accent: #8c2981; --faint: #d9b9d4; --second: #d9622b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131316; --card: #1b1b20; --ink: #e9e7e3; --muted: #9a9aa3; --line: #2d2d34;
    --accent: #e07ad2; --faint: #5c3b58; --second: #ffae6e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: clamp(1.25rem, 4vw, 3.5rem) clamp(1rem, 4vw, 3rem); max-width: 1400px;
  background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
h1 { margin: 0; font-size: clamp(1.6rem, 4vw, 2.3rem); line-height: 1.2; letter-spacing: -0.02em; font-weight: 650; }
h2 { margin: 0; font-size: 1.15rem; font-weight: 620; letter-spacing: -0.01em; }
p { margin: 0; }
.lead { margin-top: 0.75rem; max-width: 44em; font-size: 1.12rem; color: var(--muted); }
.lead strong { color: var(--accent); font-weight: 650; white-space: nowrap; }
section { margin-top: 1.5rem; padding: clamp(1rem, 2.5vw, 1.75rem); background: var(--card);
  border: 1px solid var(--line); border-radius: 14px; }
.overview { display: grid; gap: 1.5rem; margin-top: 2rem; align-items: stretch; }
.overview section { margin: 0; min-width: 0; }
@media (min-width: 900px) { .overview { grid-template-columns: minmax(17rem, 1fr) 2fr; } }
table { width: 100%; margin-top: 0.6rem; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.facts th, .facts td { padding: 0.5rem 0; text-align: left; vertical-align: baseline; }
.facts tr + tr > * { border-top: 1px solid var(--line); }
.facts th { padding-right: 1.25rem; font-weight: 400; color: var(--muted); white-space: nowrap; }
.facts td { text-align: right; overflow-wrap: anywhere; }
.overview section:last-child { display: flex; flex-direction: column; }
#loss { flex: 1; min-width: 0; min-height: 320px; margin-top: 0.9rem; }
.heading { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: baseline; }
.heading p { color: var(--muted); }
.signals { display: grid; gap: 1.75rem; margin-top: 1.1rem; }
@media (min-width: 1000px) { .signals { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1.5rem; } }
figure { margin: 0; min-width: 0; }
figcaption { display: flex; justify-content: space-between; gap: 1rem; padding-left: 52px; font-weight: 560; }
figcaption span { font-weight: 400; color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; }
audio { display: block; width: 100%; height: 40px; margin-top: 0.6rem; }
.waveform { min-height: 120px; margin-top: 0.35rem; }
.spectrogram { min-height: 230px; }
.legend { display: flex; align-items: center; justify-content: flex-end; gap: 0.7rem; margin-top: 1.25rem;
  color: var(--muted); font-size: 0.8rem; font-variant-numeric: tabular-nums; }
.legend span { white-space: nowrap; }
.legend i { flex: 0 1 16rem; height: 10px; border-radius: 5px; }
footer { margin-top: 1.5rem; color: var(--muted); font-size: 0.85rem; }
.uplot { width: 100%; font-family: inherit; }
.uplot .u-legend { margin-top: 0.5rem; color: var(--muted); font-size: 0.85rem; }
.uplot .u-legend th { font-weight: 400; }
.u-select { background: color-mix(in srgb, var(--accent) 18%, transparent); }
.u-hz .u-cursor-x { border-right: 1px solid var(--muted); opacity: 0.6; }
.u-hz .u-cursor-y { border-bottom: 1px solid var(--muted); opacity: 0.6; }
.playhead { position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px; background: var(--second); }
`;
