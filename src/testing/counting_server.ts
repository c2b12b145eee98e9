// A server inside the test that counts what it is asked for. Its files may be large without taking memory: behind their
// beginning they are zeros.
import { onTestFinished, vi } from 'vitest'

/** A file of `bytes` bytes, which begins so and goes on in zeros. */
export interface VirtualFile {
  readonly begins: Uint8Array
  readonly bytes: number
}

export interface CountingServer {
  /** address of its folder */
  readonly url: string
  /** `name range bytes`, of every answer */
  readonly answers: string[]
  /** bytes of all answers, taken by the reader or not */
  asked(): number
  /** bytes that the reader took */
  taken(): number
}

const pieceBytes = 1 << 16

/** Stands in for `fetch` until the test that started it ends. */
export function countingServer(
  files: Readonly<Record<string, VirtualFile | Uint8Array | string>>,
): CountingServer {
  const url = 'https://models.test/tiny/'
  const answers: string[] = []
  let asked = 0
  let taken = 0
  const answer = (request: URL, headers: Headers): Response => {
    const name = request.href.startsWith(url) ? request.pathname.slice('/tiny/'.length) : ''
    const content = files[name]
    if (content === undefined) return new Response('nothing here', { status: 404 })
    const file = virtual(content)
    const range = /^bytes=(\d+)-(\d*)$/.exec(headers.get('range') ?? '')
    const start = Number(range?.[1] ?? 0)
    const end = range?.[2] ? Math.min(file.bytes, Number(range[2]) + 1) : file.bytes
    if (start >= file.bytes && range) return new Response(undefined, { status: 416 })
    asked += end - start
    answers.push(`${name} ${start}-${end - 1} ${end - start}`)
    const body = bodyOf(file, start, end, (bytes) => (taken += bytes))
    return new Response(body, {
      status: range ? 206 : 200,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(end - start),
        etag: `"${name}"`,
        ...(range && { 'content-range': `bytes ${start}-${end - 1}/${file.bytes}` }),
      },
    })
  }
  const stub: typeof fetch = async (input, init) => {
    const address = input instanceof Request ? input.url : input
    return answer(new URL(address), new Headers(init?.headers))
  }
  vi.stubGlobal('fetch', stub)
  onTestFinished(() => void vi.unstubAllGlobals())
  return { url, answers, asked: () => asked, taken: () => taken }
}

function virtual(content: VirtualFile | Uint8Array | string): VirtualFile {
  if (typeof content === 'object' && 'begins' in content) return content
  const begins = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return { begins, bytes: begins.length }
}

/** Gives no more than the reader takes. */
function bodyOf(
  { begins }: VirtualFile,
  start: number,
  end: number,
  onTaken: (bytes: number) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = start
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        if (at >= end) {
          controller.close()
          return
        }
        const piece = new Uint8Array(Math.min(pieceBytes, end - at))
        piece.set(begins.subarray(at, at + piece.length))
        at += piece.length
        onTaken(piece.length)
        controller.enqueue(piece)
      },
    },
    { highWaterMark: 0 },
  )
}
