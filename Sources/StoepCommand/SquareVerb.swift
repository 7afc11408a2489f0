/// What nouns of the square, and referrals, know beside what is done with any record.
package enum SquareVerb: CaseIterable, Hashable, Sendable {
    case questionList, questionAsk, questionAnswers
    case agreementKept, agreementBroken, meetingAgenda, roundClose
    case initiativeVerify, initiativeLink, offerBlocked, offerClose, needClose
    case matchSuggest, matchMake, referralAccept, referralDecline

    package var spec: CommandSpec {
        switch self {
        case .questionList: .questionList
        case .questionAsk: .questionAsk
        case .questionAnswers: .questionAnswers
        case .agreementKept: .agreementKept
        case .agreementBroken: .agreementBroken
        case .meetingAgenda: .meetingAgenda
        case .roundClose: .roundClose
        case .initiativeVerify: .initiativeVerify
        case .initiativeLink: .initiativeLink
        case .offerBlocked: .offerBlocked
        case .offerClose: .offerClose
        case .needClose: .needClose
        case .matchSuggest: .matchSuggest
        case .matchMake: .matchMake
        case .referralAccept: .referralAccept
        case .referralDecline: .referralDecline
        }
    }
}
