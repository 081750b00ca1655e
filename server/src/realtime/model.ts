import { type ExecutionStatus, type SourceKind } from '../kernel/enums.ts'
import { type ExecutionId, type MerchantId, type SessionId, type SourceId } from '../kernel/ids.ts'

/** Events of one execution are numbered from 1, in the order in which they were committed. */
export const beforeAll = 0

/** What is followed: the collection of a session under a reference, whether it was executed yet or not. */
export interface Subject {
  readonly merchantId: MerchantId
  readonly sessionId: SessionId
  /** In lower case. */
  readonly referenceId: string
}

/** A status that an execution was given. */
export interface StatusEvent {
  readonly sequence: number
  /** True for the claim: nothing was there before. */
  readonly isFirst: boolean
  readonly executionId: ExecutionId
  readonly sessionId: SessionId
  readonly sourceType: SourceKind
  readonly sourceId: SourceId
  readonly status: ExecutionStatus
  readonly requiresAction: boolean
  readonly gatewayMessage: string | undefined
  readonly at: Date
}

/** How far a subject has come; nothing follows what is final. */
export interface Position {
  readonly after: number
  readonly isFinal: boolean
}

/** What one process and one connection may take up. */
export interface Limits {
  readonly connections: number
  readonly connectionsPerAddress: number
  /** Of one process, all connections together: what one round of following looks up. */
  readonly channels: number
  readonly channelsPerConnection: number
  readonly joinsPerSecond: number
  readonly messagesPerSecond: number
  readonly frameBytes: number
  /** How much may wait for a client that reads slowly before it is dropped. */
  readonly bufferedBytes: number
  /** Clients speak every 25 seconds: two beats and a little. */
  readonly silenceMs: number
}

/** A client that reconnects joins all its channels at once, and each join may bring a token after it. */
export const defaultLimits: Limits = {
  connections: 2_000,
  connectionsPerAddress: 200,
  channels: 10_000,
  channelsPerConnection: 100,
  joinsPerSecond: 100,
  messagesPerSecond: 250,
  frameBytes: 64 * 1024,
  bufferedBytes: 1024 * 1024,
  silenceMs: 60_000,
}
