/** What every set-up part takes. */
export interface SetupOptions {
  /** Where the packages of the user's project are looked for. @defaultValue the working directory */
  readonly cwd?: string | undefined;
  /** @defaultValue `process.env` */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Is told in one line what is being done, and why. */
  readonly onStep?: ((line: string) => void) | undefined;
  /** Aborts with code `ABORTED`; nothing half-made is left in use. */
  readonly signal?: AbortSignal | undefined;
}

/** How a set-up part ended. A part that failed throws `SETUP_FAILED` instead. */
export interface SetupResult {
  /** `skipped`: this machine cannot have it, and what needs it says so in turn. */
  readonly status: 'ready' | 'skipped';
  /** One line: what is there, or why not. */
  readonly detail: string;
  /** What to install, when it was skipped. */
  readonly hint?: string;
}

/** {@link SetupOptions} with the defaults filled in. */
export interface SetupContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

export function toSetupContext(options: SetupOptions): SetupContext {
  return {
    cwd: options.cwd ?? process.cwd(),
    env: options.env ?? process.env,
    say: options.onStep ?? ((): void => {}),
    signal: options.signal,
  };
}
