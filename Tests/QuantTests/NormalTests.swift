import Testing

@testable import Quant

struct NormalTests {
  /// N(x) to 17 digits by mpmath at 50 digits, from the body to the smallest normal numbers.
  @Test(arguments: [
    (-37.0, 5.725571222524577e-300, 2.1200065515246056e-298),
    (-30.125, 1.1402279408523477e-199, 3.4387133649896544e-198),
    (-25.3, 1.5971151302422e-141, 4.046994415418954e-140),
    (-20.0, 2.7536241186062337e-89, 5.520948362159764e-88),
    (-15.7, 7.56210317468378e-56, 1.1920285127791407e-54),
    (-10.1, 2.762109471764517e-24, 2.8165665442762395e-23),
    (-8.0, 6.220960574271784e-16, 5.052271083536892e-15),
    (-6.2, 2.8231580370432713e-10, 1.7937839079640817e-09),
    (-5.0, 2.866515718791939e-07, 1.4867195147342977e-06),
    (-3.3, 0.0004834241423837775, 0.0017225689390536812),
    (-2.0, 0.02275013194817921, 0.05399096651318805),
    (-1.0001, 0.15863105806885877, 0.24194652744677209),
    (-1.0, 0.15865525393145705, 0.24197072451914334),
    (-0.7, 0.24196365222307303, 0.31225393336676127),
    (-0.1, 0.460172162722971, 0.39695254747701175),
    (0.3, 0.6179114221889527, 0.3813878154605241),
    (1.0, 0.8413447460685429, 0.24197072451914334),
    (2.5, 0.9937903346742238, 0.017528300493568537),
    (6.0, 0.9999999990134123, 6.075882849823285e-09),
  ])
  private func cumulativeToTheLastDigits(_ x: Double, _ expected: Double, _ density: Double) {
    #expect(abs(Normal.cumulative(x) - expected) <= 8 * expected.ulp)
    #expect(abs(Normal.density(x) - density) <= 4 * density.ulp)
  }

  @Test func theEnds() {
    #expect(Normal.cumulative(-.infinity) == 0 && Normal.cumulative(.infinity) == 1)
    #expect(Normal.cumulative(-40) == 0 && Normal.cumulative(40) == 1 && Normal.cumulative(0) == 0.5)
    #expect(Normal.cumulative(.nan).isNaN && Normal.density(.nan).isNaN)
    #expect(Normal.density(.infinity) == 0 && Normal.density(-.greatestFiniteMagnitude) == 0)
    #expect(Normal.cumulative(.leastNonzeroMagnitude) == 0.5 && Normal.cumulative(-.greatestFiniteMagnitude) == 0)
  }

  @Test func quantileInvertsCumulative() throws {
    for x in stride(from: -37.5, through: 0, by: 0.0625) {
      #expect(abs(try Normal.quantile(Normal.cumulative(x)) - x) <= 4e-16 * max(1, abs(x)) + 4e-16, "\(x)")
    }
    for x in stride(from: 0.0, through: 5, by: 0.0625) {
      #expect(abs(try Normal.quantile(Normal.cumulative(x)) - x) <= 1e-16 / Normal.density(x) + 4e-16, "\(x)")
    }
    #expect(try Normal.quantile(0.5) == 0)
    #expect(abs(try Normal.quantile(0.975) - 1.959_963_984_540_054_2) < 1e-15)
    #expect(try Normal.quantile(.leastNonzeroMagnitude) < -38)
  }

  @Test(arguments: [0, 1, -0.5, 1.5, Double.infinity, -Double.infinity])
  private func noQuantileOutsideTheUnitInterval(_ probability: Double) {
    #expect(throws: QuantError.outOfRange("the probability", needs: "strictly between 0 and 1")) {
      try Normal.quantile(probability)
    }
  }

  @Test func noQuantileOfNothing() {
    #expect(throws: QuantError.notFinite("the probability")) { try Normal.quantile(.nan) }
  }

  @Test func cumulativeNeverFalls() {
    var last = 0.0
    for x in stride(from: -39.0, through: 9, by: 1.0 / 128) {
      let next = Normal.cumulative(x)
      #expect(next >= last)
      last = next
    }
  }
}
