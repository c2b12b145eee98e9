// The prompts of a quality run, the same for every policy: generated or from files, with their lengths in tokens.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ExamDocument } from '../../src/quality/examiner.ts'
import { madeUpProse, proseOf } from '../../src/tasks/haystack.ts'
import { documentsOf } from '../../src/tasks/jsonl.ts'
import type { Question, TaskDocument } from '../../src/tasks/task.ts'
import { tasks, type TaskName } from '../../src/tasks/tasks.ts'
import { ownWords, wordsOf } from '../../src/tasks/words.ts'
import { UsageError } from '../shell/command.ts'
import { hashOf, tokenCounter, type Count } from './model.ts'
import type { QualityOptions } from './options.ts'

export interface Prompt {
  readonly task: string
  /** requested tokens; for a file's document, its own number */
  readonly length: number
  /** index among those of its task and length */
  readonly document: number
  readonly questions: readonly Question[]
  readonly exam: Omit<ExamDocument, 'isFull'>
  /** tokens behind the document: questions, leads and answers, as many as are there at once */
  readonly tail: number
}

/** Throws UsageError where a task does not fit a length or a file cannot be used. */
export async function makePrompts(options: QualityOptions): Promise<Prompt[]> {
  const count = await tokenCounter(options.model)
  const made = [...(await generated(options, count)), ...(await fromFiles(options, count))]
  const first = options.questionFirst ? made.flatMap(questionFirst) : []
  return [...made, ...first].map((draft) => prompt(draft, options, count))
}

interface Draft {
  readonly task: string
  readonly length: number
  readonly document: number
  readonly made: TaskDocument
}

async function generated(options: QualityOptions, count: Count): Promise<Draft[]> {
  const { haystack, words, seed, questions, samples, depths } = options
  const prose = haystack === undefined ? madeUpProse : proseOf(await readFile(haystack, 'utf8'))
  const lists = words === undefined ? ownWords : wordsOf(await readFile(words, 'utf8'))
  const drafts: Draft[] = []
  for (const task of options.tasks) {
    const documents = task === 'needle_grid' ? samples * depths : samples
    for (const length of options.lengths) {
      for (let document = 0; document < documents; document++) {
        const request = {
          length,
          count,
          seed: `${seed}/${task}/${length}/${document}`,
          words: lists,
          haystack: prose,
          questions,
          depth: (document % depths) / (depths - 1),
        }
        drafts.push({ task, length, document, made: fitting(task, request) })
      }
    }
  }
  return drafts
}

function fitting(task: TaskName, request: Parameters<(typeof tasks)[TaskName]>[0]): TaskDocument {
  try {
    return tasks[task](request)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--tasks ${task} at --lengths ${request.length}: ${reason}`)
  }
}

async function fromFiles({ data }: QualityOptions, count: Count): Promise<Draft[]> {
  const drafts: Draft[] = []
  for (const file of data) {
    const text = await readFile(file, 'utf8')
    try {
      documentsOf(text).forEach((made, document) => {
        const length = count(made.context)
        drafts.push({ task: basename(file, '.jsonl'), length: rounded(length), document, made })
      })
    } catch (error) {
      throw new UsageError(`--data ${file}: ${error instanceof Error ? error.message : ''}`)
    }
  }
  return drafts
}

/** Rounds the lengths of a file's documents, so that a cell has several of them. */
function rounded(length: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(16, length)))
}

/**
 * Query-aware variant: the question also precedes the document. Each question has its own document, and the variant is a
 * task of its own.
 */
function questionFirst({ task, made, ...rest }: Draft): Draft[] {
  return made.questions.map((question) => ({
    ...rest,
    task: `${task} (question first)`,
    made: { context: `${question.question}\n\n${made.context}`, questions: [question] },
  }))
}

function prompt({ made, ...draft }: Draft, options: QualityOptions, count: Count): Prompt {
  const { context, questions, turns = false, continuation } = made
  const asked = questions.map(({ question, lead, answers, maxTokens }) => ({
    question,
    lead: lead.trim(), // it begins the assistant's turn, where RULER continues the question
    maxTokens: answerRoom(maxTokens, question, answers, options, count),
    ...(options.turns === 'golden' ? { golden: ` ${answers.join(', ')}` } : {}),
  }))
  const text = {
    context,
    questions: asked,
    turns,
    ...(continuation === undefined ? {} : { continuation }),
  }
  const each = asked.map(
    ({ question, lead, golden = '', maxTokens }) =>
      count(`\n\n${question}\n${lead}${golden}`) + maxTokens,
  )
  const asks = turns ? each.reduce((a, b) => a + b, 0) : Math.max(0, ...each)
  const templateTokens = 32
  return {
    ...draft,
    questions,
    exam: { ...text, prompt: hashOf(JSON.stringify(text)) },
    tail: templateTokens + Math.max(asks, continuation === undefined ? 0 : count(continuation)),
  }
}

/**
 * Leaves tokens to repeat the question before the answer, since a right answer that is cut short would count as wrong.
 */
function answerRoom(
  published: number,
  question: string,
  answers: readonly string[],
  { answerTokens }: QualityOptions,
  count: Count,
): number {
  if (answerTokens === 'published') return published
  return Math.min(published, count(question) + Math.ceil(1.5 * count(answers.join(', '))) + 8)
}
