export type { DepositFault, SimulatorStep } from './pawapay/network.ts'
export { type PawapaySimulator, type PawapaySimulatorOptions, startPawapaySimulator } from './pawapay/simulator.ts'
export type { DepositView } from './pawapay/wire.ts'
