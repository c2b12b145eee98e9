// Documents that another program shares with the installed page. They arrive as a form that the service worker takes, and wait
// in a cache until the page asks for them.

const cacheName = 'shared'
const mark = 'shared'

/** @param scope the page's address, ending in a slash */
export function shareAddress(scope: string): string {
  return new URL('share', scope).href
}

/** Puts files and text of the form by, and leads to the page. */
export async function takeShared(request: Request, scope: string): Promise<Response> {
  const form = await request.formData()
  const files = form.getAll('files').filter((one) => one instanceof File)
  const text = ['title', 'text', 'url'].map((name) => form.get(name)).filter(isText)
  if (files.length === 0 && text.length > 0)
    files.push(new File([text.join('\n\n')], 'shared text', { type: 'text/plain' }))
  const cache = await caches.open(cacheName)
  for (const [i, file] of files.entries()) {
    const headers = { 'content-type': file.type, 'x-name': encodeURIComponent(file.name) }
    await cache.put(new URL(`shared/${i}`, scope), new Response(file, { headers }))
  }
  return Response.redirect(new URL(`?${mark}`, scope), 303)
}

function isText(value: FormDataEntryValue | null): value is string {
  return typeof value === 'string' && value !== ''
}

/** The files that were put by, on the page that was led to; they are given once. */
export async function sharedFiles(page: Location): Promise<File[]> {
  if (page.search !== `?${mark}`) return []
  history.replaceState(null, '', page.pathname)
  const cache = await caches.open(cacheName)
  const files: File[] = []
  for (const request of await cache.keys()) {
    const response = await cache.match(request)
    await cache.delete(request)
    if (response === undefined) continue
    const name = decodeURIComponent(response.headers.get('x-name') ?? '')
    files.push(new File([await response.blob()], name))
  }
  return files
}
