export interface FailureReason {
  readonly failureCode: string
  readonly failureMessage: string
}

export const failure = (failureCode: string, failureMessage: string): FailureReason => ({ failureCode, failureMessage })

/** Answered with HTTP 400: the request is not one. */
export class BadRequest extends Error {
  readonly failureCode: BadRequestCode
  constructor(failureCode: BadRequestCode, failureMessage: string) {
    super(failureMessage)
    this.failureCode = failureCode
  }

  get reason(): FailureReason {
    return failure(this.failureCode, this.message)
  }
}

export type BadRequestCode =
  'INVALID_INPUT' | 'MISSING_PARAMETER' | 'UNSUPPORTED_PARAMETER' | 'INVALID_PARAMETER' | 'DUPLICATE_METADATA_FIELD'

/** Answered with the given status: a request that is understood and cannot be met, outside of what pawaPay documents. */
export class Refusal extends Error {
  readonly httpStatus: number
  readonly failureCode: string
  constructor(httpStatus: number, failureCode: string, message: string) {
    super(message)
    this.httpStatus = httpStatus
    this.failureCode = failureCode
  }
}
