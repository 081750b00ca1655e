export { listWalletBalances, type WalletBalance } from './store.ts'
