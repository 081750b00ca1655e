import { argv, env, exit, stderr } from 'node:process'
import { run } from './run.ts'
import { type Role } from './start.ts'

const roles: readonly Role[] = ['serve', 'work', 'all']

const wanted = argv[2] ?? 'all'
const role = roles.find((each) => each === wanted)
if (role === undefined) {
  stderr.write(`Usage: main.js [${roles.join(' | ')}]\n`)
  exit(1)
}

await run({
  env,
  role,
  announce: ({ url }) => stderr.write(url === undefined ? 'Dollr works.\n' : `Dollr serves ${url}\n`),
})
