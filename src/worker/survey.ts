// A survey under way: the answers about pieces as they come, and the text that they make.
import type { Survey, SurveyOptions, SurveyPart } from '../api/survey.ts'
import { proxy } from 'comlink'
import type { Places } from '../api/places.ts'
import type { LocalOrRemote } from '../reading/local_or_remote.ts'
import type { Session } from '../reading/protocol.ts'
import { createAnswer } from './answer.ts'
import { cancellable } from './cancellable.ts'
import { placedPart } from './in_file.ts'

/** Starts at once, whether or not anyone iterates. */
export function startSurvey(
  session: LocalOrRemote<Session>,
  question: string,
  { signal, onPart, ...rest }: SurveyOptions,
  places: Places,
): Survey {
  return createAnswer(signal, async (onText, stopped) => {
    let told = 0
    // parts and summary come from the worker by ports of their own, and the summary may be here first
    const tell = (part: SurveyPart) => {
      if (part.index !== told) return
      told += 1
      onPart?.(placedPart(part, places))
    }
    const summary = await cancellable(session, stopped, 'surveying', (ticket) =>
      session.survey({ ticket, question, ...rest }, proxy(tell), proxy(onText)),
    )
    summary.parts.slice(told).forEach(tell)
    return { ...summary, parts: summary.parts.map((part) => placedPart(part, places)) }
  })
}
