// A request that cannot be met, with what HTTP and OpenAI's form of an error say beside its sentence.
import { LongtabError, type ErrorCode } from '../index.ts'

interface Where {
  /** the parameter that it is about; undefined where it is about none */
  readonly param?: string
  /** of the response; 400 by default */
  readonly status?: number
}

export class RequestError extends LongtabError {
  readonly param: string | undefined
  readonly status: number

  constructor(code: ErrorCode, message: string, { param, status = 400 }: Where = {}) {
    super(code, message)
    this.param = param
    this.status = status
  }
}
