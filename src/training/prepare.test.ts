// A training that cannot be is refused before a weight is fetched and before anything is made on the GPU.
import { describe, expect, it } from 'vitest'
import type { TrainHeadsOptions } from '../api/training.ts'
import { trainCompressor, trainHeads } from '../index.ts'
import { writeSafetensors } from '../model/safetensors/write.ts'
import { countingGpu } from '../testing/counting_gpu.ts'
import { countingServer } from '../testing/counting_server.ts'
import { inGguf, inOneFile, virtualModel, type VirtualModel } from '../testing/virtual_model.ts'

/** Bytes that may be served before a refusal. */
const most = 2e6

interface Refusal {
  readonly what: string
  readonly model?: Partial<VirtualModel>
  readonly options?: TrainHeadsOptions
  readonly code: string
  readonly says: RegExp
}

const ofAnother = new Blob([
  writeSafetensors([{ name: 'a', shape: [1], values: Float32Array.of(1), dtype: 'F32' }], {
    model: 'final-norm-sha256:another',
  }),
])
const untokenized = virtualModel().tokenizer.slice(0, 500)

const refusals: readonly Refusal[] = [
  {
    what: 'data that is none',
    options: { data: new Blob(['{"context": 5}']) },
    code: 'bad-input',
    says: /line 1/,
  },
  {
    what: 'a checkpoint of another training',
    options: { checkpoint: ofAnother },
    code: 'bad-input',
    says: /the checkpoint was made with another model/,
  },
  {
    what: 'a tokenizer that is damaged',
    model: { tokenizer: untokenized, tokens: [] },
    code: 'bad-file',
    says: /tokenizer/,
  },
  {
    what: 'token ids beyond the embedding',
    model: { config: { vocab_size: 250, eos_token_id: 7 } },
    code: 'bad-file',
    says: /the embedding has 250 rows/,
  },
  {
    what: 'a length beyond what the model can see',
    options: { length: 5000 },
    code: 'bad-setting',
    says: /a training length of 5000/,
  },
]

const forms = {
  'a folder': { files: inOneFile, source: '' },
  'a GGUF file': { files: inGguf, source: 'model.gguf' },
}
const trainings = { heads: trainHeads, 'a compressor': trainCompressor }
const tried = Object.entries(forms).flatMap(([form, how]) =>
  Object.entries(trainings).map(([kind, train]) => ({ form, kind, train, ...how })),
)

describe.each(tried)('$kind for $form', ({ kind, files, source, train }) => {
  const possible = refusals.filter(({ options = {} }) => kind === 'heads' || !('length' in options))
  it.each(possible)('are refused cheaply for $what', async ({ model, options, code, says }) => {
    const server = countingServer(files(virtualModel(model)), 'tiny')
    const gpu = countingGpu()
    const { finished } = train(`${server.url}${source}`, { gpu: gpu.api, keep: false, ...options })
    await expect(finished).rejects.toMatchObject({
      code,
      message: expect.stringMatching(says) as string,
    })
    expect(gpu.calls).toEqual([])
    expect(server.asked(), server.answers.join('\n')).toBeLessThanOrEqual(most)
  })

  it('are refused where the device has too little memory, before anything is fetched or compiled', async () => {
    const server = countingServer(files(virtualModel()), 'tiny')
    const gpu = countingGpu(40e6)
    const { finished } = train(`${server.url}${source}`, { gpu: gpu.api, keep: false })
    await expect(finished).rejects.toMatchObject({ code: 'out-of-memory' })
    expect(new Set(gpu.calls)).toEqual(new Set(['createBuffer']))
    expect(server.asked()).toBeLessThanOrEqual(most)
  })
})
