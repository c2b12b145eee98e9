// The GPU that Node finds through the npm package `webgpu` (Dawn), which this project does not depend on. Plain JavaScript
// that needs nothing installed: it is carried to machines with a GPU, with what imports it.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

export async function nodeGpu(features = []) {
  const dawn = process.env.LONGTAB_WEBGPU
  if (!dawn) throw new Error('name the index.js of the npm package webgpu in LONGTAB_WEBGPU')
  const { create } = await import(pathToFileURL(resolve(dawn)).href)
  return create(features)
}
