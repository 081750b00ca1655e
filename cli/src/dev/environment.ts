export interface DevOptions {
  readonly port?: string
  readonly host?: string
  readonly dataDir?: string
  readonly delay?: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** What is said on the command line wins over what the shell holds. The server judges both alike. */
export const environmentOf = (env: Environment, { port, host, dataDir, delay }: DevOptions): Environment => ({
  // Somebody looks on, and sees what matters: "dollr logs --follow" tells the rest.
  DOLLR_LOG_LEVEL: 'warn',
  ...env,
  ...(port !== undefined && { PORT: port }),
  ...(host !== undefined && { HOST: host }),
  ...(dataDir !== undefined && { DOLLR_DATA_DIR: dataDir }),
  ...(delay !== undefined && { DOLLR_SANDBOX_DELAY_MS: delay }),
})
