// A kernel: WGSL with the names and types of its parameters and buffers. Binding 0 is always the uniform `params`; the
// storage buffers follow in the declared order. declarations.test.ts compares every declaration with its shader.
import { LongtabError } from '../api/errors.ts'
import type { CacheStorage, MatrixStorage } from '../api/settings.ts'
import { sourceLineOf } from './shader_lines.ts'

/** Scalars only: WGSL packs them without gaps, four bytes each. */
export type Scalar = 'u32' | 'f32'

/** `write` means `read_write` in WGSL. */
export type Access = 'read' | 'write'

export interface Kernel<
  Param extends string,
  Binding extends string,
  Constant extends string,
  Head extends string = never,
> {
  readonly name: string
  /** linked WGSL with one entry point `main` */
  readonly source: string
  readonly params: Readonly<Record<Param, Scalar>>
  /** fields of `heads: array<…, KV_HEADS>`, which follows the parameters: one record per KV head that takes part */
  readonly heads?: Readonly<Record<Head, Scalar>>
  readonly bindings: Readonly<Record<Binding, Access>>
  /** `override NAME: u32;` declarations, baked as constants so that loops unroll and register tiles have a static size */
  readonly constants: readonly Constant[]
}

export type AnyKernel = Kernel<string, string, string, string>

/** Parameters of a dispatch: a number for every name and, where the kernel has `heads`, a record for each. */
export type ParamValues<Param extends string, Head extends string> = Readonly<
  Record<Param, number>
> &
  ([Head] extends [never] ? unknown : { readonly heads: readonly Readonly<Record<Head, number>>[] })

/** Declares a kernel; the names become types. */
export function kernel<
  Param extends string,
  Binding extends string,
  Constant extends string = never,
  Head extends string = never,
>(declaration: Kernel<Param, Binding, Constant, Head>): Kernel<Param, Binding, Constant, Head> {
  return declaration
}

/** A kernel compiled for one set of constants on one device. */
export interface Compiled<
  Param extends string = string,
  Binding extends string = string,
  Head extends string = string,
> {
  readonly kernel: Kernel<Param, Binding, string, Head>
  /** of its uniform */
  readonly paramBytes: number
  readonly pipeline: GPUComputePipeline
  readonly layout: GPUBindGroupLayout
  /** bind groups by the ids of their buffers */
  readonly groups: Map<string, GPUBindGroup>
}

/** What a declared kernel compiles to. */
export type CompiledOf<Declared> =
  Declared extends Kernel<infer Param, infer Binding, infer _, infer Head>
    ? Compiled<Param, Binding, Head>
    : never

/** Stands in for a kernel that was not compiled, so that running it can name it in the error. */
export interface LeftOut {
  readonly kernel: Pick<AnyKernel, 'name'>
  readonly pipeline: undefined
}

export function leftOut(name: string): LeftOut {
  return { kernel: { name }, pipeline: undefined }
}

const COMPUTE_STAGE = 4

type Pipeline = Pick<Compiled, 'pipeline' | 'layout'>

/** By code: loading a model again with other settings reuses most pipelines. */
const pipelines = new WeakMap<GPUDevice, Map<string, Promise<Pipeline>>>()

const listeners = new WeakMap<GPUDevice, (kernel: string, ms: number) => void>()

/** Calls `tell` with the name and compile time in ms of every kernel compiled on the device from now on. */
export function onCompiled(device: GPUDevice, tell: (kernel: string, ms: number) => void): void {
  listeners.set(device, tell)
}

/**
 * Bakes the constants and compiles without blocking. The same code is compiled once per device. Throws LongtabError
 * `gpu-error`, which names the kernel, the file and the line.
 */
export async function compile<
  Param extends string,
  Binding extends string,
  Constant extends string,
  Head extends string,
>(
  device: GPUDevice,
  declaration: Kernel<Param, Binding, Constant, Head>,
  constants: Readonly<Record<Constant, number>>,
): Promise<Compiled<Param, Binding, Head>> {
  const code = bake(declaration, constants)
  const bytes = paramBytes(declaration, constants)
  const known = pipelines.get(device) ?? new Map<string, Promise<Pipeline>>()
  pipelines.set(device, known)
  const compiled = known.get(code) ?? compileCode(device, declaration, code, bytes)
  known.set(code, compiled)
  compiled.catch(() => known.delete(code)) // a failed compilation may be retried
  const { pipeline, layout } = await compiled
  return { kernel: declaration, paramBytes: bytes, pipeline, layout, groups: new Map() }
}

