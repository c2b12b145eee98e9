// Several files as one document, in order, each behind its title; or each as a document of its own.
import { joinTexts } from '../../index.ts'
import { titleOf, type OpenedFile } from './chosen_files.ts'
import { openText, type DocumentText } from './document_text.ts'
import { andMore } from './several_texts.ts'

/** A single file is that file. Throws LongtabError `bad-input` where the disk is full, or a file is gone. */
export async function joinedFiles(files: readonly OpenedFile[]): Promise<DocumentText> {
  const [first, ...others] = files
  if (first !== undefined && others.length === 0) return first.text
  const { blob, places } = joinTexts(files.map(({ text, path }) => ({ ...text, path })))
  const name = first === undefined ? '' : andMore(titleOf(first), others.length)
  return { ...(await openText(name, blob, { format: 'text', encoding: 'utf-8' })), places }
}

/** Each under its title. */
export function apartFiles(files: readonly OpenedFile[]): readonly DocumentText[] {
  return files.map((one) => ({ ...one.text, name: titleOf(one) }))
}
