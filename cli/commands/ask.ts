// npm run ask: reads a document and answers a question about it, headless, with the built module as any page would use
// it. The answer streams to stdout, everything else goes to stderr.
import { root } from '../build/paths.ts'
import { createReadStream } from 'node:fs'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Page } from 'playwright'
import type { Progress } from '../../src/api/progress.ts'
import type { SurveyCost, SurveyPart } from '../../src/api/survey.ts'
import { writeSafetensors } from '../../src/model/safetensors/write.ts'
import { parseAsk, type AskCommand } from '../ask/options.ts'
import { withDocumentHere } from '../ask/fetched.ts'
import { withSavedSettings, written } from '../ask/saved.ts'
import { sourceLines, type Grounded } from '../ask/source_lines.ts'
import { costLine, partLines } from '../ask/survey_lines.ts'
import { askInPage, type Engine, type MergedDump, type Outcome } from '../ask/page.ts'
import { command } from '../shell/command.ts'
import { asTyped } from '../shell/typed.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { inModelTab } from '../models/model_tab.ts'
import { progressPrinter } from '../shell/progress.ts'
import { withRealModel } from '../models/real_model.ts'
import { unlessRefused } from '../browser/refusal.ts'
import type { Handler, Mounts } from '../site/serve.ts'
import { fileMounts, fileUrl } from '../models/served_model.ts'

const defaultModel = join(root, 'public/models/default')

await command('ask', async () => {
  const options = await withSavedSettings(parseAsk(process.argv.slice(2), defaultModel))
  const model = await withRealModel(options.model)
  await ensureBuilt('library')
  const outcome = await withDocumentHere({ ...options, model }, ask)
  if (options.json !== undefined) await writeFile(options.json, inLines(outcome.record))
  if (options.dump !== undefined) await dump(options.dump, outcome)
})

/** Streams the answer to stdout. Throws UsageError and RunError with the engine's messages. */
async function ask(options: AskCommand): Promise<Outcome> {
  try {
    return await inModelTab('ask', options, mounts(options), (page, located, site) =>
      askInTab(page, inUrls(located, site)),
    )
  } finally {
    process.stdin.destroy()
  }
}

async function askInTab(page: Page, asked: AskCommand): Promise<Outcome> {
  const progress = progressPrinter(process.stderr)
  await page.exposeFunction('onProgress', (at: Progress) => progress.show(at))
  await page.exposeFunction('onNote', (note: string) => {
    progress.clear()
    process.stderr.write(`${asTyped(note)}\n`)
  })
  page.on('console', (message) => {
    if (!message.text().startsWith('longtab: ')) return
    progress.clear()
    process.stderr.write(`${asTyped(message.text())}\n`)
  })
  await page.exposeFunction('onPiece', (text: string) => {
    progress.clear()
    process.stdout.write(text)
  })
  await page.exposeFunction('onThinking', (text: string) => {
    progress.clear()
    process.stderr.write(text)
  })
  await page.exposeFunction('onSources', (grounded: Grounded) => {
    progress.clear()
    for (const line of sourceLines(grounded)) process.stderr.write(`${line}\n`)
  })
  await page.exposeFunction('onCost', (cost: SurveyCost) => {
    progress.clear()
    process.stderr.write(`${costLine(cost)}\n`)
  })
  await page.exposeFunction('onPart', (part: SurveyPart, isJoined: boolean) => {
    progress.clear()
    for (const line of partLines(part, isJoined)) process.stderr.write(`${line}\n`)
  })
  let lines: AsyncIterator<string> | undefined // opened at the first question, since the document may come from standard input
  await page.exposeFunction('nextQuestion', () => {
    lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]()
    return nextLine(lines)
  })
  const engine = await page.evaluateHandle<Engine>("import('/module/longtab.js')")
  const outcome = await page.evaluate(askInPage, [engine, asked] as const)
  progress.clear()
  const answered = unlessRefused(outcome)
  if (!asked.chat) process.stdout.write('\n')
  return answered
}

/** The next line with a question; undefined at the end. */
async function nextLine(lines: AsyncIterator<string>): Promise<string | undefined> {
  for (;;) {
    const line = await lines.next()
    if (line.done === true) return undefined
    if (line.value.trim() !== '') return line.value
  }
}

function mounts(options: AskCommand): Mounts {
  const { document, save } = options
  return {
    ...(document === undefined ? {} : { '/document': documentOf(document, options) }),
    ...fileMounts('opened', options.open),
    ...(save === undefined ? {} : { '/saved': written(save) }),
  }
}

/** The same with the tab's URLs in place of the documents' paths. */
function inUrls(options: AskCommand, site: string): AskCommand {
  const { document, open, save } = options
  return {
    ...options,
    ...(document === undefined ? {} : { document: `${site}document` }),
    ...(open === undefined ? {} : { open: fileUrl('opened', open, site) }),
    ...(save === undefined ? {} : { save: `${site}saved` }),
  }
}

/** The document; with `--raw` the question is appended directly. */
function documentOf(document: string, { question, raw }: AskCommand): Handler {
  const tail = Buffer.from(raw ? question : '')
  return async (_, response) => {
    response.setHeader('content-type', 'text/plain; charset=utf-8')
    if (document === '-') return send(process.stdin, tail, response)
    const found = await stat(document)
    if (found.isFile()) response.setHeader('content-length', found.size + tail.length)
    await send(createReadStream(document), tail, response)
  }
}

async function send(body: Readable, tail: Buffer, response: ServerResponse): Promise<void> {
  await pipeline(body, response, { end: false })
  response.end(tail)
}

async function dump(folder: string, { firstLogits, retained, merged }: Outcome): Promise<void> {
  await mkdir(folder, { recursive: true })
  const logits = Buffer.alloc(firstLogits.length * 4)
  firstLogits.forEach((logit, i) => logits.writeFloatLE(logit, i * 4))
  await writeFile(join(folder, 'logits.bin'), logits)
  await writeFile(join(folder, 'retained.json'), retained)
  const layers = JSON.parse(merged) as MergedDump[]
  if (layers.every(({ slots }) => slots === 0)) return
  const tensors = layers.flatMap(({ kvHeads, slots, keys, values }, layer) =>
    Object.entries({ keys, values }).map(([name, all]) => ({
      name: `model.layers.${layer}.${name}`,
      shape: [kvHeads, slots, all.length / (kvHeads * slots)],
      values: Float32Array.from(all),
      dtype: 'F32' as const,
    })),
  )
  await writeFile(join(folder, 'merged.safetensors'), writeSafetensors(tensors))
}

/** JSON with one line per property, so that a long list takes a single line. */
function inLines(record: object): string {
  const lines = Object.entries(record).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  )
  return `{\n${lines.join(',\n')}\n}\n`
}
