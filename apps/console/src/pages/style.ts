/** The look of the server's own pages. Colours come in pairs for light and dark; contrasts are 4.5 : 1 and more. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f4f5f7, #14171c);
  --card: light-dark(#ffffff, #1d2128);
  --text: light-dark(#1b1f24, #e8eaed);
  --quiet: light-dark(#545d69, #a4adb9);
  --line: light-dark(#d5d9df, #383f4a);
  --strong: light-dark(#12694f, #57c79f);
  --on-strong: light-dark(#ffffff, #0c1a14);
  --bad: light-dark(#a3221a, #ff9d93);
  --bad-soft: light-dark(#fdecea, #3a1f1d);
  --good-soft: light-dark(#e6f4ee, #17322a);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
header.top { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; padding: .75rem 1.25rem; background: var(--card); border-bottom: 1px solid var(--line); }
header.top .brand { font-weight: 650; color: inherit; text-decoration: none; }
header.top nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; flex: 1; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1.25rem; }
main.narrow { max-width: 27rem; margin-block: clamp(1.5rem, 10vh, 7rem) 2rem; }
.brandline { display: flex; gap: .6rem; align-items: center; font-weight: 650; margin: 0 0 1rem; }
.mark { display: inline-block; inline-size: 1.5rem; block-size: 1.5rem; border-radius: .4rem; background: var(--strong); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
p { margin: 0 0 1rem; }
.quiet { color: var(--quiet); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem; margin: 0 0 1.25rem; }
.cards { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
label { display: block; font-weight: 550; margin: 0 0 .25rem; }
input:not([type=hidden]) { display: block; inline-size: 100%; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--quiet); border-radius: .5rem; padding: .6rem .75rem; margin: 0 0 1rem; min-block-size: 2.75rem; }
input.code { font-size: 1.25rem; letter-spacing: .15em; }
.hint { color: var(--quiet); font-size: .9rem; margin: -.6rem 0 1rem; }
button, a.button { display: inline-block; font: inherit; font-weight: 600; text-align: center; text-decoration: none; border-radius: .5rem; border: 1px solid var(--quiet); background: transparent; color: inherit; padding: .6rem 1rem; min-block-size: 2.75rem; cursor: pointer; }
button.primary { background: var(--strong); border-color: var(--strong); color: var(--on-strong); }
button.wide { inline-size: 100%; }
button.danger { color: var(--bad); border-color: var(--bad); }
button:hover, a.button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px; }
a { color: var(--strong); }
.notice { border-radius: .5rem; padding: .75rem 1rem; margin: 0 0 1rem; background: var(--good-soft); }
.notice.bad { background: var(--bad-soft); color: var(--bad); font-weight: 550; }
.or { display: flex; align-items: center; gap: .75rem; color: var(--quiet); margin: 1rem 0; }
.or::before, .or::after { content: ''; flex: 1; border-block-start: 1px solid var(--line); }
dl.counts { display: grid; grid-template-columns: 1fr auto; gap: .35rem 1rem; margin: 0; }
dl.counts dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; text-align: end; }
dl.counts .some { color: var(--bad); }
.badge { display: inline-block; border: 1px solid var(--quiet); border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; font-weight: 550; }
.badge.live { border-color: var(--strong); color: var(--strong); }
.cards > .card { margin: 0; }
.cards { margin-block-end: 1.25rem; }
.scroll { overflow-x: auto; }
div.scroll { margin-block-end: 1rem; }
dl + p, ul:last-child { margin-block: .75rem 0; }
.badge { white-space: nowrap; }
table { border-collapse: collapse; inline-size: 100%; }
th, td { text-align: start; padding: .5rem .75rem .5rem 0; border-block-end: 1px solid var(--line); vertical-align: top; }
th { font-size: .85rem; color: var(--quiet); }
td form { margin: 0; }
code, .secret { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.secret { display: block; background: var(--page); border: 1px dashed var(--quiet); border-radius: .5rem; padding: .75rem 1rem; margin: 0 0 1rem; }
ul.codes { columns: 2; list-style: none; padding: 0; font: 1.05rem/2 ui-monospace, monospace; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; }
[hidden] { display: none !important; }
@media (max-width: 40rem) { header.top nav { order: 1; flex-basis: 100%; } header.top .brand { flex: 1; } }
@media (prefers-reduced-motion: no-preference) { button, a.button { transition: filter .15s; } }
@media (forced-colors: active) { .mark { background: Highlight; } }
`.trimStart();
