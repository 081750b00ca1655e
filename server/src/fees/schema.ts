import { type Static, Type } from 'typebox'
import { operationTypes, ownerTypes, type OwnerType, type PaymentMethod, paymentMethods } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { formatRatio, moneyToNumber, type Ratio } from '../kernel/money.ts'
import { pageQuery } from '../platform/http/paging.ts'
import {
  currencyCode,
  decimalString,
  integerId,
  model,
  nullable,
  oneOf,
  text,
  timestamp,
  writeOptionalTime,
  writeTime,
} from '../platform/http/wire.ts'
import { type FeeRate, type FeeTier as Tier, type GatewayFee, type PlatformFee } from './model.ts'
import { type TierStanding } from './service.ts'

export const GatewayFeeQuery = Type.Object({
  payment_method: oneOf(paymentMethods),
  operation_type: oneOf(operationTypes),
})

export const PlatformFeeQuery = Type.Object({ operation_type: oneOf(operationTypes), fee_tier_name: text })

export const MerchantTierQuery = Type.Object({ owner_type: oneOf(ownerTypes), owner_id: integerId })

export const TierQuery = Type.Object(pageQuery)

const flatPart = {
  fixed_fee: nullable(Type.Number({ description: 'Flat part, in major units.' })),
  fixed_fee_currency: nullable(currencyCode),
}

export const FeeWithProviderResponse = model('FeeWithProviderResponse', {
  id: integerId,
  provider_id: integerId,
  operation_type: oneOf(operationTypes),
  payment_method: oneOf(paymentMethods),
  percentage: Type.Number({ description: 'Percent of the amount.' }),
  created_at: timestamp,
  updated_at: timestamp,
  ...flatPart,
  effective_from: nullable(timestamp),
  effective_to: nullable(timestamp),
})

const tierFields = {
  id: integerId,
  name: text,
  is_default: Type.Boolean({ description: 'Used when no tier is assigned.' }),
  created_at: timestamp,
  updated_at: timestamp,
}

const FeeTier = model('FeeTier', tierFields)

export const FeeTierResponse = model('FeeTierResponse', tierFields)

export const FeeTierRateResponse = model('FeeTierRateResponse', {
  id: integerId,
  operation_type: oneOf(operationTypes),
  percentage: decimalString,
  fx_percentage: decimalString,
  effective_from: timestamp,
  created_at: timestamp,
  payment_method: nullable(oneOf(paymentMethods)),
  ...flatPart,
  effective_to: nullable(timestamp),
  tier: nullable(FeeTier),
})

export const MerchantFeeResponse = model('MerchantFeeResponse', {
  id: Type.Integer({ description: 'Id of the assignment; 0 for a merchant nobody put on a tier.' }),
  owner_type: oneOf(ownerTypes),
  owner_id: integerId,
  assigned_at: Type.String({
    format: 'date-time',
    description: 'For a merchant nobody put on a tier, when the merchant was created.',
  }),
  assigned_by: nullable(text),
  tier: nullable(FeeTier),
})

/** As exact as the column that holds it. */
const writePercentage = (percentage: Ratio): string => formatRatio(percentage, 6)

const writeFlatPart = ({ fixed }: FeeRate) => ({
  fixed_fee: fixed ? moneyToNumber(fixed) : null,
  fixed_fee_currency: fixed?.currency ?? null,
})

/** A row for all methods answers with the method that was asked for. */
export const writeGatewayFee = (fee: GatewayFee, method: PaymentMethod): Static<typeof FeeWithProviderResponse> => ({
  id: Number(fee.id),
  provider_id: Number(fee.providerId),
  operation_type: fee.operation,
  payment_method: fee.method ?? method,
  percentage: Number(writePercentage(fee.percentage)),
  created_at: writeTime(fee.createdAt),
  updated_at: writeTime(fee.updatedAt),
  ...writeFlatPart(fee),
  effective_from: writeTime(fee.effectiveFrom),
  effective_to: writeOptionalTime(fee.effectiveTo),
})

export const writeTier = (tier: Tier): Static<typeof FeeTierResponse> => ({
  id: Number(tier.id),
  name: tier.name,
  is_default: tier.isDefault,
  created_at: writeTime(tier.createdAt),
  updated_at: writeTime(tier.updatedAt),
})

export const writePlatformFee = (fee: PlatformFee): Static<typeof FeeTierRateResponse> => ({
  id: Number(fee.id),
  operation_type: fee.operation,
  percentage: writePercentage(fee.percentage),
  fx_percentage: writePercentage(fee.fxPercentage),
  effective_from: writeTime(fee.effectiveFrom),
  created_at: writeTime(fee.createdAt),
  payment_method: fee.method ?? null,
  ...writeFlatPart(fee),
  effective_to: writeOptionalTime(fee.effectiveTo),
  tier: writeTier(fee.tier),
})

export const writeMerchantTier = (
  standing: TierStanding,
  owner: { readonly id: MerchantId; readonly type: OwnerType },
): Static<typeof MerchantFeeResponse> => ({
  id: Number(standing.id ?? 0),
  owner_type: owner.type,
  owner_id: Number(owner.id),
  assigned_at: writeTime(standing.assignedAt),
  assigned_by: standing.assignedBy ?? null,
  tier: standing.tier ? writeTier(standing.tier) : null,
})
