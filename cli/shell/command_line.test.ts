import { CommanderError } from 'commander'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { UsageError } from './command.ts'
import { commandLine, only } from './command_line.ts'
import { given, oneOf, real, rest, text, whole } from './flag.ts'

const length = { maxTokens: whole(1, 'length of the answer', 99).or('16') }
const flags = {
  files: rest('what is read'),
  out: text('DIR', 'where it goes').needed(),
  ...length,
  share: real(1, 'of the whole'),
  storage: oneOf('P', ['f32', 'f16'], 'how it is stored').list(),
  stop: text('TEXT', 'ends the answer').several(),
  sizes: whole(1, 'how large').several(),
  fast: given('less of it'),
}
const reads = { usage: 'reads [options]', about: 'Reads.', closing: 'The end.' }

function parse(line: string) {
  return commandLine({ ...reads, flags }, line.split(' '))
}

describe('commandLine', () => {
  it('leaves out what was not given and nothing stands for', () => {
    expect(parse('--out here')).toStrictEqual({
      ...{ files: [], out: 'here', maxTokens: 16, stop: [], sizes: [], fast: false },
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

  it.each([
    ['--fast', "required option '--out <DIR>' not specified; --help lists the options"],
    ['--out=a --max-tokens=100', "--max-tokens must be a whole number between 1 and 99, not '100'"],
    ['--out=a --share=-1', "--share must be a number between 0 and 1, not '-1'"],
    ['--out=a --storage=f16,q9', "--storage must be one of f32, f16, not 'q9'"],
    ['--out --fast', '--out needs a value, not the flag --fast'],
    ['--out=a --sizes', "option '--sizes <N...>' argument missing; --help lists the options"],
    ['--out=a --fast=b', "unknown option '--fast=b'"],
    ['--out=a --Fast', "unknown option '--Fast' (Did you mean --fast?); --help lists the options"],
  ])('refuses %s', (line, complaint) => {
    expect(() => parse(line)).toThrow(UsageError)
    expect(() => parse(line)).toThrow(complaint)
  })

  it('refuses what stands without a flag where nothing may', () => {
    expect(() => commandLine({ ...reads, flags: length }, ['a'])).toThrow("unexpected argument 'a'")
  })
})

it('a part of the flags is had by itself', () => {
  expect(only(parse('--out here --max-tokens 5'), length)).toEqual({ maxTokens: 5 })
})

describe('--help', () => {
  afterEach(() => vi.restoreAllMocks())

  it('has a line for every flag, whatever is missing, and ends with success', () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    expect(() => parse('--help')).toThrow(
      expect.objectContaining({ exitCode: 0 }) as CommanderError,
    )
    const lines = write.mock.calls.join('').split('\n')
    expect(lines[0]).toBe('Usage: reads [options]')
    for (const line of [
      'Reads.',
      '  files             what is read',
      '  --max-tokens <N>  length of the answer (default: 16)',
      '  --storage <P,P>   how it is stored: f32 or f16',
      '  --sizes <N...>    how large',
      '  --fast            less of it',
      'The end.',
    ])
      expect(lines).toContain(line)
  })
})
