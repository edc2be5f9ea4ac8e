import ArgumentParser
import Host

/// `halt`: no more signatures.
struct HaltCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "halt",
    abstract: "Stop all signing until resume.",
    discussion: """
      Makes the marker file that the configuration names (haltMarker). The keeper looks at it each tick and before \
      each signature; while it is there, the keeper observes, settles and alarms, and signs nothing (but cancels of \
      its own resting orders, if whileHalted.cancelOrders allows them). The marker outlives restarts. A marker made \
      by hand works as well: touch the file. Nothing else of the configuration needs to be right for this.
      """)

  @OptionGroup var file: ConfigurationOption

  @Option(help: ArgumentHelp("Why, for whoever finds the keeper halted.", valueName: "text"))
  var reason = "by the operator, without a reason"

  func execute() throws {
    let marker = HaltMarker(path: try ConfigurationFile.haltMarkerPath(file.path))
    if try marker.set(reason: reason) {
      Console.show("halted: \(marker.path)")
    } else if case .halted(let earlier) = marker.state() {
      Console.show("was halted already: \(marker.path): \(quoted(earlier, limit: 400))")
    }
  }
}
