import type uPlot from "uplot";

/** Shows in the plots where the audio is, and lets one element play at a time. */
export function followPlayback(audio: HTMLAudioElement, plots: readonly uPlot[]): void {
  const heads = plots.map((plot) => {
    const head = document.createElement("div");
    head.className = "playhead";
    head.hidden = true;
    plot.over.append(head);
    return head;
  });
  const move = (): void => {
    for (const [i, plot] of plots.entries()) {
      const x = plot.valToPos(audio.currentTime, "x");
      heads[i]!.hidden = audio.currentTime === 0 || x < 0 || x > plot.over.clientWidth;
      heads[i]!.style.left = `${x}px`;
    }
    if (!audio.paused) requestAnimationFrame(move);
  };
  audio.addEventListener("play", () => {
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    move();
  });
  audio.addEventListener("seeked", move);
}
