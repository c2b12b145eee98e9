// How fast a model would be on a GPU of which no more is known than what it does at most. The shares of that which the engine
// reaches are those of one GPU (docs/research/results.md); on others nobody has measured them.
import type { DeviceSpeed, ExpectedSpeed } from '../api/device_speed.ts'
import type { ModelDescription } from '../api/description.ts'
import { weightBytes } from '../model/weights.ts'
import { keyValueBytes } from './cache_bytes.ts'
import type { Settings, WeightStorage } from '../api/settings.ts'

/** Of the multiply-add rate, while reading. */
const readingShare = 0.27

/** Of the bandwidth, in the product that reads most. */
const bandwidthShare = 0.74

/** Dispatches of an answer's token: of a layer, and of the rest. */
const dispatches = { layer: 6, rest: 4 }

/**
 * Estimates how fast a model reads and answers once its cache is full.
 * @throws Nothing.
 */
export function expectedSpeed(
  model: ModelDescription,
  { budget, chunk, storage }: Pick<Settings, 'budget' | 'chunk' | 'storage'>,
  device: DeviceSpeed,
): ExpectedSpeed {
  const flop = flopPerToken(model, budget + chunk / 2)
  const bytes =
    readWeightBytes(model, storage.weights) + budget * keyValueBytes(model, storage.cache)
  const waiting = (dispatches.layer * model.layers + dispatches.rest) * device.dispatchSeconds
  return {
    reading: (readingShare * device.flopPerSecond) / flop,
    answering: 1 / (bytes / (bandwidthShare * device.bytesPerSecond) + waiting),
  }
}

/** @param slots that a token sees, in the mean; fewer in layers with a window */
function flopPerToken(model: ModelDescription, slots: number): number {
  const { vocabulary, hidden, heads, headSize, attention } = model
  const ofLayers = readWeightBytes(model, 'f32') / 4 - vocabulary * hidden
  const seen = attention.reduce(
    (sum, own) => sum + (own ? Math.min(slots, own.window ?? slots) : 0),
    0,
  )
  return 2 * ofLayers + 4 * heads * headSize * seen
}

/** All weights but the embedding, of which a token reads one row, where it is not the output too. */
function readWeightBytes(model: ModelDescription, storage: WeightStorage): number {
  const { output } = model.tensors
  const tied = { ...model, tiedEmbeddings: true, tensors: { ...model.tensors, embedding: output } }
  return weightBytes(tied, storage, 0)
}
