import { afterAll } from 'vitest'
import { endPrograms } from './server-process.ts'

afterAll(endPrograms)
