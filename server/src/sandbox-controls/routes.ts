import { Type } from 'typebox'
import { NotFound } from '../kernel/problem.ts'
import { type Http } from '../platform/http/server.ts'
import { pathId } from '../platform/http/wire.ts'
import { type Dialling } from './dial.ts'
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
export function sandboxRoutes(http: Http, { dialling }: { readonly dialling: Dialling }): void {
  faultRoutes(http, dialling)
  recordingRoutes(http, dialling)
}