async function compileCode(
  device: GPUDevice,
  declaration: AnyKernel,
  code: string,
  minBindingSize: number,
): Promise<Pipeline> {
  const { name, bindings } = declaration
  const began = performance.now()
  device.pushErrorScope('validation') // `getCompilationInfo` below gives the same error with its line
  const module = device.createShaderModule({ label: name, code })
  device.popErrorScope().catch(() => undefined)
  const accesses = Object.values<Access>(bindings)
  const layout = device.createBindGroupLayout({
    label: name,
    entries: [
      {
        binding: 0,
        visibility: COMPUTE_STAGE,
        buffer: {
          type: 'uniform',
          hasDynamicOffset: true,
          minBindingSize,
        },
      },
      ...accesses.map((access, i) => ({
        binding: i + 1,
        visibility: COMPUTE_STAGE,
        buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' } as const,
      })),
    ],
  })
  const pipelineLayout = device.createPipelineLayout({ label: name, bindGroupLayouts: [layout] })
  try {
    const pipeline = await device.createComputePipelineAsync({
      label: name,
      layout: pipelineLayout,
      compute: { module, entryPoint: 'main' },
    })
    listeners.get(device)?.(name, performance.now() - began)
    return { pipeline, layout }
  } catch (cause) {
    const { messages } = await module.getCompilationInfo()
    const first = messages.find((message) => message.type === 'error')
    const what = first ? `${sourceOf(code, first.lineNum)}: ${first.message}` : String(cause)
    throw new LongtabError('gpu-error', `kernel ${name} does not compile: ${what}`, { cause })
  }
}

/** A line of a shader for an error message: in its source file, where that is known. */
function sourceOf(code: string, line: number): string {
  const source = sourceLineOf(code, line)
  return source ? `shaders/${source.file}:${source.line}` : `line ${line}`
}

/** The WGSL with every `override NAME: u32;` turned into `const NAME: u32 = …u;`. */
export function bake(
  { name, source, constants: declared }: AnyKernel,
  values: Readonly<Record<string, number>>,
): string {
  return declared.reduce((code, constant) => {
    const value = values[constant]
    if (value === undefined) throw new Error(`kernel ${name} needs the constant ${constant}`)
    return code.replace(
      new RegExp(`override\\s+${constant}\\s*:\\s*u32\\s*;`),
      `const ${constant}: u32 = ${value}u;`,
    )
  }, source)
}

/** Size of the uniform struct, at least one vec4. */
export function paramBytes(kernel: AnyKernel, constants: Readonly<Record<string, number>>): number {
  const { name, heads } = kernel
  const scalars = headsWord(kernel) * 4
  if (!heads) return Math.max(16, scalars)
  const kvHeads = constants['KV_HEADS']
  if (kvHeads === undefined) throw new Error(`kernel ${name} needs the constant KV_HEADS`)
  return scalars + kvHeads * headWords(heads) * 4
}

/** Offset of the heads' records in the uniform struct, in words. */
export function headsWord({ params }: AnyKernel): number {
  return wholeVectors(Object.keys(params).length)
}

/** Distance between two heads' records, in words. */
export function headWords(heads: Readonly<Record<string, Scalar>>): number {
  return wholeVectors(Object.keys(heads).length)
}

/** A uniform's arrays and their elements are aligned to vec4s. */
function wholeVectors(words: number): number {
  return 4 * ceilDiv(words, 4)
}

export function ceilDiv(a: number, b: number): number {
  return Math.ceil(a / b)
}

/** Plain storage: packed f16, or f32. */
export type Storage = 'f16' | 'f32'

/** One kernel for each plain storage. */
export function byStorage<T>(
  sources: Readonly<Record<Storage, string>>,
  declare: (source: string) => T,
): Readonly<Record<Storage, T>> {
  return { f16: declare(sources.f16), f32: declare(sources.f32) }
}

/** One kernel for each storage of cache rows. */
export function byCache<T>(
  sources: Readonly<Record<CacheStorage, string>>,
  declare: (source: string) => T,
): Readonly<Record<CacheStorage, T>> {
  return {
    ...byStorage(sources, declare),
    int8: declare(sources.int8),
    int4: declare(sources.int4),
  }
}

/** One kernel for each storage of a matrix. */
export function byMatrix<T>(
  sources: Readonly<Record<MatrixStorage, string>>,
  declare: (source: string) => T,
): Readonly<Record<MatrixStorage, T>> {
  return {
    ...byStorage(sources, declare),
    q8: declare(sources.q8),
    q4: declare(sources.q4),
    q5: declare(sources.q5),
    q4_k: declare(sources.q4_k),
    q5_k: declare(sources.q5_k),
    q6_k: declare(sources.q6_k),
  }
}
