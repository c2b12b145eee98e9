// Longtab: read documents of any length on the user's own GPU, in memory that never grows.
import type { JsonSchema } from './api/json.ts'
import type {
  CompressorTraining,
  HeadsTraining,
  TrainCompressorOptions,
  TrainHeadsOptions,
} from './api/training.ts'
import type { FileOptions } from './api/document.ts'
import type { LoadOptions, Model, ModelSource, StoredModel } from './api/model.ts'
import { coded } from './api/errors.ts'
import type { DocumentSession } from './documents/session.ts'
import type { UnpackedFolder } from './documents/zip_files.ts'
import { browserStore } from './files/store/store.ts'
import { locateFile } from './model/locate.ts'
import { openModel } from './worker/client.ts'
import type { FileText } from './worker/file_text.ts'
import type { OpenDocument } from './worker/open_file.ts'
import type { Session } from './reading/protocol.ts'
import { thisThread, workerThread, type Thread } from './worker/thread.ts'
import { openTraining } from './worker/training_client.ts'
import type { TrainingSession } from './training/protocol.ts'

// Reading: a model, a document, questions about it.
export type * from './api/answer.ts'
export { mostLikeliest } from './api/answer.ts'
export type * from './api/description.ts'
export type * from './api/device_speed.ts'
export type * from './api/diagnostics.ts'
export { kernelChoices } from './api/diagnostics.ts'
export type * from './api/document.ts'
export type * from './api/json.ts'
export type * from './api/model.ts'
export type * from './api/places.ts'
export type * from './api/progress.ts'
export type * from './api/saved.ts'
export type * from './api/survey.ts'
export type * from './api/tools.ts'
export { LongtabError, type ErrorCode } from './api/errors.ts'
export {
  allocations,
  cacheStorages,
  positionKinds,
  recalls,
  weightStorages,
  type Allocation,
  type CacheStorage,
  type CodeStorage,
  type MatrixStorage,
  type Chosen,
  type PolicySettings,
  type PositionKind,
  type Recall,
  type SettingOverrides,
  type Settings,
  type StorageSettings,
  type WeightStorage,
} from './api/settings.ts'

// Training: heads and compressors, what they take, whether they fit.
export type * from './api/training.ts'
export { labelKinds } from './api/training.ts'
export { checkTrainingFit } from './training/fit.ts'
export { estimateTrainingBytes, requireTrainingFit } from './training/plan.ts'
export { defaultTrainingSettings, resolveTrainingSettings } from './training/settings.ts'

// Before a model is loaded: what there is, what suits it, what it takes.
export {
  inspectModel,
  inspectPreset,
  officialHeads,
  locationOf,
  withCompressor,
  withHeads,
  type Candidate,
  type CandidateCompressor,
  type Heads,
} from './inspect/candidate.ts'
export type { ModelCard } from './inspect/card.ts'
export { checkRoom, type Purpose } from './inspect/purpose.ts'
export { planFor, settingsFor, suitedTo } from './inspect/settings_for.ts'
export { fileFormats, isModelFile, isWeightsFile, type FileFormat } from './model/format_names.ts'
export { describePreset, type Preset } from './model/preset.ts'
export { presets } from './model/presets.ts'
export type { Shares } from './model/retaining_heads.ts'
export { ownHeadsList } from './own_heads.ts'
export type { Capacities } from './plan/cache_bytes.ts'
export { measureDevice } from './inspect/measure_device.ts'
export { checkFit, planOf } from './plan/fit.ts'
export { expectedSpeed } from './plan/expected_speed.ts'
export { mergingCost, type MergingCost } from './plan/merging_cost.ts'
export { requireMergingFit, type MergingShape } from './plan/merging_shape.ts'
export { keyValueBytes } from './plan/cache_bytes.ts'
export { bytesOfPlan, estimateBytes, type Plan } from './plan/plan.ts'
export { requireFit } from './plan/buffer_fit.ts'
export {
  needs,
  policyNames,
  policyTraits,
  type Need,
  type OwnSettings,
  type PolicyName,
  type PolicyTraits,
} from './api/policies.ts'
export { defaultRoom, policyWithoutHeads, resolveSettings } from './plan/settings.ts'
export { findAdapter } from './gpu/find_adapter.ts'
export { isSoftware } from './gpu/software.ts'
export { totalBytes } from './gpu/memory.ts'

