import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedFile {
  /** Its Content-Type. */
  readonly type: string;
  readonly body: string | Uint8Array;
}

export interface FileServer {
  /** Without a slash at the end. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves files by their path on a free port of this machine only. */
export async function serveFiles(files: ReadonlyMap<string, ServedFile>): Promise<FileServer> {
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '/');
    response.writeHead(file === undefined ? 404 : 200, {
      'Content-Type': file?.type ?? 'text/plain',
    });
    response.end(request.method === 'HEAD' ? undefined : file?.body);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
