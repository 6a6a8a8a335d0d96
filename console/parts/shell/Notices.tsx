import { Notifications } from '@mantine/notifications'

/** What happened beside the page. */
export function Notices() {
  return <Notifications position="bottom-right" />
}
