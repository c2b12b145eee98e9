// The script of every thread, as a part of the module itself. Bundlers that know `new Worker(new URL(…))` copy the workers beside
// the module. Others, such as esbuild and Rollup, bundle only what is imported: there this part knows where it came to lie, and
// the same part is run as the worker.
const starts = {
  'longtab reading': () => import('./worker.ts'),
  'longtab training': () => import('./training_worker.ts'),
  'longtab documents': () => import('./document_worker.ts'),
}

/** Names of threads, by which a worker knows what it is for. */
export type ThreadName = keyof typeof starts

export const address = import.meta.url

/** A worker has a name; a window has one too, so its document tells them apart. */
const { name, document } = globalThis as { name?: string; document?: unknown }
if (document === undefined && name !== undefined && name in starts) {
  void starts[name as ThreadName]()
}
