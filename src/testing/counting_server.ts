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
  /** bytes of all answers, whether the reader takes them or not */
  asked(): number
}

const pieceBytes = 1 << 16

const site = 'https://models.test/'

/**
 * Stands in for `fetch` until the test that started it ends. The files lie in two folders: `name` and `beside`.
 */
export function countingServer(
  files: Readonly<Record<string, VirtualFile | Uint8Array | string>>,
  name: string,
): CountingServer {
  const answers: string[] = []
  let sent = 0
  const answer = (request: URL, headers: Headers): Response => {
    const [folder, asked] = request.pathname.split('/').slice(1)
    const isHere = folder === name || folder === 'beside'
    const content = isHere && asked !== undefined ? files[asked] : undefined
    if (content === undefined) return new Response('nothing here', { status: 404 })
    const file = virtual(content)
    const range = /^bytes=(\d+)-(\d*)$/.exec(headers.get('range') ?? '')
    const start = Number(range?.[1] ?? 0)
    const end = range?.[2] ? Math.min(file.bytes, Number(range[2]) + 1) : file.bytes
    if (start >= file.bytes && range) return new Response(undefined, { status: 416 })
    sent += end - start
    answers.push(`${asked} ${start}-${end - 1} ${end - start}`)
    return new Response(bodyOf(file, start, end), {
      status: range ? 206 : 200,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(end - start),
        etag: `"${asked}"`,
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
  return { url: `${site}${name}/`, answers, asked: () => sent }
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
        controller.enqueue(piece)
      },
    },
    { highWaterMark: 0 },
  )
}
