// Deno has WebGPU of its own. The model is a folder.
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { answer } from './answer.mjs'

const [folder] = process.argv.slice(2)
const names = await readdir(folder)
const files = names.map(async (name) => new File([await readFile(join(folder, name))], name))
console.log(JSON.stringify(await answer(await Promise.all(files), { gpu: navigator.gpu })))
process.exit()
