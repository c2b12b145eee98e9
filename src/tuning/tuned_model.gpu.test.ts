// A whole model on a device that does not say it is a CPU: variants are measured, and what runs computes the same.
import { expect, test } from 'vitest'
import { headsFile, modelFiles } from '../../reference/model_files.ts'
import type { KernelChoice } from '../api/diagnostics.ts'
import { openGpu } from '../gpu/device.ts'
import { loadEngine } from '../reading/load.ts'
import { expectClose } from '../testing/gpu.ts'
import { firstLogits, model, read, tokens, usualBut } from '../testing/small_engine.ts'

test('a model whose kernels were measured reads as one with portable kernels', async () => {
  const gpu = await openGpu(navigator.gpu)
  Object.defineProperty(gpu.device, 'adapterInfo', { value: { vendor: 'acme' } })
  const load = (kernels: KernelChoice) =>
    loadEngine(gpu, modelFiles(model, 'F32'), {
      overrides: usualBut({}),
      heads: headsFile(model, 'F32'),
      kernels,
      onProgress: () => undefined,
      signal: undefined,
    })
  try {
    const measured = await load('measured')
    const portable = await load('portable')
    expect(measured.diagnostics.kernels).toBe('measured')
    expect(measured.diagnostics.steps.map(({ timed }) => timed.length > 0)).toEqual([true, true])
    expect(portable.diagnostics.kernels).toBe('portable')
    const logits = async ({ engine }: typeof measured) =>
      firstLogits(engine, await read(engine, tokens))
    expectClose(await logits(measured), await logits(portable), 1e-3)
  } finally {
    gpu.close()
  }
})
