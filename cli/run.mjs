// `node cli/run.mjs COMMAND …` runs cli/COMMAND.ts, in a fresh clone too: packages are installed first where they are
// missing. Every npm script that must need no step before it comes through here.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`longtab needs Node 20.19 or newer, this is ${process.versions.node}`)
  process.exit(1)
}

const { ensureInstalled } = await import('./install.mjs')
ensureInstalled()

const [node, , command, ...args] = process.argv
process.argv = [node, `cli/${command}.ts`, ...args]
const { register } = await import('tsx/esm/api')
register()
await import(`./${command}.ts`)
