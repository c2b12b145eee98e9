// A session's calls, in this thread or behind Comlink in another: synchronous ones give a promise there.
export type LocalOrRemote<Session> = {
  [Name in keyof Session]: Session[Name] extends (...given: infer Given) => infer Result
    ? (...given: Given) => Result | Promise<Awaited<Result>>
    : never
}
