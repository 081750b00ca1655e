import { InvalidRequest } from '../kernel/problem.ts'

export class SourceNotPublished extends InvalidRequest {
  constructor() {
    super({ field: 'source_number', rule: 'state', message: 'source is not published' })
  }
}

export class LinkNotEnabled extends InvalidRequest {
  constructor() {
    super({ field: 'source_number', rule: 'state', message: 'payment link is not enabled for this source' })
  }
}
