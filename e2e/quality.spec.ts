// The bench of quality from the command line: two workers find what one finds, with heads and a compressor of a policy's own.
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
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

test.setTimeout(600_000) // engines for three passes, twice, with every shader compiled in software

test('two workers find what one finds, in a report of both heads and a compressor', async ({
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
  const run = async (workers: number) => {
    const out = join(scratch, `quality-${workers}`)
    const { status, stderr } = await bench([
      ...['--model', tinyFolder, '--out', out, '--workers', String(workers)],
      ...['--policies', `${kept},${merged}`, '--against', kept],
      ...['--tasks', 'passkey,prose', '--lengths', '640'],
      ...['--budgets', '64', '--samples', '1', '--answer-tokens', 'tight'],
    ])
    expect(stderr).toContain('6 samples; the report is in')
    expect(status).toBe(0)
    const lines = (await readFile(join(out, 'results.jsonl'), 'utf8')).trimEnd().split('\n')
    const summary = await readFile(join(out, 'summary.json'), 'utf8')
    return {
      found: lines.map((line) => whatWasFound(JSON.parse(line) as SampleRecord)).sort(),
      duels: (JSON.parse(summary) as Summary).duels,
    }
  }
  const one = await run(1)
  const two = await run(2)
  expect(one.found).toHaveLength(6)
  expect(two).toEqual(one)
  expect(one.duels.map(({ policy }) => policy)).toEqual([merged, merged])
})

/** Without times and the peaks of one tab. */
function whatWasFound({ key, turn, prediction, score, nats, divergence }: SampleRecord): string {
  return JSON.stringify([key, turn, prediction, score, nats, divergence])
}

function bench(args: readonly string[]): Promise<{ status: number | null; stderr: string }> {
  const child = spawn(
    process.execPath,
    ['cli/run.mjs', 'bench_quality', '--adapter', 'software', ...args],
    { cwd: root },
  )
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece))
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, stderr }))
  })
}
