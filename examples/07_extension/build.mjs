// Puts the extension together in out/: an extension may run only what it brings, so the package is copied into it. An import of
// 'longtab' becomes the path of its file, since the rules of MV3 allow no import map.
import { cp, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const [component = '../05_web_component/longtab_reader.js'] = process.argv.slice(2)
const here = import.meta.dirname
const out = join(here, 'out')
const module = dirname(fileURLToPath(import.meta.resolve('longtab')))

for (const name of ['manifest.json', 'background.js', 'panel.html', 'panel.css', 'panel.js'])
  await cp(join(here, name), join(out, name))
await cp(module, join(out, 'module'), { recursive: true })
await cp(resolve(module, '../heads'), join(out, 'heads'), { recursive: true })
const reader = await readFile(resolve(here, component), 'utf8')
await writeFile(
  join(out, 'longtab_reader.js'),
  reader.replace("'longtab'", "'./module/longtab.js'"),
)
