// The AI SDK asks the built-in model in Node: whole, in parts, and for an object. The model is a folder.
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { generateObject, generateText, jsonSchema, streamText } from 'ai'
import { load } from 'longtab'
import { longtab } from 'longtab/ai-sdk'
import { create } from 'webgpu'
import { letter, question } from './letter.mjs'

const [folder] = process.argv.slice(2)
const names = await readdir(folder)
const files = names.map(async (name) => new File([await readFile(join(folder, name))], name))
const gpu = create([]) // must outlive the model
const loaded = await load(await Promise.all(files), { gpu, budget: 256, chunk: 256 })

const file = { type: 'file', mediaType: 'text/html', data: new TextEncoder().encode(letter) }
const content = [file, { type: 'text', text: question }]
const call = {
  model: longtab(loaded),
  messages: [{ role: 'user', content }],
  maxOutputTokens: 12,
}
const whole = await generateText(call)
const parts = streamText(call)
let text = ''
for await (const piece of parts.textStream) text += piece
const { inputTokenDetails } = await parts.usage
if (whole.text !== text) throw new Error(`${whole.text} whole, ${text} in parts`)
if (!(inputTokenDetails.cacheReadTokens > 0)) throw new Error('the letter was read twice')
const schema = jsonSchema({
  type: 'object',
  properties: { key: { type: 'string', maxLength: 12 } },
  required: ['key'],
  additionalProperties: false,
})
const { object } = await generateObject({ ...call, schema, maxOutputTokens: 60 })
if (typeof object.key !== 'string')
  throw new Error(`${JSON.stringify(object)} is not of the schema`)
console.log(JSON.stringify({ text, format: 'html' }))
process.exit() // Dawn's threads would keep Node alive
