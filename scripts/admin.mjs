import { setUp } from './setup.mjs'

setUp()
await import(new URL('../build/admin.js', import.meta.url).href)
