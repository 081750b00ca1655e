import { InvalidRequest } from '../kernel/problem.ts'

/** The caller's key already stands for another payment, which is untouched. */
export class ReferenceReused extends InvalidRequest {
  constructor() {
    super({ field: 'reference_id', rule: 'duplicate', message: 'reference_id already exists' })
  }
}

export class SessionUnusable extends InvalidRequest {
  constructor(message: 'session not found' | 'session expired' | 'session not active') {
    super({ field: 'session_id', rule: 'session', message })
  }
}

export class SourceNotActive extends InvalidRequest {
  constructor() {
    super({ field: 'session_id', rule: 'state', message: 'source is not ACTIVE' })
  }
}
