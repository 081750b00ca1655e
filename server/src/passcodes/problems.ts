import { OperatorError, Problem } from '../kernel/problem.ts'

/** A wrong code, a phone without a passcode, or too many wrong codes lately: a caller cannot tell which. */
export class PasscodeInvalid extends Problem {
  constructor() {
    super('forbidden', 'Invalid passcode')
  }
}

/** One user id names one approver: with two it would not be said whose code is asked for. */
export class UserIdTaken extends OperatorError {
  constructor(userId: string) {
    super(`The user id "${userId}" belongs to another phone's passcode.`)
  }
}
