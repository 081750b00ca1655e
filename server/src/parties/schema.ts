import { type Static } from 'typebox'
import { ownerTypes, type RelationshipType, relationshipTypes } from '../kernel/enums.ts'
import { pageQuery } from '../platform/http/paging.ts'
import {
  countryCode,
  integerId,
  model,
  nullable,
  oneOf,
  optional,
  phone,
  text,
  timestamp,
  writeTime,
} from '../platform/http/wire.ts'
import { type Counterparty, type Party } from './model.ts'

export const relationshipType = oneOf<RelationshipType>([...relationshipTypes, 'OTHER'])

export const CreatePartyPayload = model('CreatePartyPayload', {
  fullname: text,
  phone,
  email: optional(text),
  country_code: optional(countryCode),
})

export const PartyResponse = model('PartyResponse', {
  id: integerId,
  fullname: text,
  created_at: timestamp,
  updated_at: timestamp,
  email: nullable(text),
  phone: nullable(text),
  country_code: nullable(countryCode),
})

export const PartyQuery = model('PartyQuery', { fullname: optional(text), ...pageQuery })

export const CreateCounterPartyPayload = model('CreateCounterPartyPayload', {
  relationship_type: relationshipType,
  party_id: optional(integerId),
})

export const UpdateCounterPartyPayload = model('UpdateCounterPartyPayload', {
  relationship_type: optional(relationshipType),
  party_id: optional(integerId),
})

export const CounterpartyQuery = model('CounterpartyQuery', {
  fullname: optional(text),
  relationship_type: optional(relationshipType),
  ...pageQuery,
})

export const CounterPartyResponse = model('CounterPartyResponse', {
  id: integerId,
  relationship_type: relationshipType,
  party_id: integerId,
  owner_party_type: oneOf(ownerTypes),
  owner_party_id: integerId,
  created_at: timestamp,
  updated_at: timestamp,
})

export const CounterPartyWithPartyResponse = model('CounterPartyWithPartyResponse', {
  ...CounterPartyResponse.properties,
  party: PartyResponse,
})

export const writeParty = (party: Party): Static<typeof PartyResponse> => ({
  id: Number(party.id),
  fullname: party.fullname,
  created_at: writeTime(party.createdAt),
  updated_at: writeTime(party.updatedAt),
  email: party.email ?? null,
  phone: party.phone ?? null,
  country_code: party.countryCode ?? null,
})

export const writeCounterparty = (counterparty: Counterparty): Static<typeof CounterPartyResponse> => ({
  id: Number(counterparty.id),
  relationship_type: counterparty.relationshipType,
  party_id: Number(counterparty.party.id),
  owner_party_type: counterparty.ownerType,
  owner_party_id: Number(counterparty.ownerId),
  created_at: writeTime(counterparty.createdAt),
  updated_at: writeTime(counterparty.updatedAt),
})

export const writeCounterpartyWithParty = (
  counterparty: Counterparty,
): Static<typeof CounterPartyWithPartyResponse> => ({
  ...writeCounterparty(counterparty),
  party: writeParty(counterparty.party),
})
