import { nn, type Tensor } from "atrous";

/** An LSTM along time, of channels-first signals: `(N, inputSize, L)` to `(N, hiddenSize, L)`. Its parameters are `lstm.*`. */
export class TimeLstm extends nn.Module {
  readonly lstm: nn.LSTM;

  constructor(inputSize: number, hiddenSize: number, numLayers = 1) {
    super();
    this.lstm = new nn.LSTM(inputSize, hiddenSize, { numLayers, batchFirst: true });
  }

  override forward(x: Tensor): Tensor {
    const [y] = this.lstm.forward(x.transpose(1, 2));
    return y.transpose(1, 2);
  }
}
