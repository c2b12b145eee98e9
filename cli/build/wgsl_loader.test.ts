// The loader's knowledge of linked files: their names, and the source line of each shader line.
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sourceLineOf } from '../../src/gpu/shader_lines.ts'
import { linkShader, wgslLoader } from './wgsl_loader.ts'

const shaders = resolve(import.meta.dirname, '../../shaders')

describe('a line of a linked shader', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shaders-'))
    await cp(shaders, folder, { recursive: true })
  })
  afterAll(() => rm(folder, { recursive: true }))

  /** Breaks one line of a file, links, and looks the line up in the table. @returns the file found */
  async function found(file: string, line: string, broken: string): Promise<string> {
    const text = await readFile(join(shaders, file), 'utf8')
    expect(text.split(line)).toHaveLength(2)
    await writeFile(join(folder, file), text.replace(line, broken))
    const { source } = await linkShader(join(folder, 'attend_chunk.wgsl'), ['F16'], folder)
    await writeFile(join(folder, file), text)
    const at = source.split('\n').findIndex((linked) => linked.includes(broken))
    const { file: of, line: number } = sourceLineOf(source, at + 1)!
    expect((await readFile(join(shaders, of), 'utf8')).split('\n')[number - 1]).toContain(line)
    return of
  }

  test('that is broken is found in the kernel’s own file', async () => {
    const line = 'let rescale = exp(old_top - top);'
    expect(await found('attend_chunk.wgsl', line, 'let rescale = 424242;')).toBe(
      'attend_chunk.wgsl',
    )
  })

  test('or in a shared one', async () => {
    const line = 'return (digit * RADIX + value) * row;'
    const file = 'common/rotary.wgsl'
    expect(await found(file, line, 'return vec2u(RADIX);')).toBe(file)
  })

  test('is traced for every shader and every line that names something', async () => {
    const files = (await readdir(shaders)).filter((name) =>
      /^(rms_norm|gate|select)\.wgsl$/.test(name),
    )
    expect(files).toHaveLength(3)
    for (const file of files) {
      const { source } = await linkShader(join(shaders, file), [])
      const lines = source.split('\n').slice(0, -1)
      for (const [i, line] of lines.entries()) {
        const name = /\b(?!return|continue|else)[a-z_]+\b/.exec(line)?.[0]
        if (name === undefined) continue
        const from = sourceLineOf(source, i + 1)!
        const text = await readFile(join(shaders, from.file), 'utf8')
        expect(text.split('\n')[from.line - 1], `${file}: ${line}`).toContain(name)
      }
    }
  })

  test('that the linker itself refuses is named by its file', async () => {
    const line = 'let rescale = exp(old_top - top);'
    const text = await readFile(join(shaders, 'attend_chunk.wgsl'), 'utf8')
    const number = text.slice(0, text.indexOf(line)).split('\n').length
    await expect(found('attend_chunk.wgsl', line, 'let rescale = missing;')).rejects.toThrow(
      `shaders/attend_chunk.wgsl:${number}: unresolved identifier 'missing'`,
    )
  })

  test('is unknown where the text has no table', () => {
    expect(sourceLineOf('fn main() {}', 1)).toBeUndefined()
  })
})

describe('the dev server', () => {
  let server: ViteDevServer
  beforeAll(async () => {
    server = await createServer({
      root: resolve(import.meta.dirname, '../..'),
      configFile: false,
      logLevel: 'silent',
      server: { middlewareMode: true, ws: false, watch: null },
      optimizeDeps: { noDiscovery: true },
      plugins: [wgslLoader()],
    })
  })
  afterAll(() => server.close())

  test('reloads every kernel that imports a shared shader when that is edited', async () => {
    const { moduleGraph } = server.environments.client
    const importing = ['/shaders/attend_chunk.wgsl?INT8', '/shaders/append.wgsl?F16&WRITES']
    const others = ['/shaders/rms_norm.wgsl']
    for (const kernel of ['attend_chunk', 'append', 'rms_norm']) {
      await server.transformRequest(`/src/kernels/${kernel}.ts`)
    }
    for (const url of [...importing, ...others]) await server.transformRequest(url)
    const isFresh = async (url: string) =>
      (await moduleGraph.getModuleByUrl(url))?.transformResult !== null

    server.watcher.emit('change', join(shaders, 'common/rows.wgsl'))
    await expect
      .poll(async () => Promise.all(importing.map(isFresh)))
      .toEqual(importing.map(() => false))
    expect(await Promise.all(others.map(isFresh))).toEqual([true])
  })
})
