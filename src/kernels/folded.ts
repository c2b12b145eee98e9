import { ceilDiv } from '../gpu/kernel.ts'

/** Grid of `groups` workgroups, in two dimensions where one would exceed WebGPU's 65,535. */
export function folded(groups: number): readonly [number, number] {
  const y = ceilDiv(groups, 65_535)
  return [ceilDiv(groups, y), y]
}
