import { manualSeed, nn } from "atrous";

/** The same network here and on the audio thread: pointwise, so that blocks of any size give what the whole signal gives. */
export function network(): nn.Module {
  manualSeed(7);
  const narrow = new nn.Conv1d(8, 1, 1);
  return new nn.Sequential(new nn.Conv1d(1, 8, 1), new nn.Tanh(), new nn.Conv1d(8, 8, 1), new nn.GELU(), narrow);
}
