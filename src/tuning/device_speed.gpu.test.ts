// On WebGPU in software: that the measurement ends, tells numbers and leaves nothing, not what they are.
import { expect } from 'vitest'
import { gpuTest } from '../testing/gpu.ts'
import { measureDeviceSpeed } from './device_speed.ts'

gpuTest('a device is measured, and its buffers are freed', async ({ gpu: { device } }) => {
  const made: GPUBuffer[] = []
  const destroyed = new Set<GPUBuffer>()
  const watched = new Proxy(device, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (name !== 'createBuffer')
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value
      return (descriptor: GPUBufferDescriptor) => {
        const buffer = target.createBuffer(descriptor)
        const destroy = buffer.destroy.bind(buffer)
        buffer.destroy = () => {
          destroyed.add(buffer)
          destroy()
        }
        made.push(buffer)
        return buffer
      }
    },
  })
  const speed = await measureDeviceSpeed(watched)
  expect(speed).toBeDefined()
  for (const value of Object.values(speed!)) expect(value).toBeGreaterThan(0)
  expect(made.length).toBeGreaterThan(2)
  expect(made.filter((buffer) => !destroyed.has(buffer))).toEqual([])
})
