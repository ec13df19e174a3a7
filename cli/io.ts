/** What a command may use of the world around it, handed in so that tests can be that world. */
import type { EpochMs } from '../domain/vocabulary/time.ts';

export type Screen = {
  /** Columns; Infinity where nobody looks at columns. */
  readonly width: number;
  /** Set where more columns are wished for. */
  readonly wide?: true;
  readonly height: number;
  readonly color: boolean;
  /** Whether what was written can be drawn over. */
  readonly live: boolean;
};

export type Say = (line: string) => void;

/** `interrupted`: by Ctrl-C. */
export type Reply = 'yes' | 'no' | 'interrupted';

export type Io = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly screen: Screen;
  /** Moves up so many rows and clears what is below; only where the screen is live. */
  readonly rewind?: (rows: number) => void;
  /** Asks a person; absent where nobody is there to answer. */
  readonly ask?: (question: string) => Promise<Reply>;
  /** How this program was called, as it can be pasted again: `npx slipway`. */
  readonly calledAs: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => EpochMs;
  /** Raised when the person wants the command to end. */
  readonly interrupted: AbortSignal;
};

/** `wide` shortens nothing; `name` is only what other commands take. */
export const outputForms = ['text', 'wide', 'name', 'json', 'yaml'] as const;
export type OutputForm = (typeof outputForms)[number];

/** The flags that every command knows. */
export type Flags = {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly nats?: string;
  readonly temporal?: string;
  readonly dataDir?: string;
  readonly cluster?: string;
  readonly output?: OutputForm;
};

export type Invocation = { readonly io: Io; readonly flags: Flags };

/** What a process ends with (docs/CLI.md). */
export const exits = {
  done: 0,
  error: 1,
  usage: 2,
  refused: 3,
  waiting: 4,
  notFound: 5,
  partial: 6,
  interrupted: 130,
} as const;
export type Exit = (typeof exits)[keyof typeof exits];
