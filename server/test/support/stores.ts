/**
 * Steps of other slices, for tests that set one slice against another: inside the server a slice is entered by its front
 * door only.
 */
export { receiveCallbacks } from '../../src/callbacks/store.ts'
export { expireSessions, insertCheckoutSessions } from '../../src/sessions/store.ts'
export { cancelSource } from '../../src/sources/service.ts'
export { changeWalletStatus } from '../../src/wallets/service.ts'
export { predictAmount, predictSource } from '../../src/predictions/service.ts'
export { findPayment } from '../../src/receipts/store.ts'
