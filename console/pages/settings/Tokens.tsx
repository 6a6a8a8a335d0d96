import { PageHeader } from '../../ui/PageHeader.tsx'

export function Tokens() {
  return <PageHeader title="Tokens" />
}
