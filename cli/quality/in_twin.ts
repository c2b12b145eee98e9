// An examiner whose model runs in the twin in PyTorch. The engine's own code makes settings, budgets, prompts and answer
// texts here; only token ids are exchanged.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve as resolvePath } from 'node:path'
import type { LoadOptions } from '../../src/api/model.ts'
import type { Settings } from '../../src/api/settings.ts'
import type { ModelDescription } from '../../src/api/description.ts'
import { budgetsOf } from '../../src/plan/allocation.ts'
import { keepsUnits } from '../../src/plan/recall_shape.ts'
import { resolveSettings } from '../../src/plan/settings.ts'
import { describe } from '../../src/model/config.ts'
import { headsName } from '../../src/model/find_heads.ts'
import { openRetainingHeads } from '../../src/model/retaining_heads.ts'
import type {
  Examination,
  Examiner,
  ExamDocument,
  GivenAnswer,
  Opened,
} from '../../src/quality/examiner.ts'
import { openChat, type ChatForm } from '../../src/text/chat.ts'
import { Detokenizer } from '../../src/text/detokenizer.ts'
import { openTokenizer, type Tokenizer } from '../../src/text/tokenizer.ts'
import { diskFile } from '../models/disk_file.ts'
import { machine } from '../shell/machine.ts'
import type { QualityWorker } from './worker_host.ts'
import { passagesRead } from './twin_passages.ts'
import { startTwin } from './twin_process.ts'

interface TwinAnswers {
  readonly readMs: number
  readonly answers: readonly { readonly ids: readonly number[]; readonly ms: number }[]
  readonly teacherForced?: NonNullable<Examination['teacherForced']>
}

/** Units that the twin retains of a text, and the logits of an answer's first token. */
export interface TwinReading {
  /** [layer][KV head] → ascending prompt indices */
  readonly retained: readonly (readonly (readonly number[])[])[]
  /** (vocabulary) */
  readonly logits: readonly number[]
}

export interface Twin extends Examiner {
  read(settings: LoadOptions, text: string, question: string): Promise<TwinReading>
  end(): Promise<void>
}

/** @param model a folder */
export async function examineInTwin(
  model: string,
  work: (worker: QualityWorker) => Promise<void>,
): Promise<void> {
  const examiner = await twinOf(model)
  try {
    const host = `the twin in PyTorch, ${machine()}`
    await work({ host, model, urlOf: (file) => file, examiner })
  } finally {
    await examiner.end()
  }
}

/** @param model a folder */
export async function twinOf(model: string): Promise<Twin> {
  const texts = await textsOf(model)
  const config: unknown = JSON.parse(await readFile(join(model, 'config.json'), 'utf8'))
  const generation = await optional(model, 'generation_config.json')
  const description = describe(config, generation === undefined ? {} : JSON.parse(generation))
  const twin = startTwin()
  let opened: Resolved | undefined

  async function open(_: string, options: LoadOptions): Promise<Opened> {
    const given = typeof options.heads === 'string' ? options.heads : join(model, headsName)
    const heads = existsSync(given) ? resolvePath(given) : undefined
    opened = await resolve(options, description, heads)
    const { settings } = opened
    return { adapter: await openTwin(opened, settings), settings, description }
  }

  async function openTwin({ heads, budgets }: Resolved, settings: Settings): Promise<string> {
    const { adapter } = (await twin.call('open', {
      model: resolvePath(model),
      ...(heads === undefined ? {} : { heads }),
      settings: twinSettings(settings),
      budgets,
    })) as { adapter: string }
    return adapter
  }

  /** Every question over a cache that holds its passages alone, or behind the document's units. */
  async function examineByPassages(
    exam: ExamDocument,
    most: number,
    resolved: Resolved,
  ): Promise<Examination> {
    const { settings } = resolved
    const { given } = idsOf(exam, texts, description)
    const { tokens, ids } = await passagesRead(exam, texts, most)
    const asked = given.questions.flatMap((question, i) => {
      const passages = ids[i]
      return passages === undefined ? [] : [{ i, question, passages }]
    })
    const answers = given.questions.map((): GivenAnswer => ({ text: '', tokens: 0, ms: 0 }))
    const put = (i: number, [answer]: TwinAnswers['answers']) => {
      if (answer) answers[i] = givenBy(texts.tokenizer, answer)
    }
    if (exam.passages === 'behind') {
      const isFull = settings.policy.name === 'full'
      const questions = asked.map(({ question, passages }) => ({
        ...question,
        tail: [...passages, ...question.tail],
      }))
      const found = (await twin.call('examine', { ...given, questions, isFull })) as TwinAnswers
      asked.forEach(({ i }, at) => put(i, found.answers.slice(at, at + 1)))
      return { tokens, readMs: found.readMs, memory: noMemory, answers }
    }
    await openTwin(resolved, keepingAll(settings))
    for (const { i, question, passages } of asked) {
      const prompt = [...texts.chat.prefix, ...passages]
      const key = `${given.key} ${i}`
      const one = { prompt, questions: [question], endIds: given.endIds, key, isFull: true }
      put(i, ((await twin.call('examine', one)) as TwinAnswers).answers)
    }
    return { tokens, readMs: 0, memory: noMemory, answers }
  }

  async function examine(exam: ExamDocument): Promise<Examination> {
    if (!opened) throw new Error('no model is open')
    const { reread, policy } = opened.settings
    if (reread !== undefined && exam.questions.length > 0)
      return examineByPassages(exam, reread, opened)
    const { tokens, given } = idsOf(exam, texts, description)
    const isFull = policy.name === 'full'
    const found = (await twin.call('examine', { ...given, isFull })) as TwinAnswers
    return {
      tokens,
      readMs: found.readMs,
      memory: noMemory,
      answers: found.answers.map((answer) => givenBy(texts.tokenizer, answer)),
      ...(found.teacherForced === undefined ? {} : { teacherForced: found.teacherForced }),
    }
  }

  async function read(settings: LoadOptions, text: string, question: string): Promise<TwinReading> {
    await open(model, settings)
    const questions = [{ question, lead: '', maxTokens: 1 }]
    const isFull = opened?.settings.policy.name === 'full'
    const exam = { context: text, questions, turns: false, prompt: '', isFull }
    const { given } = idsOf(exam, texts, description)
    return (await twin.call('examine', { ...given, isFull, retained: true })) as TwinReading
  }

  return { open, examine, read, end: () => twin.end() }
}

