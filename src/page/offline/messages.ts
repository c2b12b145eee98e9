// What the page tells its service worker.

export type ToServiceWorker =
  | {
      /** a model or heads of the page's own site were read with */
      readonly kind: 'keep'
      /** of files, or of folders with a slash at their end */
      readonly addresses: readonly string[]
    }
  | { readonly kind: 'take over' }
