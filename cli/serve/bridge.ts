// Carries requests to what answers them in the browser's tab. A request's body goes to the tab, and the body of its answer comes
// back, by HTTP of the tab's own site.
import type { IncomingMessage } from 'node:http'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { JSHandle, Page } from 'playwright'
import type { Handler, Mounts } from '../site/serve.ts'
import type { Answering } from './answering.ts'
import { answerInPage, leaveInPage, type Answers } from './page.ts'

/** A request under way, and the body of its answer as far as it is there. */
interface Call {
  readonly request: IncomingMessage
  readonly body: PassThrough
}

export interface Bridge {
  /** of the tab's site */
  readonly mounts: Mounts
  answering(page: Page, answers: JSHandle<Answers>): Answering
}

export function createBridge(): Bridge {
  const calls = new Map<number, Call>()
  let last = 0
  const callOf = (url = '') => calls.get(Number(url.slice(url.lastIndexOf('/') + 1)))

  const requests: Handler = async ({ url }, response) => {
    const call = callOf(url)
    if (call === undefined) response.writeHead(404).end()
    else await pipeline(call.request, response)
  }
  const pieces: Handler = async (request, response) => {
    const call = callOf(request.url)
    let isEmpty = true
    for await (const piece of request as AsyncIterable<Buffer>) {
      isEmpty = false
      if (call && !call.body.destroyed && !call.body.write(piece)) await drained(call.body)
    }
    if (isEmpty) call?.body.end()
    response.writeHead(204).end()
  }
  return {
    mounts: { '/requests/': requests, '/answers/': pieces },
    answering: (page, answers) => async (request, gone) => {
      const number = ++last
      const body = new PassThrough()
      calls.set(number, { request, body })
      body.once('close', () => calls.delete(number))
      gone.addEventListener('abort', () => {
        if (!calls.delete(number)) return
        body.destroy()
        page.evaluate(leaveInPage, [answers, number] as const).catch(() => undefined) // it has closed
      })
      const { method = 'GET', url: path = '/', headers } = request
      const { 'content-type': contentType = '' } = headers
      const asked = { number, method, path, contentType }
      try {
        const asking = [answers, asked] as const
        const { status, headers } = await page.evaluate(answerInPage, asking)
        return new Response(Readable.toWeb(body) as ReadableStream, { status, headers })
      } catch (error) {
        body.destroy()
        throw error
      }
    },
  }
}

/** Resolves when there is room for more, or nobody reads any more. */
function drained(body: PassThrough): Promise<void> {
  return new Promise((resolve) => body.once('drain', resolve).once('close', resolve))
}
