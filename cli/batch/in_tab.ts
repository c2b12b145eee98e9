// Reads a batch's documents with a model in the browser's tab.
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { JSHandle, Page } from 'playwright'
import { LongtabError, type ErrorCode } from '../../src/api/errors.ts'
import type { LongDocument, Model } from '../../src/index.ts'
import { unlessRefused, type Refusal } from '../browser/refusal.ts'
import type { Mounts } from '../site/serve.ts'
import type { BatchCommand } from './options.ts'
import { answerInPage, loadInPage, readInPage, type Engine } from './page.ts'
import type { Read } from './run.ts'

export interface Documents {
  /** of the tab's site */
  readonly mounts: Mounts
  /** Loads the model. Throws UsageError and RunError. */
  reader(page: Page, command: BatchCommand): Promise<Read>
}

export function createDocuments(): Documents {
  let path = ''
  return {
    mounts: {
      '/document': async (_, response) => {
        response.setHeader('cache-control', 'no-store') // the next document has the same address
        await pipeline(createReadStream(path), response)
      },
    },
    async reader(page, command) {
      const engine = await page.evaluateHandle<Engine>("import('/module/longtab.js')")
      const loaded = await page.evaluateHandle(loadInPage, [engine, command] as const)
      unlessRefused((await refusalOf(loaded)) ?? {})
      const model = loaded as JSHandle<Model>
      let last: JSHandle | undefined // would keep its document's memory in the tab
      return async (at) => {
        path = at
        const reading = [model, basename(at), command] as const
        const read = await page.evaluateHandle(readInPage, reading)
        await last?.dispose()
        last = read
        const refusal = await refusalOf(read)
        if (refusal !== undefined) throw errorOf(refusal)
        const document = read as JSHandle<LongDocument>
        return async ({ question }) => {
          const asking = [document, question, command] as const
          const answered = await page.evaluate(answerInPage, asking)
          if ('code' in answered) throw errorOf(answered)
          return answered
        }
      }
    },
  }
}

/** What stands in the tab stays there, unless it is an error. */
async function refusalOf(result: JSHandle<object>): Promise<Refusal | undefined> {
  return result.evaluate((result) => ('code' in result ? (result as Refusal) : undefined))
}

function errorOf({ code, message }: Refusal): LongtabError {
  return new LongtabError(code as ErrorCode, message)
}
