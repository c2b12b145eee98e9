import { describe, expect, it } from 'vitest'
import { headerLength, parseHeader } from './header.ts'

const encode = (json: unknown) =>
  new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json))

function parse(json: unknown, dataBytes?: number) {
  const bytes = encode(json)
  return parseHeader(bytes, dataBytes === undefined ? undefined : 8 + bytes.length + dataBytes, 'w')
}

const tensor = (dtype: string, shape: unknown, ...offsets: unknown[]) => ({
  dtype,
  shape,
  data_offsets: offsets,
})

describe('the length', () => {
  const prefix = (length: bigint) => {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigUint64(0, length, true)
    return bytes
  }

  it('is read from the first 8 bytes', () => {
    expect(headerLength(prefix(1000n), 1008, 'w')).toBe(1000)
    expect(headerLength(prefix(1000n), undefined, 'w')).toBe(1000)
  })

  it.each([
    [0n, 100, /header of 0 bytes/],
    [100_000_001n, undefined, /100,000,001 bytes.* 100,000,000 bytes are allowed/],
    [0x7b7b_7b7b_7b7b_7b7bn, 100, /not a safetensors file/],
    [1001n, 1008, /w is cut: its header alone needs 1,009 bytes and the file has 1,008 bytes/],
  ])('%d in a file of %d bytes is refused', (length, size, message) => {
    expect(() => headerLength(prefix(length), size, 'w')).toThrow(message)
  })
})

describe('the header', () => {
  it('lists tensors in file order, with offsets in the file', () => {
    const json = {
      b: tensor('BF16', [2, 3], 16, 28),
      __metadata__: { format: 'pt' },
      a: tensor('F32', [4], 0, 16),
      empty: tensor('F16', [0, 5], 16, 16),
      scalar: tensor('I64', [], 28, 36),
    }
    const { tensors, metadata } = parse(json, 36)
    const data = 8 + encode(json).length
    expect(tensors.map(({ name, start, bytes }) => [name, start - data, bytes])).toEqual([
      ['a', 0, 16],
      ['empty', 16, 0],
      ['b', 16, 12],
      ['scalar', 28, 8],
    ])
    expect(metadata).toEqual({ format: 'pt' })
  })

  it('may be padded and may hold nothing', () => {
    expect(parse('{}   ', 0).tensors).toEqual([])
  })

  it('takes names that objects have of themselves', () => {
    const json = `{"__proto__":${JSON.stringify(tensor('U8', [1], 0, 1))}}`
    expect(parse(json, 1).tensors.map(({ name }) => name)).toEqual(['__proto__'])
  })

  it.each([
    ['no JSON', '{"a":', /not JSON/],
    ['a list', '[]', /not a JSON object/],
    ['a tensor that is no object', { a: 5 }, /tensor a without a usable/],
    ['a missing shape', { a: { dtype: 'F32', data_offsets: [0, 4] } }, /without a usable/],
    ['a negative axis', { a: tensor('F32', [-1], 0, 4) }, /without a usable/],
    ['a broken axis', { a: tensor('F32', [1.5], 0, 6) }, /without a usable/],
    ['a huge axis', { a: tensor('F32', [1e300], 0, 4) }, /without a usable/],
    ['a huge product', { a: tensor('F32', [2 ** 52, 2 ** 52], 0, 4) }, /4 bytes where .* needed/],
    ['a negative offset', { a: tensor('F32', [1], -4, 0) }, /without a usable/],
    ['offsets as texts', { a: tensor('F32', [1], '0', '4') }, /without a usable/],
    ['three offsets', { a: tensor('F32', [1], 0, 4, 8) }, /data_offsets \[0, 4, 8\]/],
    ['an end before the start', { a: tensor('F32', [1], 4, 0) }, /data_offsets \[4, 0\]/],
    ['an unknown dtype', { a: tensor('Q4', [2], 0, 1) }, /tensor a as the unknown dtype Q4/],
    ['an inherited dtype', { a: tensor('toString', [2], 0, 1) }, /unknown dtype toString/],
    ['too many bytes', { a: tensor('F16', [2, 2], 0, 9) }, /F16 \(2, 2\), 9 bytes where 8 bytes/],
    ['metadata that is no object', { __metadata__: 3 }, /__metadata__ that is not an object/],
    ['metadata that is no text', { __metadata__: { n: 3 } }, /whose n is not a text/],
  ])('is refused with %s', (_, json, message) => {
    expect(() => parse(json)).toThrow(message)
  })

  it('names the tensors that overlap or leave a gap', () => {
    const a = tensor('F32', [2], 0, 8)
    expect(() => parse({ a, b: tensor('F32', [1], 4, 8) }, 8)).toThrow(/tensor b overlap a/)
    expect(() => parse({ a, b: tensor('F32', [1], 12, 16) }, 16)).toThrow(
      /gap between a and tensor b/,
    )
    expect(() => parse({ a: tensor('F32', [1], 4, 8) }, 8)).toThrow(/gap between the header and/)
  })

  it('names a tensor that is there twice', () => {
    const [a, b] = [tensor('U8', [1], 0, 1), tensor('U8', [1], 1, 2)].map((t) => JSON.stringify(t))
    expect(() => parse(`{"a":${a!},"a":${b!}}`, 2)).toThrow('w names a twice')
  })

  it('gives both sizes when the file is cut or too long', () => {
    const json = { a: tensor('F32', [25], 0, 100) }
    const start = 8 + encode(json).length
    const sizes = (found: number) =>
      new RegExp(`${start + 100} bytes and the file has ${found} bytes`)
    expect(() => parse(json, 99)).toThrow(sizes(start + 99))
    expect(() => parse(json, 101)).toThrow(sizes(start + 101))
  })
})
