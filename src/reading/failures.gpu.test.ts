// Loading, reading and answering while one call to the GPU goes wrong: the run ends in one sentence with a code, the memory is
// released, and a second load works. LONGTAB_FAILURES=1 in Node takes every call, the short form every so many.
import { expect, test } from 'vitest'
import { modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { LongtabError } from '../api/errors.ts'
import { load } from '../index.ts'
import { failingGpu, failures, type FailingGpu, type Failure } from '../testing/failing_gpu.ts'
import { longOr } from '../testing/forms.ts'

/** Of all calls, every so many fail in turn. */
const stride = longOr('LONGTAB_FAILURES', 120)

const files = modelFiles(randomModel({ ...smallShape, layers: 1 }, 4), 'F32')
const settings = { budget: 40, chunk: 32, tail: 24, policy: 'streaming' } as const
const text = 'The tide turned at dusk. '.repeat(5)
const ends: readonly string[] = ['device-lost', 'out-of-memory', 'gpu-error', 'internal']

async function run(gpu: GPU): Promise<readonly number[]> {
  const model = await load(files, { gpu, ...settings })
  try {
    const document = await model.read(text)
    return (await document.ask('What turned?', { maxTokens: 3 }).summary).ids
  } finally {
    await model.close()
  }
}

const sound = failingGpu()
const expected = await run(sound.api)
const last = sound.calls()

/** What a run came to: its answer, or an error's code. */
async function outcomeOf(failure: Failure, at: number): Promise<string> {
  const failing = failingGpu(failure, at)
  const late = new Promise<string>((done) => setTimeout(() => done('never ended'), 60_000))
  const ended = run(failing.api).then(
    (ids) => (String(ids) === String(expected) ? 'answered' : `answered otherwise: ${String(ids)}`),
    (error: unknown) => (error instanceof LongtabError ? error.code : `no code: ${String(error)}`),
  )
  const outcome = await Promise.race([ended, late])
  expect(await released(failing), `memory, ${failure} at call ${at}`).toBe(true)
  return outcome
}

/** Devices are told to go when a load fails, and go a little later. */
async function released(gpu: FailingGpu): Promise<boolean> {
  for (let waits = 0; waits < 100 && !gpu.isReleased(); waits++)
    await new Promise((done) => setTimeout(done, 50))
  return gpu.isReleased()
}

test.each(failures)(
  `every ${stride}th of ${last} calls: %s`,
  async (failure) => {
    const first = 1 + (failures.indexOf(failure) * stride) / failures.length
    const outcomes = new Map<string, number>()
    for (let at = Math.floor(first); at <= last; at += stride) {
      const outcome = await outcomeOf(failure, at)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      expect([...ends, 'answered'], `call ${at} of ${last}`).toContain(outcome)
    }
    console.info(`${failure}: ${JSON.stringify(Object.fromEntries(outcomes))}`)
    expect([...outcomes.keys()].some((outcome) => ends.includes(outcome))).toBe(true)
  },
  60_000 + (last / stride) * 20_000,
)

test('after all that a load works', async () => {
  expect(await run(navigator.gpu)).toEqual(expected)
}, 60_000)
