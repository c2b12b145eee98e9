// One model, one document at a time, and questions about it: implements the calls of reading/protocol.ts in order.
import type { AnswerSummary, Likelihood } from '../api/answer.ts'
import type { Progress } from '../api/progress.ts'
import type { SurveyCost, SurveySummary } from '../api/survey.ts'
import type { SuggestedSampling } from '../api/model.ts'
import { LongtabError } from '../api/errors.ts'
import { openGpu, type Gpu } from '../gpu/device.ts'
import { readFrom } from '../saved/about.ts'
import type {
  AnswerRequest,
  Joining,
  KeepCheckpoint,
  LikelihoodRequest,
  LoadRequest,
  Loaded,
  OpenRequest,
  OpenResult,
  Pull,
  ReadRequest,
  ReadResult,
  SaveRequest,
  Session,
  SurveyRequest,
  Told,
} from './protocol.ts'
import { streamAnswer } from './answer.ts'
import { createCheckpoints } from './checkpoints.ts'
import { createDebug, noDebug, type Debug } from './debug.ts'
import { textOf } from './document_text.ts'
import { endingsOf } from './endings.ts'
import { clearCache } from '../forward/engine.ts'
import { likelihoodOf } from './likelihood.ts'
import { loadEngine } from './load.ts'
import { readMerged } from './merged.ts'
import { createMeter } from './meter.ts'
import type { OpenDocument } from './open_document.ts'
import { openSavedDocument } from './open_saved.ts'
import { requireOpenable } from './openable.ts'
import { notBegun, readDocument, type Reader } from './read.ts'
import { readOn } from './read_on.ts'
import { readRetained, retainedShares } from './retained.ts'
import { createConstraints, type Constraints } from './constraint.ts'
import { roomToAsk } from './room_behind.ts'
import { saveDocument } from './save.ts'
import { requireSkimmable } from './skim.ts'
import { speedAfter, unmeasured } from './speed.ts'
import type { SurveyEvents } from './survey.ts'
import { costOfSurvey, surveyDocument } from './survey_document.ts'
import { tailWithin } from './tail_ids.ts'
import { toolUse } from './tools.ts'
import { createTurns } from './turns.ts'
import { unanswered } from './unanswered.ts'
import { openRecall } from './open_recall.ts'

/** The result of `load`. */
interface OpenModel extends Reader {
  readonly constraints: Constraints
  readonly suggestedSampling: SuggestedSampling | undefined
}

