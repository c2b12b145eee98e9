// Compares every declaration in src/kernels with its shader: the names, types, order and offsets that recorder.ts relies
// on.
import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import {
  WgslReflect,
  ArrayInfo,
  StructInfo,
  type VariableInfo,
} from 'wgsl_reflect/wgsl_reflect.module.js'
import { bake, headsWord, headWords, paramBytes, type AnyKernel } from '../gpu/kernel.ts'

const modules = import.meta.glob<Record<string, unknown>>(['./*.ts', '!./*.test.ts'], {
  eager: true,
})

function isKernel(value: unknown): value is AnyKernel {
  return typeof value === 'object' && value !== null && 'source' in value
}

/** A kernel, or all in a record of them by how something is stored. */
function kernelsIn(value: unknown, storages = ''): [string, AnyKernel][] {
  if (isKernel(value)) return [[`${value.name}${storages}`, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([storage, inner]) =>
    kernelsIn(inner, `${storages} ${storage}`),
  )
}

const kernels = Object.values(modules)
  .flatMap((exports) => Object.values(exports))
  .flatMap((value) => kernelsIn(value))

function reflect(kernel: AnyKernel): WgslReflect {
  return new WgslReflect(bake(kernel, sizes(kernel)))
}

function sizes(kernel: AnyKernel): Record<string, number> {
  return Object.fromEntries(kernel.constants.map((name) => [name, 8]))
}

test('every shader has a declaration of its name', async () => {
  const shaders = (await readdir('shaders')).filter((file) => file.endsWith('.wgsl'))
  const declared = new Set(kernels.map(([, { name }]) => `${name}.wgsl`))
  expect([...declared].sort()).toEqual(shaders.sort())
})

test.each(kernels)('%s: params', (_title, kernel) => {
  const { uniforms, structs } = reflect(kernel)
  expect(uniforms.map(({ name, group, binding }) => [name, group, binding])).toEqual([
    ['params', 0, 0],
  ])
  const struct = structs.find(({ name }) => name === 'Params')!
  const scalars = struct.members.filter(({ name }) => name !== 'heads')
  expect(scalars.map(({ name, type, offset }) => [name, type.name, offset])).toEqual(
    Object.entries(kernel.params).map(([name, type], i) => [name, type, 4 * i]),
  )
  expect(struct.size).toBeLessThanOrEqual(paramBytes(kernel, sizes(kernel)))
})

test.each(kernels.filter(([, { heads }]) => heads))('%s: heads', (_title, kernel) => {
  // naga (Firefox, Deno) does not give an array the alignment of its elements
  expect(bake(kernel, sizes(kernel))).toContain('@align(16) heads: array<')
  const { structs } = reflect(kernel)
  const heads = structs.find(({ name }) => name === 'Params')!.members.at(-1)!
  expect([heads.name, heads.offset]).toEqual(['heads', 4 * headsWord(kernel)])
  if (!(heads.type instanceof ArrayInfo)) throw new Error('heads are no array')
  const { stride, count, format } = heads.type
  expect([stride, count]).toEqual([4 * headWords(kernel.heads!), sizes(kernel)['KV_HEADS']])
  if (!(format instanceof StructInfo)) throw new Error('a head is no struct')
  expect(format.members.map(({ name, type, offset }) => [name, type.name, offset])).toEqual(
    Object.entries(kernel.heads!).map(([name, type], i) => [name, type, 4 * i]),
  )
})

test.each(kernels)('%s: bindings', (_title, kernel) => {
  const inOrder = (a: VariableInfo, b: VariableInfo): number => a.binding - b.binding
  const found = reflect(kernel).storage.sort(inOrder)
  expect(found.map(({ name, group, binding, access }) => [name, group, binding, access])).toEqual(
    Object.entries(kernel.bindings).map(([name, access], i) => [
      name,
      0,
      i + 1,
      access === 'read' ? 'read' : 'read_write',
    ]),
  )
  expect(found.length, 'what every device allows').toBeLessThanOrEqual(8)
})

test.each(kernels)('%s: constants', (_title, kernel) => {
  const overrides = new WgslReflect(kernel.source).overrides.map(({ name }) => name)
  expect(overrides).toEqual(kernel.constants)
  expect(reflect(kernel).overrides).toEqual([])
})

test.each(kernels)('%s: one entry point, main', (_title, kernel) => {
  const { entry } = reflect(kernel)
  expect(entry.compute.map(({ name }) => name)).toEqual(['main'])
})
