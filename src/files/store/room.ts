// Checks the browser's free storage before a download.
import { LongtabError } from '../../api/errors.ts'
import { megabytes, megabytesApart } from '../../api/sizes.ts'

/**
 * Throws LongtabError `storage-full`, with both numbers and the models stored already. Passes where the browser does not
 * report its quota.
 */
export async function requireRoomToKeep(bytes: number, name: string): Promise<void> {
  // Node has a navigator without storage
  const storage = (globalThis.navigator as { storage?: StorageManager } | undefined)?.storage
  const { quota, usage } = (await storage?.estimate().catch(() => undefined)) ?? {}
  if (quota === undefined || usage === undefined || bytes <= quota - usage) return
  const [needed, free] = megabytesApart(bytes, Math.max(0, quota - usage))
  throw new LongtabError(
    'storage-full',
    `keeping ${name} needs ${needed} more and this browser allows this page another ${free} (${megabytes(usage)} are in use); delete stored models, free disk space, or load it without keeping it`,
  )
}
