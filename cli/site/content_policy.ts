// What the built page may do: its own scripts, workers and files, and connections to its own site and the Hugging Face Hub. A
// document that is read cannot be sent anywhere else.
import type { Plugin } from 'vite'
import { dist } from '../build/paths.ts'
import { pathOf, sendFile, type Handler } from './serve.ts'

const directives = {
  'default-src': ["'self'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"], // hash-wasm
  'worker-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  // the Hub, and where it keeps large files
  'connect-src': [
    "'self'",
    'https://huggingface.co',
    'https://*.huggingface.co',
    'https://*.hf.co',
  ],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
}

export const contentPolicy = Object.entries(directives)
  .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
  .join('; ')

/**
 * Writes the policy into the built page, for any static host, and into `_headers`, for hosts that read it. A worker obeys the
 * headers of its own script and not the page's, so only a host that sends them keeps workers to the policy too.
 */
export function contentPolicyInBuild(): Plugin {
  return {
    name: 'content-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'content-security-policy', content: contentPolicy },
        injectTo: 'head-prepend',
      },
    ],
    generateBundle: {
      order: 'post',
      handler(_, output) {
        if (!('index.html' in output)) return // the module has no page
        const source = `/*\n  Content-Security-Policy: ${contentPolicy}\n`
        this.emitFile({ type: 'asset', fileName: '_headers', source })
      },
    },
  }
}

/** The built page, every file under the policy. */
export const builtPage: Handler = (request, response) => {
  response.setHeader('content-security-policy', contentPolicy)
  sendFile(dist, pathOf(request).slice(1), request, response)
}
