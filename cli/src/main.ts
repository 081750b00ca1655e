#!/usr/bin/env node
import { argv, exit, stdout } from 'node:process'
import { runProgram } from './program.ts'

// Whoever reads us may have seen enough: `dollr logs | head`.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  exit(0)
})

process.exitCode = await runProgram(argv.slice(2))
