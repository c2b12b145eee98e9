// The GPU that Node finds through the npm package `webgpu` (Dawn), for development only. Plain JavaScript without
// installed packages, since it is copied to machines with a GPU along with its importers.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

export function webgpuEntry() {
  const named = process.env.LONGTAB_WEBGPU
  if (named) {
    const path = resolve(named)
    if (existsSync(path)) return path
    throw new Error(
      `LONGTAB_WEBGPU names ${path}, which does not exist; name the package's index.js`,
    )
  }
  try {
    return createRequire(import.meta.url).resolve('webgpu')
  } catch {
    throw new Error(
      'the npm package webgpu is not installed; run npm install webgpu, or name its index.js in LONGTAB_WEBGPU',
    )
  }
}

export async function dawn() {
  return import(pathToFileURL(webgpuEntry()).href)
}

export async function nodeGpu(features = []) {
  const { create } = await dawn()
  const gpu = create(features)
  const adapter = await gpu.requestAdapter()
  if (adapter?.info.isFallbackAdapter) waitLazily()
  return gpu
}

/**
 * While a promise is pending, Dawn polls in every iteration of the event loop, by `setImmediate`. That keeps a core busy,
 * which a software GPU needs. This makes it poll once a millisecond.
 */
function waitLazily() {
  globalThis.setImmediate = (look, ...given) => setTimeout(look, 1, ...given)
}
