// Puts the plug-in together in out/: one script for the host, and the package's module beside it.
import { cp } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = import.meta.dirname
const out = join(here, 'out')
const module = dirname(fileURLToPath(import.meta.resolve('longtab')))
await build({
  entryPoints: [join(here, 'main.js')],
  outfile: join(out, 'main.js'),
  bundle: true,
  format: 'cjs',
  external: ['obsidian'],
})
await cp(join(here, 'manifest.json'), join(out, 'manifest.json'))
await cp(module, join(out, 'module'), { recursive: true })
await cp(resolve(module, '../heads'), join(out, 'heads'), { recursive: true })
