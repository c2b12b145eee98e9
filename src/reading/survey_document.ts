// A survey of the document that is open: what it would cost, and the survey itself, after which the document's own cache is back.
import type { SurveyCost, SurveySummary } from '../api/survey.ts'
import { LongtabError } from '../api/errors.ts'
import type { Engine } from '../forward/engine.ts'
import { surveyCost, surveyPlan, type Speed } from '../plan/survey_plan.ts'
import { streamAnswer } from './answer.ts'
import { endingsInChat } from './endings.ts'
import type { Again, DocumentRecall } from './open_recall.ts'
import type { Joining, SurveyRequest } from './protocol.ts'
import { defaultMaxTokens, requireMaxTokens } from './room_behind.ts'
import { survey, type Surveyed, type SurveyEvents } from './survey.ts'
import { tailIds } from './tail_ids.ts'
import type { Texts } from './texts.ts'

export function costOfSurvey(
  { plan }: Engine,
  recall: DocumentRecall,
  speed: Speed,
  options: Joining,
): SurveyCost {
  const { tokens } = requireAgain(recall)
  return surveyCost(tokens, surveyPlan(plan.settings, plan.budgets), joinedOf(options), speed)
}

export async function surveyDocument(
  engine: Engine,
  recall: DocumentRecall,
  texts: Texts,
  { question, ...options }: SurveyRequest,
  on: SurveyEvents,
  signal: AbortSignal,
): Promise<SurveySummary> {
  const { tokenizer, chat } = texts
  const { settings, budgets } = engine.plan
  const joined = joinedOf(options)
  tailIds(chat, undefined, question, {}) // throws for an empty question
  const again = requireAgain(recall)
  const endings = endingsInChat(engine, texts, false)
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
        (part) => {
          if (part.kind === 'answer') onText(part.text)
        },
        again.grounds(ids),
      ),
  }
  const held = await again.hold()
  try {
    return await survey(question, joined, document, on)
  } finally {
    held.restore(engine)
  }
}

/** Tokens of the joined answer, at most; undefined where the answers are not joined. */
function joinedOf({ join = false, maxTokens = defaultMaxTokens }: Joining): number | undefined {
  requireMaxTokens(maxTokens)
  return join ? maxTokens : undefined
}

function requireAgain(recall: DocumentRecall): Again {
  const again = recall.again()
  if (again) return again
  throw new LongtabError(
    'bad-setting',
    'a survey reads the passages of a document again, and this one has none; load the model with recall passages and read it in chat form',
  )
}
