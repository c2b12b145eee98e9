// Records kernels into one command buffer: one compute pass, one arena of parameters, one submit.
import type { Compiled } from './kernel.ts'
import { uniformUsage, type GpuMemory } from './memory.ts'
import { noProfile, type Profile } from './profile.ts'

/** Workgroups in x, y, z. */
export type Grid = readonly [number, number?, number?]

export interface Recorder {
  /**
   * Adds one dispatch. Buffers are bound by name.
   * @param compiled undefined where neither the model nor the policy was said to use it: throws
   */
  run<Param extends string, Binding extends string>(
    compiled: Compiled<Param, Binding> | undefined,
    params: Readonly<Record<Param, number>>,
    buffers: Readonly<Record<Binding, GPUBuffer>>,
    grid: Grid,
  ): void
  /** Adds a copy between buffers, ordered with the dispatches around it. */
  copy(from: GPUBuffer, fromByte: number, to: GPUBuffer, toByte: number, bytes: number): void
  /** Dispatches recorded since the last submit. */
  readonly recorded: number
  /** Sends what was recorded to the GPU; does nothing when that is nothing. */
  readonly submit: () => void
}

/** The uniform offset alignment every device accepts. */
const SLOT = 256
/** Dispatches per submit at most; a fuller recorder submits by itself. */
const SLOTS = 1024

export function createRecorder(
  device: GPUDevice,
  memory: GpuMemory,
  profile: Profile = noProfile,
): Recorder {
  const arena = memory.allocate('scratch', 'params', SLOT * SLOTS, uniformUsage)
  const staged = new ArrayBuffer(SLOT * SLOTS)
  const words = { u32: new Uint32Array(staged), f32: new Float32Array(staged) }
  let encoder: GPUCommandEncoder | undefined
  let pass: GPUComputePassEncoder | undefined
  let used = 0

  function bindGroup(
    compiled: Compiled,
    buffers: Readonly<Record<string, GPUBuffer>>,
  ): GPUBindGroup {
    const { kernel, layout, groups } = compiled
    const names = Object.keys(kernel.bindings)
    let key = `${idOf(arena)},`
    for (const name of names) key += `${idOf(buffers[name])},`
    let group = groups.get(key)
    if (group === undefined) {
      group = device.createBindGroup({
        label: kernel.name,
        layout,
        entries: [
          { binding: 0, resource: { buffer: arena, size: SLOT } },
          ...names.map((name, i) => ({
            binding: i + 1,
            resource: { buffer: present(buffers[name], name) },
          })),
        ],
      })
      groups.set(key, group)
    }
    return group
  }

  const recorder: Recorder = {
    run(compiled, params, buffers, grid) {
      if (!compiled) {
        throw new Error(`no kernel was compiled to work on ${Object.keys(buffers).join(', ')}`)
      }
      if (used === SLOTS) recorder.submit()
      encoder ??= device.createCommandEncoder()
      const writes = profile.timestamps(compiled.kernel.name)
      if (writes) {
        pass?.end()
        pass = encoder.beginComputePass({ timestampWrites: writes })
      }
      pass ??= encoder.beginComputePass()
      let word = (used * SLOT) / 4
      for (const name in compiled.kernel.params) {
        words[compiled.kernel.params[name]][word++] = params[name]
      }
      pass.setPipeline(compiled.pipeline)
      pass.setBindGroup(0, bindGroup(compiled, buffers), [used * SLOT])
      pass.dispatchWorkgroups(grid[0], grid[1], grid[2])
      used++
    },
    copy(from, fromByte, to, toByte, bytes) {
      encoder ??= device.createCommandEncoder()
      pass?.end()
      pass = undefined
      encoder.copyBufferToBuffer(from, fromByte, to, toByte, bytes)
    },
    get recorded() {
      return used
    },
    submit() {
      if (!encoder) return
      pass?.end()
      profile.resolve(encoder)
      if (used > 0) device.queue.writeBuffer(arena, 0, staged, 0, used * SLOT)
      device.queue.submit([encoder.finish()])
      profile.submitted()
      encoder = undefined
      pass = undefined
      used = 0
    },
  }
  return recorder
}

const ids = new WeakMap<GPUBuffer, number>()
let lastId = 0

function idOf(buffer: GPUBuffer | undefined): number {
  if (buffer === undefined) return 0
  let id = ids.get(buffer)
  if (id === undefined) ids.set(buffer, (id = ++lastId))
  return id
}

function present(buffer: GPUBuffer | undefined, name: string): GPUBuffer {
  if (buffer === undefined) throw new Error(`no buffer is bound to ${name}`)
  return buffer
}
