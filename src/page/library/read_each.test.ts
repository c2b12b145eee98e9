// Documents read one after the other: what is kept, what is named, and what ends them all.
import { expect, it } from 'vitest'
import { LongtabError, type ErrorCode } from '../../index.ts'
import type { Opened, ReadingRequest } from '../session.ts'
import { readEach } from './read_each.ts'

const requestOf = (name: string) => ({ document: { text: { name } } }) as unknown as ReadingRequest

/** Reads documents; those named by a code fail with it. */
async function readAll(names: readonly string[], fails: 'open' | 'keep' = 'open') {
  const steps: string[] = []
  const failing = (when: string, request: ReadingRequest) => {
    const { name } = request.document.text
    steps.push(`${when} ${name}`)
    if (when === fails && name.length > 1)
      throw new LongtabError(name as ErrorCode, `${name} happened`)
  }
  const read = await readEach(names.map(requestOf), {
    begin: (_, index, count) => steps.push(`${index + 1} of ${count}`),
    open: async (request) => {
      failing('open', request)
      return { request } as unknown as Opened
    },
    keep: async ({ request }) => failing('keep', request),
  })
  return { steps, read }
}

it('are read and kept in their order, and the last stays open', async () => {
  const { steps, read } = await readAll(['a', 'b'])
  expect(steps).toEqual(['1 of 2', 'open a', 'keep a', '2 of 2', 'open b', 'keep b'])
  expect(read.ended).toBeUndefined()
  expect(read.last?.request.document.text.name).toBe('b')
  expect(read.said).toBe('2 documents are read and kept.')
})

it('go on after one that cannot be read, which is named', async () => {
  const { read } = await readAll(['a', 'bad-input', 'c'])
  expect(read.said).toBe('2 documents are read and kept. Left out: bad-input. bad-input happened.')
  expect((await readAll(['a', 'bad-input'])).read.last).toBeUndefined()
})

it.each(['aborted', 'device-lost', 'worker-failed'])(
  'end where there is no going on: %s',
  async (code) => {
    const { steps, read } = await readAll(['a', code, 'c'])
    expect(steps.at(-1)).toBe(`open ${code}`)
    expect(read).toMatchObject({ last: undefined, ended: { code } })
  },
)

it('end where there is no room to keep them', async () => {
  const { read } = await readAll(['storage-full', 'c'], 'keep')
  expect(read).toMatchObject({ last: undefined, ended: { code: 'storage-full' } })
})
