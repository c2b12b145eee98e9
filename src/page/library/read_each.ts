// Several documents read one after the other, each kept under its title. One that cannot be read is named, and the rest is read.
import { errorCode, explain } from '../errors.ts'
import type { Opened, ReadingRequest } from '../session.ts'

export interface EachReading {
  /** is told before each */
  readonly begin: (request: ReadingRequest, index: number, count: number) => void
  readonly open: (request: ReadingRequest) => Promise<Opened>
  readonly keep: (opened: Opened) => Promise<void>
}

export interface EachRead {
  /** the last that was read, still open; undefined where one failed after it */
  readonly last: Opened | undefined
  /** why the rest was not read; undefined where all were tried */
  readonly ended: unknown
  /** what is kept and what could not be read, in sentences */
  readonly said: string
}

export async function readEach(
  requests: readonly ReadingRequest[],
  { begin, open, keep }: EachReading,
): Promise<EachRead> {
  const kept: string[] = []
  const failed: Failed[] = []
  let last: Opened | undefined
  let ended: unknown
  for (const [i, request] of requests.entries()) {
    const { name } = request.document.text
    begin(request, i, requests.length)
    last = undefined
    try {
      const opened = await open(request)
      await keep(opened)
      kept.push(name)
      last = opened
    } catch (error) {
      if (isOfOne(error)) failed.push({ name, error })
      else ended = error
    }
    if (ended !== undefined) break
  }
  return { last, ended, said: inWords(kept, failed, ended) }
}

interface Failed {
  readonly name: string
  readonly error: unknown
}

/** Whether an error is of one document, and the next may be read all the same. */
function isOfOne(error: unknown): boolean {
  return ['bad-input', 'needs-password'].includes(errorCode(error) ?? '')
}

function inWords(kept: readonly string[], failed: readonly Failed[], ended: unknown): string {
  const early = ended === undefined ? '' : 'Reading ended early. '
  const count = kept.length === 1 ? '1 document is' : `${kept.length} documents are`
  const left = failed.map(({ name, error }) => ` Left out: ${name}. ${explain(error).message}`)
  return `${early}${count} read and kept.${left.join('')}`
}
