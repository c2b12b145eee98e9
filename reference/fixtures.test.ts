// The reference compared with PyTorch: transformers on small checkpoints, and Locret on top of it. fixtures/README.md
// says how they were made.
import { readdirSync, readFileSync } from 'node:fs'
import { Tokenizer } from '@huggingface/tokenizers'
import { describe, expect, test } from 'vitest'
import { blobFile } from '../src/files/blob_file.ts'
import type { Checkpoint } from '../src/model/checkpoint.ts'
import { readDescription } from '../src/model/config.ts'
import { farthest } from '../src/testing/farthest.ts'
import { openFiles } from '../src/testing/open_files.ts'
import { openCheckpoint } from '../src/model/open_checkpoint.ts'
import { openSafetensors } from '../src/model/safetensors/checkpoint.ts'
import { answer } from './decode.ts'
import { complete } from './locret.ts'
import type { ReferenceModel } from './model.ts'
import type { ReadingSettings } from './policies.ts'
import { read, retained } from './prefill.ts'
import { assemble, type Tensors } from './weights.ts'

const fixtures = new URL('../fixtures/', import.meta.url)
const noBytes = () => undefined

interface Expected {
  readonly prompt: string
  readonly promptIds: number[]
  /** rows of logits.bin */
  readonly logitPositions: number[]
  readonly greedyIds: number[]
}

interface LocretRun {
  readonly name: string
  readonly settings: Pick<ReadingSettings, 'budget' | 'chunk' | 'positions'> &
    Readonly<Record<'stabilizers' | 'pool' | 'local', number>>
  readonly retained: number[][][]
  readonly answerIds: number[]
  readonly smallestScoreGap: number | null
}

/** reads and answers without evicting */
const plain: ReadingSettings = {
  budget: 1,
  burst: 0,
  chunk: 64,
  tail: 1,
  positions: 'slot',
  allocation: 'even',
  policy: { name: 'full', stabilizers: 0, sinks: 0 },
}

function json(folder: string, name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${folder}/${name}`, fixtures), 'utf8'))
}

function expectedOf(folder: string): Expected {
  return json(folder, 'expected.json') as Expected
}

function floats(folder: string, name: string): Float32Array {
  const bytes = readFileSync(new URL(`${folder}/${name}`, fixtures))
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}

async function loadModel(folder: string): Promise<ReferenceModel> {
  const picked = readdirSync(new URL(`${folder}/`, fixtures)).map(
    (name) => new File([readFileSync(new URL(`${folder}/${name}`, fixtures))], name),
  )
  const files = openFiles(picked, noBytes)
  const description = await readDescription(files)
  const heads = picked.find(({ name }) => name === 'heads.safetensors')
  return assemble(
    description,
    await allTensors(await openCheckpoint(files)),
    heads && (await allTensors(await openSafetensors(blobFile(heads, heads.name, noBytes)))),
  )
}

async function allTensors(checkpoint: Checkpoint): Promise<Tensors> {
  const tensors = new Map<string, Float32Array>()
  for (const { name, shape } of checkpoint.tensors.values()) {
    const width = shape.at(-1)!
    const values = new Float32Array(shape.reduce((product, axis) => product * axis, 1))
    for await (const slice of checkpoint.rows(name)) values.set(slice.values, slice.first * width)
    tensors.set(name, values)
  }
  return tensors
}

/** Within 1e-4 of the largest logit. */
function expectLogits(actual: Float32Array, expected: Float32Array): void {
  const largest = expected.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0)
  expect(actual.length).toBe(expected.length)
  expect(farthest(actual, expected) / largest).toBeLessThan(1e-4)
}

describe.each(['gqa-tied-f32', 'mha-untied-bf16', 'sharded-f16'])('%s', async (folder) => {
  const model = await loadModel(folder)
  const expected = expectedOf(folder)
  const prompt = Uint32Array.from(expected.promptIds)
  const { vocabulary } = model.description

  test('the tokenizer gives the same ids', () => {
    const files = ['tokenizer.json', 'tokenizer_config.json'].map((name) => json(folder, name))
    const tokenizer = new Tokenizer(files[0] as object, files[1] as object)
    expect(tokenizer.encode(expected.prompt).ids).toEqual(expected.promptIds)
  })

  test('logits are those of transformers', () => {
    const logits = floats(folder, 'logits.bin')
    const nothing = read(model, new Uint32Array(0), plain)
    expected.logitPositions.forEach((position, row) => {
      const { firstLogits } = answer(nothing, prompt.subarray(0, position + 1), 0)
      expectLogits(firstLogits, logits.subarray(row * vocabulary, (row + 1) * vocabulary))
    })
  })

  test('the greedy continuation is that of transformers', () => {
    const { ids } = complete(model, prompt, { ...plain, local: 10 }, expected.greedyIds.length)
    expect(ids).toEqual(expected.greedyIds)
  })
})

const families = readdirSync(new URL('families/', fixtures)).sort()

describe.each(families)('the family of %s', async (name) => {
  const folder = `families/${name}`
  const model = await loadModel(folder)
  const expected = json(folder, 'expected.json') as Expected & { shortPromptIds: number[] }
  const logits = floats(folder, 'logits.bin')
  const { vocabulary } = model.description

  /** LongRoPE's original context is 64; at most that many positions use the short factors. */
  const within = (slots: number): ReadingSettings => ({
    ...plain,
    policy: { ...plain.policy, name: 'streaming' },
    budget: slots - plain.chunk / 2 - 1,
    chunk: plain.chunk / 2,
  })

  test('logits on both sides of windows and rotary scaling, and the greedy continuation', () => {
    const { promptIds, shortPromptIds, greedyIds } = expected
    const prompt = Uint32Array.from(promptIds)
    const short = read(model, Uint32Array.from(shortPromptIds.slice(0, 30)), within(64))
    const rest = Uint32Array.from(shortPromptIds.slice(30))
    expectLogits(answer(short, rest, 0).firstLogits, logits.subarray(0, vocabulary))
    const long = complete(model, prompt, { ...within(256), local: 10 }, greedyIds.length)
    expectLogits(long.firstLogits, logits.subarray(vocabulary, 2 * vocabulary))
    expect(long.ids).toEqual(greedyIds)
  })
})

describe('Locret on gqa-tied-f32', async () => {
  const folder = 'gqa-tied-f32'
  const model = await loadModel(folder)
  const prompt = Uint32Array.from(expectedOf(folder).promptIds)
  const { runs } = json(folder, 'locret.json') as { runs: LocretRun[] }
  const logits = floats(folder, 'locret_logits.bin')
  const { vocabulary } = model.description

  test.each(runs.map((run, row) => [run.name, run, row] as const))('%s', (_, run, row) => {
    const { stabilizers, pool, budget, chunk, positions, local } = run.settings
    // the official code never evicts while answering, so prompt and answer must fit
    const settings: ReadingSettings & { local: number } = {
      ...plain,
      ...{ budget, chunk, positions, local },
      policy: { name: 'locret', stabilizers, sinks: 0, pool },
      tail: prompt.length + run.answerIds.length,
    }
    const { document, firstLogits, ids } = complete(model, prompt, settings, run.answerIds.length)
    expect(retained(document)).toEqual(run.retained)
    expectLogits(firstLogits, logits.subarray(row * vocabulary, (row + 1) * vocabulary))
    expect(ids).toEqual(run.answerIds)
    if (run.smallestScoreGap === null) expect(document.margin).toBe(Infinity)
    else expect(document.margin / run.smallestScoreGap).toBeCloseTo(1, 2)
  })
})
