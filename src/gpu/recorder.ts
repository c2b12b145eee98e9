// Records kernels into one command buffer: one compute pass, one arena of parameters, one submit.
import {
  headsWord,
  headWords,
  type AnyKernel,
  type Compiled,
  type LeftOut,
  type ParamValues,
  type Scalar,
} from './kernel.ts'
import { uniformUsage, type GpuMemory } from './memory.ts'
import { noProfile, type Profile } from './profile.ts'
import { stretchAlignment, stretchOf, type Bound } from './stretch.ts'

/** Workgroups in x, y, z. */
export type Grid = readonly [number, number?, number?]

export interface Recorder {
  /**
   * Adds one dispatch. Buffers, or stretches of them, are bound by name. Throws when the kernel was not compiled because
   * neither model nor policy declared it.
   */
  run<Param extends string, Binding extends string, Head extends string>(
    compiled: Compiled<Param, Binding, Head> | LeftOut,
    params: ParamValues<Param, Head>,
    buffers: Readonly<Record<Binding, Bound>>,
    grid: Grid,
  ): void
  /** Adds a copy between buffers, ordered with the dispatches around it. */
  copy(from: GPUBuffer, fromByte: number, to: GPUBuffer, toByte: number, bytes: number): void
  /** Dispatches recorded since the last submit. */
  readonly recorded: number
  /** Sends the recorded commands to the GPU; does nothing when there are none. */
  readonly submit: () => void
}

/** Bytes of parameters per submit; a full recorder submits by itself. */
const ARENA = 256 * 1024

export function createRecorder(
  device: GPUDevice,
  memory: GpuMemory,
  profile: Profile = noProfile,
): Recorder {
  const arena = memory.allocate('scratch', 'params', ARENA, uniformUsage)
  const staged = new ArrayBuffer(ARENA)
  const words: Words = { u32: new Uint32Array(staged), f32: new Float32Array(staged) }
  let encoder: GPUCommandEncoder | undefined
  let pass: GPUComputePassEncoder | undefined
  let used = 0 // bytes of the arena
  let recorded = 0

  function bindGroup(compiled: Compiled, buffers: Readonly<Record<string, Bound>>): GPUBindGroup {
    const { kernel, paramBytes, layout, groups } = compiled
    const names = Object.keys(kernel.bindings)
    let key = `${idOf(arena)},`
    for (const name of names) key += `${idOf(buffers[name])},`
    let group = groups.get(key)
    if (group === undefined) {
      group = device.createBindGroup({
        label: kernel.name,
        layout,
        entries: [
          { binding: 0, resource: { buffer: arena, size: paramBytes } },
          ...names.map((name, i) => ({
            binding: i + 1,
            resource: stretchOf(present(buffers[name], name)),
          })),
        ],
      })
      groups.set(key, group)
    }
    return group
  }

  const recorder: Recorder = {
    run(compiled, params, buffers, grid) {
      if (!compiled.pipeline) {
        throw new Error(
          `kernel ${compiled.kernel.name} was not compiled, as neither this model nor its policy was said to use it; compile it with theirs`,
        )
      }
      if (used + compiled.paramBytes > ARENA) recorder.submit()
      encoder ??= device.createCommandEncoder()
      const writes = profile.timestamps(compiled.kernel.name)
      if (writes) {
        pass?.end()
        pass = encoder.beginComputePass({ timestampWrites: writes })
      }
      pass ??= encoder.beginComputePass()
      write(words, used / 4, compiled.kernel, params)
      pass.setPipeline(compiled.pipeline)
      pass.setBindGroup(0, bindGroup(compiled, buffers), [used])
      pass.dispatchWorkgroups(grid[0], grid[1], grid[2])
      used += stretchAlignment * Math.ceil(compiled.paramBytes / stretchAlignment)
      recorded++
    },
    copy(from, fromByte, to, toByte, bytes) {
      encoder ??= device.createCommandEncoder()
      pass?.end()
      pass = undefined
      encoder.copyBufferToBuffer(from, fromByte, to, toByte, bytes)
    },
    get recorded() {
      return recorded
    },
    submit() {
      if (!encoder) return
      pass?.end()
      profile.resolve(encoder)
      if (used > 0) device.queue.writeBuffer(arena, 0, staged, 0, used)
      device.queue.submit([encoder.finish()])
      profile.submitted()
      encoder = undefined
      pass = undefined
      used = 0
      recorded = 0
    },
  }
  return recorder
}

/** Two views of the same bytes, by scalar type. */
type Words = Readonly<Record<Scalar, { [word: number]: number }>>

/** Writes the uniform struct of a dispatch from `first` on. */
function write(
  words: Words,
  first: number,
  kernel: AnyKernel,
  params: Readonly<Record<string, number>> & {
    readonly heads?: readonly Readonly<Record<string, number>>[]
  },
): void {
  writeScalars(words, first, kernel.params, params)
  if (!kernel.heads) return
  const stride = headWords(kernel.heads)
  let word = first + headsWord(kernel)
  for (const head of params.heads ?? []) {
    writeScalars(words, word, kernel.heads, head)
    word += stride
  }
}

function writeScalars(
  words: Words,
  first: number,
  scalars: Readonly<Record<string, Scalar>>,
  values: Readonly<Record<string, number>>,
): void {
  let word = first
  for (const name in scalars) words[scalars[name] ?? 'u32'][word++] = values[name] ?? 0
}

const ids = new WeakMap<Bound, number>()
let lastId = 0

function idOf(bound: Bound | undefined): number {
  if (bound === undefined) return 0
  let id = ids.get(bound)
  if (id === undefined) ids.set(bound, (id = ++lastId))
  return id
}

function present(bound: Bound | undefined, name: string): Bound {
  if (bound === undefined) throw new Error(`no buffer is bound to ${name}`)
  return bound
}
