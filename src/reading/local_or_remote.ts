// The calls of a session, in this thread or behind Comlink in another, where every call returns a promise.
export type LocalOrRemote<Session> = {
  [Name in keyof Session]: Session[Name] extends (...given: infer Given) => infer Result
    ? (...given: Given) => Result | Promise<Awaited<Result>>
    : never
}
