// One model, one document at a time, and questions about it: implements the calls of reading/protocol.ts in order.
import type { AnswerSummary, Likelihood } from '../api/answer.ts'
import type { DocumentSource } from '../api/document.ts'
import type { Progress } from '../api/progress.ts'
import type { SuggestedSampling } from '../api/model.ts'
import { LongtabError } from '../api/errors.ts'
import { openGpu, type Gpu } from '../gpu/device.ts'
import { totalBytes } from '../gpu/memory.ts'
import { readSuggestedSampling } from '../model/generation_config.ts'
import type { ChatForm } from '../text/chat.ts'
import { openText, type TextSource } from '../text/source.ts'
import type { Part } from '../text/thinking.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import type {
  AnswerRequest,
  LikelihoodRequest,
  LoadRequest,
  Loaded,
  Pull,
  ReadRequest,
  ReadResult,
  Session,
} from './protocol.ts'
import { streamAnswer } from './answer.ts'
import { createDebug, noDebug, type Debug } from './debug.ts'
import { documentPrompt } from './document_prompt.ts'
import { requireFittingTokenizer } from './embedded_ids.ts'
import { clearCache, type Engine } from '../forward/engine.ts'
import { likelihoodOf } from './likelihood.ts'
import { loadEngine } from './load.ts'
import { readMerged } from './merged.ts'
import { createMeter } from './meter.ts'
import { prefill } from './prefill.ts'
import { readRetained, retainedShares } from './retained.ts'
import { requireSkimmable, skim } from './skim.ts'
import { tailIds } from './tail_ids.ts'
import { openTexts } from './texts.ts'
import { createTurns } from './turns.ts'
import { openRecall, type DocumentRecall } from './open_recall.ts'

/** The result of `load`. */
interface OpenModel {
  readonly engine: Engine
  readonly recall: DocumentRecall
  readonly tokenizer: Tokenizer
  readonly chat: ChatForm
  readonly suggestedSampling: SuggestedSampling | undefined
}

/** The result of `read`. */
interface OpenDocument {
  /** prompt tokens before the document's first: the template's and the start token */
  readonly prefix: number
  readonly tokens: number
  /** held out of a plain prompt; undefined in chat form */
  readonly tail: Uint32Array | undefined
  /** the cache holds nothing of it */
  readonly isSkimmed: boolean
}

