// Records of a KV head in uniforms, as in shaders/common/head_*.wgsl.
import type { Scalar } from '../gpu/kernel.ts'

type Fields<Field extends string> = Readonly<Record<Field, Scalar>>

/** A block's rows in a KV head: row r in slot first_slot + r. */
export const headRows: Fields<'offset' | 'first_slot'> = { offset: 'u32', first_slot: 'u32' }

/** An eviction: slots `pinned` … occupied − 1 shrink to `survivors`. */
export const headEviction: Fields<
  'offset' | 'pinned' | 'occupied' | 'survivors' | 'first' | 'last'
> = {
  offset: 'u32',
  pinned: 'u32',
  occupied: 'u32',
  survivors: 'u32',
  first: 'u32',
  last: 'u32',
}

/** The merged slots of a KV head. */
export const headMerging: Fields<'offset' | 'others' | 'first_merged'> = {
  offset: 'u32',
  others: 'u32',
  first_merged: 'u32',
}

/** A head's record of one of these kinds, as passed to a dispatch. */
export type HeadRows = Readonly<Record<keyof typeof headRows, number>>
export type HeadEviction = Readonly<Record<keyof typeof headEviction, number>>
export type HeadMerging = Readonly<Record<keyof typeof headMerging, number>>
