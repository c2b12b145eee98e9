// The command line of `npm run ask`: what it accepts, and every complaint that needs no browser to be made.
import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import {
  allocations,
  policyNames,
  positionKinds,
  type Settings,
  cacheStorages,
  weightStorages,
} from '../../src/api/settings.ts'
import { adapters, type AdapterChoice } from '../browser/adapters.ts'
import { UsageError } from '../shell/command.ts'
import { parseFlags } from '../shell/flags.ts'
import { checkModelFlags, hubHelp, type ModelFlags } from '../models/flags.ts'
import {
  defined,
  isFolder,
  isUrl,
  missing,
  oneOf,
  real,
  requireFile,
  whole,
} from '../shell/values.ts'

export interface AskOptions extends ModelFlags {
  /** a file, or `-` for standard input */
  readonly document: string
  readonly question: string
  /** a file, or the URL of one */
  readonly compressor?: string
  /** only what was given */
  readonly settings: Partial<Settings>
  readonly maxTokens: number
  readonly temperature?: number
  readonly topK?: number
  readonly topP?: number
  readonly seed: number
  readonly sampling: 'greedy' | 'model'
  /** texts that end the answer */
  readonly stop: readonly string[]
  readonly showSpecial: boolean
  readonly think: boolean
  /** more questions come line by line on standard input, each after those before it */
  readonly chat: boolean
  /** one plain text instead of a document and a templated question */
  readonly raw: boolean
  /** file for the record */
  readonly json?: string
  /** folder for the first logits and the retained indices */
  readonly dump?: string
  readonly adapter: AdapterChoice
}

