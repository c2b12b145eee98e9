// Names a model by its content without reading all of it, and holds what was trained for a model to the model it is used
// with.
import { LongtabError } from '../api/errors.ts'
import { sha256 } from '../files/sha256.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ModelDescription } from '../api/description.ts'
import { toBrain } from './half.ts'

/** tells a fingerprint from whatever else a file's metadata calls its model */
const prefix = 'final-norm-sha256:'
const shownDigits = 8

/**
 * `final-norm-sha256:…` of the shape and of the final norm. Training changes that norm, and the builds of a model share it.
 * Every file format keeps it as floats. AWQ rescales the norms of layers with the matrices behind them and leaves this one.
 * Its values are taken as bf16, in which models are published, so that it does not matter whether a file has them as f32, f16
 * or bf16. Gemma's GGUF files store it with one added, and their rounding cannot be undone, so Gemma's is hashed with the one.
 */
export async function fingerprint(
  model: ModelDescription,
  checkpoint: Checkpoint,
  signal?: AbortSignal,
): Promise<string> {
  const norm: number[] = []
  for await (const { values } of checkpoint.rows(model.tensors.finalNorm, signal))
    for (const value of values) norm.push(model.normOffset + value)
  return fingerprintOf(model, Float32Array.from(norm))
}

/** The same of a model that is loaded. @param norm its final norm as it is multiplied by, (hidden) */
export async function fingerprintOf(model: ModelDescription, norm: Float32Array): Promise<string> {
  const brains = new Uint16Array(norm.length)
  toBrain(norm, brains)
  return `${prefix}${await sha256(new TextEncoder().encode(`${shapeOf(model)}\n${brains.join(' ')}`))}`
}

/** layers × hidden × heads × KV heads × head size, e.g. `30×576×9×3×64` */
export function shapeOf({ layers, hidden, heads, kvHeads, headSize }: ModelDescription): string {
  return [layers, hidden, heads, kvHeads, headSize].join('×')
}

/**
 * Throws LongtabError `bad-file` where a file of heads or of a compressor says that it was trained for another model than
 * this one. Files that do not say, as the official ones, pass.
 */
export async function requireTrainedFor(
  model: ModelDescription,
  checkpoint: Checkpoint,
  trained: Checkpoint,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  const theirs = trained.metadata?.['model']
  if (!theirs?.startsWith(prefix)) return
  const ours = await fingerprint(model, checkpoint, signal)
  if (theirs === ours) return
  const short = (text: string) => text.slice(prefix.length, prefix.length + shownDigits)
  throw new LongtabError(
    'bad-file',
    `${name} was trained for a model whose final norm hashes to ${short(theirs)}… and this model's hashes to ${short(ours)}…, though its shape is the same; take what was trained for this model, or train it`,
  )
}
