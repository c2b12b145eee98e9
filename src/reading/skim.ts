// A document that is skimmed is cut into passages and not run through the model: every answer about it comes from passages.
import { LongtabError, throwIfAborted } from '../api/errors.ts'
import type { Recall } from '../api/settings.ts'
import type { DocumentPrompt } from './document_prompt.ts'
import type { Meter } from './meter.ts'

/** Takes the document in, as `prefill` does. @returns the ids held out: none */
export async function skim(
  prompt: DocumentPrompt,
  meter: Meter,
  signal: AbortSignal,
): Promise<Uint32Array> {
  for await (const _ of prompt.ids()) {
    throwIfAborted(signal, 'reading')
    meter.at(prompt.tokens(), prompt.shareRead(prompt.tokens()))
  }
  return new Uint32Array(0)
}

/** Throws LongtabError `bad-setting` where no answer could come from passages. */
export function requireSkimmable(form: 'chat' | 'plain', recall: Recall): void {
  if (recall === 'passages' && form === 'chat') return
  const why =
    form === 'plain'
      ? 'a document in plain form is continued by the model, which has to read it; read it in chat form'
      : `a document that is skimmed is answered from passages, and recall is ${recall}; choose recall passages`
  throw new LongtabError('bad-setting', why)
}