/** a, b or c */
function inWords(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`
}

export const help = `Reads a document with a cache of fixed size and answers a question about it, in headless Chromium.

  npm run ask -- --document FILE --question TEXT [options]

  --model M             a Hugging Face folder or a .gguf file, its URL, or a repository by name: owner/name,
                        owner/name:file.gguf, or of npm run real-models (default: the model this repository ships)
  --revision R          of the repository: a branch, a tag or a commit (default: main)
  --document FILE       the text to read; - reads standard input
  --question TEXT       what to ask (with --chat, first; it may be left out)
  --chat                reads more questions from standard input, a line each; earlier ones are remembered
  --heads FILE|URL|NAME retaining heads (default: heads.safetensors of the model, if there is one)
  --policy P            ${inWords(policyNames)}
  --budget N            units kept per layer and KV head after each eviction
  --chunk N             document tokens read between two evictions
  --stabilizers N       newest units that an eviction spares
  --sinks N             oldest units that an eviction spares
  --allocation A        how the budget is dealt out: even; pyramid, most to the first layers; by the shares in a heads
                        file by-head or, inside each layer, ada-kv (default: by-head if the file has shares, or even)
  --compressor FILE|URL what lococo and locret+lococo merge by (default: compressor.safetensors of the model)
  --kept-share X        share of the budget that these two keep as it is
                        (default: what the compressor's slots leave)
  --pool N              neighbours on either side whose learned score a token takes where it is higher:
                        0 (Locret) or 2 (APB) (default: what the heads' file says, or 0)
  --burst N             units beyond the budget before an eviction is made (default: 0, of these two 16)
  --local N             last tokens of a raw text that are never evicted
  --positions P         slot or original
  --weights P           how weights are stored: f16 (default), f32, or in blocks of 32: q8, q4
  --cache P             how keys and values are stored: f32, f16, or in codes per token and KV head: int8, int4
                        (default: f16, or f32 where the cache is small)
  --max-tokens N        length of the answer (default: 256)
  --sampling S          greedy (default), which suits questions about a document, or model: as its makers suggest
  --temperature X       above 0 samples; 0 takes the most likely token
  --top-k N, --top-p X  limit what is sampled from
  --stop TEXT           ends the answer and is not part of it; may be given several times
  --think               lets a model that can think do so before it answers; the thought goes to stderr
  --show-special        shows special tokens in the answer
  --seed N              of the sampling and of the random policy (default: 0)
  --raw                 document and question as one plain text, without a chat template
  --json OUT            write settings, answer, speeds and GPU bytes to a file
  --dump DIR            write the first step's logits (logits.bin, f32), retained.json and,
                        of policies that merge, merged.safetensors
  --adapter A           auto (default), hardware or software
  --help                this text

${hubHelp}`

const flags = {
  model: { type: 'string' },
  revision: { type: 'string' },
  document: { type: 'string' },
  question: { type: 'string' },
  heads: { type: 'string' },
  compressor: { type: 'string' },
  'kept-share': { type: 'string' },
  burst: { type: 'string' },
  pool: { type: 'string' },
  policy: { type: 'string' },
  budget: { type: 'string' },
  chunk: { type: 'string' },
  stabilizers: { type: 'string' },
  sinks: { type: 'string' },
  allocation: { type: 'string' },
  local: { type: 'string' },
  positions: { type: 'string' },
  weights: { type: 'string' },
  cache: { type: 'string' },
  'max-tokens': { type: 'string' },
  temperature: { type: 'string' },
  'top-k': { type: 'string' },
  'top-p': { type: 'string' },
  seed: { type: 'string' },
  sampling: { type: 'string' },
  stop: { type: 'string', multiple: true },
  think: { type: 'boolean' },
  chat: { type: 'boolean' },
  'show-special': { type: 'boolean' },
  raw: { type: 'boolean' },
  json: { type: 'string' },
  dump: { type: 'string' },
  adapter: { type: 'string' },
  help: { type: 'boolean' },
} as const

/** `help` when that was asked for. Throws UsageError. */
export function parseAsk(args: readonly string[], defaultModel: string): AskOptions | 'help' {
  const given = parseFlags(args, flags)
  if (given.help === true) return 'help'
  const raw = given.raw === true
  const chat = given.chat === true
  const seed = whole('--seed', given.seed, 0)
  const options: AskOptions = {
    model: given.model ?? defaultModel,
    document: given.document ?? missing('--document'),
    question: given.question ?? (chat ? '' : missing('--question')),
    ...defined({
      revision: given.revision,
      heads: given.heads,
      compressor: given.compressor,
      topK: whole('--top-k', given['top-k'], 1),
      topP: real('--top-p', given['top-p'], 1),
      json: given.json,
      dump: given.dump,
    }),
    settings: defined({
      policy: oneOf('--policy', given.policy, policyNames),
      budget: whole('--budget', given.budget, 1),
      chunk: whole('--chunk', given.chunk, 1),
      stabilizers: whole('--stabilizers', given.stabilizers, 0),
      sinks: whole('--sinks', given.sinks, 0),
      allocation: oneOf('--allocation', given.allocation, allocations),
      keptShare: real('--kept-share', given['kept-share'], 1),
      burst: whole('--burst', given.burst, 0),
      pool: whole('--pool', given.pool, 0),
      local: whole('--local', given.local, 0),
      positions: oneOf('--positions', given.positions, positionKinds),
      weights: oneOf('--weights', given.weights, weightStorages),
      cache: oneOf('--cache', given.cache, cacheStorages),
      seed,
    }),
    maxTokens: whole('--max-tokens', given['max-tokens'], 1) ?? 256,
    ...defined({ temperature: real('--temperature', given.temperature, Infinity) }),
    sampling: oneOf('--sampling', given.sampling, ['greedy', 'model'] as const) ?? 'greedy',
    stop: given.stop ?? [],
    showSpecial: given['show-special'] === true,
    think: given.think === true,
    chat,
    seed: seed ?? 0,
    raw,
    adapter: oneOf('--adapter', given.adapter, adapters) ?? 'auto',
  }
  checkTogether(options)
  checkFiles(options)
  return options
}

function checkTogether({ settings, raw, chat, document, question }: AskOptions): void {
  const { policy, budget, stabilizers } = settings
  if (
    policy !== 'full' &&
    budget !== undefined &&
    stabilizers !== undefined &&
    stabilizers >= budget
  ) {
    throw new UsageError(
      `--stabilizers ${stabilizers} must be fewer than --budget ${budget}; lower the one or raise the other`,
    )
  }
  if (chat && raw)
    throw new UsageError(
      '--raw continues one text and --chat asks questions; leave one of them out',
    )
  if (chat && document === '-')
    throw new UsageError('--chat reads questions from standard input, so --document must be a file')
  if (!raw && !chat && question.trim() === '') throw new UsageError('--question is empty')
}

function checkFiles(options: AskOptions): void {
  const { document, compressor, json, dump } = options
  checkModelFlags(options)
  if (document !== '-') {
    requireFile('--document', document)
    const found = statSync(document)
    if (found.isFile() && found.size === 0) throw new UsageError(`--document ${document} is empty`)
  }
  if (compressor !== undefined && !isUrl(compressor)) requireFile('--compressor', compressor)
  if (json !== undefined && (isFolder(json) || !isFolder(dirname(resolve(json))))) {
    throw new UsageError(`--json ${json} cannot be written: name a file in a folder that exists`)
  }
  if (dump !== undefined && existsSync(dump) && !isFolder(dump)) {
    throw new UsageError(`--dump ${dump} is a file; name a folder`)
  }
}
