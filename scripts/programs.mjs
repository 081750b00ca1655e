/** What people start: each is one file in `build`, beside the pieces that several share. */
export const programs = {
  dollr: 'cli/dist/main.js',
  start: 'cli/dist/dev/start.js',
  server: 'server/dist/main.js',
  admin: 'server/dist/admin/main.js',
  simulators: 'sandbox/dist/main.js',
}

/**
 * What the programs find beside them, as packages of their own: machine code, fonts, and what prints receipts, which reads
 * files that belong to it.
 */
export const besides = ['@node-rs/argon2', 'dejavu-fonts-ttf', 'pdfkit']
