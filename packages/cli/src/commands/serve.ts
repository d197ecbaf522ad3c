import type { AddressInfo } from 'node:net';
import { IsometryError, throwIfAborted, type Provider } from '@isometry/core';
import { Command } from 'commander';
import { formatError } from '../error-text.ts';
import { parsePort, providerOption } from '../option-parsers.ts';
import type { CommandContext } from '../terminal.ts';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly provider: readonly Provider[];
}

/** How long requests in flight may take after SIGTERM: Kubernetes kills after 30 s by default. */
const DRAIN_MS = 25_000;

/** `isometry serve MODEL` */
export function serveCommand(context: CommandContext): Command {
  return new Command('serve')
    .description('Answer HTTP requests with a model.')
    .argument('<model>', 'the .onnx file')
    .option('--port <n>', 'TCP port; 0 lets the system choose', parsePort, 8080)
    .option('--host <address>', 'address to listen on; 0.0.0.0 for all', '127.0.0.1')
    .addOption(providerOption())
    .addHelpText(
      'after',
      `
POST /v1/classify takes an image; GET /health/live and /health/ready are for a supervisor. SIGTERM
finishes the requests in flight and ends with exit code 0.

Examples:
  $ isometry serve model.onnx --port 8080
  $ curl --data-binary @photo.jpg -H 'content-type: image/jpeg' http://localhost:8080/v1/classify`,
    )
    .action(async (model: string, options: Options) => {
      await serveModel(context, model, options);
    });
}

async function serveModel(context: CommandContext, model: string, options: Options): Promise<void> {
  const { terminal } = context;
  const { signal } = terminal;
  const [{ createEdgeApp }, { loadClassifier }, { createAdaptorServer }] = await Promise.all([
    import('@isometry/edge'),
    import('@isometry/runtime-node'),
    import('@hono/node-server'),
  ]);
  // Before listening: a wrong path is an error here, not a server that is never ready.
  const classifier = await loadClassifier(model, { providers: options.provider, signal });
  try {
    throwIfAborted(signal);
    const app = createEdgeApp({
      classifier,
      onInternalError: (error) => terminal.err(formatError(error, terminal)),
    });
    const server = createAdaptorServer({ fetch: app.fetch });
    const ended = new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, options)));
      server.once('close', resolve);
    });
    server.listen(options.port, options.host, () => {
      const { address, port } = server.address() as AddressInfo;
      const host = address.includes(':') ? `[${address}]` : address;
      terminal.err(
        `listening on http://${host}:${port} (${classifier.provider}); Ctrl-C ends it\n`,
      );
    });
    const drain = (): void => {
      terminal.err('finishing the requests in flight\n');
      server.close();
      if ('closeIdleConnections' in server) server.closeIdleConnections();
      setTimeout(() => {
        if ('closeAllConnections' in server) server.closeAllConnections();
      }, DRAIN_MS).unref();
    };
    signal.addEventListener('abort', drain, { once: true });
    await ended;
  } finally {
    await classifier.close();
  }
}

function listenError(error: NodeJS.ErrnoException, { host, port }: Options): IsometryError {
  const reason: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program listens there',
    EACCES: 'this user may not listen there',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'this machine has no such address',
  };
  return new IsometryError(
    'OPTION_INVALID',
    `Cannot listen on ${host} port ${port}: ${reason[error.code ?? ''] ?? error.message}.`,
    { hint: 'Give another --port or --host.', cause: error },
  );
}
