// The page without a network: its service worker, a new version of it, and the files that the system opens with the page.
import { builtInModel } from '../model/built_in.ts'
import type { Loaded } from '../session.ts'
import type { ToServiceWorker } from './messages.ts'
import { sharedFiles } from './shared.ts'

export interface OfflineEvents {
  /** another version of the page is there; `take` reloads the page with it */
  readonly update: (take: () => void) => void
  /** documents that the system opens or shares with the page */
  readonly documents: (files: readonly File[]) => void
}

export interface Offline {
  /** Keeps what a reading took from the page's own site. */
  keep(loaded: Loaded): void
}

/** Files that the system was told to open with the installed page. */
interface LaunchQueue {
  setConsumer(consume: (launch: { readonly files?: readonly FileSystemFileHandle[] }) => void): void
}

/** Does nothing where a browser has no service workers, or a dev server serves the page. */
export function createOffline(on: OfflineEvents): Offline {
  // the types promise it; pages without https lack it
  const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker
  const { launchQueue } = globalThis as { launchQueue?: LaunchQueue }
  launchQueue?.setConsumer(({ files = [] }) => {
    if (files.length > 0)
      void Promise.all(files.map((handle) => handle.getFile())).then(on.documents)
  })
  if (workers === undefined || !import.meta.env.PROD) return { keep: () => undefined }
  void register(workers, on)
  void sharedFiles(location).then((files) => {
    if (files.length > 0) on.documents(files)
  })
  const tell = async (message: ToServiceWorker): Promise<void> => {
    ;(await workers.ready).active?.postMessage(message)
  }
  return {
    keep({ candidate, model }) {
      const { source } = candidate
      const folders =
        source instanceof URL && source.href === builtInModel().href ? [source.href] : []
      const heads = model.heads.address === undefined ? [] : [model.heads.address]
      const addresses = [...folders, ...heads]
      if (addresses.length > 0) void tell({ kind: 'keep', addresses })
    },
  }
}

async function register(workers: ServiceWorkerContainer, on: OfflineEvents): Promise<void> {
  const registration = await workers
    .register(new URL('service_worker.js', document.baseURI))
    .catch(() => undefined) // a browser may forbid it; the page then needs its server
  if (registration === undefined) return
  const offer = (): void => {
    const { waiting } = registration
    if (waiting === null || workers.controller === null) return
    on.update(() => {
      workers.addEventListener('controllerchange', () => location.reload(), { once: true })
      waiting.postMessage({ kind: 'take over' } satisfies ToServiceWorker)
    })
  }
  offer()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offer)
  })
}
