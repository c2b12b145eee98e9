// Answers requests with a model in this process, without a browser.
import { Readable } from 'node:stream'
import type * as shape from '../../src/openai/index.ts'
import { unlessRefused } from '../browser/refusal.ts'
import { builtModule, inModelSite } from '../node/model_site.ts'
import { RunError } from '../shell/command.ts'
import type { Answering } from './answering.ts'
import type { ServeCommand } from './options.ts'
import { loadInPage, type Answers } from './page.ts'
import type { Telling } from './telling.ts'

/** Loads the model, and rejects when it can answer no more. */
export async function serveInNode(
  command: ServeCommand,
  telling: Telling,
  ready: (answering: Answering) => void,
): Promise<never> {
  const lost = new Promise<string>((resolve) => {
    Object.assign(globalThis, { ...telling, onLost: resolve }) // a tab has them as globals
  })
  return inModelSite(command, {}, async (engine, located) => {
    const { openAI } = await builtModule<Pick<typeof shape, 'openAI'>>('openai.js')
    ready(answeringBy(unlessRefused<Answers>(await loadInPage([{ ...engine, openAI }, located]))))
    throw new RunError(`${await lost}; start the server again`)
  })
}

/** Each request goes to `fetch` as it comes. */
export function answeringBy({ fetch }: Pick<Answers, 'fetch'>): Answering {
  return (request, gone) => {
    const { method = 'GET', url = '/', headers } = request
    const hasBody = method !== 'GET' && method !== 'HEAD'
    return fetch(`http://localhost${url}`, {
      method,
      headers: { 'content-type': headers['content-type'] ?? '' },
      signal: gone,
      ...(hasBody ? { body: Readable.toWeb(request), duplex: 'half' } : {}),
    } as RequestInit)
  }
}
