import { type Migration } from '../engine/migrate.ts'
import { first } from './0001-first.ts'
import { window } from './0002-window.ts'
import { batch } from './0003-batch.ts'
import { failures } from './0004-failures.ts'
import { accounts } from './0005-accounts.ts'
import { screens } from './0006-screens.ts'
import { tombstone } from './0007-tombstone.ts'
import { retention } from './0008-retention.ts'
import { search } from './0009-search.ts'
import { secret } from './0010-secret.ts'
import { link } from './0011-link.ts'
import { tagClaim } from './0012-tag-claim.ts'
import { contact } from './0013-contact.ts'
import { upgrade } from './0014-upgrade.ts'
import { naming } from './0015-naming.ts'
import { leaving } from './0016-leaving.ts'
import { lease } from './0019-lease.ts'
import { health } from './0020-health.ts'
import { toOwe } from './0021-to-owe.ts'
import { brake } from './0022-brake.ts'
import { whose } from './0023-whose.ts'
import { user } from './0025-user.ts'
import { windowContacts } from './0026-window-contacts.ts'
import { withdrawalOrder } from './0027-withdrawal-order.ts'
import { gone } from './0028-gone.ts'
import { device } from './0030-device.ts'
import { brakedTarget } from './0031-braked-target.ts'
import { erasure } from './0032-erasure.ts'
import { proof } from './0033-proof.ts'

/** In the order in which they are applied; a migration that was released never changes. */
export const migrations: readonly Migration[] = [
  first,
  window,
  batch,
  failures,
  accounts,
  screens,
  tombstone,
  retention,
  search,
  secret,
  link,
  tagClaim,
  contact,
  upgrade,
  naming,
  leaving,
  lease,
  health,
  toOwe,
  brake,
  whose,
  user,
  windowContacts,
  withdrawalOrder,
  gone,
  device,
  brakedTarget,
  erasure,
  proof,
]
