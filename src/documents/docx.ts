// Word: by mammoth, from the archive's XML parts alone, so that no picture is unpacked. Headings are places; lists and tables
// have a line for each item and row; notes stand at the end.
import { zipSync } from 'fflate'
import { unreadable } from './faults.ts'
import type { OpenFormat } from './format.ts'
import { piecesOf } from './html.ts'
import { titleOf } from './office_parts.ts'
import { oneChunk } from './xml.ts'
import { openZip, type Zip, type ZipLimits } from './zip.ts'

/** All parts are held at once, several times over. */
const limits: ZipLimits = { mostBytes: 2 ** 27, mostRatio: 200, freeBytes: 2 ** 24 }

export const open: OpenFormat = async (blob) => {
  const zip = await openZip(blob, limits)
  const [html, title] = [await htmlOf(zip), await titleOf(zip)]
  return { title, pieces: piecesOf(oneChunk(html)) }
}

async function htmlOf(zip: Zip): Promise<string> {
  const { default: mammoth } = await import('mammoth')
  const archive = await partsAlone(zip)
  const { value } = await mammoth.convertToHtml(
    { arrayBuffer: archive.buffer, buffer: archive } as unknown as { arrayBuffer: ArrayBuffer },
    {
      externalFileAccess: false,
      convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })),
    },
  )
  return value
}

/** The archive without pictures and fonts, its parts not compressed. */
async function partsAlone(zip: Zip): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Record<string, Uint8Array> = {}
  for (const name of zip.names) {
    if (!/\.(xml|rels)$/i.test(name)) continue
    const text = await zip.text(name)
    if (/<!DOCTYPE/i.test(text.slice(0, 4096)))
      throw unreadable(`declares a document type in ${name}, which Word never does; save it again`)
    parts[name] = new TextEncoder().encode(text)
  }
  return zipSync(parts, { level: 0 })
}
