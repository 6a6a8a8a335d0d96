import { ACCESS_BUGS } from './access-bugs.ts'
import { type Bug } from './bug.ts'
import { CONTACT_BUGS } from './contact-bugs.ts'
import { DELIVERY_BUGS } from './delivery-bugs.ts'
import { INTAKE_BUGS } from './intake-bugs.ts'
import { INVARIANT_BUGS } from './invariant-bugs.ts'

export const BUGS: readonly Bug[] = [
  ...INTAKE_BUGS,
  ...CONTACT_BUGS,
  ...DELIVERY_BUGS,
  ...INVARIANT_BUGS,
  ...ACCESS_BUGS,
]
