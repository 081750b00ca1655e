import { InvalidRequest } from '../kernel/problem.ts'
import { mostEndpoints } from './model.ts'

export class UrlRefused extends InvalidRequest {
  constructor(message: string) {
    super({ field: 'url', rule: 'url', message })
  }
}

export class TooManyEndpoints extends InvalidRequest {
  constructor() {
    super({ field: 'url', rule: 'limit', message: `no more than ${mostEndpoints} webhook endpoints` })
  }
}

export class EndpointDisabled extends InvalidRequest {
  constructor() {
    super({ field: 'id', rule: 'state', message: 'webhook endpoint is not ENABLED' })
  }
}

export class EventUnknown extends InvalidRequest {
  constructor(field: 'event_id' | 'after' | 'until') {
    super({ field, rule: 'not_found', message: 'event not found' })
  }
}

export class RangeUnclear extends InvalidRequest {
  constructor() {
    super({ field: 'event_id', rule: 'combination', message: 'expected event_id, or after with or without until' })
  }
}
