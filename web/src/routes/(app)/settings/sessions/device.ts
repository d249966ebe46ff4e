const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/MicroMessenger\//, 'WeChat'],
  [/HeadlessChrome\/|Chrome\//, 'Chrome'],
  [/Firefox\//, 'Firefox'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** What a person calls the device that a user agent describes: `Chrome · Windows`; empty when it says nothing known. */
export function deviceOf(userAgent: string): { name: string; phone: boolean } {
  const known = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const name = [known(BROWSERS), known(SYSTEMS)].filter(Boolean).join(' · ');
  return { name: name || userAgent.slice(0, 60), phone: /iPhone|Android.*Mobile/.test(userAgent) };
}
