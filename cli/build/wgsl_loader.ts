// Vite plugin: `import source from './x.wgsl'` gives the shader as one string, with its `import package::…` lines
// resolved by the WESL linker at build time. Words after `?` are WESL conditions: `./x.wgsl?F16` keeps the lines under
// @if(F16). Every linked file is watched, so that editing a shared one reloads all its importers.
import { readFile, readdir } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import type { Plugin } from 'vite'
import { linkWithResolver, RecordResolver, type SrcMap } from 'wesl'
import { withSourceLines, type SourceLine } from '../../src/gpu/shader_lines.ts'

const shadersFolder = resolve(import.meta.dirname, '../../shaders')

export interface LinkedShader {
  /** WGSL followed by the table of shader_lines.ts */
  readonly source: string
  /** absolute paths of the files it was linked from */
  readonly files: readonly string[]
}

/** Texts by the names that the linker asks for. */
type Shaders = Readonly<Record<string, string>>

async function readShaders(folder: string): Promise<Shaders> {
  const names = await readdir(folder, { recursive: true })
  const files = names.filter((name) => name.endsWith('.wgsl'))
  const texts = await Promise.all(files.map((name) => readFile(resolve(folder, name), 'utf8')))
  return Object.fromEntries(
    files.map((name, i) => [`./${name.split(sep).join('/')}`, texts[i] ?? '']),
  )
}

/**
 * Links one shader file of a folder under the given WESL conditions.
 * @param shaders all of the folder
 */
export async function linkShader(
  path: string,
  conditions: readonly string[],
  folder = shadersFolder,
  shaders = readShaders(folder),
): Promise<LinkedShader> {
  const record = new RecordResolver(await shaders, { keepComments: false })
  const files = new Set<string>()
  const linking = linkWithResolver({
    rootModuleName: `./${relative(folder, path).split(sep).join('/')}`,
    conditions: Object.fromEntries(conditions.map((name) => [name, true])),
    resolver: {
      resolveModule(modulePath) {
        const found = record.resolveModule(modulePath)
        if (found) files.add(join(folder, fileName(found.srcModule.debugFilePath)))
        return found
      },
    },
  })
  const { sourceMap } = await linking.catch((error: unknown) => {
    throw located(error)
  })
  return { source: withTable(sourceMap), files: [...files] }
}

/** The linker's error, with the file and line that it adds to its messages. */
function located(error: unknown): unknown {
  if (!(error instanceof Error) || !('weslLocation' in error)) return error
  const { file, line } = error.weslLocation as { readonly file: string; readonly line: number }
  return new Error(`shaders/${fileName(file)}:${line}: ${error.message}`, { cause: error })
}

/** Removes the linker's empty lines, which would break up the table's runs. */
function withTable(map: SrcMap): string {
  const code: string[] = []
  const lines: (SourceLine | undefined)[] = []
  let start = 0
  for (const line of map.dest.text.split('\n')) {
    if (line.trim() !== '') {
      code.push(line)
      lines.push(sourceOf(map, start, line))
    }
    start += line.length + 1
  }
  return withSourceLines(code.join('\n'), lines)
}

/**
 * Uses the first word of the line that is in the source as well. The linker adds keywords and punctuation itself and maps
 * them to its previous position.
 */
function sourceOf(map: SrcMap, start: number, line: string): SourceLine | undefined {
  for (const { 0: word, index } of line.matchAll(/\w+/g)) {
    const { src, position } = map.destToSrc(start + index)
    if (src.path === undefined || !src.text.startsWith(word, position)) continue
    return { file: fileName(src.path), line: src.text.slice(0, position).split('\n').length }
  }
  return undefined
}

/** The linker names every file .wesl. */
function fileName(path: string): string {
  return path.replace(/^\.\//, '').replace(/\.wesl$/, '.wgsl')
}

export function wgslLoader(): Plugin {
  let shaders: Promise<Shaders> | undefined // read once for all kernels of a build
  const forget = () => {
    shaders = undefined
  }
  return {
    name: 'wgsl-loader',
    enforce: 'pre',
    buildStart: forget,
    watchChange: forget,
    async load(id) {
      const [path = '', query = ''] = id.split('?')
      if (!path.endsWith('.wgsl')) return null
      this.addWatchFile(path) // the shader is linked again after its next edit
      const conditions = query.split('&').filter((word) => /^[A-Z][A-Z0-9_]*$/.test(word))
      shaders ??= readShaders(shadersFolder)
      const { source, files } = await linkShader(path, conditions, shadersFolder, shaders)
      for (const file of files) this.addWatchFile(file)
      return `export default ${JSON.stringify(source)}`
    },
  }
}
