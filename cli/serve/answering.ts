// What stands behind the server: whatever answers a request, in a tab or in this process.
import type { IncomingMessage } from 'node:http'

/** @param gone fires when whoever asked has left */
export type Answering = (request: IncomingMessage, gone: AbortSignal) => Promise<Response>
