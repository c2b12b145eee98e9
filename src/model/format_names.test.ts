// A further format is a folder and a line: here the line, and everybody who goes by the names of files knows it.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Format } from './format.ts'
import { formats } from './formats.ts'

const further: Format = {
  name: 'FURTHER',
  ending: '.further',
  model: (file) => ({
    folder: `made of ${file.name}`,
    has: async () => false,
    names: async () => [],
    text: async () => '{}',
    file: () => file,
  }),
}

async function withFurther() {
  vi.resetModules()
  vi.doMock('./formats.ts', () => ({ formats: [...formats, further] }))
  const names = await import('./format_names.ts')
  const { folderAdvice } = await import('./folder_advice.ts')
  const { locate } = await import('./locate.ts')
  const { openSources } = await import('./sources.ts')
  return { ...names, folderAdvice, locate, openSources }
}

let known: Awaited<ReturnType<typeof withFurther>>
beforeAll(async () => {
  known = await withFurther()
})
afterAll(() => {
  vi.doUnmock('./formats.ts')
  vi.resetModules()
})

it('pickers of files are told of it', () => {
  expect(known.fileFormats).toContainEqual({ name: 'FURTHER', ending: '.further', holds: 'model' })
})

it('its files are models, in either case', () => {
  expect(['a.further', 'A.FURTHER', 'a.further.txt'].map(known.isModelFile)).toEqual([
    true,
    true,
    false,
  ])
})

it('an address of such a file is a file’s', () => {
  const location = known.locate('models/tiny.further', {}, 'https://example.org/')
  expect(location).toMatchObject({ folder: 'https://example.org/models/', file: 'tiny.further' })
})

it('such a file is opened as a model', () => {
  const picked = known.openSources(() => undefined).folder([new File(['x'], 'tiny.further')])
  expect(picked.folder).toBe('made of tiny.further')
})

it('errors about folders advise it', () => {
  const location = known.locate('ann/tiny')
  if (location.kind !== 'hub') throw new Error('not on the Hub')
  expect(known.folderAdvice.among([], location)).toContain('or a GGUF or FURTHER file in it')
  expect(known.folderAdvice.among(['b.txt', 'b.further'], location)).toBe(
    'name one of its GGUF or FURTHER files, for example ann/tiny:b.further',
  )
})
