// The part of `npm run serve` that runs in the browser's tab. Playwright sends the functions as text, so they may use only their
// arguments and the tab's globals. Bodies of requests and answers go by HTTP, since they are long or come piece by piece.
import type * as module from '../../src/index.ts'
import type * as shape from '../../src/openai/index.ts'
import type { Refusal } from '../browser/refusal.ts'
import type { ServeCommand } from './options.ts'

/** dist/module/longtab.js and dist/module/openai.js */
export type Engine = Pick<typeof module, 'load'> & Pick<typeof shape, 'openAI'>

/** What answers in the tab. */
export interface Answers {
  readonly fetch: shape.Fetch
  /** of the requests under way, by their numbers */
  readonly calls: Map<number, AbortController>
}

/** A request without its body, which lies at `/requests/NUMBER`; its answer's goes to `/answers/NUMBER`. */
export interface Asked {
  readonly number: number
  readonly method: string
  readonly path: string
  readonly contentType: string
}

/** An answer without its body. */
export interface Head {
  readonly status: number
  readonly headers: Record<string, string>
}

// Functions that the command line exposes.
declare function onProgress(progress: module.Progress): Promise<void>
declare function onNote(note: string): Promise<void>
declare function onLost(message: string): Promise<void>

/** Loads the model. An error of the engine is returned; any other is thrown. */
export async function loadInPage([engine, asked]: readonly [Engine, ServeCommand]): Promise<
  Answers | Refusal
> {
  try {
    const model = await engine.load(asked.model, {
      ...asked.settings,
      kernels: asked.kernels,
      keep: false, // the tab's storage is deleted when it closes
      ...(asked.heads === undefined ? {} : { heads: asked.heads }),
      ...(asked.compressor === undefined ? {} : { compressor: asked.compressor }),
      onProgress: (progress) => void onProgress(progress),
    })
    for (const note of [...model.notes, model.heads.note]) await onNote(note)
    void model.lost.then(({ message }) => onLost(message))
    const { name, skim } = asked
    const { fetch } = engine.openAI(model, { name, reading: { skim } })
    return { fetch, calls: new Map() }
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      return { code: error.code, message: error.message }
    }
    throw error
  }
}

/** Answers a request. The body of the answer follows piece by piece, and an empty piece ends it. */
export async function answerInPage([answers, asked]: readonly [Answers, Asked]): Promise<Head> {
  const { fetch: answer, calls } = answers
  const { number, method, path, contentType } = asked
  const call = new AbortController()
  const { signal } = call
  const send = (piece: BodyInit) => fetch(`/answers/${number}`, { method: 'POST', body: piece })
  const pump = async (body: ReadableStream<Uint8Array<ArrayBuffer>> | null) => {
    const reader = body?.getReader()
    for (;;) {
      const next = await reader?.read()
      if (next === undefined || next.done) break
      await send(next.value)
    }
    await send('')
  }
  calls.set(number, call)
  try {
    const hasBody = method !== 'GET' && method !== 'HEAD'
    const body = hasBody ? await (await fetch(`/requests/${number}`)).blob() : null
    const headers = { 'content-type': contentType }
    const response = await answer(new URL(path, location.href), { method, headers, body, signal })
    void pump(response.body).finally(() => calls.delete(number))
    return { status: response.status, headers: Object.fromEntries(response.headers) }
  } catch (error) {
    calls.delete(number)
    throw error
  }
}

/** Ends a request whose asker has left. */
export function leaveInPage([{ calls }, number]: readonly [Answers, number]): void {
  calls.get(number)?.abort()
}
