import { setUp } from './setup.mjs'

setUp()
await import('../server/dist/admin/main.js')
