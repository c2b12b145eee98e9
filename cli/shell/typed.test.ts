import { expect, it } from 'vitest'
import { serve } from '../site/serve.ts'
import { asTyped } from './typed.ts'

it('names what was typed in place of the addresses that it is served at', async () => {
  const hub = Object.assign(() => undefined, { typed: 'ann/tiny:' })
  const site = await serve({
    '/model/': 'models/my model',
    '/model/a b#.gguf': 'models/a b#.gguf',
    '/heads': '../heads.safetensors',
    '/heads/': '/dist/heads',
    '/hub/model/': hub,
    '/blank': () => undefined,
  })
  const { url } = site
  await site.close()
  expect(asTyped(`${url}model/config.json is cut`)).toBe('models/my model/config.json is cut')
  expect(asTyped(`${url}model/a%20b.json is cut`)).toBe('models/my model/a b.json is cut')
  expect(asTyped(`${url}model/a%20b%23.gguf is cut`)).toBe('models/a b#.gguf is cut')
  expect(asTyped(`${url}model/a b#.gguf is cut`)).toBe('models/a b#.gguf is cut')
  expect(asTyped(`${url}model/ holds neither ${url}model/a nor ${url}heads`)).toBe(
    'models/my model/ holds neither models/my model/a nor ../heads.safetensors',
  )
  expect(asTyped(`${url}heads/x.safetensors`)).toBe('/dist/heads/x.safetensors')
  expect(asTyped(`${url}hub/model/q8.gguf is cut`)).toBe('ann/tiny:q8.gguf is cut')
  expect(asTyped(`${url}model/config.json answered 404 (Not Found); check the address`)).toBe(
    'models/my model/config.json does not exist',
  )
  const elsewhere = 'https://host/model/ answered 404 (Not Found); check the address'
  expect(asTyped(elsewhere)).toBe(elsewhere)
})
