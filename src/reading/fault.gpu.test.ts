// A command that the GPU rejects reaches the caller as an error, not as zeros.
import { expect, test } from 'vitest'
import { modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { load } from '../index.ts'

/** The browser's GPU, and the buffers of its device by label. */
function watchedGpu() {
  const buffers = new Map<string, GPUBuffer>()
  const api: Pick<GPU, 'requestAdapter'> = {
    async requestAdapter(options) {
      const adapter = (await navigator.gpu.requestAdapter(options))!
      const requestDevice = adapter.requestDevice.bind(adapter)
      adapter.requestDevice = async (descriptor) => {
        const device = await requestDevice(descriptor)
        const createBuffer = device.createBuffer.bind(device)
        device.createBuffer = (wanted) => {
          const buffer = createBuffer(wanted)
          buffers.set(wanted.label ?? '', buffer)
          return buffer
        }
        return device
      }
      return adapter
    },
  }
  return { gpu: api as GPU, buffers }
}

const text = 'The tide turned at dusk. '.repeat(8)
const refused = {
  name: 'LongtabError',
  code: 'gpu-error',
  message: expect.stringMatching(/load the model again: .*keys of layer 0.*destroyed/) as string,
}

test('a document and an answer that were computed in vain are errors', async () => {
  const { gpu, buffers } = watchedGpu()
  const settings = { budget: 60, chunk: 40, policy: 'window' } as const
  const model = await load(modelFiles(randomModel(smallShape, 4), 'F32'), { gpu, ...settings })
  const document = await model.read(text)
  expect((await document.ask('What turned?', { maxTokens: 4 }).summary).ids).toHaveLength(4)

  buffers.get('keys of layer 0')!.destroy() // every submit that uses it is rejected from now on
  await expect(document.ask('What turned?', { maxTokens: 4 }).summary).rejects.toMatchObject(
    refused,
  )
  await expect(document.likelihood('and again')).rejects.toMatchObject(refused)
  await expect(model.read(text)).rejects.toMatchObject(refused)
  await model.close()
})
