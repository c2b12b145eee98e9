// What the command line is given as a model: folders, GGUF files, heads as a PyTorch file; and training on one.
// What transformers answers is in fixtures/.
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import type { AskRecord } from '../cli/ask/page.ts'
import { root } from '../cli/build/paths.ts'
import { test } from './fixtures.ts'

test.setTimeout(240_000) // each call starts a browser and compiles every shader in software

const fixtures = join(root, 'fixtures')

interface Expected {
  readonly prompt: string
  readonly greedyIds: number[]
}

/** Runs a command to its end. Throws what it wrote to stderr unless it ends well. */
async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(
    process.execPath,
    ['cli/run.mjs', command, '--adapter', 'software', ...args],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece))
  const status = await new Promise((resolve) => child.on('close', resolve))
  if (status !== 0) throw new Error(stderr)
}

/** The record of a plain text gone on with. */
async function ask(
  scratch: string,
  prompt: string,
  maxTokens: number,
  args: readonly string[],
): Promise<AskRecord> {
  const document = join(scratch, 'prompt.txt')
  const json = join(scratch, 'record.json')
  await writeFile(document, prompt)
  const text = ['--raw', '--document', document, '--question', '', '--json', json]
  await run('ask', [...text, '--max-tokens', String(maxTokens), ...args])
  return JSON.parse(await readFile(json, 'utf8')) as AskRecord
}

async function expectationsOf(folder: string): Promise<Expected> {
  return JSON.parse(await readFile(join(fixtures, folder, 'expected.json'), 'utf8')) as Expected
}

/** Nothing is evicted; several chunks. */
const keepsAll = '--policy streaming --budget 180 --chunk 64 --stabilizers 0 --sinks 0 --local 1'

test('ask answers with a .gguf file, its Q8_0 matrices kept in 8 bits', async ({ scratch }) => {
  const { prompt, greedyIds } = await expectationsOf('families/llama3')
  const model = ['--model', join(fixtures, 'gguf/llama3.gguf'), '--weights', 'q8']
  const { answerIds } = await ask(scratch, prompt, 2, [...keepsAll.split(' '), ...model])
  expect(answerIds).toEqual(greedyIds.slice(0, 2)) // 8 bits change later ones
})

test('ask takes retaining heads as a PyTorch file', async ({ scratch }) => {
  const { prompt } = await expectationsOf('gqa-tied-f32')
  const model = ['--model', join(fixtures, 'gqa-tied-f32')]
  const small = '--budget 40 --chunk 16 --stabilizers 12 --local 10 --pool 2'.split(' ')
  const heads = ['--heads', join(fixtures, 'pytorch/heads.bin')]
  const record = await ask(scratch, prompt, 2, [...model, ...heads, ...small])
  expect(record.settings).toMatchObject({ budget: 40, policy: { name: 'locret', pool: 2 } })
})

test('train-heads trains on a .gguf file in 4 bits, and ask uses what it trained', async ({
  scratch,
}) => {
  const heads = join(scratch, 'trained.safetensors')
  const model = ['--model', join(fixtures, 'gguf/qwen3.gguf'), '--weights', 'q4']
  const brief =
    '--steps 2 --d-r 16 --length 128 --reply 128 --held-out 1 --look-every 1 --questions 1'
  await run('train_heads', [...model, '--out', heads, ...brief.split(' ')])
  const record = await ask(scratch, 'The ferry leaves at noon.', 2, [...model, '--heads', heads])
  expect(record.settings.policy.name).toBe('locret')
})
