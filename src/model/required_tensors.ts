// The tensors a description needs, with their shapes, against those a checkpoint has.
import { LongtabError } from '../errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ModelDescription } from './description.ts'

/** Missing tensors named in a message; the rest are counted. */
const mostNamed = 3

/** Tensor name → shape, outermost axis first. A tied output matrix is there once. */
export function requiredTensors(model: ModelDescription): Map<string, readonly number[]> {
  const { hidden, heads, kvHeads, headSize, feedForward, vocabulary, tensors } = model
  const shapes = new Map<string, readonly number[]>([
    [tensors.embedding, [vocabulary, hidden]],
    [tensors.finalNorm, [hidden]],
    [tensors.output, [vocabulary, hidden]],
  ])
  for (const layer of tensors.layers) {
    shapes.set(layer.attentionNorm, [hidden])
    shapes.set(layer.query, [heads * headSize, hidden])
    shapes.set(layer.key, [kvHeads * headSize, hidden])
    shapes.set(layer.value, [kvHeads * headSize, hidden])
    shapes.set(layer.attentionOutput, [hidden, heads * headSize])
    shapes.set(layer.feedForwardNorm, [hidden])
    shapes.set(layer.gate, [feedForward, hidden])
    shapes.set(layer.up, [feedForward, hidden])
    shapes.set(layer.down, [hidden, feedForward])
  }
  return shapes
}

/** Throws LongtabError `bad-file` when tensors are missing or have other shapes; further tensors do not matter. */
export function checkTensors(model: ModelDescription, checkpoint: Checkpoint): void {
  requireShapes(requiredTensors(model), checkpoint, `the ${model.family} checkpoint`)
}

/** @param what for messages: whose tensors these are */
export function requireShapes(
  shapes: ReadonlyMap<string, readonly number[]>,
  checkpoint: Checkpoint,
  what: string,
): void {
  const missing = [...shapes.keys()].filter((name) => !checkpoint.tensors.has(name))
  if (missing.length > 0) {
    throw new LongtabError('bad-file', `${what} lacks ${listed(missing)}; fetch the files again`)
  }
  for (const [name, expected] of shapes) {
    const found = checkpoint.tensors.get(name)?.shape ?? []
    if (found.length !== expected.length || found.some((axis, i) => axis !== expected[i])) {
      throw new LongtabError(
        'bad-file',
        `tensor ${name} of ${what} has shape (${found.join(', ')}), expected (${expected.join(', ')})`,
      )
    }
  }
}

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed
  const first = names.slice(0, mostNamed).join(', ')
  return more > 0 ? `${first} and ${more} more tensors` : first
}
