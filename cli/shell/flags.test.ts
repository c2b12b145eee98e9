import { describe, expect, it } from 'vitest'
import { UsageError } from './command.ts'
import { given, oneOf, real, rest, text, whole } from './flag.ts'
import { only, parseFlags } from './flags.ts'
import { helpOf } from './help.ts'

const length = { maxTokens: whole(1, 'length of the answer', 99).or('16') }
const flags = {
  files: rest('FILE …', 'what is read'),
  out: text('DIR', 'where it goes').needed(),
  ...length,
  share: real(1, 'of the whole'),
  storage: oneOf('P', ['f32', 'f16'], 'how it is stored').list(),
  stop: text('TEXT', 'ends the answer').several(),
  sizes: whole(1, 'how large').inRow(),
  fast: given('less of it'),
}

function parse(line: string) {
  return parseFlags(line.split(' '), flags)
}

describe('parseFlags', () => {
  it('leaves out what was not given and nothing stands for', () => {
    expect(parse('--out here')).toStrictEqual({
      files: [],
      out: 'here',
      maxTokens: 16,
      stop: [],
      fast: false,
    })
  })

  it('reads every kind of flag', () => {
    const line =
      'a --out here b --max-tokens 5 --share .5 --storage f16,f32 --stop x --sizes 1 2 --fast --stop=-y --sizes=3'
    expect(parse(line)).toStrictEqual({
      files: ['a', 'b'],
      out: 'here',
      maxTokens: 5,
      share: 0.5,
      storage: ['f16', 'f32'],
      stop: ['x', '-y'],
      sizes: [1, 2, 3],
      fast: true,
    })
  })

  it('answers --help whatever is missing or wrong', () => {
    expect(parse('--help --share 7')).toBe('help')
  })

  it.each([
    ['--fast', '--out is missing; --help lists the options'],
    ['--out=a --max-tokens=100', "--max-tokens must be a whole number between 1 and 99, not '100'"],
    ['--out=a --share=-1', "--share must be a number between 0 and 1, not '-1'"],
    ['--out=a --storage=f16,q9', "--storage must be one of f32, f16, not 'q9'"],
    ['--out=a --sizes --fast', '--sizes needs a value'],
    ['--out=a --fast=b', '--fast takes no value'],
    ['--out=a --Fast', 'unknown option --Fast; --help lists them'],
  ])('refuses %s', (line, complaint) => {
    expect(() => parse(line)).toThrow(UsageError)
    expect(() => parse(line)).toThrow(complaint)
  })

  it('refuses what stands without a flag where nothing may', () => {
    expect(() => parseFlags(['a'], length)).toThrow("unexpected argument 'a'")
  })
})

it('a part of the flags is had by itself', () => {
  const all = parse('--out here --max-tokens 5')
  if (all === 'help') throw new Error('expected values')
  expect(only(all, length)).toEqual({ maxTokens: 5 })
})

describe('helpOf', () => {
  const lines = helpOf('Reads.', { ...flags, long: given('word '.repeat(60).trim()) }).split('\n')

  it('has a line for every flag, with what stands for nothing', () => {
    expect(lines[0]).toBe('Reads.')
    expect(lines).toContain('  FILE …          what is read')
    expect(lines).toContain('  --max-tokens N  length of the answer (default: 16)')
    expect(lines).toContain('  --storage P,P   how it is stored: f32 or f16')
    expect(lines).toContain('  --sizes N …     how large')
    expect(lines.at(-1)).toBe('  --help          this text')
  })

  it('breaks long texts between words, under one another', () => {
    const at = lines.findIndex((line) => line.startsWith('  --long'))
    expect(lines[at]!.length).toBeLessThanOrEqual(120)
    expect(lines[at + 1]).toMatch(/^ {18}word /)
  })
})