export function openSession(api: GPU | undefined): Session {
  let gpu: Gpu | undefined
  let model: OpenModel | undefined
  let document: OpenDocument | undefined
  let debug: Debug = noDebug
  let speed = unmeasured
  const turns = createTurns(() => gpu)
  let sayLost: (reason: string) => void = () => undefined
  const lost = new Promise<string>((resolve) => (sayLost = resolve))

  async function load(
    { ticket: _, source, debug: level, ...choices }: LoadRequest,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Loaded> {
    gpu = await openGpu(api)
    void gpu.lost.then(sayLost)
    debug = createDebug(level, gpu)
    const loaded = await loadEngine(gpu, source, { ...choices, debug, onProgress, signal })
    const { engine, texts, heads: origin, suggestedSampling, diagnostics } = loaded
    const { model: description, settings } = engine.plan
    model = {
      engine,
      location: source,
      recall: await openRecall(engine, texts),
      constraints: createConstraints(engine, texts.tokenizer),
      ...texts,
      suggestedSampling,
    }
    const { canThink, canCallTools, notice } = texts.chat
    return {
      description,
      settings,
      heads: origin,
      suggestedSampling,
      canThink,
      canCallTools,
      notes: notice === undefined ? [] : [notice],
      adapter: gpu.adapter,
      diagnostics,
    }
  }

  async function read(
    { form, skim: isSkimmed, encoding, keepText, checkpoints }: ReadRequest,
    source: Blob | Pull,
    onProgress: (progress: Progress) => void,
    keep: KeepCheckpoint,
    signal: AbortSignal,
  ): Promise<ReadResult> {
    const reader = requireModel(model)
    const { engine, recall, chat } = reader
    if (isSkimmed) requireSkimmable(form, engine.plan.settings.recall)
    document = undefined
    clearCache(engine)
    await recall.begin(form, isSkimmed, chat.prefix)
    const text = textOf(source, encoding, keepText)
    const meter = createMeter('read', engine.gpu, onProgress)
    const checkpoint = checkpoints && createCheckpoints(reader, checkpoints, keep, signal)
    const how = { form, isSkimmed, text, checkpoint, meter, debug, signal }
    document = await readDocument(reader, how, notBegun(reader))
    const { prefilled, readMs } = document.read
    speed = { ...speed, reads: prefilled > 0 ? (1000 * prefilled) / readMs : speed.reads }
    return document.read
  }

  async function save(
    request: SaveRequest,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Blob> {
    const { engine, recall, location } = requireModel(model)
    const meter = createMeter('save', engine.gpu, onProgress)
    const saved = requireDocument(document)
    return saveDocument(engine, recall, saved, location, request, meter, signal)
  }

  async function open(
    { checkpoints }: OpenRequest,
    file: Blob,
    onProgress: (progress: Progress) => void,
    keep: KeepCheckpoint,
    signal: AbortSignal,
  ): Promise<OpenResult> {
    const reader = requireModel(model)
    const { engine, recall, location } = reader
    const meter = createMeter('open', engine.gpu, onProgress)
    const openable = await requireOpenable(engine, location, file, meter, signal)
    document = undefined // whatever happens now
    const { reading } = openable.about
    if (reading === undefined) {
      document = await openSavedDocument(engine, recall, openable, file.size, signal)
      meter.finish()
    } else {
      const told = { checkpoints, keep, onProgress, debug, signal }
      document = await readOn(reader, openable, reading.share, told)
    }
    return { ...document.read, ...readFrom(openable.about) }
  }

  async function answer(
    {
      question,
      prefix = '',
      instructions = '',
      history,
      think = false,
      evenIfAbsent,
      exchanges,
      ...options
    }: AnswerRequest,
    onPart: (part: Told) => void,
    signal: AbortSignal,
  ): Promise<AnswerSummary> {
    const { engine, recall, tokenizer, chat, suggestedSampling, constraints } = requireModel(model)
    const { tail } = requireDocument(document)
    const suggested = options.sampling === 'model' ? suggestedSampling : undefined
    const endings = endingsOf(engine, { tokenizer, chat }, tail === undefined, think)
    debug.begin('answer')
    const { offered, toolNames, opening, form } = toolUse(chat, options)
    const before = history?.at(-1)?.question
    const found = await recall.look(question, before, evenIfAbsent ?? offered !== undefined)
    if (found === undefined) return unanswered
    const begun = tokenizer.encode(prefix, 'data', 'inside')
    const called = tokenizer.encode(opening, 'control', 'inside')
    const room = roomToAsk(engine, options.maxTokens)
    const asking = { instructions, history, think, exchanges, offered }
    const asked = tailWithin(room, chat, tail, question, asking)
    const ids = [...asked.ids, ...called, ...begun]
    const constrain = constraints.to(form, prefix, endings)
    const streamed = await streamAnswer(
      engine,
      tokenizer,
      Uint32Array.from(ids),
      { ...suggested, ...options, ...endings, toolNames, constrain, signal },
      onPart,
      found.grounds,
    )
    await debug.tellTimes('answer')
    speed = speedAfter(speed, found.tokens, streamed)
    return {
      ...streamed,
      remembered: asked.remembered,
      ...(await found.told(streamed.text, streamed.odds)),
    }
  }

  async function survey(
    request: SurveyRequest,
    on: SurveyEvents,
    signal: AbortSignal,
  ): Promise<SurveySummary> {
    const { engine, recall, ...texts } = requireModel(model)
    requireDocument(document)
    debug.begin('survey')
    return surveyDocument(engine, recall, texts, request, on, signal)
  }

  async function costOf(options: Joining): Promise<SurveyCost> {
    const { engine, recall } = requireModel(model)
    requireDocument(document)
    return costOfSurvey(engine, recall, speed, options)
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
    read: (request, source, onProgress, keep) =>
      turns.run(request.ticket, (signal) => read(request, source, onProgress, keep, signal)),
    open: (request, file, onProgress, keep) =>
      turns.run(request.ticket, (signal) => open(request, file, onProgress, keep, signal)),
    save: (request, onProgress) =>
      turns.run(request.ticket, (signal) => save(request, onProgress, signal)),
    text: () => turns.run(undefined, () => requireDocument(document).text()),
    answer: (request, onPart) =>
      turns.run(request.ticket, (signal) => answer(request, onPart, signal)),
    survey: (request, part, text) =>
      turns.run(request.ticket, (signal) => survey(request, { part, text }, signal)),
    surveyCost: (options) => turns.run(undefined, () => costOf(options)),
    likelihood: (request) => turns.run(request.ticket, (signal) => likelihood(request, signal)),
    retained: () =>
      turns.run(undefined, async () => {
        const { prefix, read } = requireDocument(document)
        const retained = await readRetained(requireModel(model).engine)
        return retainedShares(retained, prefix.length, read.tokens)
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
      model?.engine.tokenRows?.close()
      gpu?.close()
      model = undefined
      document = undefined
      await turns.settled() // a download that was under way leaves what has arrived in order
    },
  }
}

function requireModel(model: OpenModel | undefined): OpenModel {
  if (model) return model
  throw new LongtabError('bad-input', 'no model is loaded; load one first')
}

function requireDocument(document: OpenDocument | undefined): OpenDocument {
  if (document) return document
  throw new LongtabError('bad-input', 'no document has been read to its end; read one first')
}
