import { expect, test } from 'vitest'
import { parseBench } from './options.ts'

test('everything has a default', () => {
  expect(parseBench([])).toEqual({ adapter: 'auto', out: 'bench-results', effort: 'full' })
})

test('lists are written in a row or one by one', () => {
  const expected = {
    shapes: ['tiny', 'llama-1b'],
    tokens: [100, 2000],
    adapter: 'software',
    out: 'here',
    effort: 'quick',
  }
  const row = '--shape tiny llama-1b --tokens 100 2000 --quick --adapter software --out here'
  expect(parseBench(row.split(' '))).toEqual(expected)
  const single = '--shape tiny --tokens=100 --adapter software --shape llama-1b --tokens 2000'
  expect(parseBench([...single.split(' '), '--out', 'here', '--quick'])).toEqual(expected)
})

test('budgets of each head’s own are measured in one shape, of whose model the heads are', () => {
  const given = '--by-head h.safetensors --shape smollm-135m --budget 256'
  expect(parseBench(given.split(' '))).toMatchObject({
    byHead: { path: 'h.safetensors', shape: 'smollm-135m', budget: 256 },
  })
  expect(() => parseBench(['--by-head', 'h.safetensors'])).toThrow('--by-head needs one --shape')
  expect(() => parseBench(['--budget', '256'])).toThrow('--budget and --chunk are for --by-head')
})

test.each([
  [
    ['--shape', 'huge'],
    "--shape must be one of tiny, stories, wide-layer, smollm-attention, smollm-135m, qwen-0.5b, qwen-0.8b, llama-1b, llama-8b, not 'huge'",
  ],
  [['--tokens', '0'], "--tokens must be a whole number of at least 1, not '0'"],
  [['--tokens', '--quick'], '--tokens needs a value, not the flag --quick'],
  [['--cache', 'q4'], "--cache must be one of f32, f16, int8, int4, not 'q4'"],
  [['--shape'], "option '--shape <NAME...>' argument missing"],
  [['--adapter', 'fast'], "--adapter must be one of auto, hardware, software, not 'fast'"],
  [['--fast'], "unknown option '--fast'; --help lists the options"],
  [['tiny'], "unexpected argument 'tiny'; --help lists the options"],
])('%j is refused', (args, message) => {
  expect(() => parseBench(args)).toThrow(message)
})
