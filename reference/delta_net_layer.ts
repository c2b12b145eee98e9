// The steps of a layer that is a gated delta net, with the names that the engine's have.
import { deltaNet, deltaShape, unitHeads } from './delta_net.ts'
import { addTo, feedForwardSteps, ifNormed, weightsOf, type Layer } from './feed_forward.ts'
import { gatedRmsNorm } from './gated_rms_norm.ts'
import type { DeltaNetWeights } from './model.ts'
import { project } from './project.ts'
import { siluConvolution } from './silu_convolution.ts'

/** In order. */
export const deltaNetSteps = {
  projectMixed(layer: Layer) {
    const { attentionNorm, deltaNet } = deltaNetWeights(layer)
    const { hidden, normEpsilon } = layer.model.description
    const input = ifNormed(layer.residual, attentionNorm, normEpsilon)
    layer.mixed = project(input, deltaNet.mixed, hidden)
  },
  convolveMixed(layer: Layer) {
    const { cache, mixed, model } = layer
    const { convolutionTaps } = model.description
    const { keys, values, channels, mixed: width, ...shape } = deltaShape(model.description)
    const inputs = columns(mixed, width, 0, channels)
    const { convolution } = deltaNetWeights(layer).deltaNet
    const convolved = siluConvolution(inputs, convolution, cache.inputs, channels)
    const all = Float32Array.from([...cache.inputs, ...inputs])
    cache.inputs = all.slice(Math.max(0, all.length - (convolutionTaps - 1) * channels))
    const part = (first: number, size: number) => columns(convolved, channels, first, size)
    const scale = 1 / Math.sqrt(shape.keySize)
    layer.convolved = sideBySide([
      [unitHeads(part(0, keys), shape.keySize).map((value) => scale * value), keys],
      [unitHeads(part(keys, keys), shape.keySize), keys],
      [part(2 * keys, values), values],
    ])
  },
  associate(layer: Layer) {
    const { cache, convolved, mixed, model } = layer
    const { keys, values, channels, mixed: width, ...shape } = deltaShape(model.description)
    const { valueHeads, keySize, valueSize } = shape
    const before = cache.associations
    const state = before.length === 0 ? new Float32Array(valueHeads * keySize * valueSize) : before
    const { rates, offsets } = deltaNetWeights(layer).deltaNet
    const inputs = {
      queries: columns(convolved, channels, 0, keys),
      keys: columns(convolved, channels, keys, keys),
      values: columns(convolved, channels, 2 * keys, values),
      betas: columns(mixed, width, channels + values, valueHeads),
      decays: columns(mixed, width, channels + values + valueHeads, valueHeads),
    }
    cache.associations = state.slice()
    layer.readout = deltaNet(inputs, rates, offsets, cache.associations, shape)
  },
  gateReadout(layer: Layer) {
    const { norm } = deltaNetWeights(layer).deltaNet
    const { channels, values, mixed } = deltaShape(layer.model.description)
    const gates = columns(layer.mixed, mixed, channels, values)
    layer.readout = gatedRmsNorm(layer.readout, gates, norm, layer.model.description.normEpsilon)
  },
  addReadout(layer: Layer) {
    const { deltaNet, attentionPostNorm } = deltaNetWeights(layer)
    const { description } = layer.model
    const output = project(layer.readout, deltaNet.output, deltaShape(description).values)
    addTo(layer.residual, output, attentionPostNorm, description.normEpsilon)
  },
  ...feedForwardSteps,
}

function deltaNetWeights(layer: Layer): DeltaNetWeights {
  const weights = weightsOf(layer)
  if ('deltaNet' in weights) return weights
  throw new RangeError(`layer ${layer.index} has no delta net`)
}

/** @param rows (rows, width) @returns (rows, size) */
function columns(rows: Float32Array, width: number, first: number, size: number): Float32Array {
  return rows.filter((_, place) => place % width >= first && place % width < first + size)
}

/** @param parts (rows, width) each */
function sideBySide(parts: readonly (readonly [Float32Array, number])[]): Float32Array {
  const width = parts.reduce((sum, [, own]) => sum + own, 0)
  const [[some, ownWidth] = [new Float32Array(), 1]] = parts
  const all = new Float32Array((some.length / ownWidth) * width)
  let first = 0
  for (const [values, own] of parts) {
    values.forEach((value, place) => {
      all[Math.floor(place / own) * width + first + (place % own)] = value
    })
    first += own
  }
  return all
}
