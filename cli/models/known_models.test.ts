import { expect, test } from 'vitest'
import { presets } from '../../src/model/presets.ts'
import { ofHub, tableOf } from './known_models.ts'

const source = 'HuggingFaceTB/SmolLM2-135M-Instruct'
const stored = { id: 'a', source, revision: 'main', bytes: 1, unfinished: [] }
const found = (models: ReturnType<typeof ofHub>) => models.find((one) => one.source === source)

test('every preset is listed, with what is on this disk', () => {
  expect(ofHub([])).toHaveLength(presets.length)
  expect(found(ofHub([]))).toMatchObject({ license: 'Apache 2.0', downloaded: 'no' })
  expect(found(ofHub([stored]))).toMatchObject({ downloaded: 'whole' })
  const cut = { ...stored, unfinished: ['model.safetensors'] }
  expect(found(ofHub([cut]))).toMatchObject({ downloaded: 'partly' })
})

test('heads are those that come with Longtab, or official ones', () => {
  expect(found(ofHub([]))).toMatchObject({ heads: 'longtab' })
  const official = presets.find(({ heads }) => heads !== undefined)
  expect(ofHub([]).find((one) => one.source === official?.source)?.heads).toBe(
    official?.heads?.source,
  )
})

test('the table has a line for each, in columns', () => {
  const [head = '', line = ''] = tableOf(
    ofHub([stored]).filter((one) => one.source === source),
  ).split('\n')
  expect(head).toMatch(/^model +size +licence +heads +on this disk$/)
  expect(line).toMatch(
    /^HuggingFaceTB\/SmolLM2-135M-Instruct +269 MB +Apache 2\.0 +with Longtab +yes$/,
  )
  expect(line.indexOf('269')).toBe(head.indexOf('size'))
})
