// Names a model by its content without reading all of it: the table of its tensors, and the values of its norms, which
// any further training of the model changes.
import type { Checkpoint } from '../model/checkpoint.ts'
import type { ModelDescription } from '../model/description.ts'
import { sha256 } from '../sha256.ts'

/** `sha256:…` */
export async function fingerprint(
  model: ModelDescription,
  checkpoint: Checkpoint,
  signal?: AbortSignal,
): Promise<string> {
  const table = [...checkpoint.tensors.values()]
    .map(({ name, shape, bytes }) => `${name} ${shape.join('×')} ${bytes}`)
    .sort()
  const { finalNorm, layers } = model.tensors
  const values: number[] = []
  for (const name of [finalNorm, ...layers.map(({ attentionNorm }) => attentionNorm)]) {
    for await (const slice of checkpoint.rows(name, signal)) values.push(...slice.values)
  }
  const text = new TextEncoder().encode(`${table.join('\n')}\n${values.join(' ')}`)
  return `sha256:${await sha256(text)}`
}
