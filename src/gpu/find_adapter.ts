import { LongtabError } from '../api/errors.ts'

/** Calls after which a browser that offers no adapter is believed. */
const attempts = 3

/** Milliseconds between two calls. */
const pauseMs = 100

/**
 * The adapter of the fastest GPU; null where WebGPU has none for us.
 *
 * Chromium's first call in a page can give null while its GPU process starts, and the next the adapter (seen with Chromium
 * 156 on Linux with an NVIDIA H200). So after a null it is asked again, twice.
 *
 * @throws LongtabError `no-webgpu` where the browser refuses.
 */
export async function findAdapter(api: Pick<GPU, 'requestAdapter'>): Promise<GPUAdapter | null> {
  for (let attempt = 1; ; attempt++) {
    const adapter = await asked(api)
    if (adapter !== null || attempt === attempts) return adapter
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

async function asked(api: Pick<GPU, 'requestAdapter'>): Promise<GPUAdapter | null> {
  try {
    return await api.requestAdapter({ powerPreference: 'high-performance' })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LongtabError(
      'no-webgpu',
      `this browser's WebGPU failed when it was asked for a GPU (${reason}); restart the browser, or update it and the graphics driver`,
      { cause },
    )
  }
}
