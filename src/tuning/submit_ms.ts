// The time of a submit by the wall clock.
import type { Recorder } from '../gpu/recorder.ts'

/** Milliseconds from the first recorded dispatch until the GPU has finished all `count`. */
export async function submitMs(
  queue: GPUQueue,
  recorder: Recorder,
  record: (recorder: Recorder) => void,
  count: number,
): Promise<number> {
  const started = performance.now()
  for (let i = 0; i < count; i++) record(recorder)
  recorder.submit()
  await queue.onSubmittedWorkDone()
  return performance.now() - started
}
