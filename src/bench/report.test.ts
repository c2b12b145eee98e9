import { expect, test } from 'vitest'
import { benchRecord } from './record.fixture.ts'
import { report } from './report.ts'

const text = report(benchRecord())
/** The first line with this start, columns separated by one space. */
const line = (start: string) => lines.find((one) => one.startsWith(start))
const lines = text.split('\n').map((one) => one.replace(/ +/g, ' '))

test('says what ran, where and when', () => {
  expect(line('# ')).toBe('# Bench of 2026-11-22')
  expect(line('Adapter')).toBe('Adapter: acme gpu. Chromium 156, linux. 09:05 UTC, full.')
})

test('medians with their ranges, and a question mark for what is unknown', () => {
  expect(line('| reading 537 MB once')).toContain('400 (380 – 420; 5) GB/s')
  expect(line('| multiply-adds')).toMatch(/ \? \|/)
  expect(line('| qwen-0.5b | 494 M')).toContain('2500 (2375 – 2625; 5)')
})

test('how fast a stored file is read, beside the same file read raw', () => {
  expect(line('| 268 MB')).toContain('| 3 (2.85 – 3.15; 5) | 1.2 (1.14 – 1.26; 5) | 40 % | yes |')
})

test('what a token reads, by how the cache is stored', () => {
  expect(line('| qwen-0.5b | 400 MB of')).toContain('| 110 MB of 1110 MB | 56 MB of 1060 MB |')
})

test('what fewer bits are worth', () => {
  expect(line('| qwen-0.5b | q4')).toBe(
    '| qwen-0.5b | q4 | 1000 | 320 | 0.32 × | 180 (171 – 189; 5) | 2.25 × | 40 % | 2.8 | 0.35 × |',
  )
})

test('what merging would cost beside the model', () => {
  expect(line('| qwen-0.5b | locret+lococo')).toBe(
    '| qwen-0.5b | locret+lococo | 754 of 6032 | 121 M | 0.177 × | 195 MB |',
  )
})

test('where the time goes, or that it cannot be told', () => {
  expect(line('| score |')).toBe('| score | 2 | 100 % | 1000 | 1 | 20 % | 10 % |')
  expect(text).toContain('one token: no timestamps')
})

test('what did not run', () => {
  expect(line('- llama-1b')).toBe('- llama-1b: out of memory')
})

test('every row of a table has as many cells as its head', () => {
  const tables = text.split('\n\n').filter((block) => block.startsWith('|'))
  for (const block of tables) {
    const cells = block.split('\n').map((row) => row.split('|').length)
    expect(new Set(cells).size, block).toBe(1)
  }
})
