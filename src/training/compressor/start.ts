// An untrained compressor as a file: the trainer starts from it, and trained ones are compared with it. Weights and bias
// start as in torch.nn.Conv1d, uniform in ±1/√(inputs of an output). The official code redraws the weights from a
// standard normal distribution. A softmax over a few hundred sources is then one-hot from the start.
import type { ModelDescription } from '../../api/description.ts'
import { uniform } from '../../random.ts'
import { writeCompressor } from './file.ts'

const startLambda = 0.5

export function startCompressor(
  model: ModelDescription,
  { merged, taps }: { readonly merged: number; readonly taps: number },
  seed: number,
): Blob {
  const inputs = 2 * model.headSize * taps
  const draw = (count: number, ...parts: readonly number[]) =>
    Float32Array.from(
      { length: count },
      (_, i) => (2 * uniform(seed, ...parts, i) - 1) / Math.sqrt(inputs),
    )
  const layers = Array.from({ length: model.layers }, (_, layer) => ({
    weights: draw(merged * inputs, layer, 0),
    bias: draw(merged, layer, 1),
    lambda: startLambda,
  }))
  return writeCompressor(model, { merged, taps }, layers, {})
}
