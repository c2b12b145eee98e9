// The whole algorithm on a plain prompt. All but its last tokens are read with evictions; the last are the tail that the
// answer follows. Official: `infer.py` of huangyuxiang03/Locret, whose `local_len` is `local` here.
import { answer, type GreedyAnswer } from './decode.ts'
import type { State } from './forward.ts'
import type { ReferenceModel } from './model.ts'
import type { ReadingSettings } from './policies.ts'
import { read } from './prefill.ts'

/** @param prompt (tokens) */
export function complete(
  model: ReferenceModel,
  prompt: Uint32Array,
  settings: ReadingSettings & { readonly local: number },
  maxTokens: number,
): GreedyAnswer & { readonly document: Readonly<State> } {
  const held = Math.max(0, prompt.length - settings.local)
  const document = read(model, prompt.subarray(0, held), settings)
  return { document, ...answer(document, prompt.subarray(held), maxTokens) }
}
