/** A bucket and how it is reached, in the words of the S3 SDK. */
export type Bucket = {
  bucket: string;
  endpoint: string;
  region: string;
  forcePathStyle: boolean;
  /** Without them the SDK looks where it always does: environment, role of the machine. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
};

const WANTED = 'FILES_URL should be s3://key:secret@host/bucket?region=…';

const flag = (url: URL, name: string, fallback: boolean): boolean => {
  const value = url.searchParams.get(name) ?? String(fallback);
  if (value !== 'true' && value !== 'false') throw new Error(`${WANTED}: ${name} is true or false.`);
  return value === 'true';
};

/**
 * `s3://key:secret@host[:port]/bucket?region=…&tls=true&path_style=false`. Throws an Error that says what is wrong,
 * never with the secret in it.
 */
export const parseBucket = (text: string): Bucket => {
  if (!URL.canParse(text)) throw new Error(`${WANTED}.`);
  const url = new URL(text);
  const bucket = decodeURIComponent(url.pathname.slice(1));
  if (url.protocol !== 's3:') throw new Error(`${WANTED}, not ${url.protocol}//.`);
  if (!url.host) throw new Error(`${WANTED}: the host is missing.`);
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw new Error(`${WANTED}: the bucket is missing or has no proper name.`);
  if (!url.username !== !url.password) throw new Error(`${WANTED}: key and secret come together.`);
  return {
    bucket,
    endpoint: `${flag(url, 'tls', true) ? 'https' : 'http'}://${url.host}`,
    region: url.searchParams.get('region') ?? 'us-east-1',
    forcePathStyle: flag(url, 'path_style', false),
    ...(url.username && {
      credentials: {
        accessKeyId: decodeURIComponent(url.username),
        secretAccessKey: decodeURIComponent(url.password),
      },
    }),
  };
};
