// `node cli/run.mjs COMMAND …` runs cli/commands/COMMAND.ts, in a fresh clone too: missing packages are installed first.
// Every npm script that must run without preparation is started through this file.
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`longtab needs Node 20.19 or newer, this is ${process.versions.node}`)
  process.exit(1)
}

const [node, , command, ...args] = process.argv
const commands = readdirSync(resolve(import.meta.dirname, 'commands'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -'.ts'.length))
if (!commands.includes(command)) {
  console.error(
    `longtab: '${command ?? ''}' is no command; the commands are ${commands.join(', ')}`,
  )
  process.exit(2)
}

const { ensureInstalled } = await import('./install/packages.mjs')
ensureInstalled()

process.argv = [node, `cli/commands/${command}.ts`, ...args]
const { register } = await import('tsx/esm/api')
register()
await import(`./commands/${command}.ts`)
