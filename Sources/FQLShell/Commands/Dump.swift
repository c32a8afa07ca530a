extension Shell {
  func showSchema(_ command: MetaCommand) throws(MetaCommand.Problem) {}
  func dump(_ command: MetaCommand) throws(MetaCommand.Problem) {}
  func importFile(_ command: MetaCommand) throws(MetaCommand.Problem) {}
  func exportFile(_ command: MetaCommand) throws(MetaCommand.Problem) {}
}
