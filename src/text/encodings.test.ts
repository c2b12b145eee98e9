import { describe, expect, it } from 'vitest'
import { encodeText } from '../testing/encode_text.ts'
import { readText } from '../testing/read_text.ts'
import { encodings } from './encodings.ts'

describe('encodings', () => {
  it('can all be opened by their names', async () => {
    for (const name of encodings) {
      const blob = new Blob([encodeText('plain', name === 'iso-2022-jp' ? 'utf-8' : name)])
      expect(await readText(blob, name)).toEqual({ text: 'plain', encoding: name, notes: [] })
    }
  })
})
