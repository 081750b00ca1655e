import { setUp } from './setup.mjs'

setUp()
await import(new URL('../build/start.js', import.meta.url).href)
