import { expect, test } from 'vitest'
import { parsePeers } from './options.ts'

test('everything has a default', () => {
  expect(parsePeers(['--peers'])).toMatchObject({
    only: [],
    model: 'smollm2-135m',
    tokens: [512, 2048, 8192, 32_768],
    answer: 32,
    rounds: 3,
    limit: 300,
    adapter: 'auto',
    out: 'bench-results',
  })
})

test('contestants, lengths and limits are chosen', () => {
  const given = '--peers --only longtab wllama-wasm --tokens 64 --rounds 1 --limit 20 --onnx fp32'
  expect(parsePeers(given.split(' '))).toMatchObject({
    only: ['longtab', 'wllama-wasm'],
    tokens: [64],
    rounds: 1,
    limit: 20,
    onnx: 'fp32',
  })
})

test.each([
  [['--only', 'web-llm'], '--only must be one of longtab, longtab-full, transformers-webgpu'],
  [['--answer', '1'], "--answer must be a whole number of at least 2, not '1'"],
  [['--onnx', 'q8'], "--onnx must be one of fp32, q4, q4f16, not 'q8'"],
  [['--shape', 'tiny'], "unknown option '--shape'; --help lists the options"],
])('%j is refused', (args, message) => {
  expect(() => parsePeers(['--peers', ...args])).toThrow(message)
})
