// The command line as the package brings it, with the model that comes along. Playwright finds the browser.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { letter, question } from './letter.mjs'

const execute = promisify(execFile)
await writeFile('letter.html', letter)
const settings = ['--budget', '256', '--chunk', '256', '--max-tokens', '12']
const asked = ['--document', 'letter.html', '--question', question, '--json', '-']
const args = ['longtab', 'ask', ...asked, ...settings, '--adapter', 'software']
const { answer, format } = JSON.parse((await execute('npx', args)).stdout)
console.log(JSON.stringify({ text: answer, format }))
