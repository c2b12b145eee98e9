// A model, a document and an answer as React state. `read` and `ask` never reject: what went wrong is `error`.
import { useCallback, useEffect, useRef, useState } from 'react'

const nothing = { status: 'empty', answer: '', sources: [] }

/**
 * Loads the model with the first document, and again when `model` or `options` change by content.
 * @param options as of `load`: settings that JSON can hold
 * @returns status `empty`, `reading`, `ready` or `answering`; progress; the document; answer and sources; error
 */
export function useLongtab(model, options = {}) {
  const [state, setState] = useState(nothing)
  const settings = JSON.stringify(options)
  const loaded = useRef()
  const work = useRef(new AbortController())

  const begin = useCallback(() => {
    work.current.abort()
    work.current = new AbortController()
    return work.current.signal
  }, [])

  useEffect(
    () => () => {
      begin()
      loaded.current?.then((model) => model.close()).catch(() => undefined)
      loaded.current = undefined
      setState(nothing)
    },
    [begin, model, settings],
  )

  /** Changes the state while nothing else has begun, and takes errors as state. */
  const during = useCallback(
    async (status, work) => {
      const signal = begin()
      const change = (next) => signal.aborted || setState((before) => ({ ...before, ...next }))
      change({ status, answer: '', sources: [], error: undefined })
      await work(signal, change).catch((error) => change({ status: 'failed', error }))
    },
    [begin],
  )

  const read = useCallback(
    (source) =>
      during('reading', async (signal, change) => {
        change({ document: undefined })
        const onProgress = (progress) => change({ progress })
        // fetched here, so that a server that renders the page runs none of it
        const { load } = await import('longtab')
        loaded.current ??= load(model, { recall: 'passages', ...JSON.parse(settings), onProgress })
        const opened = await loaded.current.catch((error) => {
          loaded.current = undefined // the next document tries again
          throw error
        })
        const document = await opened.read(source, { signal, onProgress })
        change({ status: 'ready', document, progress: undefined })
      }),
    [during, model, settings],
  )

  const { document } = state
  const ask = useCallback(
    (question) =>
      during('answering', async (signal, change) => {
        const answer = document.ask(question, { signal })
        let text = ''
        for await (const piece of answer) change({ answer: (text += piece) })
        const { sources, finish, doubtful } = await answer.summary
        change({ status: 'ready', sources, finish, doubtful })
      }),
    [during, document],
  )

  return { ...state, read, ask }
}
