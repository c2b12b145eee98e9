// In Node, WebGPU comes from the package `webgpu`. The model is a folder.
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { create } from 'webgpu'
import { answer } from './answer.mjs'

const [folder] = process.argv.slice(2)
const names = await readdir(folder)
const files = names.map(async (name) => new File([await readFile(join(folder, name))], name))
const gpu = create([]) // must outlive the model
console.log(JSON.stringify(await answer(await Promise.all(files), { gpu })))
process.exit() // Dawn's threads would keep Node alive
