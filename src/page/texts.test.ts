import { expect, test } from 'vitest'
import { layersThatKeep } from './texts.ts'

test('the page says how many layers keep tokens, where it is not all of them', () => {
  expect(layersThatKeep({ kinds: ['attention', 'attention'] })).toBe('')
  expect(layersThatKeep({ kinds: ['short convolution', 'attention', 'short convolution'] })).toBe(
    ' Only 1 of the model’s 3 layers keeps tokens; the others see the newest few.',
  )
  expect(layersThatKeep({ kinds: ['gated delta net', 'attention'] })).toBe(
    ' Only 1 of the model’s 2 layers keeps tokens; the others keep a running summary of fixed size.',
  )
})
