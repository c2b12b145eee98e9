// Mounts whose pages may have threads in WebAssembly: browsers allow them on pages that are isolated from other sites.
import type { ServerResponse } from 'node:http'
import { basename, dirname } from 'node:path'
import { pathOf, sendFile, type Handler, type Mounts } from '../site/serve.ts'

export function isolated(mounts: Mounts): Mounts {
  return Object.fromEntries(
    Object.entries(mounts).map(([path, target]): [string, Handler] => {
      if (typeof target === 'function') {
        return [path, (request, response) => target(request, apart(response))]
      }
      const isFolder = path.endsWith('/')
      return [
        path,
        (request, response) =>
          isFolder
            ? sendFile(target, pathOf(request).slice(path.length), request, apart(response))
            : sendFile(dirname(target), basename(target), request, apart(response)),
      ]
    }),
  )
}

function apart(response: ServerResponse): ServerResponse {
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader('cross-origin-embedder-policy', 'require-corp')
  return response
}
