import type { Point } from './tab.ts'

/** Keys that write nothing, as WebDriver names them (section 17.4.2). */
export const KEY = { tab: '\uE004', enter: '\uE007' }

/** What both protocols call a list of actions, for the mouse. */
export const clicks = ({ x, y }: Point, times: number) => [
  {
    ...{ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' } },
    actions: [
      { type: 'pointerMove', duration: 0, x: Math.round(x), y: Math.round(y) },
      ...Array.from({ length: times }, () => [
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ]).flat(),
    ],
  },
]

/** The same for the keyboard. */
export const keystrokes = (keys: string[]) => [
  {
    ...{ type: 'key', id: 'keyboard' },
    actions: keys.flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]),
  },
]
