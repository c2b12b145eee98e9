// Reads a document and answers a question about it in Node: WebGPU comes from the npm package `webgpu`, the model from a folder.
import { readFile, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { create } from 'webgpu'
import { load } from '../../dist/module/longtab.js'

const here = import.meta.dirname
const [
  question = 'What is the pass key?',
  document = join(here, '../log.txt'),
  folder = resolve(here, '../../public/models/default'),
] = process.argv.slice(2)

const names = await readdir(folder)
const files = names.map(async (name) => new File([await readFile(join(folder, name))], name))
const gpu = create([]) // must outlive the model

try {
  const model = await load(await Promise.all(files), { gpu, budget: 256, chunk: 256 })
  const text = await model.read(await readFile(document, 'utf8'))
  console.error(`${text.tokens} tokens read on ${model.adapter}, 256 kept in every layer and head`)
  for await (const piece of text.ask(question)) process.stdout.write(piece)
  process.stdout.write('\n')
} catch (error) {
  console.error(`${error.code}: ${error.message}`)
  process.exit(1)
}
process.exit() // Dawn's threads would keep Node alive
