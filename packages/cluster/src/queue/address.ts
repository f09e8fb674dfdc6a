import { GradcamError } from '@gradcam/core';

/** Where the queue is, when no option says so: thus a password need not stand in the list of processes. */
export const VARIABLE = 'GRADCAM_QUEUE';

/** @throws GradcamError `invalid-setting` for what is no address of Redis */
export function queueAddress(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url !== undefined && /^rediss?:$/.test(url.protocol) && url.hostname !== '') return url;
  // What is no address may still hold a password.
  throw new GradcamError('invalid-setting', 'expected the queue as redis://HOST:PORT, or rediss:// for an encrypted connection');
}

/** An address as it may be shown. */
export function shownAddress({ protocol, username, password, host, pathname }: URL): string {
  const user = username === '' && password === '' ? '' : `${username}:***@`;
  return `${protocol}//${user}${host}${pathname === '/' ? '' : pathname}`;
}
