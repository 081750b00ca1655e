export { listWalletBalances } from './store.ts'
