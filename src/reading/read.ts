// Reads a document: through the model chunk by chunk, or only into passages. A reading that was cut off goes on from its
// checkpoint: the text is tokenized again from its beginning, and the ids that the cache has seen are left out.
import type { Engine } from '../forward/engine.ts'
import type { ModelLocation } from '../files/location.ts'
import { totalBytes } from '../gpu/memory.ts'
import { bytesOfPart } from '../saved/part.ts'
import type { Debug } from './debug.ts'
import { documentParts } from './document_parts.ts'
import { documentPrompt } from './document_prompt.ts'
import type { DocumentText } from './document_text.ts'
import type { Meter } from './meter.ts'
import type { OpenDocument } from './open_document.ts'
import type { DocumentRecall } from './open_recall.ts'
import { prefill } from './prefill.ts'
import type { Saveable } from './save.ts'
import { skim } from './skim.ts'
import type { Texts } from './texts.ts'

/** What documents are read with. */
export interface Reader extends Texts {
  readonly engine: Engine
  readonly location: ModelLocation
  readonly recall: DocumentRecall
}

/** What is read, and how. */
export interface Reading extends Pick<OpenDocument, 'form' | 'isSkimmed'> {
  readonly text: DocumentText
  /** takes what has been read so far, after every chunk but the last */
  readonly checkpoint: ((soFar: Saveable) => Promise<void>) | undefined
  readonly meter: Meter
  readonly debug: Debug
  readonly signal: AbortSignal
}

/** What was read before. */
export interface Begun {
  /** prompt tokens before the document's first in chat form */
  readonly prefix: readonly number[]
  /** ms that it took */
  readonly readMs: number
  /** see LongDocument */
  readonly gpuBytesOverRead: readonly (readonly [number, number])[]
}

/** Nothing yet. */
export function notBegun({ engine, chat }: Reader): Begun {
  return { prefix: chat.prefix, readMs: 0, gpuBytesOverRead: [[0, gpuBytes(engine)]] }
}

/** @param begun what lies in the cache and in the store of units */
export async function readDocument(
  { engine, recall, tokenizer, chat }: Reader,
  { form, isSkimmed, text, checkpoint, meter, debug, signal }: Reading,
  begun: Begun,
): Promise<OpenDocument> {
  const { local } = engine.plan.settings
  const started = performance.now()
  const gpuBytesOverRead = [...begun.gpuBytesOverRead]
  const template = { ...chat, prefix: begun.prefix }
  const prompt = documentPrompt(text.source, form, tokenizer, template, recall.passages())
  const { prefix } = prompt
  const hadSeen = engine.cache.seen
  const seen = (count: number) => Math.max(0, count - prefix.length)
  const told = () => ({
    ...prompt.found(),
    readMs: begun.readMs + performance.now() - started,
    gpuBytesOverRead,
  })
  const about = { form, isSkimmed, prefix, text: () => text.again(), hasText: text.isKept }
  meter.at(seen(hadSeen), prompt.shareRead(0)) // the first block may take long
  debug.begin(`chunk ${gpuBytesOverRead.length}`)
  const tail = isSkimmed
    ? await skim(prompt, meter, signal)
    : await prefill(engine, withoutFirst(prompt.ids(), hadSeen), {
        held: form === 'plain' ? local : 0,
        signal,
        units: recall.ring,
        onBlock: (count) => meter.at(seen(count), prompt.shareRead(seen(count))),
        async onChunk(count, isLast) {
          const tokens = seen(count)
          gpuBytesOverRead.push([tokens, gpuBytes(engine)])
          debug.begin(`chunk ${gpuBytesOverRead.length}`)
          if (isLast || checkpoint === undefined) return
          const read = { ...told(), tokens, prefilled: tokens }
          const reading = { share: prompt.shareRead(tokens) ?? 0 }
          await checkpoint({ ...about, tail: undefined, read, reading })
        },
      })
  await recall.finish()
  if (isSkimmed) gpuBytesOverRead.push([prompt.tokens(), gpuBytes(engine)])
  const tokens = prompt.tokens()
  const prefilled = isSkimmed ? 0 : Math.max(0, tokens - tail.length)
  meter.at(isSkimmed ? tokens : prefilled, 1)
  meter.finish()
  const read = { ...told(), tokens, prefilled }
  await debug.tellTimes('reading')
  const kept = { tail: form === 'plain' ? Uint32Array.from(tail) : undefined, read }
  const parts = documentParts(engine, recall, kept)
  const savedBytes = parts.reduce((sum, part) => sum + bytesOfPart(part), text.bytes())
  return { ...about, ...kept, read: { ...read, hostBytes: recall.bytes(), savedBytes } }
}

/** Ids in portions, but for the first `count`. */
async function* withoutFirst(
  portions: AsyncIterable<readonly number[]>,
  count: number,
): AsyncGenerator<readonly number[]> {
  let left = count
  for await (const ids of portions) {
    if (left < ids.length) yield left === 0 ? ids : ids.slice(left)
    left = Math.max(0, left - ids.length)
  }
}

function gpuBytes({ gpu }: Engine): number {
  return totalBytes(gpu.memory.live())
}
