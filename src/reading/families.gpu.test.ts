// Every model family compared with transformers, on tiny random checkpoints (fixtures/families.py). The prompt is longer
// than every window and every original context among them.
import { expect, test } from 'vitest'
import type { LoadOptions } from '../api/model.ts'
import { load } from '../index.ts'
import { sharedGpu } from '../testing/shared_gpu.ts'
import { farthest } from '../testing/farthest.ts'

interface Expected {
  readonly prompt: string
  readonly shortPrompt: string
  readonly greedyIds: number[]
  /** where logits after evictions were recorded: those of policy `streaming` with four sinks, its last eight tokens held */
  readonly evicted?: { readonly budget: number; readonly chunk: number }
}

const vocabulary = 270

/**
 * Nothing is evicted; several chunks and blocks. The last token of the prompt is held out and takes the decode step's
 * kernels. LongRoPE's original context is 64.
 */
const rooms = {
  short: { budget: 40, chunk: 16, tail: 8 },
  long: { budget: 180, chunk: 64, tail: 16 },
}

/** @param folder of fixtures/, or a file */
async function run(folder: string, prompt: string, maxTokens: number, options: LoadOptions) {
  const model = await load(`/fixtures/${folder}`, {
    gpu: sharedGpu,
    policy: { name: 'streaming', stabilizers: 0, sinks: 0 },
    local: 1,
    ...options,
  })
  const document = await model.read(prompt, { form: 'plain' })
  const summary = await document.complete({ maxTokens, keepFirstLogits: true }).summary
  await model.close()
  return summary
}

async function expectationsOf(folder: string) {
  const url = `/fixtures/families/${folder}`
  const expected = (await (await fetch(`${url}/expected.json`)).json()) as Expected
  const logits = new Float32Array(await (await fetch(`${url}/logits.bin`)).arrayBuffer())
  const row = (index: number) => logits.subarray(index * vocabulary, (index + 1) * vocabulary)
  return { ...expected, short: row(0), long: row(1), afterEvictions: row(2) }
}

const names = [
  ...[
    'llama2',
    'llama3',
    'llama-bias',
    'smollm3',
    'qwen2',
    'qwen3',
    'phi3',
    'phi3-long',
    'mistral',
  ],
  ...[
    'gemma2',
    'gemma3',
    'gemma4',
    'gemma4-plain',
    'phi4-mini',
    'granite',
    'granite-hybrid',
    'ernie4_5',
    'ministral3',
    'lfm2',
    'qwen3_5',
    'olmo2',
    'exaone4',
    'hunyuan',
  ],
]

test.each(names)('%s: logits within 1e-3 of transformers, the same greedy answer', async (name) => {
  const { prompt, greedyIds, long } = await expectationsOf(name)
  const options = { ...rooms.long, storage: { weights: 'f32' } } as const
  const { ids, firstLogits } = await run(`families/${name}/`, prompt, greedyIds.length, options)
  expect(farthest(firstLogits!, long)).toBeLessThan(1e-3)
  expect(ids).toEqual(greedyIds)
})

// States of lfm2 and qwen3_5 are left as they are. Layers of gemma4 that read the keys of others see what those have left.
// Keys of hunyuan are weighed where they have moved to.
test.each(['lfm2', 'qwen3_5', 'gemma4', 'hunyuan'])(
  '%s: logits after four evictions',
  async (name) => {
    const { prompt, evicted, long, afterEvictions } = await expectationsOf(name)
    const { firstLogits } = await run(`families/${name}/`, prompt, 1, {
      ...evicted,
      tail: 16,
      local: 8,
      policy: { name: 'streaming', stabilizers: 0, sinks: 4 },
      storage: { weights: 'f32' },
    })
    expect(farthest(firstLogits!, afterEvictions)).toBeLessThan(1e-3)
    expect(farthest(firstLogits!, long)).toBeGreaterThan(0.1)
  },
)

test('a LongRoPE model takes its short factors where the buffer stays within them', async () => {
  const { shortPrompt, short } = await expectationsOf('phi3-long')
  const logitsIn = async (room: LoadOptions) =>
    (await run('families/phi3-long/', shortPrompt, 1, { ...room, storage: { weights: 'f32' } }))
      .firstLogits!
  expect(farthest(await logitsIn(rooms.short), short)).toBeLessThan(1e-3)
  expect(farthest(await logitsIn(rooms.long), short)).toBeGreaterThan(0.1)
})

test.each(['llama3', 'qwen3', 'qwen3_5', 'gemma4'])(
  '%s.gguf: Q8_0 matrices, kept in 8 bits',
  async (name) => {
    const { prompt, long } = await expectationsOf(name)
    const { firstLogits } = await run(`gguf/${name}.gguf`, prompt, 1, {
      ...rooms.long,
      storage: { weights: 'q8' },
    })
    expect(farthest(firstLogits!, long)).toBeLessThan(0.4) // logits reach 9; 8-bit weights cost this model up to 0.4
  },
)
