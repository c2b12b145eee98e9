import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../build/paths.ts'
import type { Cell, PeersRecord } from './record.ts'
import { recordIn } from './record.ts'
import { withSection } from './section.ts'
import { peersTables } from './tables.ts'

const cell = (contestant: string, round: number, changes: Partial<Cell>): Cell => ({
  ...{ contestant, round, tokens: 512, ended: 'done', tabBytes: 300e6, gpuProcessBytes: 500e6 },
  ...changes,
})

/** Ours reads 100 tokens a second and then 50, theirs twice as fast each time. */
const record: PeersRecord = {
  date: '2026-11-29T01:30:00.000Z',
  host: 'Chromium 156',
  adapter: 'google swiftshader, without shader-f16',
  model: { name: 'm.gguf', bytes: 98e6 },
  ...{ threads: 2, answerTokens: 16, limitS: 420 },
  contestants: [
    { name: 'ours', title: 'Ours', version: 'here' },
    { name: 'theirs', title: 'Theirs', version: '1.2', onnx: 'q4' },
    { name: 'slow', title: 'Slow', version: '3' },
    { name: 'gone', title: 'Gone', version: '0', absent: 'needs what this adapter lacks' },
  ],
  cells: [
    cell('ours', 0, {
      ...{ promptTokens: 500, prefillMs: 5000, answerTokens: 5, answerMs: 400, text: ' a b' },
    }),
    cell('theirs', 0, {
      ...{ promptTokens: 500, prefillMs: 2500, answerTokens: 3, answerMs: 100, text: ' a b' },
    }),
    cell('slow', 0, { promptTokens: 500, prefillMs: 10_000, ended: 'late' }),
    cell('ours', 1, { promptTokens: 500, prefillMs: 10_000, answerTokens: 5, answerMs: 400 }),
    cell('theirs', 1, { promptTokens: 500, prefillMs: 5000, answerTokens: 3, answerMs: 100 }),
    cell('slow', 1, { ended: 'late', tabBytes: 900e6 }),
    cell('theirs', 0, { tokens: 2048, ended: 'failed', error: 'out of memory', tabBytes: null }),
    cell('theirs', 1, { tokens: 2048, ended: 'failed', error: 'out of memory' }),
  ],
}

/** A table's row after the heading, as its cells. */
function row(text: string, heading: string, title: string): readonly string[] {
  const line = text
    .slice(text.indexOf(heading))
    .split('\n')
    .find((one) => one.startsWith(`| ${title} `))
  return (line ?? '').split('|').map((one) => one.trim())
}

describe('peersTables', () => {
  const text = peersTables(record)

  it('gives medians, and ratios of pairs from one round', () => {
    expect(row(text, '### 512', 'Ours').slice(2, 7)).toEqual([
      ...['500', '75 (50 – 100; 2)', '–', '100 (100 – 100; 2)', '–'],
    ])
    expect(row(text, '### 512', 'Theirs').slice(4, 7)).toEqual([
      ...['2 ×', '50 (50 – 50; 2)', '0.5 ×'],
    ])
  })

  it('keeps what was reached before the limit, and says what was not', () => {
    expect(row(text, '### 512', 'Slow').slice(3, 6)).toEqual([
      ...['50', '0.5 ×', 'not within 420 s'],
    ])
  })

  it('tells the highest memory of all rounds', () => {
    expect(row(text, '### 512', 'Slow')[7]).toBe('900')
  })

  it('compares answers with ours', () => {
    expect(row(text, '### 512', 'Theirs')[10]).toBe('yes')
    expect(row(text, '### 512', 'Slow')[10]).toBe('–')
  })

  it('quotes each error once, and says who was not run', () => {
    expect(row(text, '### 2,048', 'Theirs')[3]).toBe('failed')
    expect(text.match(/- Theirs at 2,048 tokens: `out of memory`/g)).toHaveLength(1)
    expect(text).toContain('- Gone 0 was not run: it needs what this adapter lacks.')
    expect(row(text, '### 512', 'Gone')).toEqual([''])
  })

  it('names the weights of those that take another file', () => {
    expect(row(text, '| contestant', 'Theirs').slice(2, 4)).toEqual(['1.2', 'ONNX q4'])
  })
})

it('makes the tables of the documentation of the comparison that is kept there', () => {
  const folder = join(root, 'docs/research')
  const page = readFileSync(join(folder, 'peers.md'), 'utf8')
  const path = join(folder, 'reports/peers.json')
  const kept = recordIn(readFileSync(path, 'utf8'), path)
  expect(withSection(page, peersTables(kept))).toBe(page)
})

describe('recordIn', () => {
  it('reads what was written', () => {
    expect(peersTables(recordIn(JSON.stringify(record), 'r.json'))).toBe(peersTables(record))
  })

  it.each([
    ['nothing', 'r.json is no JSON'],
    ['[]', 'r.json has no date'],
    [JSON.stringify({ ...record, cells: undefined }), 'r.json has no cells'],
  ])('refuses %s', (text, message) => {
    expect(() => recordIn(text, 'r.json')).toThrow(message)
  })
})

describe('withSection', () => {
  const page =
    'before\n\n<!-- made by npm run bench -- --peers -->\n\nold\n\n<!-- end of what is made -->\n\nafter\n'

  it('replaces what is between the marks, and nothing else', () => {
    const written = withSection(page, 'new\n')
    expect(written).toBe(page.replace('old', 'new'))
    expect(withSection(written, 'new\n')).toBe(written)
  })

  it('refuses a page without marks', () => {
    expect(() => withSection('page', 'new')).toThrow('the page has no section between')
  })
})
