import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { root } from '../build/paths.ts'
import { budgetOf, parseQuality, policySpec } from './options.ts'

const model = join(root, 'public/models/default')

afterEach(() => vi.unstubAllEnvs())

test('budgets are units or shares', () => {
  expect(budgetOf('--budgets', '128')).toEqual({ tokens: 128 })
  expect(budgetOf('--budgets', '12.5%')).toEqual({ share: 0.125 })
  expect(() => budgetOf('--budgets', '120%')).toThrow(/at most 100 %/)
  expect(() => budgetOf('--budgets', 'many')).toThrow(/whole number/)
})

test('a policy is written with its settings', () => {
  expect(policySpec('random:positions=original:seed=4')).toEqual({
    label: 'random:positions=original:seed=4',
    policy: 'random',
    settings: { positions: 'original', policy: { name: 'random', seed: 4 }, storage: {} },
    files: {},
  })
  expect(policySpec('lococo:keptShare=0.5:cache=f16').settings).toEqual({
    policy: { name: 'lococo', keptShare: 0.5 },
    storage: { cache: 'f16' },
  })
  expect(() => policySpec('nothing')).toThrow(/--policies must be one of/)
  expect(() => policySpec('random:seed')).toThrow(/setting=value/)
})

test('a policy may bring files of its own, if it has a use for them', () => {
  const heads = join(model, 'heads.safetensors')
  const url = 'http://127.0.0.1:80/c.safetensors?a=b'
  expect(policySpec(`locret+lococo:heads=${heads}:burst=4:compressor=${url}`)).toMatchObject({
    policy: 'locret+lococo',
    settings: { burst: 4 },
    files: { heads, compressor: url },
  })
  expect(() => policySpec(`random:heads=${heads}`)).toThrow(/random takes no heads/)
  expect(() => policySpec(`locret:compressor=${heads}`)).toThrow(/locret takes no compressor/)
  expect(() => policySpec('locret:heads=/nowhere')).toThrow(/locret:heads \/nowhere does not exist/)
})

test('quick is a choice that what is given goes before', () => {
  const options = parseQuality(['--quick', '--samples', '7'], model)
  expect(options).toMatchObject({ samples: 7, lengths: [512], answerTokens: 'tight' })
})

test('a report is wanted by itself only where that is said', () => {
  expect(parseQuality(['--report'], model)).toMatchObject({ reportOnly: true })
  expect(parseQuality(['--quick'], model)).toMatchObject({ reportOnly: false })
  vi.stubEnv('LONGTAB_WEBGPU', '/nowhere/webgpu/index.js')
  const elsewhere = ['--report', '--adapter', 'node']
  expect(parseQuality(elsewhere, model)).toMatchObject({ reportOnly: true })
})

test('all tasks unless data is given', () => {
  const all = parseQuality([], model)
  expect(all.tasks.length).toBeGreaterThan(20)
  const own = parseQuality(['--data', join(root, 'package.json')], model)
  expect(own).toMatchObject({ tasks: [], policies: undefined })
})

test('what cannot be is said in words', () => {
  expect(() => parseQuality(['--tasks', 'niah'], model)).toThrow(
    /--tasks must be one of niah_single_1/,
  )
  expect(() => parseQuality(['--haystack', '/nowhere.txt'], model)).toThrow(/does not exist/)
  expect(() => parseQuality(['--model', '/nowhere'], model)).toThrow(/not a folder/)
})

test('node takes the place of a browser where there is the package, for a model that is no name', () => {
  const node = ['--adapter', 'node']
  vi.stubEnv('LONGTAB_WEBGPU', '/nowhere/webgpu/index.js')
  expect(() => parseQuality(node, model)).toThrow(/\/nowhere\/webgpu\/index.js, which does not/)
  vi.stubEnv('LONGTAB_WEBGPU', '') // the package that is installed
  expect(parseQuality(node, model)).toMatchObject({ adapter: 'node', workers: 1 })
  expect(() => parseQuality([...node, '--model', 'owner/name'], model)).toThrow(
    /owner\/name is a name on the Hub/,
  )
  expect(() => parseQuality([...node, '--heads', 'owner/name:h.safetensors'], model)).toThrow(
    /h.safetensors is a name on the Hub/,
  )
  expect(() => parseQuality(['--adapter', 'deno'], model)).toThrow(
    /auto, hardware, software, node, twin, not 'deno'/,
  )
})
