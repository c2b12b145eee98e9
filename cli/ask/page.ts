// The part of `npm run ask` that runs in the browser's tab. Playwright sends the function as text, so it may use only its
// arguments and the tab's globals.
import type {
  AnswerSummary,
  AskOptions,
  DebugLevel,
  LoadOptions,
  Memory,
  Model,
  ModelSource,
  Passage,
  Progress,
  TemplateVariables,
  Turn,
} from '../../src/index.ts'
import type { Settings, SettingOverrides } from '../../src/api/settings.ts'
import type { Grounded } from './source_lines.ts'
import type { Refusal } from '../browser/refusal.ts'

/** dist/module/longtab.js */
export interface Engine {
  load(source: ModelSource, options?: LoadOptions): Promise<Model>
}

export interface Task {
  /** URL of the model's folder or .gguf file */
  readonly model: string
  /** URL of the heads */
  readonly heads?: string
  /** URL of the compressor */
  readonly compressor?: string
  /** URL of the document; of document and question joined when `form` is `plain` */
  readonly document: string
  readonly question: string
  readonly form: 'chat' | 'plain'
  readonly skim: boolean
  /** of the document; undefined: its bytes tell */
  readonly encoding: string | undefined
  readonly settings: SettingOverrides
  readonly answer: AskOptions
  readonly templateVariables: TemplateVariables
  readonly debug: DebugLevel
  /** the tab asks for the next question after each answer */
  readonly chat: boolean
}

/** What `--json` writes. */
export interface AskRecord {
  readonly adapter: string
  readonly settings: Settings
  readonly documentTokens: number
  /** the encoding that the document was read as */
  readonly encoding: string
  readonly answerIds: readonly number[]
  readonly answer: string
  readonly finish: AnswerSummary['finish']
  /** passages that were read again, in document order */
  readonly reread: readonly Passage[]
  /** passages that state what the answer says, the best first */
  readonly sources: readonly Passage[]
  /** whether the model doubts it, and the log-odds, in nats, if it was asked */
  readonly doubtful: boolean
  readonly odds?: number
  readonly timeToFirstTokenMs: number
  readonly prefillTokensPerSecond: number
  readonly decodeTokensPerSecond: number
  readonly gpuBytes: Memory
  readonly gpuBytesOverRead: readonly (readonly [number, number])[]
}

export interface Outcome {
  readonly record: AskRecord
  /** (vocabulary), empty unless the task keeps the first logits */
  readonly firstLogits: readonly number[]
  /** JSON of [layer][KV head] → indices; a string, since Playwright sends strings far faster than arrays */
  readonly retained: string
  /** JSON of (layer) MergedDump, also a string */
  readonly merged: string
}

/** A layer's merged slots. */
export interface MergedDump {
  readonly kvHeads: number
  readonly slots: number
  /** (KV head, slot, head size) */
  readonly keys: readonly number[]
  readonly values: readonly number[]
}

// Functions that the command line exposes.
declare function onPiece(text: string): Promise<void>
declare function onProgress(progress: Progress): Promise<void>
declare function onNote(note: string): Promise<void>
declare function onThinking(text: string): Promise<void>
declare function onSources(grounded: Grounded): Promise<void>
/** undefined at the end of standard input */
declare function nextQuestion(): Promise<string | undefined>

/** Loads, reads, answers. An error of the engine is returned; any other is thrown. */
export async function askInPage([engine, task]: readonly [Engine, Task]): Promise<
  Outcome | Refusal
> {
  try {
    const model = await engine.load(task.model, {
      ...task.settings,
      templateVariables: task.templateVariables,
      debug: task.debug,
      keep: false, // the tab's storage is deleted when it closes
      ...(task.heads === undefined ? {} : { heads: task.heads }),
      ...(task.compressor === undefined ? {} : { compressor: task.compressor }),
      onProgress: (progress) => void onProgress(progress),
    })

    // A blob has a length, so progress is in percent; standard input has none.
    const response = await fetch(task.document)
    const sized = response.headers.has('content-length')
    const source = sized || response.body === null ? await response.blob() : response.body
    const document = await model.read(source, {
      form: task.form,
      skim: task.skim,
      ...(task.encoding === undefined ? {} : { encoding: task.encoding }),
      onProgress: (progress) => void onProgress(progress),
    })
    if (document.encoding !== 'utf-8') await onNote(`the document was read as ${document.encoding}`)
    for (const note of [...model.notes, ...document.notes]) await onNote(note)
    await onNote(model.heads.note) // after reading, so that an unreadable document gives a single line

    const listened = { ...task.answer, onThinking: (text: string) => void onThinking(text) }
    const history: Turn[] = []
    let question = task.question
    if (task.chat && question === '') question = (await nextQuestion()) ?? ''
    let summary: AnswerSummary
    for (;;) {
      const answer =
        task.form === 'plain'
          ? document.complete(task.answer)
          : document.ask(question, { ...listened, history })
      let told = Promise.resolve()
      for await (const piece of answer) told = told.then(() => onPiece(piece))
      summary = await answer.summary
      await told
      if (summary.overflow > 0)
        await onNote(
          `questions and answers are ${summary.overflow} tokens longer than the room behind the document; parts of them were lost`,
        )
      const { finish, sources, doubtful } = summary
      await onSources({ finish, sources, doubtful })
      if (!task.chat) break
      history.push({ question, answer: summary.text.trim() })
      await onPiece('\n')
      const next = await nextQuestion()
      if (next === undefined) break
      question = next
    }

    const { weights, cache, scratch, peak } = await document.memory()
    const keepsLogits = task.answer.keepFirstLogits === true
    const retained = keepsLogits ? await document.retainedIndices() : []
    const merged = keepsLogits ? await document.merged() : []
    const { kvHeads } = model.description
    return {
      record: {
        adapter: model.adapter,
        settings: model.settings,
        documentTokens: document.tokens,
        encoding: document.encoding,
        answerIds: [...summary.ids],
        answer: summary.text,
        finish: summary.finish,
        reread: summary.reread,
        sources: summary.sources,
        doubtful: summary.doubtful,
        ...(summary.odds === undefined ? {} : { odds: summary.odds }),
        timeToFirstTokenMs: summary.timeToFirstTokenMs,
        prefillTokensPerSecond: (document.tokens / document.readMs) * 1000,
        decodeTokensPerSecond: summary.decodeTokensPerSecond,
        gpuBytes: { weights, cache, scratch, peak },
        gpuBytesOverRead: document.gpuBytesOverRead,
      },
      firstLogits: Array.from(summary.firstLogits ?? []),
      retained: JSON.stringify(retained.map((layer) => layer.map((head) => Array.from(head)))),
      merged: JSON.stringify(
        merged.map(({ slots, keys, values }) => ({
          kvHeads,
          slots,
          keys: Array.from(keys),
          values: Array.from(values),
        })),
      ),
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      return { code: error.code, message: error.message }
    }
    throw error
  }
}
