// The page of transformers.js: onnxruntime in WebAssembly, on the page's own thread, on the GPU or on the CPU.
import type { PageTask } from './task.ts'

interface Tensor {
  readonly dims: readonly number[]
}

interface Transformers {
  readonly env: {
    allowRemoteModels: boolean
    allowLocalModels: boolean
    localModelPath: string
    useBrowserCache: boolean
    useWasmCache: boolean
    backends: { onnx: { wasm: { wasmPaths: string; numThreads: number } } }
  }
  readonly AutoTokenizer: { from_pretrained(name: string): Promise<Tokenizer> }
  readonly AutoModelForCausalLM: {
    from_pretrained(name: string, options: object): Promise<Model>
  }
  readonly BaseStreamer: new () => object
}

interface Tokenizer {
  (text: string): { readonly input_ids: Tensor }
  decode(ids: readonly bigint[]): string
}

interface Model {
  generate(options: object): Promise<unknown>
}

/** Runs in the page. */
export async function transformersInPage(task: PageTask): Promise<void> {
  const began = performance.now()
  const gpu = { bytes: 0, most: 0 } // in buffers
  if (task.device === 'webgpu') {
    const { prototype } = GPUDevice
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its device below
    const { createBuffer } = prototype
    prototype.createBuffer = function (description) {
      const buffer = createBuffer.call(this, description)
      const destroy = buffer.destroy.bind(buffer)
      let size = buffer.size
      gpu.bytes += size
      gpu.most = Math.max(gpu.most, gpu.bytes)
      buffer.destroy = () => {
        gpu.bytes -= size
        size = 0
        destroy()
      }
      return buffer
    }
  }
  const library = (await import(task.library)) as Transformers
  const { env, AutoTokenizer, AutoModelForCausalLM, BaseStreamer } = library
  env.allowRemoteModels = false
  env.allowLocalModels = true
  env.localModelPath = '/'
  env.useBrowserCache = false
  env.useWasmCache = false
  env.backends.onnx.wasm.wasmPaths = `${location.origin}/onnxruntime/dist/`
  env.backends.onnx.wasm.numThreads = task.threads
  const tokenizer = await AutoTokenizer.from_pretrained('onnx-model')
  const { device, dtype } = task
  const model = await AutoModelForCausalLM.from_pretrained('onnx-model', { device, dtype })

  const answer = async (prompt: string, tokens: number) => {
    const from = performance.now()
    const inputs = tokenizer(prompt)
    const times: number[] = [] // of the answer's tokens
    const ids: bigint[] = []
    let isPrompt = true
    class Streamer extends BaseStreamer {
      put([latest = []]: readonly (readonly bigint[])[]) {
        if (!isPrompt) {
          times.push(performance.now())
          ids.push(...latest)
        }
        isPrompt = false
      }
      end() {
        return
      }
    }
    await model.generate({
      ...inputs,
      max_new_tokens: tokens,
      do_sample: false,
      streamer: new Streamer(),
    })
    const [first = NaN] = times
    return {
      promptTokens: inputs.input_ids.dims.at(-1) ?? 0,
      prefillMs: first - from,
      answerTokens: ids.length,
      answerMs: (times.at(-1) ?? NaN) - first,
      text: tokenizer.decode(ids),
    }
  }
  await answer(task.warmUp, 2)
  await tell({ loadMs: performance.now() - began })

  const told = await answer(task.text, task.answerTokens)
  await tell({ ...told, ...(device === 'webgpu' && { gpuBytes: gpu.most }) })
}
