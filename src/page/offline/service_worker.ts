// Answers for the server, so that the page opens without one. What it is made of is kept at its first visit, models and heads
// beside it once they were read with. Another version waits until no tab shows this one, or is told to go on.
import { cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching'
import { createBeside, type BesideFile } from './beside.ts'
import type { ToServiceWorker } from './messages.ts'
import type { ServiceWorkerScope } from './scope.ts'
import { shareAddress, takeShared } from './shared.ts'

declare const self: ServiceWorkerScope

const files = self.pageFiles
const isBeside = ({ url }: BesideFile): boolean => /^(models|heads)\//.test(url)
const beside = createBeside(files.filter(isBeside), self.registration.scope)

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method === 'POST' && request.url === shareAddress(self.registration.scope)) {
    event.respondWith(takeShared(request, self.registration.scope))
  } else if (beside.holds(request)) event.respondWith(beside.answer(request))
})
self.addEventListener('message', (event) => {
  const message = event.data as ToServiceWorker
  if (message.kind === 'take over') void self.skipWaiting()
  else event.waitUntil(beside.keep(message.addresses))
})
self.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([self.clients.claim(), beside.drop()]))
})
cleanupOutdatedCaches()
precacheAndRoute(
  files.filter((file) => !isBeside(file)),
  { ignoreURLParametersMatching: [/^(debug|shared)$/] },
)
