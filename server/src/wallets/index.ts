export { type Wallet } from './model.ts'
export { walletRoutes } from './routes.ts'
export { changeWalletStatus, openSandboxWallets } from './service.ts'
export { findPartyWalletStatus, findWallet, findWalletIn, listAllWallets } from './store.ts'
