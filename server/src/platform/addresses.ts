import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Decides whether strangers may make this server connect to an address. */
export type AddressRule = (address: string) => boolean

/** Where clouds tell machines their secrets, in ranges that look like any other. */
const metadataServices = ['168.63.129.16', 'fd00:ec2::254'].map((address) => ipaddr.parse(address))

/** All of IPv6 that was ever handed out to somebody. */
const globalIpv6 = ipaddr.IPv6.parseCIDR('2000::/3')

const isMetadata = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  metadataServices.some((each) => each.toNormalizedString() === address.toNormalizedString())

/** What an address stands for: one of IPv4 written as IPv6, as itself or for a translator (NAT64), is judged as IPv4. */
function meant(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!(address instanceof ipaddr.IPv6)) return address
  const range = address.range()
  if (range === 'ipv4Mapped') return address.toIPv4Address()
  return range === 'rfc6052' ? new ipaddr.IPv4(address.toByteArray().slice(-4)) : address
}

function rangeOf(text: string): string {
  // The library reads shorthands, too, and what Node.js does not take for an address it looks up.
  if (isIP(text) === 0) return 'no address'
  const address = meant(ipaddr.parse(text))
  if (isMetadata(address)) return 'metadata'
  const range = address.range()
  return address instanceof ipaddr.IPv6 && range === 'unicast' && !address.match(globalIpv6) ? 'unassigned' : range
}

/** The internet, and nothing on this machine or near it. */
export const isPublicAddress: AddressRule = (address) => rangeOf(address) === 'unicast'

const nearby = ['unicast', 'loopback', 'private', 'uniqueLocal']

/** For development: also this machine and its neighbours. Still nothing that hands out a cloud's secrets. */
export const isPublicOrLocalAddress: AddressRule = (address) => nearby.includes(rangeOf(address))
