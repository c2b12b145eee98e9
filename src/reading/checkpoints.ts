// Checkpoints of a reading: saved documents of what has been read so far, which the reading goes on from after a crash. The GPU
// waits while one is made, so their pace is held to a small share of the time.
import type { Meter } from './meter.ts'
import { bytesOfPlan } from '../plan/plan.ts'
import { createCheckpointPace } from './checkpoint_pace.ts'
import type { CheckpointRequest, KeepCheckpoint } from './protocol.ts'
import type { Reader } from './read.ts'
import { saveDocument, type Saveable } from './save.ts'

/** Of a document that may not be read to its end before its last block: a share that is not 1. */
const mostShare = 0.999

/** @returns takes what has been read so far, and makes a checkpoint of it when one is due */
export function createCheckpoints(
  { engine, recall, location }: Pick<Reader, 'engine' | 'recall' | 'location'>,
  request: CheckpointRequest,
  keep: KeepCheckpoint,
  signal: AbortSignal,
): (soFar: Saveable) => Promise<void> {
  const pace = createCheckpointPace(request.everyMs)
  let text: Promise<Blob> | undefined
  return async (soFar) => {
    if (!pace.isDue(bytesOfPlan(engine.plan).cache + recall.bytes())) return
    const began = performance.now()
    const document = {
      ...soFar,
      text: () => (text ??= soFar.text()), // the same blob in each
      reading: { share: Math.min(mostShare, soFar.reading?.share ?? 0) },
    }
    const file = await saveDocument(
      engine,
      await recall.soFar(),
      document,
      location,
      request,
      untold,
      signal,
    )
    await keep(file, soFar.read.tokens)
    pace.made(file.size, performance.now() - began)
  }
}

/** The progress that is told is the reading's. */
const untold: Pick<Meter, 'expect' | 'add' | 'finish'> = {
  expect: () => undefined,
  add: () => undefined,
  finish: () => undefined,
}
