// A survey of the document that is open: what it would cost, and the survey itself, after which the document's own cache is back.
import type { SurveyCost, SurveySummary } from '../api/survey.ts'
import { LongtabError } from '../api/errors.ts'
import type { Engine } from '../forward/engine.ts'
import { surveyCost, surveyPlan, type Speed } from '../plan/survey_plan.ts'
import { streamAnswer } from './answer.ts'
import { endingsOf } from './endings.ts'
import type { Again, DocumentRecall } from './open_recall.ts'
import { requireMaxTokens } from './room_behind.ts'
import { survey, type Surveyed, type SurveyEvents } from './survey.ts'
import { tailIds } from './tail_ids.ts'
import type { Texts } from './texts.ts'

/** @param joined tokens of the joined answer, at most; undefined where the answers are not joined */
export async function costOfSurvey(
  { plan }: Engine,
  recall: DocumentRecall,
  speed: Speed,
  joined: number | undefined,
): Promise<SurveyCost> {
  if (joined !== undefined) requireMaxTokens(joined)
  const { tokens } = await requireAgain(recall)
  return surveyCost(tokens, surveyPlan(plan.settings, plan.budgets), joined, speed)
}

/** @param joined as for `costOfSurvey` */
export async function surveyDocument(
  engine: Engine,
  recall: DocumentRecall,
  texts: Texts,
  question: string,
  joined: number | undefined,
  on: SurveyEvents,
  signal: AbortSignal,
): Promise<SurveySummary> {
  const { tokenizer, chat } = texts
  const { settings, budgets } = engine.plan
  if (joined !== undefined) requireMaxTokens(joined)
  tailIds(chat, undefined, question, {}) // throws for an empty question
  const again = await requireAgain(recall)
  const endings = endingsOf(engine, texts, false)
  const document: Surveyed = {
    plan: surveyPlan(settings, budgets),
    passages: again.tokens,
    take: again.take,
    encode: (text) => tokenizer.encode(text, 'data', 'inside'),
    answer: (ids, asked, maxTokens, onText) =>
      streamAnswer(
        engine,
        tokenizer,
        tailIds(chat, undefined, asked, {}),
        { ...endings, maxTokens, signal },
        ({ kind, text }) => {
          if (kind === 'answer') onText(text)
        },
        again.grounds(ids),
      ),
  }
  try {
    return await survey(question, joined, document, on)
  } finally {
    again.end()
  }
}

async function requireAgain(recall: DocumentRecall): Promise<Again> {
  const again = await recall.again()
  if (again) return again
  throw new LongtabError(
    'bad-setting',
    'a survey reads the passages of a document again, and this one has none; load the model with recall passages and read it in chat form',
  )
}
