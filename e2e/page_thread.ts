// What the page's own thread was busy with, from Chromium's trace: the CPU time of each of its tasks. A task that waits for a
// core, as all do on a busy machine, gets long by the clock and no longer by this.
import type { Page } from 'playwright/test'

/** the fields of a trace event that count here; times in µs */
interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** CPU time of a task */
  readonly tdur?: number
  readonly args: {
    readonly name?: string
    readonly data?: { readonly frames?: readonly { readonly processId?: number }[] }
  }
}

/** Starts watching; what it returns ends that, and gives the CPU time of each task since, longest first (ms). */
export async function watchPageThread(page: Page): Promise<() => Promise<number[]>> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]))
  })
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline'] },
  })
  return async () => {
    const complete = new Promise<void>((resolve) => {
      session.once('Tracing.tracingComplete', () => resolve())
    })
    await session.send('Tracing.end')
    await complete
    await session.detach()
    const started = events.find(({ name }) => name === 'TracingStartedInBrowser')
    const process = started?.args.data?.frames?.[0]?.processId
    const thread = events.find(
      ({ name, pid, args }) =>
        name === 'thread_name' && pid === process && args.name === 'CrRendererMain',
    )?.tid
    return events
      .filter(({ name, pid, tid }) => name === 'RunTask' && pid === process && tid === thread)
      .map(({ tdur }) => (tdur ?? 0) / 1000)
      .sort((a, b) => b - a)
  }
}
