export { bookFormats, exportBooks } from './export.ts'
export { createSealer } from './seal.ts'
export { type NotedSeal, verifyBooks } from './verify.ts'
