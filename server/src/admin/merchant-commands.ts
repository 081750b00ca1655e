import { merchantTypes } from '../kernel/enums.ts'
import { OperatorError } from '../kernel/problem.ts'
import * as merchants from '../merchants/index.ts'
import { setPasscode } from '../passcodes/index.ts'
import {
  type Commands,
  merchantId,
  oneOf,
  optionalMerchantId,
  optionalText,
  requiredPhone,
  requiredText,
  UsageError,
  writeMoment,
} from './command.ts'

const showMerchant = (merchant: merchants.Merchant) => ({
  id: Number(merchant.id),
  name: merchant.name,
  type: merchant.type,
  email: merchant.email ?? null,
  phone: merchant.phone ?? null,
  verified: merchant.verifiedAt !== undefined,
  payment_links: merchant.paymentLinksAllowed,
  cards: merchant.cardsAllowed,
  created_at: writeMoment(merchant.createdAt),
})

const showKey = (key: merchants.ApiKey) => ({
  client_id: key.clientId,
  merchant_id: Number(key.merchantId),
  created_at: writeMoment(key.createdAt),
  rotated_at: writeMoment(key.rotatedAt),
  revoked_at: writeMoment(key.revokedAt),
})

/** The only time a secret is shown. */
const showIssued = (key: merchants.IssuedKey) => ({
  client_id: key.clientId,
  client_secret: key.clientSecret,
  merchant_id: Number(key.merchantId),
  created_at: writeMoment(key.createdAt),
})

const shortestCode = 4

export const merchantCommands: Commands = {
  'merchants create': {
    usage: '--name NAME --type ORGANIZATION|MICRO_ORGANIZATION [--verified] [--email EMAIL] [--phone PHONE]',
    does: 'Creates a merchant. Only a verified one is issued keys.',
    run: async (context, flags) =>
      showMerchant(
        await merchants.createMerchant(context, {
          name: requiredText(flags, 'name'),
          type: oneOf(flags, 'type', merchantTypes),
          email: optionalText(flags, 'email'),
          phone: flags['phone'] === undefined ? undefined : requiredPhone(flags),
          verified: flags['verified'] === true,
        }),
      ),
  },
  'merchants verify': {
    usage: '--merchant ID',
    does: "Records that a merchant's identity was approved.",
    run: async (context, flags) => showMerchant(await merchants.verifyMerchant(context, merchantId(flags))),
  },
  'merchants restrict': {
    usage: '--merchant ID',
    does: 'Withdraws the approval: payouts, transfers and refunds are refused at once. Keys stay as they are.',
    run: async (context, flags) => showMerchant(await merchants.restrictMerchant(context, merchantId(flags))),
  },
  'merchants payment-links': {
    usage: '--merchant ID --allow yes|no',
    does: 'Switches payment links and hosted checkout on or off.',
    run: async (context, flags) => {
      const allowed = oneOf(flags, 'allow', ['yes', 'no']) === 'yes'
      return showMerchant(await merchants.allowPaymentLinks(context, merchantId(flags), allowed))
    },
  },
  'merchants cards': {
    usage: '--merchant ID --allow yes|no',
    does: 'Switches payment by card on or off. Off at first.',
    run: async (context, flags) => {
      const allowed = oneOf(flags, 'allow', ['yes', 'no']) === 'yes'
      return showMerchant(await merchants.allowCards(context, merchantId(flags), allowed))
    },
  },
  'merchants list': {
    usage: '',
    does: 'Lists all merchants.',
    run: async (context) => (await merchants.listMerchants(context)).map(showMerchant),
  },
  'passcodes set': {
    usage: '--merchant ID --phone PHONE [--user-id USER_ID]',
    does: 'Sets the passcode that approves payouts, read from standard input, and unlocks it.',
    run: async ({ db, clock, readSecret }, flags) => {
      const owner = {
        merchantId: merchantId(flags),
        phone: requiredPhone(flags),
        userId: optionalText(flags, 'user-id'),
      }
      if (!(await merchants.findMerchant(db, owner.merchantId))) {
        throw new OperatorError(`No merchant has the id ${owner.merchantId}. "merchants list" shows all.`)
      }
      const code = await readSecret()
      if (code.length < shortestCode) throw new UsageError(`A passcode has at least ${shortestCode} characters.`)
      const passcode = await setPasscode(db, { ...owner, code }, clock.now())
      return {
        merchant_id: Number(passcode.merchantId),
        phone: passcode.phone,
        user_id: passcode.userId ?? null,
      }
    },
  },
  'keys issue': {
    usage: '--merchant ID',
    does: 'Issues an API key. Its secret is shown this once.',
    run: async (context, flags) => showIssued(await merchants.issueKey(context, merchantId(flags))),
  },
  'keys rotate': {
    usage: '--client-id CLIENT_ID',
    does: 'Gives a key a new secret, shown this once. The old secret stops at once; tokens live until they expire.',
    run: async (context, flags) => showIssued(await merchants.rotateKey(context, requiredText(flags, 'client-id'))),
  },
  'keys revoke': {
    usage: '--client-id CLIENT_ID',
    does: 'Ends a key and every token it obtained, within five seconds.',
    run: async (context, flags) => showKey(await merchants.revokeKey(context, requiredText(flags, 'client-id'))),
  },
  'keys list': {
    usage: '[--merchant ID]',
    does: 'Lists keys, never their secrets.',
    run: async (context, flags) => (await merchants.listKeys(context, optionalMerchantId(flags))).map(showKey),
  },
}
