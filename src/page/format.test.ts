import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatBytesApart,
  formatCount,
  formatDuration,
  formatRate,
  formatShare,
} from './format.ts'

/** with plain spaces, for reading */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('formatBytes', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [999.6, '1 kB'],
    [1500, '1.5 kB'],
    [37_412_000, '37.4 MB'],
    [999_600_000, '1 GB'],
    [46e9, '46 GB'],
  ])('%d → %s', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text))
})

describe('formatBytesApart', () => {
  it.each([
    [4_000_000_000, 128_000_000, '4 GB', '128 MB'],
    [4_000_900_000, 4_000_000_000, '4.001 GB', '4 GB'],
    [37_412_001, 37_412_000, '37.412001 MB', '37.412 MB'],
    [5e9, 5e9, '5 GB', '5 GB'],
  ])('%d and %d differ', (one, other, first, second) => {
    expect(formatBytesApart(one, other).map(plain)).toEqual([first, second])
  })
})

describe('formatDuration', () => {
  it.each([
    [0.04, 'under 0.1 s'],
    [0.42, '0.4 s'],
    [3, '3 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [200, '3 min 20 s'],
    [3599.7, '1 h'],
    [7500, '2 h 5 min'],
  ])('%d s → %s', (seconds, text) => expect(plain(formatDuration(seconds))).toBe(text))
})

describe('formatShare', () => {
  it.each([
    [0, '0 %'],
    [0.004, 'under 1 %'],
    [0.12, '12 %'],
    [0.995, 'over 99 %'],
    [1, '100 %'],
  ])('%d → %s', (share, text) => expect(plain(formatShare(share))).toBe(text))
})

it('groups counts and keeps a decimal of slow rates only', () => {
  expect(formatCount(1234567.4)).toBe('1,234,567')
  expect(formatRate(1234.5)).toBe('1,235')
  expect(formatRate(3.14)).toBe('3.1')
})
