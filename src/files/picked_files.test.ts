import { describe, expect, it } from 'vitest'
import { readAll } from './byte_file.ts'
import { openFiles } from '../testing/open_files.ts'

/** As a folder picker returns it. */
function picked(path: string, content = '{}'): File {
  const file = new File([content], path.split('/').at(-1)!)
  if (path.includes('/')) Object.defineProperty(file, 'webkitRelativePath', { value: path })
  return file
}

const ignore = () => undefined

describe('picked files', () => {
  it('reads loose files', async () => {
    let delivered = 0
    const files = openFiles(
      [picked('config.json', '{"a":1}'), picked('w.bin', 'abcdef')],
      (bytes) => {
        delivered += bytes
      },
    )
    expect(await files.has('w.bin')).toBe(true)
    expect(await files.has('x.bin')).toBe(false)
    expect(await files.text('config.json')).toBe('{"a":1}')
    expect(await files.file('w.bin').size()).toBe(6)
    expect(new TextDecoder().decode(await readAll(files.file('w.bin'), 2, 5))).toBe('cde')
    expect(delivered).toBe(7 + 3)
  })

  it('finds the outermost folder with a config.json', async () => {
    const files = openFiles(
      [
        picked('all/tiny/onnx/config.json', 'inner'),
        picked('all/tiny/config.json', 'outer'),
        picked('all/notes.txt'),
      ],
      ignore,
    )
    expect(await files.text('config.json')).toBe('outer')
    expect(await files.text('onnx/config.json')).toBe('inner')
    expect(await files.has('notes.txt')).toBe(false)
  })

  it('refuses a choice between two models', () => {
    const two = [picked('all/a/config.json'), picked('all/b/config.json')]
    expect(() => openFiles(two, ignore)).toThrow(/several models \(all\/a\/ and all\/b\/\)/)
  })

  it('names a missing file and what a folder holds', async () => {
    expect(() => openFiles([picked('w.bin')], ignore)).toThrow(
      /config\.json is not among the 1 picked files; a model folder holds/,
    )
    const files = openFiles([picked('config.json')], ignore)
    await expect(files.text('tokenizer.json')).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(
        /tokenizer\.json is not among .* model\.safetensors/,
      ) as string,
    })
  })

  it('says when a file ends before the bytes asked for', async () => {
    const files = openFiles([picked('config.json'), picked('w.bin', 'abcdef')], ignore)
    await expect(readAll(files.file('w.bin'), 2, 9)).rejects.toThrow(/ends after 6 bytes where 9/)
  })

  it('stops when the signal fires', async () => {
    const files = openFiles([picked('config.json')], ignore)
    const reading = readAll(files.file('config.json'), 0, 2, AbortSignal.abort())
    await expect(reading).rejects.toMatchObject({ code: 'aborted' })
  })
})
