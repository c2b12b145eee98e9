// The whole module compared with PyTorch: checkpoints loaded from URLs, text in; logits, retained tokens and answers out.
// fixtures/README.md says what transformers computed and how.
import { describe, expect, test } from 'vitest'
import type { LoadOptions } from '../api/model.ts'
import type { Settings } from '../api/settings.ts'
import { load } from '../index.ts'
import { sharedGpu } from '../testing/shared_gpu.ts'
import { farthest } from '../testing/farthest.ts'

interface Expected {
  readonly prompt: string
  readonly promptIds: number[]
  readonly greedyIds: number[]
}

interface LocretRun {
  readonly name: string
  readonly settings: Pick<Settings, 'budget' | 'chunk' | 'local' | 'positions'> &
    Readonly<Record<'stabilizers' | 'pool', number>>
  readonly retained: number[][][]
  readonly answerIds: number[]
}

const vocabulary = 270
const keepsAll = {
  policy: { name: 'full', stabilizers: 0 },
  budget: 100,
  chunk: 70,
  local: 1,
} as const

async function json(path: string): Promise<unknown> {
  return (await fetch(`/fixtures/${path}`)).json()
}

/** (row, vocabulary) */
async function floats(path: string): Promise<Float32Array> {
  return new Float32Array(await (await fetch(`/fixtures/${path}`)).arrayBuffer())
}

async function run(folder: string, prompt: string, options: LoadOptions) {
  const model = await load(`/fixtures/${folder}/`, { gpu: sharedGpu, ...options })
  const document = await model.read(prompt, { form: 'plain' })
  const { ids, firstLogits } = await document.complete({ maxTokens: 16, keepFirstLogits: true })
    .summary
  const retained = (await document.retainedIndices()).map((layer) => layer.map((head) => [...head]))
  await model.close()
  return { ids, firstLogits: firstLogits!, retained }
}

describe.each([
  // rounding this F32 checkpoint to f16 moves PyTorch's own logits by 0.0185; the other two lose almost nothing
  { folder: 'gqa-tied-f32', halves: 2e-2 },
  { folder: 'mha-untied-bf16', halves: 1e-2 },
  { folder: 'sharded-f16', halves: 1e-2 },
])('$folder', ({ folder, halves }) => {
  test.each([
    ['f32', 1e-3],
    ['f16', halves],
  ] as const)('weights in %s give logits within %s of transformers', async (weights, within) => {
    const { prompt, promptIds, greedyIds } = (await json(`${folder}/expected.json`)) as Expected
    const logits = await floats(`${folder}/logits.bin`)
    const { ids, firstLogits } = await run(folder, prompt, { ...keepsAll, storage: { weights } })
    expect(promptIds.length).toBeGreaterThan(keepsAll.chunk) // more than one chunk
    expect(farthest(firstLogits, logits.subarray(-vocabulary))).toBeLessThan(within)
    expect(ids).toEqual(greedyIds)
  })
})

describe('official Locret in PyTorch', async () => {
  const { prompt } = (await json('gqa-tied-f32/expected.json')) as Expected
  const { runs } = (await json('gqa-tied-f32/locret.json')) as { runs: LocretRun[] }
  const logits = await floats('gqa-tied-f32/locret_logits.bin')
  test.each(runs.map((expected, index) => ({ ...expected, index })))('$name', async (expected) => {
    const { stabilizers, pool, ...room } = expected.settings
    const policy = { name: 'locret', stabilizers, pool } as const
    const got = await run('gqa-tied-f32', prompt, { ...room, policy, storage: { weights: 'f32' } })
    expect(got.retained).toEqual(expected.retained)
    const row = logits.subarray(expected.index * vocabulary, (expected.index + 1) * vocabulary)
    expect(farthest(got.firstLogits, row)).toBeLessThan(1e-3)
    expect(got.ids).toEqual(expected.answerIds)
  })
})
