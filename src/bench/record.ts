// The record of a bench run: plain data, written as JSON. `null` stands for what could not be measured.
import type { Diagnostics } from '../api/diagnostics.ts'
import type { Settings, CacheStorage, WeightStorage } from '../api/settings.ts'
import type { Step, TokenBytes } from './roofline.ts'
import type { Shape, ShapeName } from './shapes.ts'
import type { Spread } from './statistics.ts'

export interface BenchRecord {
  /** ISO 8601 */
  readonly date: string
  /** browser or Node, with version, and the machine */
  readonly host: string
  /** e.g. `google swiftshader` */
  readonly adapter: string
  readonly effort: Effort
  readonly ceilings: Ceilings
  /** null where the browser has no store */
  readonly storage: StorageRecord | null
  readonly shapes: readonly ShapeRecord[]
  /** of the shapes, in a run that measures only budgets per KV head */
  readonly byHead: readonly ByHeadRecord[]
  readonly failures: readonly { readonly name: ShapeName; readonly reason: string }[]
}

/** Sequential reading of a stored file, in the same run. */
export interface StorageRecord {
  readonly bytes: number
  readonly rawBytesPerSecond: Spread
  /** as in loading: every block is checked against its hash */
  readonly checkedBytesPerSecond: Spread
}

/** `quick` reads shorter documents and repeats less. */
export type Effort = 'full' | 'quick'

/** The device's measured ceilings in this run; the highest rate is the ceiling of the others. */
export interface Ceilings {
  /** how the two rates were timed */
  readonly clock: 'timestamps' | 'wall clock'
  /** bytes read at once for `bytesPerSecond` */
  readonly sweptBytes: number
  readonly bytesPerSecond: Spread | null
  readonly flopPerSecond: Spread | null
  /** from recording to done, in a long submit, by wall clock */
  readonly dispatchMicroseconds: Spread | null
  /** a submit with one dispatch, including the wait for it */
  readonly roundTripMicroseconds: Spread | null
}

export interface ShapeRecord {
  readonly name: ShapeName
  readonly shape: Shape
  readonly parameters: number
  readonly settings: Settings
  /** tokens computed at once */
  readonly block: number
  /** which variants of kernels ran, and the times of all */
  readonly kernels: Diagnostics
  readonly reading: ReadingRecord
  readonly answering: AnsweringRecord
  readonly byWeights: readonly WeightsRecord[]
  readonly training: TrainingRecord
  readonly gpuBytes: GpuBytesRecord
}

export interface ReadingRecord {
  readonly documents: readonly {
    readonly tokens: number
    readonly tokensPerSecond: Spread
  }[]
  /** whole chunks from the first that starts with a full budget */
  readonly whenFull: ChunkWindow | null
  /** the last whole chunks of the longest document */
  readonly later: ChunkWindow | null
  /** median later ÷ median when full */
  readonly ratio: number | null
  /** of one later chunk, per submit and dispatch */
  readonly chunk: CallsRecord
  /** of one later chunk; null without timestamps */
  readonly steps: readonly StepRecord[] | null
  /** share of `evictionSteps` in the time of all steps */
  readonly evictionShare: number | null
  /** FLOP of a chunk ÷ (its median time later on · ceiling) */
  readonly mfu: number | null
}

export interface ChunkWindow {
  /** counted from 0 */
  readonly firstChunk: number
  readonly ms: Spread
}

export interface AnsweringRecord {
  readonly fillings: readonly FillingRecord[]
  /** of a decode step at the last filling, for each storage of the cache */
  readonly bytesByCache: Readonly<Record<CacheStorage, TokenBytes>>
  /** a decode step of a few tokens ÷ one of a single token, at the last filling; null where the device has no room for it */
  readonly fewTokens: Spread | null
  /** of one decode step */
  readonly step: CallsRecord
  /** of one decode step at the last filling; null without timestamps */
  readonly steps: readonly StepRecord[] | null
  /** time of a step's dispatches if they were empty */
  readonly dispatchFloorMs: number | null
}

export interface FillingRecord {
  /** slots in use before the question */
  readonly slots: number
  readonly tokensPerSecond: Spread
  /** bytes of a step ÷ (its median time · ceiling) */
  readonly mbu: number | null
}

/** Decode steps over a full budget, for one storage of matrices. */
export interface WeightsRecord extends Omit<FillingRecord, 'slots'> {
  readonly weights: WeightStorage
  /** of one token, counted */
  readonly flop: number
  readonly bytes: number
  /** GPU time of the steps that multiply by a matrix, in one token; null without timestamps */
  readonly matrixMs: number | null
}

/** One step of training retaining heads of `retainingWidth`. */
export interface TrainingRecord {
  readonly contextTokens: number
  readonly replyTokens: number
  /** the frozen model's forward pass over context and reply */
  readonly forwardMs: Spread
  /** the same with labels, heads forward and backward, and the optimizer */
  readonly stepMs: Spread
  /** of pairs measured one after the other */
  readonly ratio: Spread
}

/** Budgets per KV head against even ones: the same model and number of units, measured alternately. */
export interface ByHeadRecord {
  readonly name: ShapeName
  readonly settings: Settings
  /** tokens computed at once, at most */
  readonly block: number
  /** (layer, kv head) */
  readonly budgets: readonly (readonly number[])[]
  readonly counted: {
    readonly even: readonly CountedWork[]
    readonly byHead: readonly CountedWork[]
  }
  /** a chunk, with every head's budget full */
  readonly reading: SideBySide
  /** a token, over the units that every head then has */
  readonly answering: SideBySide
  /** milliseconds of a chunk and of a token by kernel; null without timestamps */
  readonly readingSteps: readonly StepBeside[] | null
  readonly answeringSteps: readonly StepBeside[] | null
}

/** Dispatches of a kernel in a chunk or for a token, with every head's budget full. */
export interface CountedWork {
  readonly kernel: string
  readonly workgroups: number
  /** slots over all workgroups */
  readonly slots: number
  /** slots of the longest workgroup of a layer, summed over the layers */
  readonly longest: number
}

export interface SideBySide {
  readonly evenMs: Spread
  readonly byHeadMs: Spread
  /** of pairs measured one after the other */
  readonly ratio: Spread
}

export interface StepBeside {
  readonly step: string
  readonly evenMs: number
  readonly byHeadMs: number
}

/** Calls of WebGPU, counted at the API. */
export interface CallsRecord {
  readonly submits: number
  readonly dispatches: number
  readonly buffersCreated: number
  readonly bytesReadBack: number
}

export interface StepRecord {
  readonly step: Step
  readonly ms: number
  /** of the time of all steps */
  readonly share: number
  readonly flop: number
  readonly bytes: number
  readonly mbu: number | null
  readonly mfu: number | null
}

/** Bytes in live buffers. */
export interface GpuBytesRecord {
  readonly weights: number
  readonly cache: number
  readonly scratch: number
  /** together, before the first token */
  readonly loaded: number
  /** lowest and highest together while reading */
  readonly whileReading: readonly [number, number]
  readonly afterAnswering: number
}
