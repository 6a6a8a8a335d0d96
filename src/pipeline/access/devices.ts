import { DEVICE_LIFETIME } from '../../domain/session.ts'
import { deleteOldDevices, findDevice, keepDevice } from '../../store/access/devices.ts'
import { type Sql } from '../../store/engine/database.ts'
import { hashSecret, newSecret } from '../secrets.ts'

/** Browsers of one account; a script that signs in without its cookie must not fill the store. */
const MOST_DEVICES = 50

type Deps = { readonly clock: () => number }

type Claimed = { readonly email: string; readonly device: string | undefined }

/** The hash of a device that proved the account of this address before; undefined when it is not known. */
export async function knownDevice(sql: Sql, { clock }: Deps, { email, device }: Claimed): Promise<string | undefined> {
  if (device === undefined) return undefined
  const hash = hashSecret(device)
  return (await findDevice(sql, { hash, email, seenAfter: clock() - DEVICE_LIFETIME })) ? hash : undefined
}

type Proven = {
  readonly account: { readonly id: string; readonly email: string }
  readonly device: string | undefined
}

/** Knows the device of a proof from now on. Gives what its browser keeps: what it had when that is known already. */
export async function rememberDevice(tx: Sql, { clock }: Deps, { account, device }: Proven): Promise<string> {
  const known = await knownDevice(tx, { clock }, { email: account.email, device })
  const secret = known !== undefined && device !== undefined ? device : newSecret('crd')
  const seenAt = clock()
  await keepDevice(tx, { hash: hashSecret(secret), accountId: account.id, seenAt })
  await deleteOldDevices(tx, { accountId: account.id, seenUntil: seenAt - DEVICE_LIFETIME, most: MOST_DEVICES })
  return secret
}
