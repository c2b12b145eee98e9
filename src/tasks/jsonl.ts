// Documents with questions from JSONL files. These are the user's own (context, question or questions, answers), and the
// published files of three benchmarks: RULER (`input`, `outputs`), InfiniteBench (`context`, `input`, `answer`) and
// LongBench (`context`, `input`, `answers`, `dataset`). The file's fields decide the metric. No such file is shipped.
import { matchAll, matchAny, metrics, rougeL, wordF1, type Metric } from './metrics.ts'
import type { Question, TaskDocument } from './task.ts'

type Line = Readonly<Record<string, unknown>>

const ownMaxTokens = 64

/** Throws Error naming the line that cannot be used. Empty lines are skipped. */
export function documentsOf(file: string): TaskDocument[] {
  return file.split('\n').flatMap((text, i) => {
    if (text.trim() === '') return []
    try {
      return [documentOf(JSON.parse(text) as Line)]
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`line ${i + 1}: ${reason}`, { cause: error })
    }
  })
}

function documentOf(line: Line): TaskDocument {
  if ('outputs' in line) return rulerDocument(line)
  if ('context' in line) return contextDocument(line)
  throw new Error('has neither a context (with question and answers) nor input and outputs')
}

/** Where RULER's prompts change from text to question. */
const rulerQuestion =
  /\n+(?=(What (is|are all) the special magic |Question: |Answer the question based on the given documents\.)(?!.*\n(What (is|are all) the special magic |Question: )))/s
/** Where the answer's lead starts, when the file does not say so. */
const rulerLead = / (?=The special magic |Answer:)/

/** RULER's file has one prompt: everything up to the last question is the document. */
function rulerDocument(line: Line): TaskDocument {
  const input = textOf(line, 'input')
  const cut = rulerQuestion.exec(input)
  if (!cut) throw new Error('input has no question as RULER writes it')
  const rest = input.slice(cut.index + cut[0].length)
  const given = line['answer_prefix']
  const leadAt = typeof given === 'string' ? -1 : rest.search(rulerLead)
  const lead = typeof given === 'string' ? given : leadAt < 0 ? '' : rest.slice(leadAt)
  const isReading = rest.startsWith('Answer the question')
  return {
    context: input.slice(0, cut.index),
    questions: [
      {
        question: leadAt < 0 ? rest : rest.slice(0, leadAt),
        lead,
        answers: textsOf(line['outputs']),
        metric: isReading ? matchAny : matchAll,
        maxTokens: 128,
      },
    ],
  }
}

function contextDocument(line: Line): TaskDocument {
  const metric = metricOf(line)
  const question = (text: string, answers: unknown): Question => ({
    question: text,
    lead: typeof line['lead'] === 'string' ? line['lead'] : '',
    answers: textsOf(answers),
    metric,
    maxTokens: typeof line['maxTokens'] === 'number' ? line['maxTokens'] : ownMaxTokens,
  })
  const answers = line['answers'] ?? line['answer']
  const many = line['questions']
  return {
    context: textOf(line, 'context'),
    questions: Array.isArray(many)
      ? textsOf(many).map((text, i) =>
          question(text, Array.isArray(answers) ? answers[i] : answers),
        )
      : [question(textOf(line, 'question' in line ? 'question' : 'input'), answers)],
  }
}

const summaries = /gov_report|qmsum|multi_news|vcsum|samsum/
const choices = /trec|lsht|passage_retrieval|passage_count|longbook_choice|code_debug/

function metricOf(line: Line): Metric {
  const named = line['metric']
  if (named !== undefined) {
    const found = Object.entries(metrics).find(([name]) => name === named)
    if (found !== undefined) return found[1]
    throw new Error(`metric must be one of ${Object.keys(metrics).join(', ')}`)
  }
  const dataset = typeof line['dataset'] === 'string' ? line['dataset'] : ''
  if (summaries.test(dataset)) return rougeL
  if (choices.test(dataset)) return matchAny
  return dataset === '' ? matchAny : wordF1
}

function textOf(line: Line, name: string): string {
  const value = line[name]
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new Error(`${name} must be a text`)
}

function textsOf(value: unknown): string[] {
  const texts = (Array.isArray(value) ? value : [value]).map((text: unknown) =>
    typeof text === 'number' ? String(text) : text,
  )
  if (texts.length > 0 && texts.every((text) => typeof text === 'string')) return texts
  throw new Error('questions and answers must be texts or lists of texts')
}
