// Vite plugin: `import source from './x.wgsl'` gives the shader as one string, its `import package::…` lines resolved
// by the WESL linker at build time. Words after `?` are WESL conditions: `./x.wgsl?F16` keeps what stands under @if(F16).
import { readFile, readdir } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import type { Plugin } from 'vite'
import { link } from 'wesl'

const shaders = resolve(import.meta.dirname, '../../shaders')

async function readShaders(): Promise<Record<string, string>> {
  const names = await readdir(shaders, { recursive: true })
  const files = names.filter((name) => name.endsWith('.wgsl'))
  const texts = await Promise.all(files.map((name) => readFile(resolve(shaders, name), 'utf8')))
  return Object.fromEntries(
    files.map((name, i) => [`./${name.split(sep).join('/')}`, texts[i] ?? '']),
  )
}

/** Links one shader file of `shaders/` under the given WESL conditions. */
export async function linkShader(path: string, conditions: readonly string[]): Promise<string> {
  const linked = await link({
    weslSrc: await readShaders(),
    rootModuleName: `./${relative(shaders, path).split(sep).join('/')}`,
    conditions: Object.fromEntries(conditions.map((name) => [name, true])),
    keepComments: false,
    sourceMap: false,
  })
  return linked.dest
}

export function wgslLoader(): Plugin {
  return {
    name: 'wgsl-loader',
    enforce: 'pre',
    async load(id) {
      const [path = '', query = ''] = id.split('?')
      if (!path.endsWith('.wgsl')) return null
      this.addWatchFile(path)
      const conditions = query.split('&').filter((word) => /^[A-Z][A-Z0-9_]*$/.test(word))
      return `export default ${JSON.stringify(await linkShader(path, conditions))}`
    },
  }
}
