import { Type } from 'typebox'
import { NotFound } from '../kernel/problem.ts'
import { type Http } from '../platform/http/server.ts'
import { pathId, text, writeTime } from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { type SandboxControls } from './controls.ts'
import { type Dialling } from './dial.ts'
import { payerActions } from './payers.ts'
import * as wire from './schema.ts'

const bySeed = Type.Object({ seed: pathId })

/** A seed as it stands in a path. Throws `NotFound` for what can be none. */
function readSeed(sent: string): number {
  const seed = Number(sent)
  if (!/^\d{1,16}$/.test(sent) || !Number.isSafeInteger(seed)) throw new NotFound('Recording')
  return seed
}

function faultRoutes(http: Http, dialling: Dialling): void {
  http.get(
    '/faults',
    { schema: { operationId: 'get_sandbox_faults', tags: ['Sandbox'], response: { 200: wire.SandboxFaults } } },
    async () => wire.writeDial(await dialling.read()),
  )

  http.put(
    '/faults',
    {
      schema: {
        operationId: 'set_sandbox_faults',
        tags: ['Sandbox'],
        body: wire.FaultsPayload,
        response: { 200: wire.SandboxFaults },
      },
    },
    async ({ body }) => {
      const asked = { seed: body.seed ?? undefined, faults: wire.readFaults(body.faults) }
      return wire.writeDial(await dialling.setFaults(asked))
    },
  )

  http.delete(
    '/faults',
    {
      config: { ignoreBody: true },
      schema: { operationId: 'clear_sandbox_faults', tags: ['Sandbox'], response: { 200: wire.SandboxFaults } },
    },
    async () => wire.writeDial(await dialling.setFaults({ seed: undefined, faults: [] })),
  )
}

function payerRoutes(http: Http, controls: SandboxControls): void {
  http.get(
    '/scenarios',
    { schema: { operationId: 'list_sandbox_scenarios', tags: ['Sandbox'], response: { 200: wire.SandboxScenarios } } },
    async () => ({ scenarios: (await controls.scenarios()).map(wire.writeScenario) }),
  )

  http.get(
    '/payments',
    { schema: { operationId: 'list_sandbox_payments', tags: ['Sandbox'], response: { 200: wire.SandboxPayments } } },
    async (request) => ({ payments: (await controls.listAsked(merchantOf(request).id)).map(wire.writePayment) }),
  )

  for (const action of payerActions) {
    http.post(
      `/payments/:reference_id/${action}`,
      {
        config: { ignoreBody: true },
        schema: {
          operationId: `${action}_sandbox_payment`,
          tags: ['Sandbox'],
          params: Type.Object({ reference_id: text }),
          response: { 200: wire.SandboxPayerAnswer },
        },
      },
      async (request) => {
        const { reference_id: reference } = request.params
        await controls.answerForPayer(merchantOf(request).id, reference, action)
        return wire.writeAnswer(reference, action)
      },
    )
  }
}

function clockRoutes(http: Http, { clock, advance, reset }: SandboxControls): void {
  const read = () => ({ now: writeTime(clock.now()), offset_seconds: Math.floor(clock.aheadMs / 1000) })

  http.get(
    '/clock',
    { schema: { operationId: 'get_sandbox_clock', tags: ['Sandbox'], response: { 200: wire.SandboxClock } } },
    read,
  )

  http.post(
    '/clock/advance',
    {
      schema: {
        operationId: 'advance_sandbox_clock',
        tags: ['Sandbox'],
        body: wire.AdvancePayload,
        response: { 200: wire.SandboxClock },
      },
    },
    async ({ body }) => {
      await advance(body.seconds)
      return read()
    },
  )

  http.post(
    '/reset',
    {
      config: { ignoreBody: true },
      schema: { operationId: 'reset_sandbox', tags: ['Sandbox'], response: { 200: wire.SandboxReset } },
    },
    async () => {
      await reset()
      return { now: writeTime(clock.now()) }
    },
  )
}

function recordingRoutes(http: Http, dialling: Dialling): void {
  http.post(
    '/recordings',
    {
      schema: {
        operationId: 'start_sandbox_recording',
        tags: ['Sandbox'],
        body: wire.RecordingPayload,
        response: { 200: wire.SandboxRecording },
      },
    },
    async ({ body }) => {
      const asked = { seed: body.seed ?? undefined, faults: body.faults && wire.readFaults(body.faults) }
      return wire.writeRun(await dialling.record(asked))
    },
  )

  http.get(
    '/recordings/:seed',
    {
      schema: {
        operationId: 'get_sandbox_recording',
        tags: ['Sandbox'],
        params: bySeed,
        response: { 200: wire.SandboxRecording },
      },
    },
    async (request) => wire.writeRun(await dialling.readRun(readSeed(request.params.seed))),
  )

  http.post(
    '/recordings/:seed/replay',
    {
      config: { ignoreBody: true },
      schema: {
        operationId: 'replay_sandbox_recording',
        tags: ['Sandbox'],
        params: bySeed,
        response: { 200: wire.SandboxRecording },
      },
    },
    async (request) => wire.writeRun(await dialling.replay(readSeed(request.params.seed))),
  )
}

/** What only a sandbox has: ways to bring about what integrators must be prepared for. */
export function sandboxRoutes(http: Http, controls: SandboxControls): void {
  payerRoutes(http, controls)
  clockRoutes(http, controls)
  faultRoutes(http, controls.dialling)
  recordingRoutes(http, controls.dialling)
}
