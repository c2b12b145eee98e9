import { expect, test } from 'vitest'

// All other GPU tests are skipped without a GPU; this one fails, since a run that skipped them proves nothing.
test('this browser has a WebGPU adapter, be it in software', async () => {
  const adapter = await (navigator.gpu as GPU | undefined)?.requestAdapter()
  expect(adapter, 'no adapter: all kernel tests were skipped').toBeTruthy()
})
