// Answers with drafts are those without, on a random model, in fewer steps. LONGTAB_ANSWERS=200 in Node makes it long.
import { expect, test } from 'vitest'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { createDraftPace } from '../forward/draft_pace.ts'
import type { Engine } from '../forward/engine.ts'
import { longOr } from '../testing/forms.ts'
import { gpuOfFile } from '../testing/gpu_of_file.ts'
import { kept, model, open, read, roomOf, tokens } from '../testing/small_engine.ts'
import { decode } from './decode.ts'

const gpu = gpuOfFile()
const sampling = { temperature: 0, topK: 0, topP: 1, seed: 0 }
const maxTokens = 8

/** An engine whose steps always wait for a draft, which is checked as soon as its kernels are compiled. */
async function drafted(engine: Engine): Promise<{ engine: Engine; steps: () => number }> {
  await engine.kernels.fewMatvecs?.compiled()
  let steps = 0
  const { answerIds } = engine
  const read = (step: number, count: number) => {
    steps++
    return answerIds.read(step, count)
  }
  const draftPace = { ...createDraftPace(), waits: () => true }
  return {
    engine: { ...engine, draftPace, answerIds: { ...answerIds, read } },
    steps: () => steps,
  }
}

async function answer(engine: Engine, question: Uint32Array, text?: readonly number[]) {
  const ids: number[] = []
  const repeats = text && (() => Promise.resolve(text))
  const options = { maxTokens, sampling, signal: undefined, repeats }
  for await (const id of decode(engine, question, options)) ids.push(id)
  return ids
}

/** of the usual policy; the others give fewer */
const most = longOr('LONGTAB_ANSWERS', 50)

const hybrid = randomModel({ ...smallShape, layers: 3, attentionIn: [1] }, 7)

test.for([
  [{ policy: 'locret' }, model],
  [{ policy: 'full', positions: 'original' }, model],
  [{ policy: 'streaming', storage: { weights: 'q4', cache: 'f16' } }, model],
  [{ policy: 'keydiff' }, hybrid],
] as const)(
  'answers are the same with drafts, %o',
  { timeout: 180_000 },
  async ([settings, of]) => {
    const questions = settings.policy === 'locret' ? most : 10
    const engine = await open(gpu, settings, undefined, of)
    await read(engine, tokens.subarray(0, 150))
    const before = await kept(engine)
    const { engine: drafting, steps } = await drafted(engine)
    let answered = 0
    for (let i = 0; i < questions; i++) {
      const question = tokens.subarray(i, i + 3)
      const plain = await answer(engine, question)
      // what it will say, with a fault in it, so that drafts are accepted whole, in part and not at all
      const text = plain.map((id, at) => (at % 7 === i % 7 ? (id + 1) % 256 : id))
      expect(await answer(drafting, question, text)).toEqual(plain)
      answered += plain.length
    }
    expect(await kept(engine)).toEqual(before)
    expect(answered).toBe(questions * maxTokens)
    expect(steps()).toBeLessThan(0.7 * answered)
  },
)

test('what an answer may repeat is asked for only where it is drafted', async () => {
  const engine = await open(gpu, {})
  await read(engine, tokens.subarray(0, 150))
  const { engine: drafting } = await drafted(engine)
  const asked = async (answering: Engine, temperature: number, most = 2): Promise<number> => {
    let times = 0
    const repeats = () => Promise.resolve(Array.from({ length: ++times }, () => 1))
    const chosen = { ...sampling, temperature }
    const options = { maxTokens: most, sampling: chosen, signal: undefined, repeats }
    for await (const _ of decode(answering, tokens.subarray(0, 3), options));
    return times
  }
  expect(await asked(drafting, 0)).toBe(1)
  expect(await asked(drafting, 0.7), 'sampled').toBe(0)
  expect(await asked(drafting, 0, roomOf(engine) + 20), 'evicts').toBe(0)
  expect(await asked({ ...engine, draftPace: undefined }, 0), 'on a CPU').toBe(0)
})
