// The GPU that Node finds through the npm package `webgpu` (Dawn), which is for development only and named by the caller. Plain JavaScript
// that needs nothing installed: it is carried to machines with a GPU, with what imports it.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

export async function dawn() {
  const path = process.env.LONGTAB_WEBGPU
  if (!path) throw new Error('name the index.js of the npm package webgpu in LONGTAB_WEBGPU')
  return import(pathToFileURL(resolve(path)).href)
}

export async function nodeGpu(features = []) {
  const { create } = await dawn()
  const gpu = create(features)
  const adapter = await gpu.requestAdapter()
  if (adapter?.info.isFallbackAdapter) waitLazily()
  return gpu
}

/**
 * While anything is awaited, Dawn looks for it at every turn of the event loop, by `setImmediate`: a core kept busy, which a
 * GPU in software needs. From now on it looks every millisecond.
 */
function waitLazily() {
  globalThis.setImmediate = (look, ...given) => setTimeout(look, 1, ...given)
}
