// In which storage every matrix of a model lies on the GPU. Where weights stay as the file has them, each tensor may have its
// own, so that a matrix of several tensors is in sections.
import type { LayerTensorNames, ModelDescription } from '../api/description.ts'
import type { MatrixStorage, WeightStorage } from '../api/settings.ts'
import { inLayer } from './layer_shape.ts'
import type { Section } from './matrix.ts'
import { deltaNetOf, mixedHeights } from './delta_net_shape.ts'
import { gateUpHeights, qkvHeights, stacked } from './stacked.ts'

/** Sections of a layer's matrices, top to bottom. */
export interface LayerSections {
  /** ((heads + 2·kvHeads) · headSize, hidden), of shared attention q alone; none in a layer without attention */
  readonly qkv: readonly Section[]
  /** (heads · headSize, hidden); none in a layer without an output gate */
  readonly attentionGate: readonly Section[]
  /** (hidden, heads · headSize); none in a layer without attention */
  readonly attentionOutput: readonly Section[]
  /** (3 · hidden, hidden); none in a layer without a convolution */
  readonly gates: readonly Section[]
  /** (hidden, hidden); likewise */
  readonly convolutionOutput: readonly Section[]
  /** (q · k · v · output gate · β · decay, hidden); none in a layer without a delta net */
  readonly mixed: readonly Section[]
  /** (hidden, value heads · value size); likewise */
  readonly deltaOutput: readonly Section[]
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
  const input = names.layerInput
  return {
    ...noOperator,
    ...operatorSections(model, names, index, sections),
    gateUp: sections(names.gateUp, gateUpHeights(inLayer(model, index))),
    down: sections([names.down], [model.hidden]),
    inputGate: input ? sections([input.gate], [model.layerInputWidth ?? 0]) : [],
    inputOutput: input ? sections([input.output], [model.hidden]) : [],
  }
}

/** Of what mixes tokens. */
type OperatorSections = Omit<LayerSections, 'gateUp' | 'down' | 'inputGate' | 'inputOutput'>

const noOperator: OperatorSections = {
  qkv: [],
  attentionGate: [],
  attentionOutput: [],
  gates: [],
  convolutionOutput: [],
  mixed: [],
  deltaOutput: [],
}

function operatorSections(
  model: ModelDescription,
  names: LayerTensorNames,
  index: number,
  sections: (tensors: readonly string[], heights: readonly number[]) => Section[],
): Partial<OperatorSections> {
  const { hidden, heads, headSize } = inLayer(model, index)
  if ('convolution' in names) {
    const { gates, output } = names.convolution
    return {
      gates: sections([gates], [3 * hidden]),
      convolutionOutput: sections([output], [hidden]),
    }
  }
  if ('deltaNet' in names) {
    const { mixed, output } = names.deltaNet
    return {
      mixed: sections(mixed, mixedHeights(deltaNetOf(model))),
      deltaOutput: sections([output], [hidden]),
    }
  }
  const { qkv, queryAndGate, attentionOutput } = names
  return {
    qkv: sections(qkv, qkvHeights(model, index)),
    attentionGate: queryAndGate === undefined ? [] : sections([queryAndGate], [heads * headSize]),
    attentionOutput: sections([attentionOutput], [hidden]),
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
