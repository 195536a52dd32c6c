import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { moneyText } from '../../format/money.ts';
import { dayText } from '../../format/time.ts';
import { type Day, roundUp, type Span, spansOf } from './scale.ts';

interface BarsProps {
  readonly days: readonly Day[];
  readonly currency: string;
  /** Marked when it is among them. */
  readonly today: string;
}

const HEIGHT = 190;
const FOOT = 24;
const LEFT = 76;
const WEEKS_BELOW = 560;

/** Outline what is expected, filled what arrived; drawn at the width there is, so that words keep their size. */
export function Bars({ days, currency, today }: BarsProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [at, setAt] = useState<number | null>(null);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    if (box.current !== null) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const spans = spansOf(days, width < WEEKS_BELOW);
  const onKey = (event: KeyboardEvent): void => {
    const next = nextOf(event.key, at, spans.length);
    if (next === undefined) return;
    event.preventDefault();
    setAt(next);
  };
  const read = at === null ? undefined : spans[at];
  return (
    <div ref={box} className="bars">
      <div
        className="bars-picture"
        role="application"
        aria-roledescription="chart"
        aria-label={`Expected and arrived, ${currency}. Arrow keys read one bar after the other; the table below holds the same.`}
        tabIndex={0}
        onKeyDown={onKey}
        onBlur={() => setAt(null)}
      >
        {width === 0 ? null : (
          <Picture spans={spans} width={width} currency={currency} today={today} at={at} onAt={setAt} />
        )}
      </div>
      <p className="readout" role="status">
        {read === undefined ? 'Outline: expected. Filled: arrived.' : readoutOf(read, currency)}
      </p>
    </div>
  );
}

function nextOf(key: string, at: number | null, count: number): number | null | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  if (key === 'ArrowRight') return at === null ? 0 : Math.min(at + 1, count - 1);
  if (key === 'ArrowLeft') return at === null ? count - 1 : Math.max(at - 1, 0);
  return key === 'Escape' ? null : undefined;
}

function readoutOf({ from, to, expectedMinor, arrivedMinor }: Span, currency: string): string {
  const days = from === to ? dayText(from) : `${dayText(from)} to ${dayText(to)}`;
  return `${days}: expected ${moneyText(expectedMinor, currency)}, arrived ${moneyText(arrivedMinor, currency)}`;
}

interface PictureProps {
  readonly spans: readonly Span[];
  readonly width: number;
  readonly currency: string;
  readonly today: string;
  readonly at: number | null;
  readonly onAt: (at: number | null) => void;
}

function Picture({ spans, width, currency, today, at, onAt }: PictureProps): ReactNode {
  const end = roundUp(Math.max(...spans.map((span) => Math.max(span.expectedMinor, span.arrivedMinor)), 1));
  const band = (width - LEFT) / Math.max(spans.length, 1);
  const y = (minor: number): number => HEIGHT - (minor / end) * (HEIGHT - 10);
  const every = Math.ceil(64 / band);
  return (
    <svg width={width} height={HEIGHT + FOOT} aria-hidden="true" onPointerLeave={() => onAt(null)}>
      {[0, end / 2, end].map((minor) => (
        <g key={minor}>
          <line className="grid" x1={LEFT} x2={width} y1={y(minor)} y2={y(minor)} />
          <text x={LEFT - 8} y={y(minor) + 4} textAnchor="end">
            {moneyText(Math.round(minor), currency).slice(currency.length + 1)}
          </text>
        </g>
      ))}
      {spans.map((span, index) => (
        <g
          key={span.from}
          className={index === at ? 'is-read' : undefined}
          transform={`translate(${String(LEFT + index * band)} 0)`}
          onPointerEnter={() => onAt(index)}
        >
          <Bar span={span} band={band} y={y} isToday={span.from <= today && today <= span.to} />
          {index % every === 0 && index * band < width - LEFT - 48 ? (
            <text x={band / 2} y={HEIGHT + 17} textAnchor={index === 0 ? 'start' : 'middle'}>
              {dayText(span.from).replace(/,? \d{4}$/, '')}
            </text>
          ) : null}
        </g>
      ))}
    </svg>
  );
}

interface BarProps {
  readonly span: Span;
  readonly band: number;
  readonly y: (minor: number) => number;
  readonly isToday: boolean;
}

function Bar({ span: { expectedMinor, arrivedMinor }, band, y, isToday }: BarProps): ReactNode {
  const gap = Math.min(4, band / 5);
  const size = { x: gap, width: Math.max(1, band - 2 * gap) };
  return (
    <>
      <rect className={isToday ? 'back is-today' : 'back'} width={band} height={HEIGHT} />
      <rect className="arrived" {...size} y={y(arrivedMinor)} height={HEIGHT - y(arrivedMinor)} />
      <rect className="expected" {...size} y={y(expectedMinor)} height={HEIGHT - y(expectedMinor)} />
    </>
  );
}
