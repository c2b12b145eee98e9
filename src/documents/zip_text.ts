// A ZIP archive that is a folder, as one text: its documents in the order of their names, each behind its title. What cannot be
// read is named, and the rest is.
import { asOurs, unreadable, withName } from './faults.ts'
import type { OpenFormat, Piece } from './format.ts'
import { documentFormats } from './format_names.ts'
import type { OpenedFormat, OpenOptions } from './open_format.ts'
import { between, placeIn, startOf, titleAmong, titleLine } from './several.ts'
import { openZip } from './zip.ts'
import { filesOfZip, namesOfFolder, type FolderFile } from './zip_files.ts'

/** @param openFormat opens each of its files */
export function zipTextBy(
  openFormat: (blob: Blob, options: OpenOptions) => Promise<OpenedFormat>,
): OpenFormat {
  return async (blob, options) => {
    const zip = await openZip(blob)
    const files = namesOfFolder(zip).length
    const notes: string[] = []
    const titles = new Set<string>() // of those that have begun
    let done = 0

    async function* pieces(): AsyncGenerator<Piece> {
      for await (const one of filesOfZip(zip, notes)) {
        yield* document(one)
        done += 1
      }
      if (titles.size > 0) return
      const [first = ''] = notes
      throw unreadable(
        `is a ZIP archive of ${files} files, and none of them can be read. ${first.replace(/\.$/, '')}`,
      )
    }

    async function* document({ path, file }: FolderFile): AsyncGenerator<Piece> {
      let title: string | undefined
      let format = 'document'
      try {
        const opened = await openFormat(file, { ...options, format: undefined })
        format = documentFormats[opened.format]
        const { file: inside } = opened
        try {
          for await (const { text, place } of inside.pieces) {
            if (title === undefined) {
              title = titleAmong(titles, inside.title, path)
              yield { text: titles.size === 0 ? '' : between }
              yield { text: titleLine(title), place: startOf(title) }
              titles.add(title)
            }
            yield { text, ...(place && { place: placeIn(title, place) }) }
          }
          const name = title ?? path
          notes.push(...(inside.notes?.() ?? []).map((note) => `${name}: ${note}`))
        } finally {
          inside.close?.()
        }
      } catch (error) {
        const fault = withName(path, asOurs(error, format))
        notes.push(`${title === undefined ? 'Left out' : 'Read in part'}: ${fault}.`)
      }
    }

    return { pieces: pieces(), share: () => done / files, notes: () => notes }
  }
}
