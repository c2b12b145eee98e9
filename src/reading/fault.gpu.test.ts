// What the GPU rejects, or computes wrong, reaches the caller as an error and not as text.
import { expect, test } from 'vitest'
import { modelFiles } from '../../reference/model_files.ts'
import { randomModel, smallShape } from '../../reference/random_model.ts'
import { readBuffer } from '../gpu/readback.ts'
import { load, type LongDocument } from '../index.ts'

/** The browser's GPU, its device, and the device's buffers by label. */
function watchedGpu() {
  const buffers = new Map<string, GPUBuffer>()
  const devices: GPUDevice[] = []
  const api: Pick<GPU, 'requestAdapter'> = {
    async requestAdapter(options) {
      const adapter = (await navigator.gpu.requestAdapter(options))!
      const requestDevice = adapter.requestDevice.bind(adapter)
      adapter.requestDevice = async (descriptor) => {
        const device = await requestDevice(descriptor)
        devices.push(device)
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
  return { gpu: api as GPU, buffers, devices }
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

test('numbers that go wrong end an answer; the next is given once they are right', async () => {
  const { gpu, buffers, devices } = watchedGpu()
  const settings = { budget: 60, chunk: 40, policy: 'window' } as const
  const model = await load(modelFiles(randomModel(smallShape, 4), 'F32'), { gpu, ...settings })
  const ask = (document: LongDocument) => document.ask('What turned?', { maxTokens: 4 }).summary
  const first = await model.read(text)
  const { text: right } = await ask(first)

  const norm = buffers.get('final norm')!
  const write = (value: number) => devices[0]!.queue.writeBuffer(norm, 0, Float32Array.of(value))
  const before = new Float32Array(await readBuffer(devices[0]!, norm, 0, 4))[0]!
  write(NaN)
  const wrong = {
    name: 'LongtabError',
    code: 'bad-numbers',
    message: expect.stringMatching(/^the numbers of the model became NaN in its logits /) as string,
  }
  await expect(ask(first)).rejects.toMatchObject(wrong)
  await expect(first.likelihood('and again')).rejects.toMatchObject(wrong)
  write(before)
  expect((await ask(first)).text).toBe(right)
  await model.close()
})
