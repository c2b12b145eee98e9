// Names a model by its content without reading all of it, and holds what was trained for a model to the model it is used
// with.
import { LongtabError } from '../errors.ts'
import { sha256 } from '../sha256.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ModelDescription } from './description.ts'

/** tells a fingerprint from whatever else a file's metadata calls its model */
const prefix = 'norms-sha256:'
const shownDigits = 8

/**
 * `norms-sha256:…` of the shape and of the values of the norms, which any further training of the model changes and which
 * every file format keeps as floats: the same model in 4 bits has the same fingerprint. Of Gemma they are taken with the one
 * added that its GGUF files store, whose rounding cannot be taken back.
 */
export async function fingerprint(
  model: ModelDescription,
  checkpoint: Checkpoint,
  signal?: AbortSignal,
): Promise<string> {
  const { finalNorm, layers } = model.tensors
  const names = [finalNorm, ...layers.map(({ attentionNorm }) => attentionNorm)]
  const values = new Map<string, number[]>(names.map((name) => [name, []]))
  for (const name of checkpoint.tensors.keys()) {
    // in file order: one pass where a server has no ranges
    const norm = values.get(name)
    if (norm === undefined) continue
    for await (const slice of checkpoint.rows(name, signal))
      for (const value of slice.values) norm.push(Math.fround(model.normOffset + value))
  }
  const text = new TextEncoder().encode(
    `${shapeOf(model)}\n${[...values.values()].flat().join(' ')}`,
  )
  return `${prefix}${await sha256(text)}`
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
    `${name} was trained for a model whose norms hash to ${short(theirs)}… and this model's hash to ${short(ours)}…, though its shape is the same; take what was trained for this model, or train it`,
  )
}
