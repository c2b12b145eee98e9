'use client'
import { useState } from 'react'
import { useLongtab } from './use_longtab.js'

/** A document, a question, the answer as it comes and the passages that state it. */
export function Reader({ model, budget }) {
  const { status, progress, document, error, answer, sources, read, ask } = useLongtab(model, {
    budget,
  })
  const [question, setQuestion] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        ask(question)
      }}
    >
      <label>
        Document{' '}
        <input type="file" onChange={({ target }) => target.files[0] && read(target.files[0])} />
      </label>
      <p role="status">{error?.message ?? progress?.phase ?? status}</p>
      <label>
        Question{' '}
        <input value={question} onChange={({ target }) => setQuestion(target.value)} required />
      </label>
      <button disabled={document === undefined}>Ask</button>
      <p aria-label="Answer" aria-live="polite">
        {answer}
      </p>
      <ol aria-label="Sources">
        {sources.map(({ firstChar, text }) => (
          <li key={firstChar}>{text}</li>
        ))}
      </ol>
    </form>
  )
}
