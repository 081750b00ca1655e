import { OperatorError } from '../../../kernel/problem.ts'

/** The database cannot run here as asked; the message says what an operator can do about it. */
export class EmbeddedPostgresError extends OperatorError {
  override readonly name = 'EmbeddedPostgresError'
}

/** Another live process owns the database. */
export class AlreadyOwned extends EmbeddedPostgresError {
  constructor(dataDir: string) {
    super(
      `Another Dollr is running on ${dataDir}. ` +
        'Stop it first, or give this one a data folder of its own with DOLLR_DATA_DIR ("dollr dev": --data-dir).',
    )
  }
}
