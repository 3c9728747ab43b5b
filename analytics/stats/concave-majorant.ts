// The least concave majorant: the lowest concave curve that no given point lies above.
//
// The question it answers: how high is a curve at most, when it may rise ever more slowly, but never faster again? It is the upper
// half of the points' convex hull, with straight lines between them.
// Source: Andrew, "Another efficient algorithm for convex hulls in two dimensions", Information Processing Letters 9 (1979).
// It lies on or above all points, so a quantity that it replaces has to be scaled back to its sum.
//
// Example: through (0, 0), (1, 1), (2, 1), (3, 3) it leads (0, 0), (3, 3): at 2 it is 2.

export interface Point {
  x: number;
  y: number;
}

/** @param points rising in x, each x once */
export function findConcaveMajorant(points: readonly Point[]): Point[] {
  const hull: Point[] = [];
  for (const point of points) {
    for (;;) {
      const [before, last] = hull.slice(-2);
      if (before === undefined || last === undefined || liesAbove(last, before, point)) break;
      hull.pop();
    }
    hull.push(point);
  }
  return hull;
}

/** On the straight lines between the points; beyond the first and the last as high as these. */
export function interpolate(points: readonly Point[], x: number): number {
  const after = points.findIndex((point) => point.x >= x);
  const right = points[after];
  const left = points[after - 1];
  if (right === undefined) return points.at(-1)?.y ?? 0;
  if (left === undefined) return right.y;
  return left.y + ((right.y - left.y) * (x - left.x)) / (right.x - left.x);
}

/** Whether a point is above the line from one point to another. */
function liesAbove(point: Point, from: Point, to: Point): boolean {
  return (point.y - from.y) * (to.x - from.x) > (to.y - from.y) * (point.x - from.x);
}
