// The part of `npm run batch` that runs in the browser's tab. Playwright sends the functions as text, so they may use only their
// arguments and the tab's globals. An error of the engine is returned; any other is thrown.
import type * as module from '../../src/index.ts'
import type { Refusal } from '../browser/refusal.ts'
import type { Answered } from './line.ts'
import type { BatchCommand } from './options.ts'

/** dist/module/longtab.js */
export type Engine = Pick<typeof module, 'load'>

// Functions that the command line exposes.
declare function onProgress(progress: module.Progress): Promise<void>
declare function onNote(note: string): Promise<void>

export async function loadInPage([engine, asked]: readonly [Engine, BatchCommand]): Promise<
  module.Model | Refusal
> {
  try {
    const model = await engine.load(asked.model, {
      ...asked.settings,
      templateVariables: asked.templateVariables,
      kernels: asked.kernels,
      keep: false, // the tab's storage is deleted when it closes
      ...(asked.heads === undefined ? {} : { heads: asked.heads }),
      ...(asked.compressor === undefined ? {} : { compressor: asked.compressor }),
      onProgress: (progress) => void onProgress(progress),
    })
    for (const note of [...model.notes, model.heads.note]) await onNote(note)
    return model
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      return { code: error.code, message: error.message }
    }
    throw error
  }
}

/**
 * Reads the file that lies at `/document`.
 * @param name decides between kinds of text
 */
export async function readInPage([model, name, { file, skim }]: readonly [
  module.Model,
  string,
  BatchCommand,
]): Promise<module.LongDocument | Refusal> {
  try {
    const bytes = await (await fetch('/document')).blob()
    const document = await model.read(new File([bytes], name), {
      ...file,
      skim,
      onProgress: (progress) => void onProgress(progress),
    })
    for (const note of document.notes) await onNote(`${name}: ${note}`)
    return document
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      return { code: error.code, message: error.message }
    }
    throw error
  }
}

export async function answerInPage([document, question, { answer }]: readonly [
  module.LongDocument,
  string,
  BatchCommand,
]): Promise<Answered | Refusal> {
  try {
    const started = performance.now()
    const { text, finish, sources, doubtful, odds, ...summary } = await document.ask(
      question,
      answer,
    ).summary
    if (summary.overflow > 0)
      await onNote(
        `question and answer are ${summary.overflow} tokens longer than the room behind the document; parts of them were lost`,
      )
    return {
      answer: text,
      finish,
      sources,
      doubtful,
      ...(odds === undefined ? {} : { odds }),
      tokens: {
        document: document.tokens,
        question: summary.questionTokens,
        answer: summary.ids.length,
      },
      times: {
        read: Math.round(document.readMs),
        firstToken: Math.round(summary.timeToFirstTokenMs),
        answer: Math.round(performance.now() - started),
      },
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      return { code: error.code, message: error.message }
    }
    throw error
  }
}
