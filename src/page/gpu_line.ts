// The line in the page's head that names the GPU, and the search for it.
import { probeGpu } from './gpu_support.ts'
import type { PageStore } from './state.ts'
import * as texts from './texts.ts'

export interface GpuLine {
  /** Whether there is a GPU to read with. It is asked for until there is one. */
  find(): Promise<boolean>
}

/** @param failed is told why there is none */
export function createGpuLine(
  line: HTMLElement,
  store: PageStore,
  failed: (error: unknown) => void,
): GpuLine {
  return {
    async find() {
      if (store.get().gpu !== undefined) return true
      try {
        const gpu = await probeGpu()
        line.textContent = texts.adapter(gpu)
        store.set({ gpu })
        return true
      } catch (error) {
        line.textContent = texts.noWebGpu
        failed(error)
        return false
      }
    },
  }
}
