// A polynomial through points by least squares: solved by QR decomposition (modified Gram-Schmidt), because normal equations of
// powers lose half of the digits. Coefficients belong to 1, z, z², …; keep z within -1 to 1.
//
// Source: Golub and Van Loan, Matrix Computations, 4th ed., algorithm 5.2.6.

/**
 * @param points z and what was measured there; more of them than coefficients, at least degree + 1 of them with different z
 * @returns the degree + 1 coefficients of the polynomial with the least sum of squared differences
 * @throws RangeError when the points do not determine it
 */
export function fitPolynomial(
  points: readonly { readonly z: number; readonly value: number }[],
  degree: number,
): number[] {
  const columns = Array.from({ length: degree + 1 }, (_, power) => points.map(({ z }) => z ** power));
  const basis: number[][] = [];
  const triangle: number[][] = [];
  for (const column of columns) {
    let rest = column;
    const row: number[] = [];
    for (const unit of basis) {
      const along = dot(unit, rest);
      row.push(along);
      rest = rest.map((value, at) => value - along * (unit[at] ?? 0));
    }
    const length = Math.sqrt(dot(rest, rest));
    if (length <= 1e-10 * Math.sqrt(points.length))
      throw new RangeError("too few different points for a polynomial of this degree");
    row.push(length);
    basis.push(rest.map((value) => value / length));
    triangle.push(row);
  }
  const values = points.map(({ value }) => value);
  return solveUpper(
    triangle,
    basis.map((unit) => dot(unit, values)),
  );
}

export function evaluatePolynomial(coefficients: readonly number[], z: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * z + coefficient, 0);
}

/** `triangle[j]` is column j of the upper triangle, down to its diagonal. */
function solveUpper(triangle: readonly (readonly number[])[], right: readonly number[]): number[] {
  const solution = right.map(() => 0);
  for (let row = right.length - 1; row >= 0; row -= 1) {
    let sum = right[row] ?? 0;
    for (let column = row + 1; column < right.length; column += 1)
      sum -= (triangle[column]?.[row] ?? 0) * (solution[column] ?? 0);
    solution[row] = sum / (triangle[row]?.[row] ?? 1);
  }
  return solution;
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
}
