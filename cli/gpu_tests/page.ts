// Gives Node what the tests expect of a page: navigator.gpu with its constants, an address, and paths to fetch from.
import { join } from 'node:path'
import { RunError, UsageError } from '../shell/command.ts'
import { dawn } from '../node/gpu.mjs'
import { realModelsFolder } from '../models/real_model.ts'
import { serve } from '../site/serve.ts'

/** Throws UsageError where the package is missing, RunError where it finds no adapter. */
export async function openGpu(): Promise<{ gpu: GPU; adapter: GPUAdapter }> {
  const { create, globals } = await dawn().catch((error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  })
  Object.assign(globalThis, globals)
  const gpu = create(['disable-dawn-features=timestamp_quantization']) // timestamps as exact as the bench's
  const adapter = await gpu.requestAdapter()
  if (adapter === null) throw new RunError('no WebGPU adapter; is a Vulkan driver installed?')
  return { gpu, adapter }
}

/** @param checkout folder that vitest's server has under `/`, with public/; real models come from their own folder */
export async function becomePage(gpu: GPU, checkout: string): Promise<void> {
  const { url } = await serve({
    '/': join(checkout, 'public'),
    '/fixtures/': join(checkout, 'fixtures'),
    '/real-models/': realModelsFolder(),
  })
  const fetchAbsolute = globalThis.fetch
  const page = {
    navigator: { gpu },
    location: new URL(url),
    fetch: (what: string | URL | Request, options?: RequestInit) =>
      fetchAbsolute(what instanceof Request ? what : new URL(what, url), options),
  }
  for (const [name, value] of Object.entries(page)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
}
