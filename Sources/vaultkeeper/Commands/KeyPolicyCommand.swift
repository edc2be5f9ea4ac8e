import ArgumentParser

/// `key policy`: what the key may sign.
struct KeyPolicy: Command {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Print what the key may sign, as a policy file.",
    discussion: """
      Prints the policy that follows from the configuration: everything it names and nothing else. Review it, keep it \
      apart from the configuration, and name it as key.policy; then no change of the configuration alone makes the key \
      sign anything new. With --current prints the policy in force, which is the file's where one is named. Opens no \
      secret and asks nobody.
      """)

  @OptionGroup var file: ConfigurationOption

  @Flag(help: "Print the policy in force instead of the one that follows from the configuration.")
  var current = false

  func execute() throws {
    let file = try ConfigurationFile.read(file.path)
    let deployment = try Deployment(file)
    let (policy, source) = try current ? file.signingPolicy(deployment) : file.derivedPolicy(deployment)
    for line in PolicyText(policy).lines(source: source) { Console.show(line) }
  }
}
