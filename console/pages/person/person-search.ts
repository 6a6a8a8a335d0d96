import { given, textIn, type RawSearch } from '../../search-params.ts'

export const readPersonSearch = (search: RawSearch) => given({ source: textIn(search, 'source') })
