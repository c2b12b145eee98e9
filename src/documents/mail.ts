// A mail (EML): who wrote to whom and when, then its text. Attachments are named and not read.
import type { Address } from 'postal-mime'
import { requireAtMost } from './faults.ts'
import type { OpenFormat, Piece } from './format.ts'
import { piecesOf } from './html.ts'
import { oneChunk } from './xml.ts'

/** Parsed as a whole, attachments too. */
const mostBytes = 2 ** 28

export const open: OpenFormat = async (blob) => {
  requireAtMost(blob.size, mostBytes, 'e-mail')
  const { default: PostalMime } = await import('postal-mime')
  const mail = await PostalMime.parse(await blob.arrayBuffer())
  const lines = [
    ['Subject', mail.subject],
    ['From', mail.from && shown(mail.from)],
    ['To', mail.to?.map(shown).join(', ')],
    ['Cc', mail.cc?.map(shown).join(', ')],
    ['Date', mail.date],
  ].filter(([, value]) => value !== undefined && value !== '')
  const attached = mail.attachments.map(({ filename }) => filename ?? 'one without a name')
  async function* pieces(): AsyncGenerator<Piece> {
    yield { text: lines.map(([name, value]) => `${name}: ${value}\n`).join('') + '\n' }
    if (mail.text !== undefined && mail.text.trim() !== '') yield { text: mail.text }
    else if (mail.html !== undefined) yield* piecesOf(oneChunk(mail.html))
    if (attached.length > 0) yield { text: `\nAttachments: ${attached.join(', ')}\n` }
  }
  return {
    title: mail.subject,
    pieces: pieces(),
    notes: () =>
      attached.length === 0 ? [] : [`Attachments are not read: ${attached.join(', ')}.`],
  }
}

function shown({ name, address, group }: Address): string {
  if (group !== undefined) return `${name}: ${group.map(shown).join(', ')}`
  return name === '' ? address : `${name} <${address}>`
}
