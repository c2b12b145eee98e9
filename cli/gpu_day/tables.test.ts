import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { benchRecord } from '../../src/bench/record.fixture.ts'
import { resolveSettings } from '../../src/plan/settings.ts'
import { describeShape, shapes } from '../../src/bench/shapes.ts'
import type { PeersRecord } from '../peers/record.ts'
import { writeJson } from '../shell/json.ts'
import { foundIn } from './found.ts'
import type { CheckpointRecord, SectionRecord } from './record.ts'
import { sectionsOf } from './sections.ts'
import { dayTables } from './tables.ts'

let out: string

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'longtab-day-test-'))
})

afterEach(() => rm(out, { recursive: true }))

const day = { models: 'm', headsModel: 'h', corpus: 'c', chromium: undefined, rehearse: false }

async function written(): Promise<string> {
  return dayTables(await foundIn(out, sectionsOf({ ...day, out })))
}

function section(name: string, changes: Partial<SectionRecord>): SectionRecord {
  const date = '2026-11-29T02:00:00.000Z'
  const told = { command: ['node'], limitS: 100, date, printed: '' }
  return { section: name, state: 'done', seconds: 12.5, ...told, ...changes }
}

const checkpoint: CheckpointRecord = {
  ...{ model: 'qwen.gguf', weights: 'file', machine: 'linux', adapter: 'nvidia' },
  settings: resolveSettings({}, describeShape(shapes['qwen-0.5b']), {}),
  ...{ loadMs: 5250, tokensRead: 16_384, readTokensPerSecond: 12_069 },
  ...{ timeToFirstTokenMs: 210, answerTokens: 64, decodeTokensPerSecond: 555 },
  gpuBytes: { weights: 5e8, cache: 1e8, scratch: 1e8, peak: 7e8 },
}

const peers = (name: string, perSecond: number): PeersRecord => ({
  ...{ date: '2026-11-29T02:00:00.000Z', host: 'Chromium', adapter: 'nvidia' },
  ...{ threads: 16, answerTokens: 32, limitS: 30, model: { name: 'm.gguf', bytes: 1e8 } },
  contestants: [{ name, title: name, version: '1' }],
  cells: [
    {
      ...{ contestant: name, tokens: 2048, round: 0, ended: 'done' },
      ...{ tabBytes: 1e8, gpuProcessBytes: null },
      ...{ promptTokens: 2000, prefillMs: (1000 * 2000) / perSecond },
    },
  ],
})

it('makes tables of everything that the sections left', async () => {
  for (const name of ['qwen-0.5b', 'checkpoints', 'peers', 'peers-wasm']) {
    await mkdir(join(out, name))
  }
  await writeJson(join(out, 'kernels.json'), section('kernels', {}))
  const outcomes = [{ state: 'pass' }, { state: 'pass' }, { state: 'fail' }]
  await writeJson(join(out, 'kernel-tests.json'), [{ path: 'a', outcomes }])
  await writeJson(join(out, 'qwen-0.5b/2026-11-29T02-00-00.json'), benchRecord())
  await writeJson(join(out, 'checkpoints/qwen-file.json'), checkpoint)
  await writeJson(join(out, 'peers/peers-1.json'), peers('older', 1))
  await writeJson(join(out, 'peers/peers-2.json'), peers('ours', 1000))
  await writeJson(join(out, 'peers-wasm/peers-1.json'), peers('theirs', 250))
  const text = await written()
  expect(text).toMatch(/\| kernels +\| +done \| +12\.5 \|/)
  expect(text).toContain('2 passed, 1 failed, 0 were skipped.')
  expect(text).toMatch(/\| qwen-0\.5b +\| +3,072 \| +2500 \(/)
  expect(text).toMatch(/\| qwen\.gguf +\| +file \| +5\.25 \| +16,384 \| +12069 \|/)
  expect(text).toMatch(/\| theirs +\| +2000 \| +250 \| +0\.25 × \|/)
  expect(text).not.toContain('older')
})

it('says of an empty folder nothing but that', async () => {
  const text = await written()
  expect(text).toContain('# A GPU day')
  expect(text).not.toContain('##')
})

it('says why a section has no results', async () => {
  await writeJson(join(out, 'peers.json'), section('peers', { sentence: 'there is no Chromium' }))
  expect(await written()).toContain('there is no Chromium')
})
