import { PageHeader } from '../../ui/PageHeader.tsx'

export function Accounts() {
  return <PageHeader title="Accounts" />
}
