// The bench of quality from the command line, with a model by name, heads and a compressor of a policy's own: two workers
// download once and find what one finds without the Hub.
import { spawn } from 'node:child_process'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'playwright/test'
import { root } from '../cli/build/paths.ts'
import { headsFile } from '../reference/model_files.ts'
import { randomCompressor } from '../reference/random_compressor.ts'
import { randomModel } from '../reference/random_model.ts'
import type { SampleRecord } from '../src/quality/record.ts'
import type { Summary } from '../src/quality/summary.ts'
import { describe } from '../src/model/config.ts'
import { test, tinyShape } from './fixtures.ts'
import { hubWith, weightsAsked } from './imitated_hub.ts'

test.setTimeout(600_000) // engines for three passes, twice, with every shader compiled in software

test('two workers download a model by name once, and find what one finds without the Hub, in a report of both heads and a compressor', async ({
  scratch,
  tinyFolder,
}) => {
  const other = randomModel(tinyShape, 9)
  const heads = join(scratch, 'other.safetensors')
  await writeFile(heads, Buffer.from(await headsFile(other, 'F32').arrayBuffer()))
  const compressor = join(scratch, 'merging.safetensors')
  const { file } = randomCompressor(
    describe(other.config, {}),
    { merged: 16, taps: 3, lambda: 0.5 },
    3,
  )
  await writeFile(compressor, Buffer.from(await file.arrayBuffer()))
  const [kept, merged] = [`locret:heads=${heads}`, `lococo:compressor=${compressor}`]
  const hub = await hubWith(tinyFolder)
  const cache = join(scratch, 'bench-cache')
  await mkdir(cache)
  const environment = { XDG_CACHE_HOME: cache, HF_ENDPOINT: hub.url }
  const run = async (workers: number, policies: readonly string[], samples: number) => {
    const out = join(scratch, `quality-${workers}`)
    const { status, stderr } = await bench(environment, [
      ...['--model', 'ann/tiny', '--out', out, '--workers', String(workers)],
      ...['--policies', policies.join(), '--against', kept],
      ...['--tasks', 'passkey,prose', '--lengths', '480'],
      ...['--budgets', '64', '--samples', '1', '--answer-tokens', 'tight'],
    ])
    expect(stderr).toContain(`${samples} samples; the report is in`)
    expect(status).toBe(0)
    const lines = (await readFile(join(out, 'results.jsonl'), 'utf8')).trimEnd().split('\n')
    const summary = JSON.parse(await readFile(join(out, 'summary.json'), 'utf8')) as Summary
    expect(summary).toMatchObject({ run: { model: 'ann/tiny' } })
    return {
      found: lines.map((line) => whatWasFound(JSON.parse(line) as SampleRecord)).sort(),
      duels: summary.duels,
    }
  }
  const two = await run(2, [kept, merged], 6)
  expect(two.duels.map(({ policy }) => policy)).toEqual([merged, merged])
  const whole = (await stat(join(tinyFolder, 'model.safetensors'))).size
  const [asked = '', ...others] = weightsAsked(hub)
  expect(asked.endsWith(`-${whole - 1}`)).toBe(true)
  expect(others).toEqual([])

  await hub.close()
  const one = await run(1, [kept], 4)
  expect(one.found).toHaveLength(4)
  expect(two.found).toEqual(expect.arrayContaining(one.found))
})

/** Without times and the peaks of one tab. */
function whatWasFound({ key, turn, prediction, score, nats, divergence }: SampleRecord): string {
  return JSON.stringify([key, turn, prediction, score, nats, divergence])
}

function bench(
  environment: Record<string, string>,
  args: readonly string[],
): Promise<{ status: number | null; stderr: string }> {
  const child = spawn(
    process.execPath,
    ['cli/run.mjs', 'bench_quality', '--adapter', 'software', ...args],
    { cwd: root, env: { ...process.env, ...environment } },
  )
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece))
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, stderr }))
  })
}
