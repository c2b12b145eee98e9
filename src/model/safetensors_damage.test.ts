import { expect, it } from 'vitest'
import { LongtabError } from '../errors.ts'
import { seeded } from '../random.ts'
import type { ByteFile } from './byte_file.ts'
import { openSafetensors } from './safetensors.ts'
import { writeSafetensors } from './write_safetensors.ts'

it('opens any damaged header or gives a LongtabError', async () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6)
  const tensors = [
    { name: 'a', shape: [2, 3], values, dtype: 'F32' },
    { name: 'b', shape: [2, 2], values: values.subarray(2), dtype: 'BF16' },
  ] as const
  const whole = writeSafetensors(tensors, { format: 'pt' })
  const headerEnd = whole.length - 32
  const random = seeded(1)
  const pieces = ['"', '{', '}', '[', ',', ':', '-', '9', '0', 'e9', 'null', '"F16"', '\u0000', 'ÿ']
  let opened = 0
  for (let round = 0; round < 3000; round++) {
    let bytes = whole.slice()
    for (let change = 0; change <= round % 3; change++) {
      const at = Math.floor(random() * headerEnd)
      const piece = new TextEncoder().encode(pieces[Math.floor(random() * pieces.length)])
      if (round % 5 === 0) bytes[at] = Math.floor(random() * 256)
      else if (round % 5 === 1) bytes = bytes.slice(0, Math.floor(random() * bytes.length))
      else bytes.set(piece.subarray(0, headerEnd - at), at)
    }
    try {
      const checkpoint = await openSafetensors(inMemory(bytes))
      for (const name of checkpoint.tensors.keys()) {
        for await (const slice of checkpoint.rows(name)) expect(slice.first).toBe(0)
      }
      opened++
    } catch (error) {
      if (!(error instanceof LongtabError)) throw error
      if (!/^(w\.safetensors|tensor) /.test(error.message)) throw error
    }
  }
  // Some changes hit a name or the metadata and leave a good file; most do not.
  expect(opened).toBeGreaterThan(30)
  expect(opened).toBeLessThan(2000)
})

/** A Blob takes some 0.3 ms per read. */
function inMemory(bytes: Uint8Array): ByteFile {
  return {
    name: 'w.safetensors',
    size: () => Promise.resolve(bytes.length),

    async *read(start, end) {
      yield bytes.subarray(start, end)
    },
    close: () => undefined,
  }
}
