// A measurement against its floor: a bar, a mark where the floor is, and both in words. Measured is grey whichever side it is on.

interface FloorBarProps {
  /** In the same unit; 0 or more. */
  value: number;
  floor: number;
  /** `93 %`, `70 %` */
  valueText: string;
  floorText: string;
  /** Where the bar ends; without it, as far as the larger of the two needs. */
  end?: number;
}

export function FloorBar({ value, floor, valueText, floorText, end }: FloorBarProps) {
  const length = end ?? Math.max(value, floor) * 1.1;
  const toShare = (amount: number) => `${length === 0 ? 0 : Math.min(amount / length, 1) * 100}%`;
  return (
    <div className="floor-bar" role="img" aria-label={`${valueText} measured, the floor is ${floorText}.`}>
      <div className="floor-track">
        <div className="floor-measured" style={{ width: toShare(value) }} />
        <div className="floor-mark" style={{ left: toShare(floor) }} />
      </div>
      <div className="floor-words labels" aria-hidden="true">
        <span className="number">{valueText}</span>
        <span>floor {floorText}</span>
      </div>
    </div>
  );
}
