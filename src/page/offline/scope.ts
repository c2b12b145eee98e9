// The globals of a service worker that ours uses. TypeScript's own declarations of them contradict those of a page.
import type { BesideFile } from './beside.ts'

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void
}

interface Fetching extends Extendable {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}

interface Told extends Extendable {
  readonly data: unknown
}

export interface ServiceWorkerScope {
  /** every file of the built page; the build writes it (cli/build/service_worker.ts) */
  readonly pageFiles: readonly BesideFile[]
  readonly registration: ServiceWorkerRegistration
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(kind: 'fetch', act: (event: Fetching) => void): void
  addEventListener(kind: 'message', act: (event: Told) => void): void
  addEventListener(kind: 'activate', act: (event: Extendable) => void): void
}
