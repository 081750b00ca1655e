import { env, stdout } from 'node:process'
import { bannerOf } from './banner.ts'
import { serve } from './serve.ts'

/** What `npm start` runs: the sandbox, or whatever the environment says, until it is told to end. */
await serve(env, (server) => stdout.write(bannerOf(server)))
