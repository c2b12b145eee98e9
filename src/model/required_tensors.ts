// The tensors a description needs, with their shapes, against those a checkpoint has.
import { LongtabError } from '../api/errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import { refuseType } from './float_rows.ts'
import type { ModelDescription } from '../api/description.ts'
import { deltaNetOf, deltaWidths, mixedHeights } from './delta_net_shape.ts'
import { mixtureOfExperts, ofExperts } from './experts.ts'
import { headNormsOf } from './head_norms.ts'
import { layerInputValues } from './layer_input_weights.ts'
import { inLayer } from './layer_shape.ts'
import { listed } from './listed.ts'
import { gateUpHeights, qkvHeights, stacked } from './stacked.ts'

/** Tensor name → shape, outermost axis first. A tied output matrix is there once. */
export function requiredTensors(model: ModelDescription): Map<string, readonly number[]> {
  const { hidden, vocabulary, tensors, layerInputWidth = 0 } = model
  const shapes = new Map<string, readonly number[]>()
  const add = (name: string | undefined, ...shape: readonly number[]) => {
    if (name !== undefined) shapes.set(name, shape)
  }
  add(tensors.embedding, vocabulary, hidden)
  add(tensors.finalNorm, hidden)
  add(tensors.output, vocabulary, hidden)
  if (tensors.layerInputs) {
    const { table, projection, norm } = tensors.layerInputs
    add(table, vocabulary, layerInputValues(model))
    add(projection, layerInputValues(model), hidden)
    add(norm, layerInputWidth)
  }
  for (const [index, layer] of tensors.layers.entries()) {
    const own = inLayer(model, index)
    add(layer.attentionNorm, hidden)
    if ('convolution' in layer) {
      const { gates, weights, output } = layer.convolution
      add(gates, 3 * hidden, hidden)
      add(weights, hidden, 1, model.convolutionTaps)
      add(output, hidden, hidden)
    } else if ('deltaNet' in layer) {
      const shape = deltaNetOf(model)
      const { channels, values } = deltaWidths(shape)
      const { mixed, convolution, rates, offsets, norm, output } = layer.deltaNet
      for (const { tensor, rows } of stacked(mixed, mixedHeights(shape))) add(tensor, rows, hidden)
      add(convolution, channels, 1, model.convolutionTaps)
      add(rates, shape.valueHeads)
      add(offsets, shape.valueHeads)
      add(norm, shape.valueSize)
      add(output, hidden, values)
    } else {
      for (const { tensor, rows } of stacked(layer.qkv, qkvHeights(model, index)))
        add(tensor, rows, hidden)
      add(layer.queryAndGate, 2 * own.heads * own.headSize, hidden)
      for (const { tensor, rows } of stacked(layer.qkvBias ?? [], qkvHeights(model, index)))
        add(tensor, rows)
      if (layer.headNorms) {
        const { queryWidth, keyWidth } = headNormsOf(own, layer.headNorms)
        add(layer.headNorms.query, queryWidth)
        add(layer.headNorms.key, keyWidth)
      }
      add(layer.attentionOutput, hidden, own.heads * own.headSize)
      add(layer.attentionOutputBias, hidden)
    }
    add(layer.attentionPostNorm, hidden)
    add(layer.feedForwardNorm, hidden)
    for (const { tensor, rows } of stacked(layer.gateUp, gateUpHeights(own))) {
      add(tensor, rows, hidden)
    }
    for (const { tensor, rows } of stacked(layer.gateUpBias ?? [], gateUpHeights(own))) {
      add(tensor, rows)
    }
    add(layer.down, hidden, own.feedForward)
    add(layer.downBias, hidden)
    add(layer.feedForwardPostNorm, hidden)
    if (layer.layerInput) {
      add(layer.layerInput.gate, layerInputWidth, hidden)
      add(layer.layerInput.output, hidden, layerInputWidth)
      add(layer.layerInput.norm, hidden)
    }
    if (layer.scale !== undefined) add(layer.scale, 1)
  }
  return shapes
}

/**
 * Throws LongtabError `bad-file` when tensors are missing, have other shapes or values that cannot be read. Throws
 * `unsupported-model` at a tensor that the text model would be computed with and is not.
 */
export function checkTensors(model: ModelDescription, checkpoint: Checkpoint): void {
  const required = requiredTensors(model)
  refuseUnused(required, checkpoint, model)
  requireShapes(required, checkpoint, `the ${model.family} checkpoint`)
}

/** Tensors of a text model: of its layers, its output, or a GGUF file's under names that no family has. */
const ofTextModel = /^(model\.(layers|embed|norm)|lm_head|blk\.|token_|output|position_)/

/** Tensors that bring pictures and sounds into the text model (Gemma 4). */
const ofOtherModel = /^model\.embed_(vision|audio)\./

/** What holds no weight: frequencies and masks that are computed anew, a tied output that is there a second time. */
const computedAnew = /(rotary_emb\.inv_freq|\.masked_bias|attn_rot_embd\.weight|\.attention\.bias)$/

function refuseUnused(
  required: ReadonlyMap<string, unknown>,
  checkpoint: Checkpoint,
  model: ModelDescription,
): void {
  const unread = new Set(model.tensors.layers.flatMap((layer) => layer.unread ?? []))
  const unused = [...checkpoint.tensors.keys()].filter(
    (name) =>
      ofTextModel.test(name) &&
      !ofOtherModel.test(name) &&
      !unread.has(name) &&
      !required.has(name) &&
      !computedAnew.test(name) &&
      !(model.tiedEmbeddings && name === 'lm_head.weight'),
  )
  if (unused.length === 0) return
  const expert = unused.find((name) => ofExperts.test(name))
  if (expert !== undefined) throw mixtureOfExperts(`tensor ${expert}`)
  throw new LongtabError(
    'unsupported-model',
    `${listed(unused, 'tensors')} of the ${model.family} checkpoint would change results and ${unused.length === 1 ? 'is' : 'are'} not supported; choose another model`,
  )
}

/** GGUF files leave out the middle axis of a convolution of single channels, which is one. */
function isShape(found: readonly number[], expected: readonly number[]): boolean {
  const [channels, middle, taps, ...others] = expected
  const isConvolution = middle === 1 && taps !== undefined && others.length === 0
  const left = found.join()
  return left === expected.join() || (isConvolution && left === `${channels},${taps}`)
}

/**
 * Throws LongtabError `bad-file` when tensors are missing, have other shapes or values that cannot be read.
 * @param what for messages: whose tensors these are
 */
export function requireShapes(
  shapes: ReadonlyMap<string, readonly number[]>,
  checkpoint: Checkpoint,
  what: string,
): void {
  const missing = [...shapes.keys()].filter((name) => !checkpoint.tensors.has(name))
  if (missing.length > 0) {
    throw new LongtabError(
      'bad-file',
      `${what} lacks ${listed(missing, 'tensors')}; fetch the files again`,
    )
  }
  for (const [name, expected] of shapes) {
    const { shape: found = [], unreadable } = checkpoint.tensors.get(name) ?? {}
    if (!isShape(found, expected)) {
      throw new LongtabError(
        'bad-file',
        `tensor ${name} of ${what} has shape (${found.join(', ')}), expected (${expected.join(', ')})`,
      )
    }
    if (unreadable !== undefined) refuseType(name, unreadable)
  }
}
