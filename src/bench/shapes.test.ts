import { expect, test } from 'vitest'
import { describeShape, parametersOf, shapeNames, shapes } from './shapes.ts'

test('the shapes have the parameters of the models they are named after', () => {
  expect(parametersOf(shapes.stories) / 1e3).toBeCloseTo(260, 0)
  expect(parametersOf(shapes['smollm-135m']) / 1e6).toBeCloseTo(134.5, 1)
  expect(parametersOf(shapes['qwen-0.5b']) / 1e9).toBeCloseTo(0.494, 3)
  expect(parametersOf(shapes['llama-1b']) / 1e9).toBeCloseTo(1.236, 3)
  expect(parametersOf(shapes['qwen-0.8b']) / 1e9).toBeCloseTo(0.752, 3)
})

test.each(shapeNames)('%s is a model the engine can run', (name) => {
  const { layers, hidden, headSize, tiedEmbeddings, tensors } = describeShape(shapes[name])
  expect({ layers, hidden, headSize }).toEqual({
    layers: shapes[name].layers,
    hidden: shapes[name].hidden,
    headSize: shapes[name].headSize,
  })
  expect(tiedEmbeddings).toBe(true)
  expect(tensors.layers).toHaveLength(layers)
})

test('retaining heads can be filled eight values at a time', () => {
  for (const name of shapeNames) expect(shapes[name].retainingWidth % 8).toBe(0)
})
