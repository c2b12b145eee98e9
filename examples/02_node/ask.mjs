// Asks a document, or each of a folder, in Node: WebGPU comes from the npm package `webgpu`, the model from a folder.
import { readFile, readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { create } from 'webgpu'
import { load } from '../../dist/module/longtab.js'

const here = import.meta.dirname
const [
  question = 'What is the pass key?',
  document = join(here, '../log.txt'),
  folder = resolve(here, '../../public/models/default'),
] = process.argv.slice(2)

const isFolder = (await stat(document)).isDirectory()
const documents = isFolder
  ? (await readdir(document)).map((name) => join(document, name))
  : [document]
const fileAt = async (path) => new File([await readFile(path)], basename(path))
const files = (await readdir(folder)).map((name) => fileAt(join(folder, name)))
const gpu = create([]) // must outlive the model

try {
  const model = await load(await Promise.all(files), { gpu, budget: 256, chunk: 256 })
  for (const path of documents) {
    const read = await model.read(await fileAt(path)) // a PDF, a Word file, …
    console.error(`${path}: ${read.tokens} tokens read on ${model.adapter}`)
    for await (const piece of read.ask(question)) process.stdout.write(piece)
    process.stdout.write('\n')
  }
} catch (error) {
  console.error(`${error.code}: ${error.message}`)
  process.exit(1)
}
process.exit() // Dawn's threads would keep Node alive
