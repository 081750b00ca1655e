import { expect, test } from 'vitest'
import { type ExecutionId, type SessionId, type SourceId } from '../kernel/ids.ts'
import { writeChange } from './changes.ts'
import { type StatusEvent } from './model.ts'

const referenceId = '550e8400-e29b-41d4-a716-446655440000'
const event: StatusEvent = {
  sequence: 1,
  isFirst: true,
  executionId: '9' as ExecutionId,
  sessionId: '55' as SessionId,
  sourceType: 'ORDER',
  sourceId: '101' as SourceId,
  status: 'FAILED',
  requiresAction: false,
  gatewayMessage: 'The payer did not approve the payment.',
  at: new Date('2026-01-02T03:04:05.678Z'),
}

test('the first event of an execution is a row that appeared', () => {
  expect(writeChange(event, referenceId, [1, 2])).toEqual({
    ids: [1, 2],
    data: {
      schema: 'public',
      table: 'checkout_payment_intent_public_status',
      commit_timestamp: '2026-01-02T03:04:05.678Z',
      type: 'INSERT',
      columns: expect.any(Array) as unknown,
      record: {
        id: 9,
        session_id: 55,
        reference_id: referenceId,
        source_type: 'ORDER',
        source_id: 101,
        status: 'FAILED',
        requires_action: false,
        gateway_message: 'The payer did not approve the payment.',
        updated_at: '2026-01-02T03:04:05Z',
      },
      old_record: {},
      errors: null,
    },
  })
})

test('a later one is the same row, changed: what it was is told by its key alone', () => {
  const { data } = writeChange({ ...event, sequence: 2, isFirst: false, gatewayMessage: undefined }, referenceId, [1])
  expect(data).toMatchObject({ type: 'UPDATE', old_record: { id: 9 }, record: { id: 9, gateway_message: null } })
})

test('every field has a column, in the order of the fields', () => {
  const { columns, record } = writeChange(event, referenceId, [1]).data
  expect(columns.map(({ name }) => name)).toEqual(Object.keys(record))
})
