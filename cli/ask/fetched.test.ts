// A document at an address, from a server of this machine.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { RunError } from '../shell/command.ts'
import { serve } from '../site/serve.ts'
import { documentName, withDocumentHere } from './fetched.ts'
import type { AskCommand } from './options.ts'

const asking = (document: string) => ({ document }) as AskCommand

it('is fetched to this disk, and deleted afterwards', async () => {
  const site = await serve({
    '/book.txt': (_, response) => {
      response.setHeader('content-type', 'text/plain')
      response.end('It was a dark night.')
    },
  })
  let path = ''
  const read = await withDocumentHere(asking(`${site.url}book.txt`), ({ document = '' }) => {
    path = document
    return readFile(document, 'utf8')
  })
  expect(read).toBe('It was a dark night.')
  expect(existsSync(path)).toBe(false)
  const missing = withDocumentHere(asking(`${site.url}none.txt`), async () => undefined)
  await expect(missing).rejects.toThrow(RunError)
  await expect(missing).rejects.toThrow(/none\.txt cannot be fetched: its server answers 404/)
  await site.close()
  const gone = withDocumentHere(asking(`${site.url}book.txt`), async () => undefined)
  await expect(gone).rejects.toThrow(/cannot be fetched: .*; check the address/)
})

it('on this disk is read where it lies', async () => {
  expect(await withDocumentHere(asking('a.txt'), async ({ document }) => document)).toBe('a.txt')
})

it('is called by the last part of its address', () => {
  expect(documentName('https://example.org/books/the%20sea.epub?download=1')).toBe('the sea.epub')
  expect(documentName('https://example.org/')).toBe('example.org')
  expect(documentName('/home/ann/emma.txt')).toBe('emma.txt')
})
