// Two things at once, of which the one is in vain where the other fails.

/**
 * Results of both. Where `beside` fails, `work` is stopped, and its failure is thrown.
 * @param signal stops `work`, with whatever it throws then
 */
export async function unlessFailed<Beside, Worked>(
  beside: Promise<Beside>,
  signal: AbortSignal | undefined,
  work: (stop: AbortSignal) => Promise<Worked>,
): Promise<[Beside, Worked]> {
  const failed = new AbortController()
  beside.catch(() => failed.abort())
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal
  try {
    const worked = await work(stop)
    return [await beside, worked]
  } catch (error) {
    if (failed.signal.aborted) await beside // which throws
    throw error
  }
}
