import ArgumentParser
import Host

/// `halt`: no more signatures.
struct HaltCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "halt",
    abstract: "Stop all signing until resume.",
    discussion: """
      With --cancel-orders the keeper also takes its own resting orders back, and then stays halted.

      Makes the marker file that the configuration names (haltMarker). The keeper looks at it each tick and before \
      each signature; while it is there, the keeper observes, settles and alarms, and signs nothing (but cancels of \
      its own resting orders, if whileHalted.cancelOrders allows them). The marker outlives restarts. A marker made \
      by hand works as well: touch the file. Nothing else of the configuration needs to be right for this.
      """)

  @OptionGroup var file: ConfigurationOption

  @Option(help: ArgumentHelp("Why, for whoever finds the keeper halted.", valueName: "text"))
  var reason = "by the operator, without a reason"

  @Flag(
    name: .customLong("cancel-orders"),
    help: "Also cancel the keeper's own resting orders, whatever whileHalted.cancelOrders says.")
  var cancelsOrders = false

  func execute() throws {
    let desk = MarkerDesk(markerPath: try ConfigurationFile.haltMarkerPath(file.path))
    let marker = desk.halt
    if cancelsOrders {
      // The wish first: a keeper that meets the marker must meet the wish as well.
      try desk.orderWish.set(reason: "cancel our own resting orders")
    } else if case .clear = marker.state() {
      try desk.orderWish.clear()
    }
    if try marker.set(reason: reason) {
      Console.show("halted: \(marker.path)")
      if cancelsOrders { Console.show("the keeper cancels its own resting orders with its next ticks") }
    } else if case .halted(let earlier) = marker.state() {
      Console.show("was halted already: \(marker.path): \(quoted(earlier, limit: 400))")
      if cancelsOrders { Console.show("the keeper now cancels its own resting orders as well") }
    }
  }
}
