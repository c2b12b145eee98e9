import { describe, expect, it } from 'vitest'
import { fileOf } from './quantization.ts'

const ggufs = ['t-BF16.gguf', 't-IQ4_XS.gguf', 't-Q4_K_M.gguf', 't-Q4_K_S.gguf', 't-Q8_0.gguf']
const weights = ['config.json', 'model.safetensors', 'tokenizer.json']

describe('a quantization', () => {
  it.each([
    ['Q8_0', 't-Q8_0.gguf'],
    ['q8_0', 't-Q8_0.gguf'],
    ['Q4_K_S', 't-Q4_K_S.gguf'],
    ['iq4_xs', 't-IQ4_XS.gguf'],
    ['bf16', 't-BF16.gguf'],
    ['t-q8_0.gguf', 't-Q8_0.gguf'],
  ])('%s is %s', (tag, file) => {
    expect(fileOf([...weights, ...ggufs], tag, 'ann/t')).toBe(file)
  })

  it('is found under the ways in which files are called', () => {
    for (const name of [
      't.Q8_0.gguf',
      't_q8_0.gguf',
      'Q8_0.gguf',
      'Q8_0/t-Q8_0.gguf',
      't-Q8_0.GGUF',
    ])
      expect(fileOf([name], 'Q8_0', 'ann/t'), name).toBe(name)
    expect(fileOf(['t-UD-Q4_K_XL.gguf'], 'Q4_K_XL', 'ann/t')).toBe('t-UD-Q4_K_XL.gguf')
  })

  it('of a split file is its first part', () => {
    const parts = [1, 2, 3].map((i) => `t-F16-0000${i}-of-00003.gguf`)
    expect(fileOf(parts.reverse(), 'f16', 'ann/t')).toBe('t-F16-00001-of-00003.gguf')
  })

  it('is not the end of another, nor a projector of pictures', () => {
    const names = ['t-IQ4_NL.gguf', 'mmproj-t-Q4_NL.gguf', 't-XQ4_NL.gguf']
    expect(() => fileOf(names, 'Q4_NL', 'ann/t')).toThrow('no GGUF file of Q4_NL')
  })

  it('that no file has is refused with those that there are', () => {
    expect(() => fileOf(ggufs, 'Q5_K_M', 'ann/t')).toThrow(
      'ann/t has no GGUF file of Q5_K_M; it has BF16, IQ4_XS, Q4_K_M, Q4_K_S, Q8_0; name one of them, as in ann/t:BF16',
    )
    expect(() => fileOf(weights, 'Q8_0', 'ann/t')).toThrow('it has no GGUF files')
    expect(() => fileOf(['odd.gguf'], 'Q8_0', 'ann/t')).toThrow('it has odd.gguf')
  })
})

describe('without a quantization', () => {
  it.each([undefined, 'latest'])('(%s) the usual one is meant', (tag) => {
    expect(fileOf(ggufs, tag, 'ann/t')).toBe('t-Q4_K_M.gguf')
    expect(fileOf(['t-BF16.gguf', 't-Q8_0.gguf'], tag, 'ann/t')).toBe('t-Q8_0.gguf')
    expect(fileOf(['t-Q6_K.gguf', 't-Q5_K_M.gguf'], tag, 'ann/t')).toBe('t-Q5_K_M.gguf')
    expect(fileOf(['config.json', 'README.md', ...ggufs], tag, 'ann/t')).toBe('t-Q4_K_M.gguf')
  })

  it('a folder with weights is the model, and so is one with nothing', () => {
    expect(fileOf([...ggufs, ...weights], undefined, 'ann/t')).toBeUndefined()
    const shards = ['config.json', 'model-00001-of-00002.safetensors', ...ggufs]
    expect(fileOf(shards, undefined, 'ann/t')).toBeUndefined()
    expect(fileOf(['README.md'], undefined, 'ann/t')).toBeUndefined()
  })
})
