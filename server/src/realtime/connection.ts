import { type Clock } from '../kernel/clock.ts'
import { type Logger } from '../platform/log.ts'
import { writeChange } from './changes.ts'
import { type Feed } from './feed.ts'
import { close, type Frame, push, readFrame, reply, type Serializer, system, writeFrame } from './frames.ts'
import {
  foreignToken,
  idsFor,
  invalidToken,
  isSameKey,
  type JoinRequest,
  judgeJoin,
  readJoin,
  type Subscription,
  writeSubscriptions,
} from './join.ts'
import { type Limits, type StatusEvent } from './model.ts'
import { type RealtimeGrant, type RealtimeTokens } from './tokens.ts'

/** The way back to a client. */
export interface Line {
  send(text: string): void
  hangUp(code: number, reason: string): void
}

/** What all connections of a process share. */
export interface ConnectionContext {
  readonly clock: Clock
  readonly log: Logger
  readonly tokens: RealtimeTokens
  readonly feed: Feed
  readonly limits: Limits
  /** The key everybody may have: what a client shows as token while it has none. */
  readonly anonKey: string
  /** Channels of the whole process. */
  readonly channels: { count: number }
}

/** One client, from its first frame to its last. Knows nothing of sockets. */
export interface Connection {
  receive(text: string): void
  /** Ends the channels whose token has, and hangs up on a client that fell silent. */
  sweep(): void
  /** Lets go of everything: the line is dead. */
  end(): void
}

/** Joined once there is a grant. */
interface Channel {
  readonly topic: string
  readonly joinRef: string | null
  subscriptions: readonly Subscription[]
  grant: RealtimeGrant | undefined
  token: string | undefined
  stop: () => void
}

const policyViolation = 1008
const unreadable = 1007

/** Counts what happens within one second of the clock, and tells when it is too much. */
function perSecond(clock: Clock, most: number): () => boolean {
  let second = 0
  let count = 0
  return () => {
    const now = Math.floor(clock.now().getTime() / 1000)
    count = now === second ? count + 1 : 1
    second = now
    return count > most
  }
}

const isGoodAt = (grant: RealtimeGrant, now: Date): boolean => grant.expiresAt > now

