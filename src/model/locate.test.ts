import { expect, it } from 'vitest'
import { nameOf, type ModelLocation } from '../files/location.ts'
import { locate } from './locate.ts'

const base = 'https://example.org/page/'
const hub = { kind: 'hub', revision: 'main', folder: '', hub: 'https://huggingface.co' }

it.each<[string, object]>([
  ['ann/tiny', { ...hub, repository: 'ann/tiny', file: undefined }],
  [
    'ann/Tiny-1.5B_v2.gguf:q8/t.gguf',
    { ...hub, repository: 'ann/Tiny-1.5B_v2.gguf', file: 'q8/t.gguf' },
  ],
  ['https://huggingface.co/ann/tiny/', { ...hub, repository: 'ann/tiny', file: undefined }],
  [
    'https://hf.co/ann/tiny/tree/v2/f16',
    { ...hub, repository: 'ann/tiny', revision: 'v2', folder: 'f16/' },
  ],
  [
    'https://huggingface.co/ann/tiny/blob/main/f16/a.gguf',
    { ...hub, repository: 'ann/tiny', folder: 'f16/', file: 'a.gguf' },
  ],
  ['ann/tiny:Q8_0', { ...hub, repository: 'ann/tiny', file: undefined, tag: 'Q8_0' }],
  ['ann/tiny:a-q8_0.gguf', { ...hub, repository: 'ann/tiny', file: 'a-q8_0.gguf' }],
  ['hf.co/ann/tiny', { ...hub, repository: 'ann/tiny', file: undefined, tag: undefined }],
  ['hf.co/ann/tiny:Q8_0', { ...hub, repository: 'ann/tiny', file: undefined, tag: 'Q8_0' }],
  ['HF.co/ann/tiny:latest', { ...hub, repository: 'ann/tiny', tag: 'latest' }],
  ['huggingface.co/ann/tiny:a.gguf', { ...hub, repository: 'ann/tiny', file: 'a.gguf' }],
  ['www.huggingface.co/ann/tiny/', { ...hub, repository: 'ann/tiny', file: undefined }],
  ['https://huggingface.co/ann/tiny:Q4_K_M', { ...hub, repository: 'ann/tiny', tag: 'Q4_K_M' }],
  ['hf://ann/tiny/a.gguf', { ...hub, repository: 'ann/tiny', file: 'a.gguf' }],
  ['hf:ann/tiny', { ...hub, repository: 'ann/tiny', file: undefined }],
  ['ann/tiny@v2', { ...hub, repository: 'ann/tiny', revision: 'v2', file: undefined }],
  [
    'ann/tiny@refs/pr/1:Q8_0',
    { ...hub, repository: 'ann/tiny', revision: 'refs/pr/1', tag: 'Q8_0' },
  ],
  [
    'hf.co/ann/tiny@v2:b/a.gguf',
    { ...hub, repository: 'ann/tiny', revision: 'v2', file: 'b/a.gguf' },
  ],
  [
    'huggingface.co/ann/tiny/resolve/v2/f16/a.gguf?download=true',
    { ...hub, repository: 'ann/tiny', revision: 'v2', folder: 'f16/', file: 'a.gguf' },
  ],
  ['hf.co/ann/tiny/raw/main/a.gguf', { ...hub, repository: 'ann/tiny', file: 'a.gguf' }],
  ['hf.co/ann/tiny/f16/a.gguf', { ...hub, repository: 'ann/tiny', folder: 'f16/', file: 'a.gguf' }],
  ['ann/tiny:model.safetensors', { ...hub, repository: 'ann/tiny', file: undefined }],
  [
    'https://huggingface.co/ann/tiny/blob/main/model-00001-of-00004.safetensors',
    { ...hub, repository: 'ann/tiny', folder: '', file: undefined },
  ],
  [
    'https://host/m/model-00001-of-00004.safetensors',
    { kind: 'address', folder: 'https://host/m/', file: undefined },
  ],
  ['models/default/', { kind: 'address', folder: `${base}models/default/`, file: undefined }],
  ['./models/tiny', { kind: 'address', folder: `${base}models/tiny/`, file: undefined }],
  ['models/tiny.gguf', { kind: 'address', folder: `${base}models/`, file: 'tiny.gguf' }],
  [
    'https://host/m/heads.safetensors?sig=1',
    { kind: 'address', folder: 'https://host/m/?sig=1', file: 'heads.safetensors' },
  ],
  ['https://huggingface.co/', { kind: 'address', folder: 'https://huggingface.co/' }],
])('%s', (source, location) => {
  expect(locate(source, {}, base)).toMatchObject(location)
})

it('takes revision, token and another Hub along', () => {
  const access = { revision: 'v1', token: 'hf_x', hub: 'http://mirror/', keep: false }
  expect(locate('ann/tiny', access, base)).toMatchObject({
    revision: 'v1',
    token: 'hf_x',
    hub: 'http://mirror',
    keep: false,
  })
})

it('shows neither a query nor a token', () => {
  const shown = (location: ModelLocation) => (location.kind === 'picked' ? '' : nameOf(location))
  expect(shown(locate('https://me:pw@host/m/?sig=1', {}, base))).toBe('https://host/m/')
  expect(shown(locate('ann/tiny:a.gguf', { token: 'hf_x' }, base))).toBe('ann/tiny:a.gguf')
})

it('refuses what is neither', () => {
  expect(() => locate('http://', {}, undefined)).toThrow('neither an address to load from nor')
})
