/** A point of a page as it is seen: CSS pixels from the upper left corner of the window. */
export interface Point {
  x: number
  y: number
}

/** A cookie that the page on show would send. */
export interface Cookie {
  name: string
  secure: boolean
  httpOnly: boolean
}

/** The one tab of a person who has never been anywhere. */
export interface Tab {
  /** Opens an address, and waits until the page is complete. */
  goto(url: string): Promise<void>
  reload(): Promise<void>
  back(): Promise<void>
  /**
   * What an expression gives in the page, through JSON; also where pages run no scripts, so it may wait for nothing.
   * Throws while a page is changing.
   */
  evaluate<T>(expression: string): Promise<T>
  /** Clicks with the mouse: once, or so many times in a row. */
  click(at: Point, times?: number): Promise<void>
  /** Presses keys, one after another. */
  type(...keys: string[]): Promise<void>
  cookies(): Promise<Cookie[]>
  /** How large a page may be: no narrower than the engine lets a window be. */
  resize(width: number, height: number): Promise<void>
  /** What is seen of the page, as PNG. */
  screenshot(): Promise<Buffer>
  close(): Promise<void>
}

export interface LaunchOptions {
  /** Whether pages run their scripts, default true. */
  scripts?: boolean
  /** Whether the system is dark, default false. */
  dark?: boolean
}

/** A browser that has been started. */
export interface EngineBrowser {
  /** A person at a time: the tab before has to be closed. */
  openTab(): Promise<Tab>
  close(): Promise<void>
}

/** A browser of Debian that shows the pages as another engine does. Any certificate is good enough for it. */
export interface Engine {
  name: string
  /** Whether this machine has it. */
  here: boolean
  launch(options?: LaunchOptions): Promise<EngineBrowser>
}
