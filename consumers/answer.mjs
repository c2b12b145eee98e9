// What every consumer does: it loads the built-in model, reads a small HTML file, and answers a question about it. The file
// is parsed in the document's worker, the model runs in the engine's, or in this thread where `gpu` is given.
import { load } from 'longtab'
import { letter, question } from './letter.mjs'

/** @returns the answer, the format in which the file was read, and where the model ran */
export async function answer(source, options = {}) {
  const model = await load(source, { budget: 256, chunk: 256, ...options })
  const document = await model.read(new Blob([letter], { type: 'text/html' }))
  const asked = document.ask(question, { maxTokens: 12 })
  let text = ''
  for await (const piece of asked) text += piece
  const { format } = document
  await model.close()
  return { text, format }
}
