/** Why a runner lets go of an upload before its plan is done. */
export type Stop =
  /** The claim is gone: disconnected, started anew, or taken over. Nothing more may be sent. */
  | { kind: 'gone' }
  /** Wazzup refuses the apiKey. */
  | { kind: 'key_refused' }
  /** To go on later. `tried`: an unusable answer, which may not come too often; otherwise only a matter of time. */
  | { kind: 'later'; code: string; status: number | null; wait: number | null; tried: boolean }

/** Others have been waiting: the upload takes its turn again behind them. */
export const TURN_OVER: Stop = { kind: 'later', code: 'turn_over', status: null, wait: 0, tried: false }
