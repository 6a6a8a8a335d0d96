import { PageHeader } from '../../ui/PageHeader.tsx'

export function OwnAccount() {
  return <PageHeader title="OwnAccount" />
}
