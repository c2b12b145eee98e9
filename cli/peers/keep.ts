// Where a comparison goes: JSON, the tables, and a page of the documentation.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { writeJson } from '../shell/json.ts'
import type { PeersRecord } from './record.ts'
import { withSection } from './section.ts'
import { peersTables } from './tables.ts'

/** @param page of the documentation, with the section's two marks */
export async function keepComparison(
  record: PeersRecord,
  folder: string,
  page?: string,
): Promise<void> {
  const text = peersTables(record)
  console.log(text)
  await mkdir(folder, { recursive: true })
  const file = join(folder, `peers-${record.date.slice(0, 19).replaceAll(':', '-')}`)
  await writeJson(`${file}.json`, record)
  await writeFile(`${file}.md`, text)
  if (page !== undefined) {
    await writeFile(page, withSection(await readFile(page, 'utf8'), text))
  }
  console.error(`kept in ${relative(process.cwd(), file)}.json and .md`)
}
