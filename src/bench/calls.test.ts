import { expect, test } from 'vitest'
import { countCalls } from './calls.ts'

/** Counts calls and does nothing else. */
function fakeDevice() {
  const reached: string[] = []
  class Pass {
    dispatchWorkgroups(...grid: number[]) {
      reached.push(`dispatch ${grid.join(' ')}`)
    }
  }
  class Encoder {
    beginComputePass() {
      return new Pass()
    }
    copyBufferToBuffer(...to: unknown[]) {
      reached.push(`copy ${String(to.at(-1))}`)
    }
  }
  class Queue {
    submit() {
      reached.push('submit')
    }
  }
  class Device {
    get queue() {
      return new Queue() // as Node's `webgpu` does
    }
    createBuffer({ usage, size }: GPUBufferDescriptor) {
      return { usage, size }
    }
    createCommandEncoder() {
      return new Encoder()
    }
  }
  return { device: new Device() as unknown as GPUDevice, reached }
}

const storage = 0x80
const mapRead = 0x01

function work(device: GPUDevice): void {
  const from = device.createBuffer({ size: 64, usage: storage })
  const to = device.createBuffer({ size: 64, usage: mapRead })
  const encoder = device.createCommandEncoder()
  encoder.beginComputePass().dispatchWorkgroups(2, 3)
  encoder.beginComputePass().dispatchWorkgroups(1)
  encoder.copyBufferToBuffer(from, 0, to, 0, 12)
  encoder.copyBufferToBuffer(from, 0, from, 32, 16)
  device.queue.submit([])
}

test('counts what is asked, and asks it', () => {
  const { device, reached } = fakeDevice()
  const stop = countCalls(device)
  work(device)
  expect(stop()).toEqual({ submits: 1, dispatches: 2, buffersCreated: 2, bytesReadBack: 12 })
  expect(reached).toEqual(['dispatch 2 3 ', 'dispatch 1  ', 'copy 12', 'copy 16', 'submit'])
})

test('counts nothing after it was stopped, and leaves the device as it was', () => {
  const { device, reached } = fakeDevice()
  const stop = countCalls(device)
  const before = stop()
  work(device)
  expect(before).toEqual({ submits: 0, dispatches: 0, buffersCreated: 0, bytesReadBack: 0 })
  expect(reached).toHaveLength(5)
  expect(Object.getOwnPropertyNames(device)).toEqual([])
})

test("puts a device's own properties back", () => {
  const { device } = fakeDevice()
  const { queue } = device
  Object.defineProperty(device, 'queue', { value: queue, configurable: true })
  countCalls(device)()
  expect(device.queue).toBe(queue)
  expect(Object.getOwnPropertyNames(queue)).toEqual([])
})
