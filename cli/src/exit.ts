/** What a script learns from how a command ended. Told in docs/cli.md. */
export const exitCodes = {
  /** Done, or told what was asked. */
  ok: 0,
  /** It was refused, or it failed. */
  failed: 1,
  /** The command line asks for nothing that there is. */
  usage: 2,
  /** Nobody can say yet how it ended. Ask again before anything is paid again. */
  unknown: 3,
  /** No server answered. */
  unreachable: 4,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Ends a command with one clear line, and with an exit code. */
export class CommandFailed extends Error {
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = exitCodes.failed) {
    super(message)
    this.exitCode = exitCode
  }
}
