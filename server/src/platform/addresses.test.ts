import { expect, test } from 'vitest'
import { isPublicAddress, isPublicOrLocalAddress } from './addresses.ts'

test.each(['8.8.8.8', '41.57.94.1', '2606:4700:4700::1111', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8'])(
  '%s is on the internet',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
    expect(isPublicOrLocalAddress(address)).toBe(true)
  },
)

test.each([
  '127.0.0.1',
  '127.255.255.254',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '::1',
  'fd12:3456::1',
  'fc00::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.1.2.3',
  '64:ff9b::10.0.0.1',
])('%s is for development only', (address) => {
  expect(isPublicAddress(address)).toBe(false)
  expect(isPublicOrLocalAddress(address)).toBe(true)
})

test.each([
  '0.0.0.0',
  '0.1.2.3',
  '100.64.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '168.63.129.16',
  '192.0.0.192',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::7f00:1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'fd00:ec2::254',
  '2001:db8::1',
  '2002:7f00:1::',
  '2001::1',
  '64:ff9b::169.254.169.254',
  '::ffff:169.254.169.254',
  '100::1',
  '4000::1',
  'localhost',
  '',
  '1.2.3',
  'not an address',
])('%s is nobody’s', (address) => {
  expect(isPublicAddress(address)).toBe(false)
  expect(isPublicOrLocalAddress(address)).toBe(false)
})
