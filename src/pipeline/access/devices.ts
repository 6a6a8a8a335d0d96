import { DEVICE_LIFETIME } from '../../domain/session.ts'
import { deleteOldDevices, findDevice, keepDevice } from '../../store/access/devices.ts'
import { type Sql } from '../../store/engine/database.ts'
import { hashSecret, newSecret } from '../secrets.ts'

/** Browsers of one account; a script that signs in without its cookie must not fill the store. */
const MOST_DEVICES = 50

/** A device that was seen after this time is known. */
export const deviceBounds = (now: number): number => now - DEVICE_LIFETIME

type Proven = {
  readonly account: { readonly id: string; readonly email: string }
  readonly device: string | undefined
}

/** Knows the device of a proof from now on. Gives what its browser keeps: what it had when that is known already. */
export async function rememberDevice(
  tx: Sql,
  { clock }: { readonly clock: () => number },
  { account, device }: Proven,
): Promise<string> {
  const now = clock()
  const isKnown =
    device !== undefined &&
    (await findDevice(tx, { hash: hashSecret(device), email: account.email, seenAfter: deviceBounds(now) }))
  const secret = isKnown ? device : newSecret('crd')
  await keepDevice(tx, { hash: hashSecret(secret), accountId: account.id, seenAt: now })
  await deleteOldDevices(tx, { accountId: account.id, seenUntil: deviceBounds(now), most: MOST_DEVICES })
  return secret
}
