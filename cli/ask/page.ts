// The part of `npm run ask` that runs in the browser's tab. Playwright sends the function as text, so it may use only its
// arguments and the tab's globals.
import type {
  AnswerSummary,
  LoadOptions,
  Memory,
  Model,
  ModelSource,
  Passage,
  Progress,
  SurveyCost,
  SurveyPart,
  Turn,
} from '../../src/index.ts'
import type { DocumentFormat } from '../../src/api/places.ts'
import type { Settings } from '../../src/api/settings.ts'
import type { Grounded } from './source_lines.ts'
import type { Refusal } from '../browser/refusal.ts'
import type { AskCommand } from './options.ts'

/** dist/module/longtab.js */
export interface Engine {
  load(source: ModelSource, options?: LoadOptions): Promise<Model>
}

/** What `--json` writes. */
export interface AskRecord {
  readonly adapter: string
  readonly settings: Settings
  readonly documentTokens: number
  /** what the document was read as, and the title that it gives itself */
  readonly format: DocumentFormat
  readonly title?: string
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
  /** answers about the pieces, of a survey */
  readonly parts?: readonly SurveyPart[]
  readonly timeToFirstTokenMs: number
  /** of the tokens that ran through the model before the answer; 0 where none did */
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

/** What is known of an answer, or of a survey. */
type Answered = Omit<AnswerSummary, 'thinking' | 'remembered'> & Partial<Pick<AskRecord, 'parts'>>

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
declare function onCost(cost: SurveyCost): Promise<void>
declare function onPart(part: SurveyPart, isJoined: boolean): Promise<void>
declare function onSources(grounded: Grounded): Promise<void>
/** undefined at the end of standard input */
declare function nextQuestion(): Promise<string | undefined>

/**
 * Loads, reads, answers. Model, heads, compressor and document are URLs; of a raw text the document ends with the
 * question. An error of the engine is returned; any other is thrown.
 */
export async function askInPage([engine, asked]: readonly [Engine, AskCommand]): Promise<
  Outcome | Refusal
> {
  try {
    const model = await engine.load(asked.model, {
      ...asked.settings,
      templateVariables: asked.templateVariables,
      debug: asked.debug,
      kernels: asked.kernels,
      keep: false, // the tab's storage is deleted when it closes
      ...(asked.heads === undefined ? {} : { heads: asked.heads }),
      ...(asked.compressor === undefined ? {} : { compressor: asked.compressor }),
      onProgress: (progress) => void onProgress(progress),
    })

    // A blob has a length, so progress is in percent; standard input has none.
    const response = await fetch(asked.open ?? asked.document ?? '')
    const sized = response.headers.has('content-length')
    // the name decides between kinds of text
    const source =
      sized || response.body === null
        ? new File([await response.blob()], asked.named.title)
        : response.body
    // a raw text ends with the question, whatever it looks like
    const format = asked.raw ? 'text' : asked.format
    const told = { onProgress: (progress: Progress) => void onProgress(progress) }
    const { save, named } = asked
    const write = async (file: Blob) => {
      const written = await fetch(save ?? '', { method: 'POST', body: file })
      if (!written.ok) throw new Error(await written.text())
    }
    const kept = save === undefined ? {} : { checkpoints: { ...named, keep: write } }
    const document =
      asked.open !== undefined && source instanceof Blob
        ? await model.open(source, { ...kept, ...told })
        : await model.read(source, {
            form: asked.raw ? 'plain' : 'chat',
            skim: asked.skim,
            ...(asked.encoding === undefined ? {} : { encoding: asked.encoding }),
            ...(format === undefined ? {} : { format }),
            ...(asked.password === undefined ? {} : { password: asked.password }),
            html: asked.html,
            ...kept,
            ...told,
          })
    if (save !== undefined) await write(await document.save({ ...named, ...told }))
    if (document.format !== 'text') await onNote(`the document was read as ${document.format}`)
    if (document.encoding !== 'utf-8') await onNote(`the document was read as ${document.encoding}`)
    for (const note of [...model.notes, ...document.notes]) await onNote(note)
    await onNote(model.heads.note) // after reading, so that an unreadable document gives a single line

    const listened = { ...asked.answer, onThinking: (text: string) => void onThinking(text) }
    const history: Turn[] = []
    let question = asked.question
    if (asked.chat && question === '') question = (await nextQuestion()) ?? ''
    const { join } = asked
    const joining = { join, maxTokens: asked.answer.maxTokens ?? 256 }
    if (asked.survey) await onCost(await document.surveyCost(joining))
    const onEach = (part: SurveyPart) => void onPart(part, join)
    const survey = () => document.survey(question, { ...joining, onPart: onEach })
    // of a survey: what one answer's pass would have told
    const untold = {
      ...{ ids: [], reread: [], sources: [], doubtful: false },
      ...{ overflow: 0, questionTokens: 0 },
      ...{ timeToFirstTokenMs: 0, decodeTokensPerSecond: 0 },
    }
    let summary: Answered
    for (;;) {
      const answer = asked.survey
        ? survey()
        : asked.raw
          ? document.complete(asked.answer)
          : document.ask(question, { ...listened, history })
      let told = Promise.resolve()
      for await (const piece of answer) told = told.then(() => onPiece(piece))
      summary = { ...untold, ...(await answer.summary) }
      await told
      if (summary.overflow > 0)
        await onNote(
          `questions and answers are ${summary.overflow} tokens longer than the room behind the document; parts of them were lost`,
        )
      const { finish, sources, doubtful } = summary
      await onSources({ finish, sources, doubtful })
      if (!asked.chat) break
      history.push({ question, answer: summary.text.trim() })
      await onPiece('\n')
      const next = await nextQuestion()
      if (next === undefined) break
      question = next
    }

    const { weights, cache, scratch, peak } = await document.memory()
    const keepsLogits = asked.answer.keepFirstLogits === true
    const retained = keepsLogits ? await document.retainedIndices() : []
    const merged = keepsLogits ? await document.merged() : []
    const { kvHeads } = model.description
    return {
      record: {
        adapter: model.adapter,
        settings: model.settings,
        documentTokens: document.tokens,
        format: document.format,
        ...(document.title === undefined ? {} : { title: document.title }),
        encoding: document.encoding,
        answerIds: [...summary.ids],
        answer: summary.text,
        finish: summary.finish,
        reread: summary.reread,
        sources: summary.sources,
        doubtful: summary.doubtful,
        ...(summary.odds === undefined ? {} : { odds: summary.odds }),
        ...(summary.parts === undefined ? {} : { parts: summary.parts }),
        timeToFirstTokenMs: summary.timeToFirstTokenMs,
        prefillTokensPerSecond: (document.prefilled / document.readMs) * 1000,
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
