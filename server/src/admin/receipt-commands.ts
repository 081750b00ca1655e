import { listReceiptKeys, type ReceiptKey, retireKey } from '../receipts/index.ts'
import { type Commands, requiredText, writeMoment } from './command.ts'

const describe = ({ id, createdAt, retiredAt, withdrawnAt }: ReceiptKey) => ({
  key: id,
  made: writeMoment(createdAt),
  retired: writeMoment(retiredAt),
  withdrawn: writeMoment(withdrawnAt),
})

export const receiptCommands: Commands = {
  'receipt-keys list': {
    usage: '',
    does: 'Lists the keys that sign or have signed receipts.',
    run: async ({ db }) => (await listReceiptKeys(db)).map(describe),
  },
  'receipt-keys retire': {
    usage: '--key ID',
    does: 'Ends a key that the database keeps: it signs nothing more, and what it signed stays genuine.',
    run: async (context, flags) => describe(await retireKey(context, requiredText(flags, 'key'), false)),
  },
  'receipt-keys withdraw': {
    usage: '--key ID',
    does: 'Ends a key that somebody else may have, and publishes it no longer.',
    run: async (context, flags) => describe(await retireKey(context, requiredText(flags, 'key'), true)),
  },
}
