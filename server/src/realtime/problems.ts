import { InvalidRequest } from '../kernel/problem.ts'

export class SessionNotFound extends InvalidRequest {
  constructor() {
    super({ field: 'session_id', rule: 'session', message: 'session not found' })
  }
}

export class SourceTypeDiffers extends InvalidRequest {
  constructor() {
    super({ field: 'source_type', rule: 'mismatch', message: 'source type does not match the session' })
  }
}
