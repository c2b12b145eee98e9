// docs/guide/compat.md: every family, format, storage and tokenizer that is read, and what it was held against. All of it
// comes from the code and from the fixtures that exist.
import { join } from 'node:path'
import { digits } from '../../src/bench/report_values.ts'
import { table } from '../../src/bench/table.ts'
import { families } from '../../src/model/families/families.ts'
import type { Family } from '../../src/model/families/family.ts'
import { blockFormats } from '../../src/model/gguf/blocks.ts'
import { storageOfType } from '../../src/model/gguf/repack.ts'
import { preTokenizers } from '../../src/model/gguf/tokenizers/pre_tokenizers.ts'
import { root } from '../build/paths.ts'
import { realModels } from '../models/real_model.ts'
import { keptAgreements, type Agreement, type Agreements, type Compared } from './agreement.ts'
import {
  familyFixtures,
  goldenRuns,
  splitNames,
  tokenizerNames,
  type FamilyFixture,
} from './fixtures.ts'
import { keptLayerCosts, type LayerCosts } from './layer_costs.ts'
import { memoryTable } from './memory.ts'

export const compatPath = join(root, 'docs/guide/compat.md')

const none = '–'

export async function compatPage(): Promise<string> {
  const [agreements, fixtures] = [await keptAgreements(), await familyFixtures()]
  const costs = await keptLayerCosts()
  return [
    '# What is read, and how it was verified',
    '`npm run compat` makes this page of the code and of the fixtures that exist. A test fails where it is out of date. How the fixtures were made is said [beside them](../../fixtures/README.md).',
    '## Families',
    `Each row is a tiny checkpoint of random weights with the logits that \`transformers\` computes on it. What is particular of the family is in reach of its prompt. The figure is the largest difference of a logit, beside the largest logit. Behind it stands how many tokens of the greedy answer are the same. Random weights make close calls, so that weights in fewer bits may choose other tokens. Measured on ${agreements.date} by \`npm run compat -- --measure\`: Node on ${agreements.adapter}, ${agreements.machine}.`,
    familyTable(fixtures, agreements),
    'The columns f32, f16 and q8 are storages of a checkpoint in safetensors. GGUF is a file of the same weights, mostly in Q8_0, with its blocks as they are. Where it “says less”, its metadata lack a scale or windows that the fixture changes. The column evicted is f32 after several evictions, for families that keep more than a cache, or whose norms weigh turned heads.',
    '## Names and files',
    await nameTable(fixtures),
    'Of a model that a family is inside of, configuration and names of tensors are tested, without a fixture. Real checkpoints are GGUF files. Every run of theirs holds logits and greedy tokens of a prompt against `transformers`. Retaining heads and compressors are also read from files of PyTorch.',
    '## Types of tensors',
    'Safetensors are read in F32, F16 and BF16. GGUF files have their tensors in these types. Each was held against what the Python package `gguf` makes of random blocks.',
    typeTable(),
    '## Tokenizers',
    'A `tokenizer.json` is read as it is. GGUF files name how a text is split before byte-level BPE (`tokenizer.ggml.pre`), or have a SentencePiece model.',
    tokenizerTable(await tokenizerNames(), await splitNames()),
    '## Kinds of layers',
    `What reading ${costs.tokens.toLocaleString('en-US')} tokens costs in one layer of each kind, in the widths of LFM2-350M, those of delta nets in the widths of Qwen3.5-0.8B. Beside attention of its own model a delta net costs [0.81 of it](../research/delta_net.md). The feed-forward is left out, as it is alike in all kinds. It is the difference between models that have more and fewer of such layers. Measured in software, where times mean nothing and their ratio little. It was on ${costs.date} by \`npm run compat -- --layers\`: Node on ${costs.adapter}, ${costs.machine}.`,
    layerTable(fixtures, costs),
    '## Memory',
    'What 100,000 tokens of a document take on the GPU besides the weights, in MB, by the shapes of the models in the page’s list. A full cache keeps keys and values of every token in 16 bits, in every layer of attention. Ours has its usual budget. States are what layers without attention keep, however long the document is.',
    memoryTable(),
  ]
    .join('\n\n')
    .concat('\n')
}

