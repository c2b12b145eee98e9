// What the tests find in a page and Node has not: navigator.gpu with its constants, an address, and paths to fetch from.
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { RunError, UsageError } from '../command.ts'
import { serve } from '../serve.ts'

interface Dawn {
  create(options: readonly string[]): GPU
  readonly globals: Readonly<Record<string, unknown>>
}

/** Throws UsageError where LONGTAB_WEBGPU names no package, RunError where it finds no adapter. */
export async function openGpu(): Promise<{ gpu: GPU; adapter: GPUAdapter }> {
  const path = process.env['LONGTAB_WEBGPU'] ?? ''
  if (path === '') {
    throw new UsageError('name the index.js of the npm package webgpu in LONGTAB_WEBGPU')
  }
  const dawn = (await import(pathToFileURL(resolve(path)).href)) as Dawn
  Object.assign(globalThis, dawn.globals)
  const gpu = dawn.create(['disable-dawn-features=timestamp_quantization']) // as exact as the bench's
  const adapter = await gpu.requestAdapter()
  if (adapter === null) throw new RunError('no WebGPU adapter; is a Vulkan driver installed?')
  return { gpu, adapter }
}

/** @param checkout what vitest's server has under `/`: its folders and those of public/ */
export async function becomePage(gpu: GPU, checkout: string): Promise<void> {
  const { url } = await serve({
    '/': join(checkout, 'public'),
    '/fixtures/': join(checkout, 'fixtures'),
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
