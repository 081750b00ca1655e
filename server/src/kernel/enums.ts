/** The contract's closed lists of words, in its own spelling. */
export const sourceKinds = ['INVOICE', 'ORDER'] as const
export type SourceKind = (typeof sourceKinds)[number]

/** Listed by the contract's schemas; `SUBSCRIPTION` is understood and refused. */
export const sourceTypes = [...sourceKinds, 'SUBSCRIPTION'] as const
export type SourceType = (typeof sourceTypes)[number]

export const sourceStatuses = ['IDLE', 'ACTIVE', 'PROCESSING', 'PAID', 'CANCELED'] as const
export type SourceStatus = (typeof sourceStatuses)[number]

export const sessionStatuses = ['ACTIVE', 'PROCESSING', 'COMPLETED', 'FAILED', 'EXPIRED'] as const

export const walletStatuses = ['ACTIVE', 'RESTRICTED', 'FROZEN', 'CLOSED'] as const
export type WalletStatus = (typeof walletStatuses)[number]

export const executionStatuses = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'] as const
export type ExecutionStatus = (typeof executionStatuses)[number]

/** What never changes again. */
export const finalStatuses = ['COMPLETED', 'FAILED'] as const satisfies readonly ExecutionStatus[]
export type FinalStatus = (typeof finalStatuses)[number]
export const isFinal = (status: ExecutionStatus): status is FinalStatus => status === 'COMPLETED' || status === 'FAILED'

export const operationTypes = ['COLLECTION', 'PAYOUT', 'TRANSFER', 'REFUND'] as const
export type OperationType = (typeof operationTypes)[number]

export const mobileMoneyMethods = [
  'MTN_MOMO_LBR',
  'ORANGE_MONEY_LBR',
  'AIRTEL_RWA',
  'MTN_MOMO_RWA',
  'ORANGE_MONEY_RWA',
] as const
export type MobileMoneyMethod = (typeof mobileMoneyMethods)[number]

export const paymentMethods = [...mobileMoneyMethods, 'CREDIT_CARD', 'WALLET'] as const
export type PaymentMethod = (typeof paymentMethods)[number]

/** The network that routes a payment, as stored and answered. */
export const providerNames = ['PAWAPAY', 'STRIPE', 'PLATFORM'] as const
export type ProviderName = (typeof providerNames)[number]

/** What callers may write for a provider: the network, or a mobile-money method that implies it. */
export const providerInputs = [...providerNames, ...mobileMoneyMethods] as const
export type ProviderInput = (typeof providerInputs)[number]

export const feeBearers = ['PAYER', 'PAYEE'] as const
export type FeeBearer = (typeof feeBearers)[number]

export const ownerTypes = ['USER', 'MICRO_ORGANIZATION', 'ORGANIZATION'] as const
export type OwnerType = (typeof ownerTypes)[number]

export const merchantTypes = ['MICRO_ORGANIZATION', 'ORGANIZATION'] as const
export type MerchantType = (typeof merchantTypes)[number]

export const relationshipTypes = [
  'CUSTOMER',
  'SUPPLIER',
  'EMPLOYEE',
  'BENEFICIARY',
  'FRIEND',
  'FAMILY',
  'DONOR',
  'DONEE',
  'CONTACT',
  'SERVICE_PROVIDER',
  'PARTNER',
  'SELF',
] as const

/** `OTHER` survives in older clients: taken and echoed, not advertised. */
export type RelationshipType = (typeof relationshipTypes)[number] | 'OTHER'