function familyTable(fixtures: readonly FamilyFixture[], { fixtures: found }: Agreements): string {
  const cell = (name: string, compared: Compared) => agreementText(found[name]?.[compared])
  return table(
    ['checkpoint', '`model_type`', 'largest', 'f32', 'f16', 'q8', 'GGUF', 'evicted'],
    fixtures
      .toSorted((a, b) => orderOf(a) - orderOf(b))
      .map(({ name, description, gguf }) => [
        name,
        `\`${description.family}\``,
        digits(found[name]?.f32?.largest ?? NaN),
        cell(name, 'f32'),
        cell(name, 'f16'),
        cell(name, 'q8'),
        gguf?.isSame === false ? 'says less' : cell(name, 'GGUF'),
        cell(name, 'evicted'),
      ]),
  )
}

function orderOf({ description }: FamilyFixture): number {
  return families.findIndex(({ modelType }) => modelType === description.family)
}

function agreementText(agreement: Agreement | undefined): string {
  if (agreement === undefined) return none
  const { difference, same, of } = agreement
  const rounded = difference.toExponential(1)
  return of === 0 ? rounded : `${rounded}, ${same} of ${of}`
}

async function nameTable(fixtures: readonly FamilyFixture[]): Promise<string> {
  const rows = families.map(async (family) => {
    const own = fixtures.filter(({ description }) => description.family === family.modelType)
    return [
      `\`${family.modelType}\``,
      family.wrapper === undefined ? none : `\`${family.wrapper.modelType}\``,
      own.length > 0 ? 'random weights' : 'not verified',
      ggufText(family, own),
      await goldensOf(family),
    ]
  })
  return table(
    ['family', 'inside of', 'safetensors', 'GGUF', 'real checkpoint'],
    await Promise.all(rows),
  )
}

/** Whether llama.cpp's names and metadata were held against the folder's. */
function ggufText({ modelType, gguf }: Family, own: readonly FamilyFixture[]): string {
  const files = own.flatMap((fixture) => fixture.gguf ?? [])
  const verified = files.length > 0 ? 'random weights' : 'not verified'
  if (gguf !== undefined) return `\`${gguf.architecture}\`, ${verified}`
  const [other] = files.filter(({ family }) => family !== modelType)
  return other === undefined ? 'as another family' : `as \`${other.family}\`, ${verified}`
}

async function goldensOf({ modelType }: Family): Promise<string> {
  const own = realModels.filter((model) => model.modelType === modelType)
  const goldens = await Promise.all(
    own.map(async ({ name }) => ({ name, runs: await goldenRuns(name) })),
  )
  const held = goldens.filter(({ runs }) => runs > 0)
  return held.map(({ name, runs }) => `${name}, ${runs} runs`).join('; ') || none
}

function typeTable(): string {
  return table(
    ['type', 'on the GPU, unless another storage is chosen'],
    Object.keys(blockFormats).map((type) => [type, keptAs(type)]),
  )
}

function keptAs(type: string): string {
  const storage = storageOfType(type)
  return storage === undefined ? 'f16' : `the same codes, as \`${storage}\``
}

function tokenizerTable(whole: readonly string[], splits: readonly string[]): string {
  const entries = Object.entries(preTokenizers)
  const heldBy = (name: string): string | undefined =>
    whole.includes(name)
      ? 'ids of whole texts, against `tokenizers`'
      : splits.includes(name)
        ? 'splits of texts, against `tokenizers` and `regex`'
        : undefined
  const asAnother = (name: string) => {
    const twin = entries.find(
      ([other, pre]) => pre.steps === preTokenizers[name]?.steps && heldBy(other) !== undefined,
    )
    return twin === undefined ? 'not verified' : `splits as ${twin[0]} does`
  }
  const named = entries.map(([name]) => [`\`${name}\``, heldBy(name) ?? asAnother(name)])
  const pieces = whole
    .filter((name) => !Object.hasOwn(preTokenizers, name))
    .map((name) => [`SentencePiece: ${name}`, 'ids of whole texts, against `sentencepiece`'])
  return table(['splitting', 'verified'], [...named, ...pieces])
}

/** Kinds that some fixture has. */
function layerTable(fixtures: readonly FamilyFixture[], { ms }: LayerCosts): string {
  const kinds = new Set(fixtures.flatMap(({ description }) => description.kinds))
  const ratio = (own: number) => (ms.attention === undefined ? none : digits(own / ms.attention))
  return table(
    ['kind', 'ms', 'of attention’s'],
    [...kinds].toSorted().map((kind) => {
      const own = ms[kind]
      return own === undefined ? [kind, 'not measured', none] : [kind, digits(own), ratio(own)]
    }),
  )
}
