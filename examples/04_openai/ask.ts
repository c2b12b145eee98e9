import OpenAI from 'openai'
import type { Model } from '../../src/index.ts'
import { openAI } from '../../src/openai/index.ts'

/** Asks a model that was loaded about a file, with the official client and without a network. */
export async function* ask(model: Model, file: File, question: string) {
  const client = new OpenAI({
    fetch: openAI(model).fetch,
    apiKey: 'none',
    baseURL: 'http://localhost/v1',
    dangerouslyAllowBrowser: true, // the key is none
  })
  const { id } = await client.files.create({ file, purpose: 'user_data' })
  const document = { type: 'file', file: { file_id: id } } as const
  const stream = await client.chat.completions.create({
    model: 'longtab',
    messages: [{ role: 'user', content: [document, { type: 'text', text: question }] }],
    stream: true,
  })
  for await (const { choices } of stream) yield choices[0]?.delta.content ?? ''
}
