import { Problem } from '../kernel/problem.ts'

/** A wrong code, a phone without a passcode, or too many wrong codes lately: a caller cannot tell which. */
export class PasscodeInvalid extends Problem {
  constructor() {
    super('forbidden', 'Invalid passcode')
  }
}
