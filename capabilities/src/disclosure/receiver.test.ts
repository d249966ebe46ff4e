import { describe, expect, it } from 'vitest';
import { faultOfUrl, isReachable, readAllowed } from './receiver.ts';

const NONE = readAllowed('');

describe('an address', () => {
  it('is posted to when it is public', () => {
    for (const address of [
      '8.8.8.8',
      '93.184.216.34',
      '172.15.0.1',
      '172.32.0.1',
      '2606:4700::6810:84e5',
      '::ffff:8.8.8.8',
    ])
      expect([address, isReachable(address, 'example.com', NONE)]).toEqual([address, true]);
  });

  it('is not when it lies in a network of somebody’s own, at a cloud’s metadata, or leads there', () => {
    const own = [
      '127.0.0.1',
      '127.9.9.9',
      '0.0.0.0',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
    ];
    const special = [
      '100.100.100.200',
      '192.0.0.192',
      '198.18.0.1',
      '224.0.0.1',
      '240.0.0.1',
      '255.255.255.255',
      '203.0.113.9',
    ];
    const six = [
      '::1',
      '::',
      'fe80::1',
      'fc00::1',
      'fd00:ec2::254',
      'ff02::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '64:ff9b::7f00:1',
    ];
    const mapped = ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:169.254.169.254', '::127.0.0.1', 'nonsense', ''];
    for (const address of [...own, ...special, ...six, ...mapped])
      expect([address, isReachable(address, 'example.com', NONE)]).toEqual([address, false]);
  });

  it('of the own network is when the operator names it, or the name that leads there', () => {
    const allowed = readAllowed('10.0.0.0/8, 192.168.1.7,erp.internal, fd00::/8');
    expect(isReachable('10.1.2.3', 'x.example', allowed)).toBe(true);
    expect(isReachable('::ffff:10.1.2.3', 'x.example', allowed)).toBe(true);
    expect(isReachable('192.168.1.8', 'x.example', allowed)).toBe(false);
    expect(isReachable('192.168.1.8', 'erp.internal', allowed)).toBe(true);
    expect(isReachable('fd12::1', 'x.example', allowed)).toBe(true);
    expect(() => readAllowed('10.0.0.0/8 192.168.1.7')).toThrow('neither');
    expect(() => readAllowed('10.0.0.0/99')).toThrow();
  });
});

it('a URL says what is wrong with it', () => {
  const allowed = readAllowed('127.0.0.1,erp.internal');
  const faults = {
    'https://example.com/hook?a=b': undefined,
    'https://example.com:8443/': undefined,
    'http://erp.internal/hook': undefined,
    'http://127.0.0.1:8080/': undefined,
    'http://example.com/': 'HTTPS_REQUIRED',
    'https://user:secret@example.com/': 'BAD_FORMAT',
    'https://example.com/#part': 'BAD_FORMAT',
    'ftp://example.com/': 'BAD_FORMAT',
    'example.com': 'BAD_FORMAT',
    'https://10.0.0.1/': 'ADDRESS_REFUSED',
    'https://[::1]/': 'ADDRESS_REFUSED',
    'https://0x7f.1:99/': undefined,
    'https://2130706434/': 'ADDRESS_REFUSED',
    'https://[::ffff:a00:1]/': 'ADDRESS_REFUSED',
  };
  for (const [url, fault] of Object.entries(faults)) expect([url, faultOfUrl(url, allowed)]).toEqual([url, fault]);
});

it('a name of the own network is refused where nothing of it may be posted to', () => {
  const names = ['localhost', 'LOCALHOST.', 'crm.localhost', 'printer.local', 'erp.internal', 'nas.home.arpa', 'crm'];
  const fault = (name: string, allow: string) => faultOfUrl(`https://${name}/`, readAllowed(allow));
  for (const name of names)
    expect([name, fault(name, ''), fault(name, '10.0.0.0/8')]).toEqual([name, 'ADDRESS_REFUSED', undefined]);
  for (const name of ['localhost.example', 'my-local', 'internal.example.com'])
    expect([name, fault(name, 'erp.internal')]).toEqual([name, name.includes('.') ? undefined : 'ADDRESS_REFUSED']);
  expect(fault('erp.internal', 'erp.internal')).toBeUndefined();
});
