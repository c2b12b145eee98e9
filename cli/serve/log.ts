// What the server says of each request: a line of words, or of JSON for programs.

/** A request that has ended. */
export interface Ended {
  readonly method: string
  readonly path: string
  readonly status: number
  /** false where whoever asked left before the end */
  readonly isWhole: boolean
  readonly ms: number
}

export interface Log {
  request(ended: Ended): void
  /** of our own */
  fault(error: unknown): void
}

/** @param write takes a line without its end */
export function createLog(asJson: boolean, write: (line: string) => void): Log {
  const now = () => new Date().toISOString()
  if (!asJson)
    return {
      request: ({ method, path, status, isWhole, ms }) =>
        write(
          `${method} ${path} ${status}, ${ms.toLocaleString('en-US')} ms${isWhole ? '' : ', left before its end'}`,
        ),
      fault: (error) => write(messageOf(error)),
    }
  return {
    request: (ended) => write(JSON.stringify({ time: now(), ...ended })),
    fault: (error) => write(JSON.stringify({ time: now(), fault: messageOf(error) })),
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
