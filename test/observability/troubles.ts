import type { Series } from '../support/promtool.ts'

export const HOUR = 60
export const DAY = 24 * HOUR

/** For as long as any test looks. */
export const ON = `x${10 * DAY}`

export const rising = (perStep: number) => `0+${perStep}${ON}`
export const steady = (value: number) => `${value}+0${ON}`

export const reached = (stage: string) => `wauth_funnel_reached_total{stage="${stage}"}`
export const missed = (stage: string, reason: string) =>
  `wauth_funnel_missed_total{stage="${stage}",reason="${reason}"}`
const lookups = (result: string) => `wauth_key_lookups_total{result="${result}"}`
const lookupsWithin = (le: string) =>
  `wauth_http_request_duration_seconds_bucket{listener="internal",route="/v1/keys/lookup",le="${le}"}`
const requests = (status: string) =>
  `wauth_http_request_duration_seconds_count{instance="a",listener="internal",route="/v1/keys/lookup",status="${status}"}`
const arrivals = (status: string) =>
  `wauth_http_request_duration_seconds_count{instance="a",listener="public",route="/wauth",status="${status}"}`
const calls = (answer: string) => `wauth_wazzup_call_duration_seconds_count{answer="${answer}"}`
const keyNeeded = (id: string) => `wauth_encryption_key_needed{key_id="${id}"}`

/** A service that is well, with ten customers in each step. */
export const HEALTHY: Series = {
  'up{job="wauth",instance="a"}': steady(1),
  'wauth_store_up{instance="a"}': steady(1),
  [lookups('current')]: rising(600),
  [lookups('unknown')]: rising(1),
  [lookups('unavailable')]: rising(0),
  [lookupsWithin('0.25')]: rising(600),
  [lookupsWithin('0.5')]: rising(600),
  [lookupsWithin('+Inf')]: rising(600),
  [requests('200')]: rising(600),
  [requests('503')]: rising(0),
  [reached('arrived')]: rising(10),
  [reached('logged_in')]: rising(8),
  [reached('confirmed')]: rising(7),
  [missed('logged_in', 'login_failed')]: rising(1),
  [missed('logged_in', 'login_misconfigured')]: rising(0),
  [missed('logged_in', 'login_unavailable')]: rising(0),
  [missed('connected', 'state_refused')]: rising(1),
  [missed('connected', 'secret_refused')]: rising(0),
  'wauth_upstream_up{instance="a",upstream="login"}': steady(1),
  [calls('2xx')]: rising(100),
  [calls('5xx')]: rising(1),
  'wauth_job_lateness_seconds{job="upload"}': steady(3),
  'wauth_uploads{status="failed"}': steady(0),
  'wauth_webhooks_unregistered{reason="address_refused"}': steady(0),
  'wauth_connections{status="invalid"}': steady(0),
  [keyNeeded('k2')]: steady(1),
  'wauth_log_lines_lost_total{instance="a"}': rising(0),
  'wauth_clock_ahead_seconds{instance="a"}': steady(0.2),
  'wauth_installs_paused{instance="a"}': steady(0),
  [arrivals('303')]: rising(10),
  [arrivals('503')]: rising(0),
  'nodejs_eventloop_lag_p99_seconds{instance="a"}': steady(0.02),
}

interface Trouble {
  series: Series
  /** How long it takes at most to be told, in minutes. */
  within: number
  every?: number
}

/** What each alert is for. */
export const TROUBLES: Record<string, Trouble> = {
  WauthDown: { series: { 'up{job="wauth",instance="a"}': steady(0) }, within: 5 },
  WauthStoreAway: { series: { 'wauth_store_up{instance="a"}': steady(0) }, within: 5 },
  WauthLookupsUnavailable: { series: { [lookups('unavailable')]: rising(1) }, within: 10 },
  WauthLookupsSlow: {
    series: { [lookupsWithin('0.25')]: rising(580), [lookupsWithin('0.5')]: rising(600) },
    within: 15,
  },
  WauthManyUnknownKeys: { series: { [lookups('unknown')]: rising(700) }, within: 20 },
  WauthSecretRefused: { series: { [missed('connected', 'secret_refused')]: `0+0x5 1+0${ON}` }, within: 8 },
  WauthConnectsFail: { series: { [missed('connected', 'state_refused')]: rising(5) }, within: 10 },
  WauthLoginAway: { series: { [missed('logged_in', 'login_unavailable')]: rising(1) }, within: 10 },
  WauthLoginMisconfigured: {
    series: {
      [missed('logged_in', 'login_misconfigured')]: `0+0x5 1+0${ON}`,
      [reached('logged_in')]: steady(0),
      // So that the funnel is too small to be judged.
      [reached('arrived')]: `0+0x5 1+0${ON}`,
      [reached('confirmed')]: steady(0),
      [missed('connected', 'state_refused')]: steady(0),
    },
    within: 8,
  },
  WauthFewLogIn: { series: { [reached('logged_in')]: rising(0) }, within: 15 },
  WauthUpstreamDown: {
    series: { 'wauth_upstream_up{instance="a",upstream="login"}': steady(0) },
    within: 10,
  },
  WauthWazzupAway: { series: { [calls('none')]: rising(150) }, within: 15 },
  WauthJobLate: { series: { 'wauth_job_lateness_seconds{job="upload"}': '0+60x1000' }, within: 20 },
  WauthUploadsFailed: { series: { 'wauth_uploads{status="failed"}': steady(1) }, within: 65 },
  WauthWebhooksUnregistered: {
    series: { 'wauth_webhooks_unregistered{reason="address_refused"}': steady(1) },
    within: 65,
  },
  WauthKeysRefused: {
    series: { 'wauth_connections{status="invalid"}': steady(2) },
    ...{ within: DAY + 10, every: 5 },
  },
  WauthRotationUnfinished: {
    series: { [keyNeeded('k1')]: steady(1) },
    ...{ within: 7 * DAY + 10, every: 5 },
  },
  WauthEventsFailed: { series: { 'wauth_deliveries{status="failed"}': steady(2) }, within: 10 },
  WauthChangesLate: { series: { wauth_change_oldest_seconds: steady(4000) }, within: 10 },
  WauthEventsLate: { series: { wauth_delivery_oldest_seconds: steady(1200) }, within: 10 },
  WauthClockWrong: { series: { 'wauth_clock_ahead_seconds{instance="a"}': steady(-7) }, within: 10 },
  // What it turns away is meant to be, and no trouble of its own.
  WauthInstallsPaused: {
    series: {
      'wauth_installs_paused{instance="a"}': steady(1),
      [arrivals('303')]: rising(0),
      [arrivals('503')]: rising(10),
    },
    within: 65,
  },
  // There is no such series before the first one.
  WauthInternalErrors: { series: { [requests('500')]: `_x5 1+0${ON}` }, within: 8 },
  WauthTurnsAway: { series: { [requests('503')]: rising(100) }, within: 15 },
  WauthLogLost: { series: { 'wauth_log_lines_lost_total{instance="a"}': `0+0x5 3+0${ON}` }, within: 8 },
  WauthEventLoopBlocked: {
    series: { 'nodejs_eventloop_lag_p99_seconds{instance="a"}': steady(0.8) },
    within: 15,
  },
}
