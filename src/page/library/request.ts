// What to ask of the engine to open a saved document: the model that it was read with, and the settings.
import { describeSaved, locationOf, LongtabError, type Candidate } from '../../index.ts'
import { openText } from '../document/document_text.ts'
import type { ModelPicker } from '../model/model_picker.ts'
import type { ReadingRequest } from '../session.ts'
import * as texts from './texts.ts'

/**
 * Chooses the document's model where another is chosen; undefined where it cannot be had, which the picker tells. Throws
 * LongtabError: `other-model` for a model of files that the user has to choose, `bad-file`.
 */
export async function requestToOpen(
  file: File,
  title: string,
  id: string,
  picker: Pick<ModelPicker, 'ready' | 'use'>,
): Promise<ReadingRequest | undefined> {
  const { text, model, share, settings, format, places } = await describeSaved(file)
  if (text === undefined) throw new LongtabError('bad-file', texts.textless(title))
  const { source, revision } = model
  if (!isReadBy(await picker.ready(), source)) {
    if (!isNamed(source)) throw new LongtabError('other-model', texts.chooseItsModel(title, source))
    picker.use({ source, revision })
  }
  const candidate = await picker.ready()
  const opened = await openText(title, text, { format: 'text', encoding: 'utf-8' })
  return (
    candidate && {
      candidate,
      overrides: settings,
      settings,
      document: { text: { ...opened, format, places }, questions: [], answered: [] },
      skim: false,
      saved: { file, isWhole: share === 1, id },
    }
  )
}

/** Whether a model is the one that a saved document names. */
function isReadBy(candidate: Candidate | undefined, source: string): boolean {
  if (candidate === undefined) return false
  return (
    candidate.name === source ||
    (isNamed(source) && locationOf(candidate.source) === locationOf(source))
  )
}

/** A repository or an address; names of the user's own files have no slash. */
function isNamed(source: string): boolean {
  return source.includes('/')
}
