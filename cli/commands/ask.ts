// npm run ask: reads a document and answers a question about it, headless, with the built module as any page would use
// it. The answer streams to stdout, everything else goes to stderr.
import { createReadStream } from 'node:fs'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { writeSafetensors } from '../../src/model/safetensors/write.ts'
import { parseAsk, type AskCommand } from '../ask/options.ts'
import { withDocumentHere } from '../ask/fetched.ts'
import { withSavedSettings, written } from '../ask/saved.ts'
import { askInNode } from '../ask/in_node.ts'
import { askInTab } from '../ask/in_tab.ts'
import { createListeners } from '../ask/listeners.ts'
import type { MergedDump, Outcome } from '../ask/page.ts'
import { command } from '../shell/command.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { builtInModel } from '../models/built_in.ts'
import { withRealModel } from '../models/real_model.ts'
import { unlessRefused } from '../browser/refusal.ts'
import type { Handler, Mounts } from '../site/serve.ts'
import { fileMounts, fileUrl } from '../models/served_model.ts'

await command('ask', async () => {
  const options = await withSavedSettings(parseAsk(process.argv.slice(2), builtInModel))
  const model = await withRealModel(options.model)
  await ensureBuilt('library')
  const outcome = await withDocumentHere({ ...options, model }, ask)
  const record = inLines(outcome.record)
  if (options.json === '-') process.stdout.write(record)
  else if (options.json !== undefined) await writeFile(options.json, record)
  if (options.dump !== undefined) await dump(options.dump, outcome)
})

/** Streams the answer to stdout, unless the record goes there. Throws UsageError and RunError with the engine's messages. */
async function ask(options: AskCommand): Promise<Outcome> {
  const { adapter, chat, json } = options
  const listeners = createListeners(json === '-')
  try {
    const given = [options, mounts(options), inUrls, listeners] as const
    const outcome = await (adapter === 'node' ? askInNode(...given) : askInTab(adapter, ...given))
    listeners.onPiece(chat || 'code' in outcome ? '' : '\n') // progress is cleared before an error, too
    return unlessRefused(outcome)
  } finally {
    process.stdin.destroy()
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
