import { setUp } from './setup.mjs'

setUp()

const { serve } = await import('../cli/dist/dev/serve.js')
const { bannerOf } = await import('../cli/dist/dev/banner.js')

await serve(process.env, (server) => process.stdout.write(bannerOf(server)))
