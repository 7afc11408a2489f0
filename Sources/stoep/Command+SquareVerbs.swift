import StoepCommand
import StoepCore
import StoepModel

// Questions, agreements, meetings, and what is given and taken, beside what is done with any record.
extension Command {
    func run(_ verb: SquareVerb, _ replica: Replica) throws -> ExitCode {
        switch verb {
        case .questionList: try questionList(replica)
        case .questionAsk: try questionAsk(replica)
        case .questionAnswers: try questionAnswers(replica)
        case .agreementKept: try settleAgreement(.kept, replica)
        case .agreementBroken: try settleAgreement(.broken, replica)
        case .meetingAgenda: try meetingAgenda(replica)
        case .roundClose: try roundClose(replica)
        case .initiativeVerify: try initiativeVerify(replica)
        case .initiativeLink: try initiativeLink(replica)
        case .offerBlocked: try offerBlocked(replica)
        case .offerClose: try close(.offer, replica)
        case .needClose: try close(.need, replica)
        case .matchSuggest: try matchSuggest(replica)
        case .matchMake: try matchMake(replica)
        case .referralAccept: try referralAccept(replica)
        case .referralDecline: try referralDecline(replica)
        }
    }
}
