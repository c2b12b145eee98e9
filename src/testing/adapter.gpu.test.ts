import { expect, test } from 'vitest'

// Every other test that needs a GPU is skipped where there is none; a run that skipped them all has proved nothing.
test('this browser has a WebGPU adapter, be it in software', async () => {
  const adapter = await (navigator.gpu as GPU | undefined)?.requestAdapter()
  expect(adapter, 'no adapter: all kernel tests were skipped').toBeTruthy()
})
