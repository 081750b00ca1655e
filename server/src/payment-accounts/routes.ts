import { type Static, Type } from 'typebox'
import { operationTypes, paymentMethods, providerInputs, providerNames } from '../kernel/enums.ts'
import { type PartyId, readId } from '../kernel/ids.ts'
import { type Http } from '../platform/http/server.ts'
import {
  countryCode,
  integerId,
  model,
  nullable,
  oneOf,
  optional,
  text,
  timestamp,
  writeTime,
} from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { type PaymentAccount } from './model.ts'
import { type PaymentAccountsContext } from './cards.ts'
import { createPaymentAccount } from './service.ts'

const CreatePaymentAccountPayload = model('CreatePaymentAccountPayload', {
  account_name: text,
  provider: oneOf(providerInputs),
  method: oneOf(paymentMethods),
  party_id: integerId,
  country_code: optional(countryCode),
  insensitive_account_number: optional(text),
  payment_method_id: optional(text),
})

const PaymentAccountResponse = model('PaymentAccountResponse', {
  id: integerId,
  account_name: text,
  provider: oneOf(providerNames),
  method: oneOf(paymentMethods),
  party_id: integerId,
  is_active: Type.Boolean(),
  created_at: timestamp,
  updated_at: timestamp,
  country_code: nullable(countryCode),
})

const writePaymentAccount = (account: PaymentAccount): Static<typeof PaymentAccountResponse> => ({
  id: Number(account.id),
  account_name: account.accountName,
  provider: account.provider,
  method: account.method,
  party_id: Number(account.partyId),
  is_active: account.isActive,
  created_at: writeTime(account.createdAt),
  updated_at: writeTime(account.updatedAt),
  country_code: account.countryCode ?? null,
})

export function paymentAccountRoutes(http: Http, context: PaymentAccountsContext): void {
  http.post(
    '/payment-accounts/create',
    {
      schema: {
        operationId: 'create_payment_account',
        querystring: Type.Object({ operation_type: oneOf(operationTypes) }),
        body: CreatePaymentAccountPayload,
        response: { 200: PaymentAccountResponse },
      },
    },
    async (request) => {
      const { body } = request
      const draft = {
        operation: request.query.operation_type,
        accountName: body.account_name,
        provider: body.provider,
        method: body.method,
        partyId: readId<PartyId>(body.party_id),
        countryCode: body.country_code ?? undefined,
        accountNumber: body.insensitive_account_number ?? undefined,
        paymentMethodId: body.payment_method_id ?? undefined,
      }
      return writePaymentAccount(await createPaymentAccount(context, merchantOf(request).id, draft))
    },
  )
}
