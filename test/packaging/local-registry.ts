import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { packedManifest, type PackedPackage } from './packed-workspace.ts';

export interface LocalRegistry {
  /** To be given to npm as `@isometry:registry`: every other package comes from the usual registry. */
  readonly url: string;
  /** Paths that npm asked for, in order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** A registry for the packed packages alone: the two kinds of answer that `npm install` needs. */
export async function serveRegistry(packages: readonly PackedPackage[]): Promise<LocalRegistry> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    requests.push(path);
    // Another run may have this port again, with other tarballs: npm's cache must forget ours.
    response.setHeader('cache-control', 'no-store');
    const wanted = packages.find((one) => path === `/${one.name}` || path === tarballPath(one));
    if (wanted === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    } else if (path === tarballPath(wanted)) {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      createReadStream(wanted.tarball).pipe(response);
    } else {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(packument(wanted, `http://${request.headers.host}`)));
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error) reject(error);
          else resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function tarballPath({ name, version }: PackedPackage): string {
  return `/${name}/-/${name.split('/')[1]}-${version}.tgz`;
}

function packument(packed: PackedPackage, host: string): unknown {
  const { name, version, integrity, shasum } = packed;
  const dist = { tarball: `${host}${tarballPath(packed)}`, integrity, shasum };
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...packedManifest(packed), name, version, dist } },
  };
}
