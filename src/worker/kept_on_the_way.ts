// What the page asks of checkpoints, as the engine's thread is asked.
import { proxy } from 'comlink'
import type { Checkpoints } from '../api/saved.ts'
import type { CheckpointRequest, KeepCheckpoint, OpenRequest } from '../reading/protocol.ts'
import type { SourceFile } from './source.ts'

const usualEveryMs = 60_000

/** Of a reading that begins. */
export function fromStart(
  { title = '', source, from, everyMs = usualEveryMs }: Checkpoints,
  file: SourceFile,
): CheckpointRequest {
  const { format, title: own } = file
  const places = file.places()
  const found = { format, title: own, places, encoding: file.encoding(), notes: file.notes() }
  return { title, source, everyMs, found: { ...found, ...from } }
}

/** Of one that goes on: its checkpoint says what it is of. */
export function goingOn({
  keep: _,
  everyMs = usualEveryMs,
  ...named
}: Checkpoints): OpenRequest['checkpoints'] {
  return { everyMs, ...named }
}

/** A call that the engine's thread can make. */
export function keeping(checkpoints: Checkpoints | undefined): KeepCheckpoint {
  return proxy((checkpoint, tokens) => checkpoints?.keep(checkpoint, tokens))
}
