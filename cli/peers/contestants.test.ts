import { expect, it } from 'vitest'
import { absence, contestants, onnxFor } from './contestants.ts'
import { peakIn } from './process_memory.ts'

it('leaves out who needs f16 where the adapter has none', () => {
  const left = (hasHalf: boolean) =>
    contestants.filter((one) => absence(one, hasHalf) !== undefined).map(({ name }) => name)
  expect(left(false)).toEqual(['wllama-webgpu'])
  expect(left(true)).toEqual([])
})

it('gives transformers.js the weights that its users take', () => {
  expect(onnxFor('webgpu', true)).toBe('q4f16')
  expect(onnxFor('webgpu', false)).toBe('q4')
  expect(onnxFor('wasm', true)).toBe('q4')
})

it('reads a process’s highest memory from what Linux says of it', () => {
  expect(peakIn('Name:\tchromium\nVmHWM:\t    2048 kB\nVmRSS:\t     100 kB\n')).toBe(2_097_152)
  expect(peakIn('')).toBeUndefined()
})
