// Words of the page as a whole; each view has its own beside it.
import type { ModelDescription } from '../index.ts'
import type { GpuSupport } from './gpu_support.ts'

export const title = 'Longtab'
export const noWebGpu = 'no WebGPU'
export const cancelled = 'Reading was cancelled. Your document is still here.'
export const cancelledOnTheWay =
  'Reading was cancelled. What was read till the last minute is kept: it goes on from Saved documents.'
export const noModel = 'There is no model to read with yet: see under Model.'

/** @param name of the document that is open */
export function setAside(name: string): string {
  return `This is your next document. “${name}” stays open until you read it.`
}

/** Of the tab, while a document is open. */
export function titleOf(document: string): string {
  return `${document} · Longtab`
}

/** A sentence behind another; '' of a model whose layers all keep tokens. */
export function layersThatKeep({ kinds }: Pick<ModelDescription, 'kinds'>): string {
  const keep = kinds.filter((kind) => kind === 'attention').length
  if (keep === kinds.length) return ''
  const keeping = keep === 1 ? 'keeps' : 'keep'
  const others = kinds.includes('gated delta net')
    ? 'the others keep a running summary of fixed size'
    : 'the others see the newest few'
  return ` Only ${keep} of the model’s ${kinds.length} layers ${keeping} tokens; ${others}.`
}

export function adapter({ name, software }: GpuSupport): string {
  return software ? `${name}: no GPU, so slow` : name
}

export function headsForAnother(model: string): string {
  return `These heads are for ${model}: choose it under Model, then take them again.`
}

export function readsWithHeads(model: string): string {
  return `${model} now reads with the heads you trained. Read a document to see what it keeps.`
}

export function notOurs(address: string): string {
  return `${address} is not fetched: this page connects to its own site and to huggingface.co alone; download the files and choose them from disk under Model`
}