export function openConnection(context: ConnectionContext, serializer: Serializer, line: Line): Connection {
  const { clock, feed, limits, log, tokens } = context
  const channels = new Map<string, Channel>()
  const tooManyMessages = perSecond(clock, limits.messagesPerSecond)
  const tooManyJoins = perSecond(clock, limits.joinsPerSecond)
  let lastHeard = clock.now()
  let isOver = false

  const send = (frame: Frame): void => {
    line.send(writeFrame(serializer, frame))
  }

  /** False for a channel that was left or replaced while something about it was awaited. */
  const isOpen = (channel: Channel): boolean => channels.get(channel.topic) === channel

  const forget = (channel: Channel): void => {
    if (!isOpen(channel)) return
    channels.delete(channel.topic)
    context.channels.count -= 1
    channel.stop()
  }

  const end = (): void => {
    isOver = true
    for (const channel of [...channels.values()]) forget(channel)
  }

  const hangUp = (code: number, reason: string): void => {
    end()
    line.hangUp(code, reason)
  }

  const closeChannel = (channel: Channel): void => {
    forget(channel)
    send(close(channel.topic, channel.joinRef))
  }

  /** Ends a channel that its client would like to keep, and says why. */
  const endChannel = (channel: Channel, message: string): void => {
    send(system(channel.topic, { extension: 'system', status: 'error', message }))
    closeChannel(channel)
  }

  const tell = (channel: Channel, event: StatusEvent): void => {
    const { grant, subscriptions, topic } = channel
    const ids = idsFor(subscriptions, event)
    if (!grant || !isGoodAt(grant, clock.now()) || ids.length === 0) return
    send(push(topic, 'postgres_changes', writeChange(event, grant.referenceId, ids)))
  }

  /** Why the join was refused, or undefined once it is answered or nobody waits for it any more. */
  const admit = async (frame: Frame, channel: Channel, request: JoinRequest): Promise<string | undefined> => {
    const { token } = request
    const grant = token === undefined ? undefined : await tokens.verify(token)
    if (!grant) return invalidToken
    const verdict = judgeJoin(request, grant)
    if (verdict.kind === 'refused') return verdict.reason
    const subject = { ...grant, referenceId: grant.referenceId.toLowerCase() }
    const position = await feed.position(subject)
    if (!isOpen(channel)) return undefined
    // From the position on nothing is missed, and nothing is told before the answer is out.
    const { subscriptions } = verdict
    Object.assign(channel, { grant, token, subscriptions })
    send(reply(frame, 'ok', writeSubscriptions(subscriptions)))
    if (subscriptions.length === 0) return undefined
    send(system(channel.topic, { extension: 'postgres_changes', status: 'ok', message: 'Subscribed to PostgreSQL' }))
    channel.stop = feed.watch(subject, position, (event) => {
      tell(channel, event)
    })
    return undefined
  }

  const refuse = (frame: Frame, reason: string): void => {
    send(reply(frame, 'error', { reason }))
  }

  const join = (frame: Frame): void => {
    if (tooManyJoins()) {
      refuse(frame, 'ClientJoinRateLimitReached: too many joins per second')
      hangUp(policyViolation, 'too many joins per second')
      return
    }
    const request = readJoin(frame)
    const former = channels.get(frame.topic)
    if (former) closeChannel(former)
    if (request.kind === 'refused') {
      refuse(frame, request.reason)
      return
    }
    if (channels.size >= limits.channelsPerConnection || context.channels.count >= limits.channels) {
      refuse(frame, 'ChannelRateLimitReached: too many channels')
      return
    }
    const { topic, joinRef, ref } = frame
    const channel: Channel = {
      topic,
      joinRef: joinRef ?? ref,
      subscriptions: [],
      grant: undefined,
      token: undefined,
      stop: () => undefined,
    }
    channels.set(topic, channel)
    context.channels.count += 1
    const fail = (reason: string): void => {
      if (!isOpen(channel)) return
      forget(channel)
      refuse(frame, reason)
    }
    admit(frame, channel, request).then(
      (reason) => {
        if (reason !== undefined) fail(reason)
      },
      (error: unknown) => {
        log.error({ err: error }, 'a realtime channel could not be joined')
        fail('UnknownErrorOnChannel: try again')
      },
    )
  }

  const leave = (frame: Frame): void => {
    const channel = channels.get(frame.topic)
    send(reply(frame, 'ok'))
    // A leave that names an older join is about a channel that was replaced already.
    if (channel && (frame.joinRef === null || frame.joinRef === channel.joinRef)) closeChannel(channel)
  }

  /** Clients show the anonymous key, or one of its kind, where they have no token: that takes nothing away. */
  const isToken = (value: unknown): value is string =>
    typeof value === 'string' && value !== context.anonKey && !value.startsWith('sb_')

  const renew = async (channel: Channel, token: string): Promise<void> => {
    const grant = await tokens.verify(token)
    if (!isOpen(channel) || !channel.grant) return
    if (!grant) {
      endChannel(channel, invalidToken)
      return
    }
    if (!isSameKey(grant, channel.grant)) {
      endChannel(channel, foreignToken)
      return
    }
    channel.token = token
    // Whichever ends later: an older token may be verified after a newer one.
    if (grant.expiresAt > channel.grant.expiresAt) channel.grant = grant
  }

  const takeToken = ({ topic, payload }: Frame): void => {
    const token = payload['access_token']
    const channel = channels.get(topic)
    if (!channel?.grant || !isToken(token) || token === channel.token) return
    renew(channel, token).catch((error: unknown) => {
      log.error({ err: error }, 'a realtime token could not be renewed')
    })
  }

  const handle = (frame: Frame): void => {
    if (frame.topic === 'phoenix' && frame.event === 'heartbeat') send(reply(frame, 'ok'))
    else if (frame.event === 'phx_join') join(frame)
    else if (frame.event === 'phx_leave') leave(frame)
    else if (frame.event === 'access_token') takeToken(frame)
    else if (frame.ref !== null) refuse(frame, 'this server sends changes and takes no messages')
  }

  return {
    receive(text) {
      if (isOver) return
      lastHeard = clock.now()
      if (tooManyMessages()) {
        for (const channel of [...channels.values()]) endChannel(channel, 'Too many messages per second')
        hangUp(policyViolation, 'too many messages per second')
        return
      }
      const frame = readFrame(serializer, text)
      if (frame) handle(frame)
      else hangUp(unreadable, 'that was no frame')
    },
    sweep() {
      const now = clock.now()
      if (now.getTime() - lastHeard.getTime() > limits.silenceMs) {
        hangUp(policyViolation, 'no heartbeat')
        return
      }
      for (const channel of [...channels.values()]) {
        if (!channel.grant || isGoodAt(channel.grant, now)) continue
        const seconds = Math.floor((now.getTime() - channel.grant.expiresAt.getTime()) / 1000)
        endChannel(channel, `Token has expired ${seconds} seconds ago`)
      }
    },
    end,
  }
}