// Documents: which encodings and formats there are, what their places are called (`fileText` is below).
export { encodings } from './text/encodings.ts'
export { describeSaved } from './saved/describe.ts'
export { documentFormats } from './documents/format_names.ts'
export { placeAt } from './documents/place_map.ts'
export { placeWords, rangeWords } from './documents/place_words.ts'
export { joinTexts, type JoinedText, type PartText } from './documents/several.ts'
export type { FolderFile, UnpackedFolder } from './documents/zip_files.ts'
export { comparePaths, isHidden } from './files/folder_order.ts'
export { passagePlace } from './worker/in_file.ts'
export type { FileText } from './worker/file_text.ts'

// Storage: what this browser keeps (storedModels and deleteStored are below), and a name for bytes by their content.
export { digest } from './files/digest.ts'

/**
 * Loads a model, in a Web Worker of its own, or with `gpu` in this thread.
 * @param source a repository of the Hugging Face Hub by name, the URL of a model's folder or .gguf file, or the files
 * @throws LongtabError `no-webgpu`, `does-not-fit` and `out-of-memory` for a model that this device will not hold,
 * `unsupported-model`, `bad-file`, `bad-setting`, `network`, `no-access`, `storage-full`, `worker-failed`, `device-lost`,
 * `aborted`.
 * @example
 * const model = await load('HuggingFaceTB/SmolLM2-135M-Instruct', { budget: 4096, chunk: 1024 })
 * const document = await model.read(file)
 * for await (const piece of document.ask('Who found the letter?')) show(piece)
 * await model.close()
 */
export function load(source: ModelSource, options: LoadOptions = {}): Promise<Model> {
  return options.gpu ? loadHere(options.gpu, source, options) : loadInWorker(source, options)
}

/**
 * Trains retaining heads for a model, in a Web Worker of its own, or with `gpu` in this thread. The model itself is not
 * changed.
 * @throws LongtabError `network` at once for a source that is neither an address nor a name. `finished` rejects with what
 * `load` throws, and with `bad-input` for data or a checkpoint that cannot be used, `diverged` for a loss that is not a number.
 * @example
 * const training = trainHeads('HuggingFaceTB/SmolLM2-135M-Instruct', { steps: 200, onProgress })
 * const { file } = await training.finished
 * const model = await load('HuggingFaceTB/SmolLM2-135M-Instruct', { heads: file })
 */
export function trainHeads(source: ModelSource, options: TrainHeadsOptions = {}): HeadsTraining {
  return openTraining(
    source,
    options,
    (overrides) => ({ kind: 'heads', overrides }),
    opener(options.gpu),
  )
}

/**
 * Trains the convolutions that compute the merge weights of `lococo` and `locret+lococo`. They are fitted to one budget, kept share and
 * way of positions: load the result with the same settings.
 * @throws LongtabError `network` at once for a source that is neither an address nor a name. `finished` rejects with what
 * `load` throws, and with `bad-input` for data or a checkpoint that cannot be used, `diverged` for a loss that is not a number.
 * @example
 * const settings = { policy: 'lococo', budget: 512, chunk: 256 } as const
 * const { file } = await trainCompressor(source, settings).finished
 * const model = await load(source, { ...settings, compressor: file })
 */
export function trainCompressor(
  source: ModelSource,
  options: TrainCompressorOptions = {},
): CompressorTraining {
  return openTraining(
    source,
    options,
    ({ heads, ...overrides }) => ({
      kind: 'compressor',
      overrides,
      heads: heads === undefined ? undefined : locateFile(heads, options),
    }),
    opener(options.gpu),
  )
}

function opener(gpu: GPU | undefined): () => Promise<Thread<TrainingSession>> {
  return gpu ? () => trainHere(gpu) : trainInWorker
}

// Workers are named here, in the first file of the graph: Vite then bundles them one after another, before it opens the rest. Named
// further down, all were bundled at once, which failed for too many open files.
async function trainInWorker(): Promise<Thread<TrainingSession>> {
  return workerThread(
    () => new Worker(new URL('./worker/training_worker.ts', import.meta.url), { type: 'module' }),
    'longtab training',
    import.meta.url,
  )
}

async function trainHere(gpu: GPU): Promise<Thread<TrainingSession>> {
  const { openTrainingSession } = await import('./training/session.ts')
  return thisThread<TrainingSession>(openTrainingSession(gpu))
}

