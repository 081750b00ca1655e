import { type Static, Type } from 'typebox'
import { InvalidRequest, type FieldIssue } from '../kernel/problem.ts'
import { executionStatuses, operationTypes, paymentMethods, providerNames } from '../kernel/enums.ts'
import { moneyToNumber } from '../kernel/money.ts'
import { amountOut, model, nullable, oneOf, optional, text, timestamp, writeTime } from '../platform/http/wire.ts'
import { type Execution } from '../executions/index.ts'
import { payerActions, type PayerAction } from './payers.ts'
import { type Scenario } from './scenarios.ts'
import { apiFaults, type Dial, type Fault, type DialledFault, faultNames, isApiFault } from './model.ts'
import { type Run } from './dial.ts'

const mostFaults = 20
const mostTimes = 1_000_000
const longestDelayMs = 60_000

const seed = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'What chance is drawn from.' })

export const FaultPayload = model('SandboxFaultPayload', {
  fault: oneOf(faultNames),
  next: optional(
    Type.Integer({ minimum: 1, maximum: mostTimes, description: 'How often at most. Without it, without end.' }),
  ),
  rate: optional(
    Type.Number({ minimum: 0.000001, maximum: 1, description: 'How likely each time. Without it, every time.' }),
  ),
  path: optional(Type.String({ maxLength: 200, description: 'How the path of a call begins. Without it, any.' })),
  method: optional(Type.String({ maxLength: 50, description: 'The method of payment. Without it, any.' })),
  delay_ms: optional(Type.Integer({ minimum: 1, maximum: longestDelayMs, description: 'How slow.' })),
})

export const FaultsPayload = model('SandboxFaultsPayload', {
  seed: optional(seed),
  faults: Type.Array(FaultPayload, { maxItems: mostFaults }),
})

const SandboxFault = model('SandboxFault', {
  fault: oneOf(faultNames),
  next: nullable(Type.Integer({ description: 'How often it may still happen.' })),
  rate: nullable(Type.Number()),
  path: nullable(text),
  method: nullable(text),
  delay_ms: nullable(Type.Integer()),
  injected: Type.Integer({ description: 'How often it happened since it was set.' }),
})

export const SandboxFaults = model('SandboxFaults', {
  seed,
  faults: Type.Array(SandboxFault),
  recording: nullable(seed),
  replaying: nullable(seed),
})

export const RecordingPayload = model('SandboxRecordingPayload', {
  seed: optional(seed),
  faults: Type.Optional(Type.Array(FaultPayload, { maxItems: mostFaults })),
})

const RecordedCallModel = model('SandboxRecordedCall', {
  call: text,
  nth: Type.Integer({ description: 'Which call of its kind it was.' }),
  at: timestamp,
  reference_id: nullable(text),
  status: Type.Integer({ description: 'What the server answered, whatever became of the answer.' }),
  fault: nullable(oneOf(apiFaults)),
})

export const SandboxRecording = model('SandboxRecording', {
  seed,
  state: oneOf(['RECORDING', 'REPLAYING', 'ENDED']),
  started_at: timestamp,
  calls: Type.Array(RecordedCallModel),
})

/** What would be set and never do anything is a mistake. */
function misfits({ fault, path, method, delayMs }: Fault, index: number): FieldIssue[] {
  const unfit = {
    path: path !== undefined && !isApiFault(fault),
    method: method !== undefined && isApiFault(fault),
    delay_ms: delayMs !== undefined && !fault.endsWith('slow'),
  }
  return Object.entries(unfit).flatMap(([name, isUnfit]) =>
    isUnfit
      ? [{ field: ['faults', index, name], rule: 'combination' as const, message: `${fault} has no ${name}` }]
      : [],
  )
}

/** Throws `InvalidRequest`. */
export function readFaults(sent: readonly Static<typeof FaultPayload>[]): Fault[] {
  const faults = sent.map(({ fault, next, rate, path, method, delay_ms: delayMs }) => ({
    fault,
    next: next ?? undefined,
    rate: rate ?? undefined,
    path: path ?? undefined,
    method: method ?? undefined,
    delayMs: delayMs ?? undefined,
  }))
  const [first, ...others] = faults.flatMap(misfits)
  if (first) throw new InvalidRequest(first, ...others)
  return faults
}

const writeFault = (each: DialledFault): Static<typeof SandboxFault> => ({
  fault: each.fault,
  // Each network counts for itself: what both did may be more than was asked of one.
  next: each.next === undefined ? null : Math.max(0, each.next - each.injected),
  rate: each.rate ?? null,
  path: each.path ?? null,
  method: each.method ?? null,
  delay_ms: each.delayMs ?? null,
  injected: each.injected,
})

export const writeDial = (dial: Dial): Static<typeof SandboxFaults> => ({
  seed: dial.seed,
  faults: dial.faults.map(writeFault),
  recording: dial.recording ?? null,
  replaying: dial.replaying ?? null,
})

export const writeRun = (run: Run): Static<typeof SandboxRecording> => ({
  seed: run.seed,
  state: run.state,
  started_at: writeTime(run.startedAt),
  calls: run.calls.map((call) => ({
    call: call.operation,
    nth: call.nth,
    at: writeTime(call.at),
    reference_id: call.referenceId ?? null,
    status: call.status,
    fault: call.fault ?? null,
  })),
})

export const SandboxScenarios = model('SandboxScenarios', {
  scenarios: Type.Array(
    model('SandboxScenario', {
      name: text,
      operation: oneOf(operationTypes),
      provider: oneOf(providerNames),
      method: oneOf(paymentMethods),
      number: Type.String({ description: 'The phone number to pay from or to; of a card its token.' }),
      outcome: oneOf(executionStatuses),
      failure_code: nullable(Type.String({ description: "The network's own word for why it fails." })),
      description: text,
    }),
  ),
})

export const writeScenario = ({ failureCode, ...scenario }: Scenario) => ({
  ...scenario,
  failure_code: failureCode ?? null,
})

const SandboxPayment = model('SandboxPayment', {
  reference_id: text,
  provider: oneOf(providerNames),
  method: oneOf(paymentMethods),
  number: nullable(Type.String({ description: "The payer's phone number, or the card's token." })),
  amount: amountOut,
  currency: text,
  asked_at: timestamp,
})

export const SandboxPayments = model('SandboxPayments', { payments: Type.Array(SandboxPayment) })

export const writePayment = (execution: Execution): Static<typeof SandboxPayment> => ({
  reference_id: execution.referenceId,
  provider: execution.provider,
  method: execution.method,
  number: execution.accountNumber ?? null,
  amount: moneyToNumber(execution.payer),
  currency: execution.payer.currency,
  asked_at: writeTime(execution.createdAt),
})

export const SandboxPayerAnswer = model('SandboxPayerAnswer', { reference_id: text, action: oneOf(payerActions) })

export const writeAnswer = (reference: string, action: PayerAction) => ({ reference_id: reference, action })

const longestAdvanceSeconds = 10 * 365 * 24 * 60 * 60

export const AdvancePayload = model('SandboxClockAdvancePayload', {
  seconds: Type.Integer({ minimum: 1, maximum: longestAdvanceSeconds, description: 'How far ahead.' }),
})

export const SandboxClock = model('SandboxClock', {
  now: timestamp,
  offset_seconds: Type.Integer({ description: 'How far the clock is ahead of the time of day.' }),
})

export const SandboxReset = model('SandboxReset', { now: timestamp })
