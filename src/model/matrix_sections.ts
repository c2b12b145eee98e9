// In which storage every matrix of a model lies on the GPU. Where weights stay as the file has them, each tensor may have its
// own, so that a matrix of several tensors is in sections.
import type { ModelDescription } from '../api/description.ts'
import type { MatrixStorage, WeightStorage } from '../api/settings.ts'
import { inLayer } from './layer_shape.ts'
import type { Section } from './matrix.ts'
import { gateUpHeights, qkvHeights, stacked } from './stacked.ts'

/** Sections of a layer's matrices, top to bottom. */
export interface LayerSections {
  /** ((heads + 2·kvHeads) · headSize, hidden), of shared attention q alone; none in a layer without attention */
  readonly qkv: readonly Section[]
  /** (hidden, heads · headSize); likewise */
  readonly attentionOutput: readonly Section[]
  /** (3 · hidden, hidden); none in a layer without a convolution */
  readonly gates: readonly Section[]
  /** (hidden, hidden); likewise */
  readonly convolutionOutput: readonly Section[]
  /** (2 · feedForward, hidden) */
  readonly gateUp: readonly Section[]
  /** (hidden, feedForward) */
  readonly down: readonly Section[]
  /** (layerInputWidth, hidden); none in a layer without an input of its own */
  readonly inputGate: readonly Section[]
  /** (hidden, layerInputWidth); likewise */
  readonly inputOutput: readonly Section[]
}

export function storageOf(
  { codes }: Pick<ModelDescription, 'codes'>,
  weights: WeightStorage,
  tensor: string,
): MatrixStorage {
  return weights === 'file' ? (codes[tensor] ?? 'f16') : weights
}

/** Of the matrices of retaining heads, whose scores were measured with numbers of 16 and 32 bits alone. */
export function headStorage(weights: WeightStorage): MatrixStorage {
  return weights === 'f32' ? 'f32' : 'f16'
}

export function layerSections(
  model: ModelDescription,
  weights: WeightStorage,
  index: number,
): LayerSections {
  const names = model.tensors.layers[index]
  if (!names) throw new Error(`there is no layer ${index}`)
  const sections = (tensors: readonly string[], heights: readonly number[]) =>
    joined(
      stacked(tensors, heights).map(({ tensor, rows }) => ({
        outs: rows,
        storage: storageOf(model, weights, tensor),
      })),
    )
  const none: readonly Section[] = []
  const input = names.layerInput
  const operator =
    'convolution' in names
      ? {
          qkv: none,
          attentionOutput: none,
          gates: sections([names.convolution.gates], [3 * model.hidden]),
          convolutionOutput: sections([names.convolution.output], [model.hidden]),
        }
      : {
          qkv: sections(names.qkv, qkvHeights(model, index)),
          attentionOutput: sections([names.attentionOutput], [model.hidden]),
          gates: none,
          convolutionOutput: none,
        }
  return {
    ...operator,
    gateUp: sections(names.gateUp, gateUpHeights(inLayer(model, index))),
    down: sections([names.down], [model.hidden]),
    inputGate: input ? sections([input.gate], [model.layerInputWidth ?? 0]) : none,
    inputOutput: input ? sections([input.output], [model.hidden]) : none,
  }
}

/** (vocabulary, hidden), of the embedding or the output. */
export function vocabularySections(
  model: ModelDescription,
  weights: WeightStorage,
  tensor: string,
): readonly Section[] {
  return [{ outs: model.vocabulary, storage: storageOf(model, weights, tensor) }]
}

/** Neighbours in one storage are one section. */
function joined(sections: readonly Section[]): Section[] {
  const all: Section[] = []
  for (const { outs, storage } of sections) {
    const last = all.at(-1)
    if (last?.storage === storage) all[all.length - 1] = { outs: last.outs + outs, storage }
    else all.push({ outs, storage })
  }
  return all
}
