import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GradcamError } from '@gradcam/core';

/**
 * Has a server listen.
 *
 * @param port 0: any that is free
 * @returns its address, `http://127.0.0.1:7411/`
 * @throws GradcamError `network` where the port is taken or the host is not this machine's
 */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new GradcamError('network', whyNot(error, host, port), { cause: error })),
    );
    server.listen(port, host, resolve);
  });
  const { address, family, port: given } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${given}/`;
}

function whyNot({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `port ${port} is taken by another program; give another with --port, or none, and a free one is found`;
  if (code === 'EACCES') return `port ${port} is not open to this user; give one from 1024 up with --port`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `'${host}' is no address of this machine; leave --host out for 127.0.0.1`;
  return `the server could not be started on ${host}, port ${port}: ${message}`;
}

/** Whether only this machine is reached by a name. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);
}
