/// Minima of smooth functions of four variables.
enum QuasiNewton {
  /// BFGS with a halving line search (Nocedal and Wright 2006, "Numerical Optimization", algorithm 6.1). The function
  /// may be infinite or NaN where it has no value; such points are stepped back from.
  static func minimum(
    from start: SIMD4<Double>, _ sought: StaticString,
    _ function: (SIMD4<Double>) -> (value: Double, gradient: SIMD4<Double>)
  ) throws(QuantError) -> SIMD4<Double> {
    var point = start
    var (value, gradient) = function(point)
    guard value.isFinite else { throw .noSolution(sought) }
    var inverse = Matrix.identity
    var fresh = true
    for _ in 0..<500 {
      // Far below what double precision resolves in the value of a mean over a series.
      if norm(gradient) < 1e-11 { return point }
      var direction = inverse.times(gradient) * -1
      var descent = dot(direction, gradient)
      if !(descent < 0) {
        (inverse, fresh) = (.identity, true)
        direction = gradient * -1
        descent = dot(direction, gradient)
      }
      // The first step knows no scale: no longer than one unit.
      var length = fresh ? min(1, 1 / norm(gradient)) : 1
      var next = point + length * direction
      var there = function(next)
      while !(there.value <= value + 1e-4 * length * descent) {
        length *= 0.5
        next = point + length * direction
        // No lower point is left to find: at rounding, or lost if the slope is still steep.
        if next == point || length < 1e-18 {
          if norm(gradient) < 1e-5 { return point }
          if fresh { throw .notConverged(sought) }
          break
        }
        there = function(next)
      }
      if !(there.value <= value) {
        (inverse, fresh) = (.identity, true)
        continue
      }
      let change = there.gradient - gradient
      let step = next - point
      let curvature = dot(step, change)
      if curvature > 0 {
        if fresh { inverse = .identity.scaled(by: curvature / dot(change, change)) }
        inverse.update(step: step, change: change, curvature: curvature)
        fresh = false
      }
      (point, value, gradient) = (next, there.value, there.gradient)
    }
    if norm(gradient) < 1e-6 { return point }
    throw .notConverged(sought)
  }

  private static func dot(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> Double { (a * b).sum() }
  private static func norm(_ a: SIMD4<Double>) -> Double { dot(a, a).squareRoot() }

  /// Symmetric, by columns.
  private struct Matrix {
    var x, y, z, w: SIMD4<Double>

    static let identity = Matrix(
      x: SIMD4(1, 0, 0, 0), y: SIMD4(0, 1, 0, 0), z: SIMD4(0, 0, 1, 0), w: SIMD4(0, 0, 0, 1))

    func scaled(by factor: Double) -> Matrix { Matrix(x: x * factor, y: y * factor, z: z * factor, w: w * factor) }

    func times(_ v: SIMD4<Double>) -> SIMD4<Double> { x * v.x + y * v.y + z * v.z + w * v.w }

    /// H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ, ρ = 1/(yᵀs).
    mutating func update(step s: SIMD4<Double>, change: SIMD4<Double>, curvature: Double) {
      let product = times(change)
      let factor = (1 + dot(change, product) / curvature) / curvature
      x += factor * s.x * s - (product.x * s + s.x * product) / curvature
      y += factor * s.y * s - (product.y * s + s.y * product) / curvature
      z += factor * s.z * s - (product.z * s + s.z * product) / curvature
      w += factor * s.w * s - (product.w * s + s.w * product) / curvature
    }
  }
}
