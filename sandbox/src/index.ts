export type { PaymentFault, SimulatorStep } from './pawapay/network.ts'
export { type PawapaySimulator, type PawapaySimulatorOptions, startPawapaySimulator } from './pawapay/simulator.ts'
export type { SignatureEncoding, SignatureFault, SignatureOptions } from './pawapay/signatures.ts'
export type { PaymentView } from './pawapay/wire.ts'
