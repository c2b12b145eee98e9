// Writes the .d.ts files that the module's entry reaches, and no others.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'

const root = resolve(import.meta.dirname, '../..')

/** Writes the declarations of `entry` and its imports, laid out as in src/. Throws on a type that cannot be written. */
export async function writeDeclarations(entry: string, outDir: string): Promise<void> {
  const emitted = emit(entry)
  const wanted = reachable(declarationOf(entry), emitted)
  for (const [path, text] of wanted) {
    const target = join(outDir, relative(join(root, 'src'), path))
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text)
  }
}

/** Declarations of the whole program by absolute path. */
function emit(entry: string): ReadonlyMap<string, string> {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  ) as {
    config: object
  }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram([entry, join(root, 'shaders/wgsl.d.ts')], {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
    rootDir: root,
    outDir: root,
  })
  const emitted = new Map<string, string>()
  const { diagnostics } = program.emit(
    undefined,
    (path, text) => emitted.set(resolve(path), text),
    undefined,
    true,
  )
  const [first] = diagnostics
  if (first !== undefined) throw new Error(ts.flattenDiagnosticMessageText(first.messageText, '\n'))
  return emitted
}

/** `from` and every relative import out of it, transitively. */
function reachable(from: string, emitted: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map<string, string>()
  const waiting = [from]
  for (const path of waiting) {
    const text = emitted.get(path)
    if (text === undefined) throw new Error(`no declarations were made for ${relative(root, path)}`)
    if (found.has(path)) continue
    found.set(path, text)
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      if (fileName.startsWith('.')) waiting.push(declarationOf(resolve(dirname(path), fileName)))
    }
  }
  return found
}

function declarationOf(path: string): string {
  return path.replace(/(?<!\.d)\.ts$/, '.d.ts')
}
