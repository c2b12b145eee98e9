// node cli/run.mjs check_twin: compares the twin in PyTorch with the engine in Node. Every policy reads the same text;
// retained units and the logits of an answer's first token are compared.
import { root } from '../build/paths.ts'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { command, RunError } from '../shell/command.ts'
import { oneOf, text, whole } from '../shell/flag.ts'
import { commandLine } from '../shell/command_line.ts'
import { ensureBuilt } from '../build/fresh.ts'
import { twinOf, type TwinReading } from '../quality/in_twin.ts'
import { modelMounts, modelUrl } from '../models/served_model.ts'
import { serve } from '../site/serve.ts'
import type { LoadOptions, Model } from '../../src/api/model.ts'
import { needs, policyNames } from '../../src/api/policies.ts'

const flags = {
  model: text('DIR', 'a folder of config.json, tokenizer.json and model.safetensors').needed(),
  heads: text('FILE', 'retaining heads, for locret'),
  text: text('FILE', 'what is read').needed(),
  chars: whole(100, 'of it').or('5000'),
  policies: oneOf('P', policyNames, 'what is compared (default: all that the twin knows)').list(),
  budget: whole(16, 'units kept per layer and KV head').or('256'),
  recall: oneOf('R', ['none', 'units'], 'what the answer is given from').or('none'),
}

const question = 'What is this text about?'
/** Least part of the retained units that must agree; nearly equal scores may fall to either side. */
const leastAlike = 0.999
/** Units are kept in codes, and nearly equal values may get either of two. */
const mostApart = { none: 1e-3, units: 2e-3 }

await command('check_twin', async () => {
  const given = commandLine({
    usage: 'node cli/run.mjs check_twin --model DIR --text FILE [options]',
    about:
      'Holds the twin in PyTorch against the engine in Node: retained units and logits, policy by policy.',
    flags,
    closing: 'LONGTAB_PYTHON as in bench:quality',
  })
  const { model: folder, heads, budget, recall } = given
  const read = (await readFile(given.text, 'utf8')).slice(0, given.chars)
  const usual = policyNames.filter(
    (name) =>
      !needs(name, 'compressor') && (heads !== undefined || !needs(name, 'retaining heads')),
  )
  const policies = given.policies ?? usual

  await ensureBuilt('library')
  const module = pathToFileURL(join(root, 'dist/module/longtab.js')).href
  const { load } = (await import(module)) as {
    load: (source: string, options: LoadOptions) => Promise<Model>
  }
  const { nodeGpu } = await import('../node/gpu.mjs')
  const gpu = await nodeGpu()
  const site = await serve(modelMounts(folder))
  const failed: string[] = []
  const twin = await twinOf(folder)
  try {
    for (const policy of policies) {
      const settings: LoadOptions = {
        policy,
        budget,
        chunk: budget / 2,
        local: 0, // as in bench:quality, so that the twin need not know it
        recall,
        storage: { weights: 'f32', cache: 'f32' },
        ...(policy === 'locret' && heads !== undefined ? { heads } : {}),
      }
      const model = await load(modelUrl(folder, site.url), {
        ...settings,
        ...(settings.heads === undefined ? {} : { heads: new Blob([await readFile(heads ?? '')]) }),
        gpu,
        keep: false,
      })
      const document = await model.read(read)
      const retained = await document.retainedIndices()
      const { firstLogits } = await document.ask(question, { maxTokens: 1, keepFirstLogits: true })
        .summary
      await model.close()
      const found = await twin.read(settings, read, question)
      const line = compared(retained, firstLogits ?? new Float32Array(), found)
      const good = line.alike >= leastAlike && (line.alike < 1 || line.apart <= mostApart[recall])
      if (!good) failed.push(policy)
      console.log(
        `${policy}: ${(100 * line.alike).toFixed(3)} % of the units alike, logits ${line.apart.toExponential(1)} apart${good ? '' : '  TOO FAR'}`,
      )
    }
  } finally {
    await twin.end()
    await site.close()
  }
  if (failed.length > 0) throw new RunError(`the twin differs in ${failed.join(', ')}`)
  process.exit() // Dawn's threads would keep it alive
})

/** The part of retained units that agree, and the largest difference of logits. */
function compared(
  engine: readonly (readonly Uint32Array[])[],
  logits: Float32Array,
  twin: TwinReading,
): { alike: number; apart: number } {
  let units = 0
  let alike = 0
  engine.forEach((heads, layer) =>
    heads.forEach((kept, head) => {
      const others = new Set(twin.retained[layer]?.[head])
      units += Math.max(kept.length, others.size)
      alike += kept.filter((origin) => others.has(origin)).length
    }),
  )
  const apart = Math.max(
    ...twin.logits.map((logit, i) => Math.abs(logit - (logits[i] ?? Infinity))),
  )
  return { alike: alike / units, apart }
}
