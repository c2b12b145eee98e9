// wllama's page: llama.cpp in WebAssembly, in a worker of its own.
import type { PageTask } from './task.ts'

interface Chunk {
  readonly choices: readonly { readonly text: string }[]
  readonly timings?: {
    readonly cache_n: number
    readonly prompt_n: number
    readonly predicted_n: number
  }
}

interface Wllama {
  loadModel(files: Blob[], options: object): Promise<void>
  createCompletion(options: object): Promise<AsyncIterable<Chunk>>
}

/** Runs in the page. */
export async function wllamaInPage(task: PageTask): Promise<void> {
  const began = performance.now()
  const { Wllama } = (await import(task.library)) as { Wllama: new (paths: object) => Wllama }
  const bytes = await (await fetch(`/model/${task.gguf}`)).blob()
  const wllama = new Wllama({ default: '/wllama/esm/wasm/wllama.wasm' })
  await wllama.loadModel([bytes], {
    n_ctx: task.room,
    n_gpu_layers: task.device === 'webgpu' ? 99 : 0,
    n_threads: task.threads,
  })
  const answer = async (prompt: string, tokens: number) => {
    const options = { prompt, max_tokens: tokens, temperature: 0, stream: true }
    const from = performance.now()
    let first: number | undefined
    let last = from
    let text = ''
    let timings: Chunk['timings']
    for await (const chunk of await wllama.createCompletion(options)) {
      last = performance.now()
      const piece = chunk.choices[0]?.text ?? ''
      if (first === undefined && piece !== '') {
        first = last
        await tell({ prefillMs: first - from })
      }
      text += piece
      timings = chunk.timings ?? timings
    }
    return { text, timings, answerMs: last - (first ?? last) }
  }
  await answer(task.warmUp, 2)
  await tell({ loadMs: performance.now() - began })

  const { text, timings, answerMs } = await answer(task.text, task.answerTokens)
  await tell({
    answerMs,
    text,
    ...(timings && {
      promptTokens: timings.cache_n + timings.prompt_n,
      answerTokens: timings.predicted_n,
    }),
  })
}