async function loadInWorker(source: ModelSource, options: LoadOptions): Promise<Model> {
  const thread = workerThread<Session>(
    () => new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module' }),
    'longtab reading',
    import.meta.url,
  )
  return openModel(thread, openDocumentInWorker, source, options)
}

/** The engine is fetched only here: a page that leaves it to the worker need not load it twice. */
async function loadHere(gpu: GPU, source: ModelSource, options: LoadOptions): Promise<Model> {
  const { openSession } = await import('./reading/session.ts')
  return openModel(thisThread<Session>(openSession(gpu)), openDocumentHere, source, options)
}

/**
 * Gives the text of a document of any format, told by its content, with where in the file it stands. The file is parsed in a
 * Web Worker of its own, or in this thread where there are no workers.
 * @throws LongtabError `bad-input` for a file that is binary, damaged or a scan, `needs-password` for an encrypted one,
 * `bad-setting` for an encoding that does not exist, `worker-failed`, `aborted`.
 * @example
 * const { blob, format, places } = await fileText(file)
 * show(await blob.text(), `${documentFormats[format]}, ${places.place.length} places`)
 */
export async function fileText(
  file: Blob,
  options: FileOptions = {},
  signal?: AbortSignal,
): Promise<FileText> {
  const { fileTextOf } = await import('./worker/file_text.ts')
  const open = typeof Worker === 'undefined' ? openDocumentHere : openDocumentInWorker
  return fileTextOf(file, options, open, signal)
}

/**
 * Unpacks a ZIP archive that is a folder of documents: its files in the order of their names, without hidden ones. `fileText` and
 * `Model.read` take such an archive as one text; this gives its files, to be read one by one. `undefined` for any other file, a
 * book or an Office document in its archive among them.
 * @throws LongtabError `bad-input` for an archive that is damaged or locked, or that unpacks to more than 512 MiB,
 * `worker-failed`, `aborted`.
 * @example
 * const folder = await unpackFolder(file)
 * for (const { path, file } of folder?.files ?? []) show(path, await fileText(file))
 */
export async function unpackFolder(
  file: Blob,
  signal?: AbortSignal,
): Promise<UnpackedFolder | undefined> {
  const { hasZipMark } = await import('./documents/zip_mark.ts')
  if (!(await hasZipMark(file))) return undefined // no thread is started for it
  if (typeof Worker === 'undefined') {
    const { unpacked } = await import('./documents/zip_files.ts')
    return unpacked(file)
  }
  const { unpackInThread } = await import('./worker/document_client.ts')
  return unpackInThread(await documentThread(), file, signal)
}

const openDocumentInWorker: OpenDocument = async (blob, options, signal) => {
  const { openInThread } = await import('./worker/document_client.ts')
  return openInThread(await documentThread(), blob, options, signal)
}

async function documentThread(): Promise<Thread<DocumentSession>> {
  const { parserFault } = await import('./worker/document_client.ts')
  const start = () =>
    new Worker(new URL('./worker/document_worker.ts', import.meta.url), { type: 'module' })
  return workerThread<DocumentSession>(start, 'longtab documents', import.meta.url, parserFault)
}

const openDocumentHere: OpenDocument = async (blob, options) => {
  const { openDocument } = await import('./documents/open_document.ts')
  return openDocument(blob, options)
}

/**
 * Checks that answers can be held to a schema (`AnswerOptions.json`), before a document is read for it.
 * @throws LongtabError `bad-setting`, which names the keyword that they cannot be held to.
 */
export async function checkJsonSchema(schema: JsonSchema): Promise<void> {
  const { jsonState } = await import('./grammar/json_schema.ts')
  jsonState(schema)
}

/**
 * Lists the models that this browser keeps for this site, and what has arrived of those whose download was cut. The list is
 * empty where the browser keeps no files, as in Node.
 * @throws LongtabError `internal` where the browser does not let its files be listed.
 */
export async function storedModels(): Promise<StoredModel[]> {
  try {
    return (await (await browserStore())?.list()) ?? []
  } catch (error) {
    throw coded(error)
  }
}

/**
 * Deletes a model that this browser keeps. An id that is not there is no error.
 * @param id of `StoredModel`
 * @throws LongtabError `bad-input` while a tab loads or reads with it.
 */
export async function deleteStored(id: string): Promise<void> {
  try {
    await (await browserStore())?.remove(id)
  } catch (error) {
    throw coded(error)
  }
}
