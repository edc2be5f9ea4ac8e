/// Least squares by Levenberg and Marquardt (Marquardt 1963, SIAM Journal on Applied Mathematics 11), derivatives by
/// differences. For a handful of parameters and some hundred residuals, once a tick and not in a hot formula.
struct LeastSquares {
  private(set) var parameters: [Double]
  /// The sum of squares.
  private(set) var cost: Double

  /// A residual that is not finite makes the step that led to it fail; the start must have none.
  init(
    from start: [Double], iterations: Int = 200, _ residuals: ([Double]) -> [Double]
  ) throws(QuantError) {
    parameters = start
    var values = residuals(start)
    cost = Self.square(values)
    guard cost.isFinite else { throw .notFinite("the misfit of the fit's start") }
    var damping = 1e-3
    for _ in 0..<iterations {
      let (normal, gradient) = derivatives(values, residuals)
      var improved = false
      for _ in 0..<12 where !improved {
        let trial = step(normal, gradient, damping)
        let next = trial.map { residuals($0) } ?? []
        let nextCost = trial == nil ? .infinity : Self.square(next)
        if let trial, nextCost < cost {
          let gain = cost - nextCost
          (parameters, values, improved) = (trial, next, gain > 1e-15 * cost)
          cost = nextCost
          damping = max(damping * 0.1, 1e-14)
          if !improved { return }
        } else {
          damping = min(max(damping, 1e-9) * 10, 1e12)
        }
      }
      if !improved { return }
    }
  }

  private static func square(_ values: [Double]) -> Double {
    let sum = values.reduce(0) { $0 + $1 * $1 }
    return sum.isNaN ? .infinity : sum
  }

  /// JᵀJ and Jᵀr, by central differences.
  private func derivatives(
    _ values: [Double], _ residuals: ([Double]) -> [Double]
  ) -> (normal: [[Double]], gradient: [Double]) {
    let columns = parameters.indices.map { index in
      let width = 6e-6 * max(1, abs(parameters[index]))
      var moved = parameters
      moved[index] += width
      let above = residuals(moved)
      moved[index] -= 2 * width
      let below = residuals(moved)
      return values.indices.map { (above[$0] - below[$0]) / (2 * width) }
    }
    let normal = columns.map { column in columns.map { other in Self.dot(column, other) } }
    return (normal, columns.map { Self.dot($0, values) })
  }

  private static func dot(_ left: [Double], _ right: [Double]) -> Double {
    var sum = 0.0
    for index in left.indices { sum += left[index] * right[index] }
    return sum.isFinite ? sum : 0
  }

  private func step(_ normal: [[Double]], _ gradient: [Double], _ damping: Double) -> [Double]? {
    var matrix = normal
    for index in parameters.indices { matrix[index][index] += damping * normal[index][index] + 1e-300 }
    guard let change = LinearSystem.solve(matrix, gradient) else { return nil }
    return parameters.indices.map { parameters[$0] - change[$0] }
  }
}

enum LinearSystem {
  /// Gauss with row pivots; nil of a singular matrix.
  static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
    var (rows, values) = (matrix, right)
    for column in rows.indices {
      var pivot = column
      for row in rows.indices where row > column {
        if abs(rows[row][column]) > abs(rows[pivot][column]) { pivot = row }
      }
      guard abs(rows[pivot][column]) > 0, rows[pivot][column].isFinite else { return nil }
      rows.swapAt(column, pivot)
      values.swapAt(column, pivot)
      for row in rows.indices where row > column {
        let factor = rows[row][column] / rows[column][column]
        for index in column..<rows.count { rows[row][index] -= factor * rows[column][index] }
        values[row] -= factor * values[column]
      }
    }
    for row in rows.indices.reversed() {
      for index in (row + 1)..<rows.count { values[row] -= rows[row][index] * values[index] }
      values[row] /= rows[row][row]
    }
    return values.allSatisfy { $0.isFinite } ? values : nil
  }
}
