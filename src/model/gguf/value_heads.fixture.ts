// The order in which llama.cpp's converter writes value heads of a delta net, for comparison with a checkpoint.
import type { DeltaNetShape } from '../../api/description.ts'

/** @returns for each value head of the file, the checkpoint's */
function orderOf({ keyHeads, valueHeads }: DeltaNetShape): number[] {
  const sharing = valueHeads / keyHeads
  return Array.from(
    { length: valueHeads },
    (_, head) => (head % keyHeads) * sharing + Math.floor(head / keyHeads),
  )
}

/** @param values (…, heads · rows) of a checkpoint, whose last axis has width `across` @returns as the file has them */
function reordered(values: readonly number[], across: number, order: readonly number[]): number[] {
  const size = across / order.length
  const moved: number[] = []
  for (let start = 0; start < values.length; start += across) {
    for (const head of order) {
      moved.push(...values.slice(start + head * size, start + (head + 1) * size))
    }
  }
  return moved
}

/** A tensor of the checkpoint as the file has it. */
export function withFileOrder(
  name: string,
  values: readonly number[],
  shape: DeltaNetShape,
  hidden: number,
): readonly number[] {
  if (!name.includes('linear_attn') || name.endsWith('norm.weight')) return values
  const order = orderOf(shape)
  const own = shape.valueHeads * shape.valueSize
  if (name.includes('out_proj')) return reordered(values, own, order)
  const keys = 2 * shape.keyHeads * shape.keySize
  const isMixed = /in_proj_qkv|conv1d/.test(name)
  const width = name.includes('conv1d') ? values.length / (keys + own) : hidden
  const kept = isMixed ? keys * width : 0
  const others = values.slice(kept)
  return [...values.slice(0, kept), ...reordered(others, others.length, order)]
}
