// An examiner whose model runs in the twin in PyTorch. The engine's own code makes settings, budgets, prompts and answer
// texts here; only token ids are exchanged.
import { readFile } from 'node:fs/promises'
import { join, resolve as resolvePath } from 'node:path'
import type { LoadOptions } from '../../src/api/model.ts'
import type { Settings } from '../../src/api/settings.ts'
import type { ModelDescription } from '../../src/api/description.ts'
import { budgetsOf } from '../../src/plan/allocation.ts'
import { resolveSettings } from '../../src/plan/settings.ts'
import { describe } from '../../src/model/config.ts'
import { openRetainingHeads } from '../../src/model/retaining_heads.ts'
import type { Examination, Examiner, ExamDocument, Opened } from '../../src/quality/examiner.ts'
import { openChat, type ChatForm } from '../../src/text/chat.ts'
import { Detokenizer } from '../../src/text/detokenizer.ts'
import { openTokenizer, type Tokenizer } from '../../src/text/tokenizer.ts'
import { diskFile } from '../models/disk_file.ts'
import { machine } from '../shell/machine.ts'
import type { Desk } from './desk.ts'
import { UsageError } from '../shell/command.ts'
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
  work: (desk: Desk) => Promise<void>,
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
  let isFull = false

  async function open(_: string, options: LoadOptions): Promise<Opened> {
    const heads = typeof options.heads === 'string' ? resolvePath(options.heads) : undefined
    const { settings, budgets } = await resolve(options, description, heads)
    isFull = settings.policy.name === 'full'
    const { adapter } = (await twin.call('open', {
      model: resolvePath(model),
      ...(heads === undefined ? {} : { heads }),
      settings: twinSettings(settings),
      budgets,
    })) as { adapter: string }
    return { adapter, settings, description }
  }

  async function examine(exam: ExamDocument): Promise<Examination> {
    const { tokens, given } = idsOf(exam, texts, description)
    const found = (await twin.call('examine', { ...given, isFull })) as TwinAnswers
    return {
      tokens,
      readMs: found.readMs,
      memory: { weights: 0, cache: 0, scratch: 0, peak: 0 },
      answers: found.answers.map(({ ids, ms }) => ({
        text: textOf(texts.tokenizer, ids),
        tokens: ids.length,
        ms,
      })),
      ...(found.teacherForced === undefined ? {} : { teacherForced: found.teacherForced }),
    }
  }

  async function read(settings: LoadOptions, text: string, question: string): Promise<TwinReading> {
    await open(model, settings)
    const questions = [{ question, lead: '', maxTokens: 1 }]
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

/** The engine's resolved settings, and the budgets of every layer and KV head. */
async function resolve(
  overrides: LoadOptions,
  description: ModelDescription,
  heads: string | undefined,
): Promise<{ settings: Settings; budgets: number[][] }> {
  const file =
    heads === undefined ? undefined : await openRetainingHeads(diskFile(heads), description)
  file?.checkpoint.close()
  const settings = resolveSettings(overrides, description, { heads: file })
  if (settings.recall !== 'none') {
    throw new UsageError(
      `the twin answers by what the policy kept and has no recall ${settings.recall}; choose --adapter node or leave recall out`,
    )
  }
  const budgets = budgetsOf(settings, description, file?.shares)
  return { settings, budgets }
}

/** The fields of twin/policies.py's Settings. */
function twinSettings({ burst, chunk, positions, policy, storage }: Settings) {
  return { burst, chunk, positions, policy, half: storage.cache === 'f16' }
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

function textOf(tokenizer: Tokenizer, ids: readonly number[]): string {
  const detokenizer = new Detokenizer(tokenizer)
  return ids.map((id) => detokenizer.push(id)).join('') + detokenizer.flush()
}
