import { expect, test } from 'vitest'
import { kernelChoice } from './kernel_choice.ts'

test.each([
  ['?kernels=portable', 'portable'],
  ['?debug=1&kernels=measured', 'measured'],
  ['?kernels=fast', 'measured'],
  ['', 'measured'],
])('%s asks for %s kernels', (query, choice) => {
  expect(kernelChoice(query)).toBe(choice)
})
