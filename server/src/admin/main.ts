import { argv } from 'node:process'
import { runAdmin } from './run.ts'

await runAdmin(argv.slice(2), 'npm run --silent admin --')
