// Longtab's page.
import type * as Longtab from '../../../src/index.ts'
import type { PageTask } from './task.ts'

/** Runs in the page. */
export async function longtabInPage(task: PageTask): Promise<void> {
  const began = performance.now()
  const { load } = (await import(task.library)) as typeof Longtab
  const bytes = await (await fetch(`/model/${task.gguf}`)).blob()
  const { policy } = task
  const model = await load([new File([bytes], task.gguf)], { ...(policy && { policy }) })
  const warm = await model.read(task.warmUp, { form: 'plain' })
  await warm.complete({ maxTokens: 2 }).summary
  await tell({ loadMs: performance.now() - began })

  const document = await model.read(task.text, { form: 'plain' })
  await tell({ promptTokens: document.tokens })
  const answer = document.complete({ maxTokens: task.answerTokens })
  const { ids, text, timeToFirstTokenMs, decodeTokensPerSecond } = await answer.summary
  const { peak } = await document.memory()
  await tell({
    prefillMs: document.readMs + timeToFirstTokenMs,
    answerTokens: ids.length,
    answerMs: (1000 * (ids.length - 1)) / decodeTokensPerSecond,
    text,
    gpuBytes: peak,
  })
}