export function openSession(api: GPU | undefined): Session {
  let gpu: Gpu | undefined
  let model: OpenModel | undefined
  let document: OpenDocument | undefined
  let debug: Debug = noDebug
  const turns = createTurns(() => gpu)
  let sayLost: (reason: string) => void = () => undefined
  const lost = new Promise<string>((resolve) => (sayLost = resolve))

  async function load(
    { source, overrides, heads, known, compressor, templateVariables, debug: level }: LoadRequest,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Loaded> {
    gpu = await openGpu(api)
    void gpu.lost.then(sayLost)
    debug = createDebug(level, gpu)
    const {
      engine,
      files,
      heads: origin,
    } = await loadEngine(gpu, source, {
      overrides,
      heads,
      known,
      compressor,
      debug,
      onProgress,
      signal,
    })
    const { model: description, settings } = engine.plan
    const suggestedSampling = await readSuggestedSampling(files, signal)
    const texts = await openTexts(files, signal, templateVariables)
    requireFittingTokenizer(texts.tokenizer, texts.chat, description.vocabulary)
    model = { engine, recall: await openRecall(engine, texts), ...texts, suggestedSampling }
    const { canThink, notice } = texts.chat
    return {
      description,
      settings,
      heads: origin,
      suggestedSampling,
      canThink,
      notes: notice === undefined ? [] : [notice],
      adapter: gpu.adapter,
    }
  }

  async function read(
    { form, skim: isSkimmed, encoding }: ReadRequest,
    source: Blob | Pull,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<ReadResult> {
    const { engine, recall, tokenizer, chat } = requireModel(model)
    const { local, recall: from } = engine.plan.settings
    if (isSkimmed) requireSkimmable(form, from)
    document = undefined
    clearCache(engine)
    await recall.begin(form, isSkimmed)
    const started = performance.now()
    const meter = createMeter('read', engine.gpu, onProgress)
    const gpuBytesOverRead: [number, number][] = [[0, gpuBytes(engine)]]
    const prompt = documentPrompt(
      source instanceof Blob ? openText(source, encoding) : pulledText(source, encoding),
      form,
      tokenizer,
      chat,
      recall.passages(),
    )
    meter.at(0, prompt.shareRead(0)) // the first block may take long
    let chunk = 1
    debug.begin(`chunk ${chunk}`)
    const seen = (count: number) => Math.max(0, count - prompt.prefix)
    const tail = isSkimmed
      ? await skim(prompt, meter, signal)
      : await prefill(engine, prompt.ids(), {
          held: form === 'plain' ? local : 0,
          signal,
          units: recall.ring,
          onBlock: (count) => meter.at(seen(count), prompt.shareRead(seen(count))),
          onChunk(count) {
            gpuBytesOverRead.push([seen(count), gpuBytes(engine)])
            debug.begin(`chunk ${++chunk}`)
          },
        })
    await recall.finish()
    if (isSkimmed) gpuBytesOverRead.push([prompt.tokens(), gpuBytes(engine)])
    const tokens = prompt.tokens()
    const prefilled = isSkimmed ? 0 : Math.max(0, tokens - tail.length)
    meter.at(isSkimmed ? tokens : prefilled, 1)
    meter.finish()
    document = {
      prefix: prompt.prefix,
      tokens,
      tail: form === 'plain' ? tail : undefined,
      isSkimmed,
    }
    const readMs = performance.now() - started
    await debug.tellTimes('reading')
    const hostBytes = recall.bytes()
    return { tokens, prefilled, ...prompt.found(), readMs, gpuBytesOverRead, hostBytes }
  }

  async function answer(
    {
      question,
      prefix = '',
      history,
      think = false,
      evenIfAbsent = false,
      ...options
    }: AnswerRequest,
    onPart: (part: Part) => void,
    signal: AbortSignal,
  ): Promise<AnswerSummary> {
    const { engine, recall, tokenizer, chat, suggestedSampling } = requireModel(model)
    const { tail } = requireDocument(document)
    const suggested = options.sampling === 'model' ? suggestedSampling : undefined
    const endIds = [...engine.plan.model.endIds, ...tokenizer.endIds]
    const written =
      tail === undefined
        ? {
            endIds: [...endIds, ...chat.endIds],
            endTexts: chat.endTexts,
            beginsThinking: chat.beginsThinking(think),
          }
        : { endIds }
    debug.begin('answer')
    const found = await recall.look(question, history?.at(-1)?.question, evenIfAbsent)
    if (found === undefined) return unanswered
    const ids = [
      ...tailIds(chat, tail, question, { history, think }),
      ...tokenizer.encode(prefix, 'data', 'inside'),
    ]
    const streamed = await streamAnswer(
      engine,
      tokenizer,
      Uint32Array.from(ids),
      { ...suggested, ...options, ...written, signal },
      onPart,
      found.grounds,
    )
    await debug.tellTimes('answer')
    return { ...streamed, ...(await found.told(streamed.text, streamed.odds)) }
  }

  async function likelihood(
    { text, keepLogits = false }: LikelihoodRequest,
    signal: AbortSignal,
  ): Promise<Likelihood> {
    const { engine, tokenizer } = requireModel(model)
    const { tail = [], isSkimmed } = requireDocument(document)
    if (isSkimmed)
      throw new LongtabError(
        'bad-input',
        'a document that was skimmed says nothing of a text behind it, as the model did not read it; read it without skim',
      )
    const ids = tokenizer.encode(text, 'data', 'inside')
    debug.begin('likelihood')
    return likelihoodOf(engine, Uint32Array.from([...tail, ...ids]), ids.length, keepLogits, signal)
  }

  return {
    load: (request, onProgress) =>
      turns.run(request.ticket, (signal) => load(request, onProgress, signal)),
    read: (request, source, onProgress) =>
      turns.run(request.ticket, (signal) => read(request, source, onProgress, signal)),
    answer: (request, onPart) =>
      turns.run(request.ticket, (signal) => answer(request, onPart, signal)),
    likelihood: (request) => turns.run(request.ticket, (signal) => likelihood(request, signal)),
    retained: () =>
      turns.run(undefined, async () => {
        const { prefix, tokens } = requireDocument(document)
        return retainedShares(await readRetained(requireModel(model).engine), prefix, tokens)
      }),
    retainedIndices: () =>
      turns.run(undefined, () => {
        requireDocument(document)
        return readRetained(requireModel(model).engine)
      }),
    merged: () =>
      turns.run(undefined, () => {
        requireDocument(document)
        return readMerged(requireModel(model).engine)
      }),
    countTokens: async (text) => requireModel(model).tokenizer.encode(text, 'data', 'start').length,
    memory: async () => requireModel(model).engine.gpu.memory.live(),
    lost: () => lost,
    cancel: (ticket) => turns.abort(ticket),
    async close() {
      turns.abortAll()
      gpu?.close()
      model = undefined
      document = undefined
      await turns.settled() // a download that was under way leaves what has arrived in order
    },
  }
}

/** Where the document does not speak of what is asked. */
const unanswered: AnswerSummary = {
  text: '',
  thinking: '',
  overflow: 0,
  ids: [],
  finish: 'absent',
  timeToFirstTokenMs: 0,
  decodeTokensPerSecond: 0,
  reread: [],
  sources: [],
  doubtful: false,
}

function gpuBytes({ gpu }: Engine): number {
  return totalBytes(gpu.memory.live())
}

function requireModel(model: OpenModel | undefined): OpenModel {
  if (model) return model
  throw new LongtabError('bad-input', 'no model is loaded; load one first')
}

function requireDocument(document: OpenDocument | undefined): OpenDocument {
  if (document) return document
  throw new LongtabError('bad-input', 'no document has been read to its end; read one first')
}

/** The text of a pull function, which may know the share of it that was taken. */
function pulledText(pull: Pull, encoding: string | undefined): TextSource {
  let share: number | undefined
  const stream: Extract<DocumentSource, ReadableStream> = new ReadableStream({
    async pull(controller) {
      const next = await pull()
      if (next === undefined) controller.close()
      else {
        share = next.share
        controller.enqueue(next.part)
      }
    },
  })
  return { ...openText(stream, encoding), share: () => share }
}
