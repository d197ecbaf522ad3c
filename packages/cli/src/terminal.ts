/** Where a command writes, so that it can run inside a test or another program. */
export interface Terminal {
  /** Results: stdout. */
  out(text: string): void;
  /** Progress, warnings, errors: stderr. */
  err(text: string): void;
  /** Whether stderr is a terminal that redraws lines. */
  readonly redraws: boolean;
  /** Whether stderr and stdout take colours. */
  readonly colors: boolean;
  /** Width of stderr in characters; 80 when it is not known. */
  readonly columns: number;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** What every command is built with. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** The exit code of a command that ends without throwing. */
  exitCode: number;
}
