import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { build } from 'esbuild'
import { besides, programs } from './programs.mjs'

/*
 * Puts each program, and all it needs of others, into few files: a disk gives those faster than two thousand.
 */
const root = join(import.meta.dirname, '..')

/** @param {string} path */
const posix = (path) => path.split(sep).join('/')

/** The folder of the package that a file was taken from, if it is not ours. @param {string} input */
const packageFolderOf = (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]

/** Code finds its files beside where it was written, wherever it was put. @type {import('esbuild').Plugin} */
const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      const folder = posix(relative(root, dirname(path)))
      if (packageFolderOf(folder) !== undefined) return
      const place = `(import.meta.dirname + ${JSON.stringify(`/../${folder}`)})`
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.dirname', place) }
    })
  },
}

/** Packages that are no ES modules ask for these. */
const commonJs = `import { createRequire as createRequireOfBuild } from 'node:module'
const require = createRequireOfBuild(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname`

/** Whose work is in the programs, and on what terms. @param {string[]} inputs */
function notices(inputs) {
  const folders = [...new Set(inputs.flatMap((input) => packageFolderOf(input) ?? []))].sort()
  return folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const files = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    const texts = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim())
    return [`${name} ${version} (${license})`, ...texts].join('\n\n')
  })
}

const outdir = join(root, 'build')
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: programs,
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // A stack still names functions and classes.
  keepNames: true,
  external: [...besides, 'pg-native'],
  banner: { js: commonJs },
  plugins: [places],
  metafile: true,
  logLevel: 'warning',
})
const rule = `\n\n${'-'.repeat(80)}\n\n`
writeFileSync(join(outdir, 'THIRD-PARTY-NOTICES.txt'), `${notices(Object.keys(metafile.inputs)).join(rule)}\n`)

// Pieces of an earlier build go once the new ones are there: whoever starts a program meanwhile finds one of the two.
const written = Object.keys(metafile.outputs).map((output) => posix(relative('build', output)))
for (const file of readdirSync(outdir).filter((each) => each.endsWith('.js') && !written.includes(each)))
  rmSync(join(outdir, file))
