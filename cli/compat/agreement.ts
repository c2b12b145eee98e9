// How far the engine's logits are from those of transformers on the tiny checkpoints. They are measured in Node and kept as
// JSON, so that the page can be made again without a GPU.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type * as Longtab from '../../src/index.ts'
import type { LoadOptions } from '../../src/index.ts'
import { farthest } from '../../src/testing/farthest.ts'
import { root } from '../build/paths.ts'
import { filesOf, type FamilyFixture } from './fixtures.ts'

/** What was compared: the folder's weights stored so on the GPU, the GGUF file as it is, or f32 after evictions. */
export const compared = ['f32', 'f16', 'q8', 'GGUF', 'evicted'] as const
export type Compared = (typeof compared)[number]

/** Of one checkpoint in one storage. */
export interface Agreement {
  /** the largest difference between two logits, and the largest logit */
  readonly difference: number
  readonly largest: number
  /** tokens of the greedy answer that are the same from its beginning on, and how many there are; 0 of 0 where none was recorded */
  readonly same: number
  readonly of: number
}

/** When and where. */
export interface Measured {
  readonly date: string
  readonly machine: string
  readonly adapter: string
}

export interface Agreements extends Measured {
  /** by the fixture's name */
  readonly fixtures: Readonly<Record<string, Partial<Record<Compared, Agreement>>>>
}

export const agreementsFile = join(root, 'cli/compat/agreements.json')

export async function keptAgreements(): Promise<Agreements> {
  return JSON.parse(await readFile(agreementsFile, 'utf8')) as Agreements
}

interface Expected {
  readonly prompt: string
  readonly greedyIds: readonly number[]
  readonly evicted?: { readonly budget: number; readonly chunk: number }
}

interface Run {
  readonly compared: Compared
  readonly path: string
  readonly options: LoadOptions
  /** row of logits.bin */
  readonly row: number
}

const plain: LoadOptions = {
  ...{ budget: 180, chunk: 64, tail: 16, local: 1 },
  policy: { name: 'streaming', stabilizers: 0, sinks: 0 },
}

/** @param load of the built module */
export async function measureAgreement(
  load: typeof Longtab.load,
  gpu: GPU,
  fixture: FamilyFixture,
): Promise<Partial<Record<Compared, Agreement>>> {
  const { folder, description } = fixture
  const expected = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8')) as Expected
  const stored = await readFile(join(folder, 'logits.bin'))
  const logits = new Float32Array(Uint8Array.from(stored).buffer)
  const agreement: Partial<Record<Compared, Agreement>> = {}
  for (const run of runsOf(fixture, expected)) {
    const first = run.row * description.vocabulary
    const row = logits.subarray(first, first + description.vocabulary)
    // no answer was recorded behind evictions
    const wanted = run.compared === 'evicted' ? [] : expected.greedyIds
    const found = await answerOf(load, gpu, run, expected.prompt, Math.max(1, wanted.length))
    const differs = wanted.findIndex((id, index) => found.ids[index] !== id)
    agreement[run.compared] = {
      difference: farthest(found.logits, row),
      largest: Math.max(...row.map(Math.abs)),
      same: differs < 0 ? wanted.length : differs,
      of: wanted.length,
    }
  }
  return agreement
}

async function answerOf(
  load: typeof Longtab.load,
  gpu: GPU,
  { path, options }: Run,
  prompt: string,
  maxTokens: number,
): Promise<{ readonly ids: readonly number[]; readonly logits: ArrayLike<number> }> {
  const model = await load(await filesOf(path), { ...options, gpu })
  try {
    const document = await model.read(prompt, { form: 'plain' })
    const answer = document.complete({ maxTokens, keepFirstLogits: true })
    const { ids, firstLogits = [] } = await answer.summary
    return { ids, logits: firstLogits }
  } finally {
    await model.close()
  }
}

function runsOf({ folder, gguf }: FamilyFixture, { evicted }: Expected): Run[] {
  const runs: Run[] = (['f32', 'f16', 'q8'] as const).map((weights) => ({
    compared: weights,
    path: folder,
    options: { ...plain, storage: { weights } },
    row: 1,
  }))
  if (gguf?.isSame) runs.push({ compared: 'GGUF', path: gguf.path, options: plain, row: 1 })
  if (evicted) {
    const policy = { name: 'streaming', stabilizers: 0, sinks: 4 } as const
    const room = { ...evicted, tail: 16, local: 8 }
    const options: LoadOptions = { ...room, policy, storage: { weights: 'f32' } }
    runs.push({ compared: 'evicted', path: folder, options, row: 2 })
  }
  return runs
}