interface Texts {
  readonly tokenizer: Tokenizer
  readonly chat: ChatForm
}

async function textsOf(model: string): Promise<Texts> {
  const config = await optional(model, 'tokenizer_config.json')
  const template = await optional(model, 'chat_template.jinja')
  const files = {
    tokenizer: await readFile(join(model, 'tokenizer.json'), 'utf8'),
    ...(config === undefined ? {} : { config }),
    ...(template === undefined ? {} : { chatTemplateJinja: template }),
  }
  const tokenizer = openTokenizer(files)
  return { tokenizer, chat: openChat(tokenizer, files) }
}

function optional(model: string, name: string): Promise<string | undefined> {
  return readFile(join(model, name), 'utf8').catch(() => undefined)
}

interface Resolved {
  /** path of their file */
  readonly heads: string | undefined
  readonly settings: Settings
  /** [layer][KV head] */
  readonly budgets: number[][]
}

/** As the engine does. */
async function resolve(
  overrides: LoadOptions,
  description: ModelDescription,
  heads: string | undefined,
): Promise<Resolved> {
  const file =
    heads === undefined ? undefined : await openRetainingHeads(diskFile(heads), description)
  file?.checkpoint.close()
  const settings = resolveSettings(overrides, description, { heads: file })
  const budgets = budgetsOf(settings, description, file?.shares)
  return { heads, settings, budgets }
}

/** Passages have the slots to themselves, and none is evicted. */
function keepingAll(settings: Settings): Settings {
  const { name: _, ...policy } = settings.policy
  return { ...settings, policy: { ...policy, name: 'full' } }
}

/** The fields of twin/policies.py's Settings. */
function twinSettings(settings: Settings) {
  const { budget, burst, chunk, positions, policy, storage } = settings
  return {
    budget,
    burst,
    chunk,
    positions,
    policy,
    half: storage.cache === 'f16',
    units: keepsUnits(settings),
  }
}

function idsOf(exam: ExamDocument, { tokenizer, chat }: Texts, { endIds }: ModelDescription) {
  const document = tokenizer.encode(chat.lead + exam.context, 'data', chat.boundary)
  let before = ''
  const questions = exam.questions.map(({ question, lead, maxTokens, golden = '' }) => {
    const tail = [...chat.tail(before + question), ...tokenizer.encode(lead, 'data', 'inside')]
    if (exam.turns) before += `${question}\n${lead}${golden}\n\n`
    return { tail, maxTokens }
  })
  const { continuation } = exam
  return {
    tokens: document.length,
    given: {
      prompt: [...chat.prefix, ...document],
      questions,
      endIds,
      key: exam.prompt,
      ...(continuation === undefined
        ? {}
        : { continuation: tokenizer.encode(continuation, 'data', 'inside') }),
    },
  }
}

const noMemory = { weights: 0, cache: 0, scratch: 0, peak: 0 }

function givenBy(tokenizer: Tokenizer, { ids, ms }: TwinAnswers['answers'][number]): GivenAnswer {
  return { text: textOf(tokenizer, ids), tokens: ids.length, ms }
}

function textOf(tokenizer: Tokenizer, ids: readonly number[]): string {
  const detokenizer = new Detokenizer(tokenizer)
  return ids.map((id) => detokenizer.push(id)).join('') + detokenizer.flush()
}
