import Foundation
import Testing

extension EndToEnd {
    @Suite(.serialized)
    struct InvitationTests {
        @Test
        func `a used invitation is refused, and the laptop stays as it was`() async throws {
            let space = try await Space.serving()
            let invitation = try await space.invite("volunteer", "Fatima", areas: [Space.oudeNoorden])
            try await space.laptop("fatima").run("join", "-", input: invitation).done()
            let second = space.laptop("second")
            (try await second.run("join", "-", input: invitation)).refused(5, "invitation-used")
            (try await second.run("status")).refused(1, "store-not-found")
            #expect(try await space.stoepd("members").done()["members"].array.count == 1)
        }

        @Test
        func `a damaged invitation is recognised before anything is sent`() async throws {
            let space = try await Space()
            let invitation = try await space.invite("volunteer", "Fatima", areas: [Space.oudeNoorden])
            let laptop = space.laptop("fatima")
            // No daemon runs: only a check on this side can know.
            (try await laptop.run("join", "-", input: String(invitation.dropLast(4)))).refused(2, "invitation-damaged")
            (try await laptop.run("join", "Wat een onzin")).refused(2, "invitation-damaged")
            (try await laptop.run("join", "-", input: invitation)).refused(4, "daemon-unreachable")
            (try await laptop.run("status")).refused(1, "store-not-found")
        }

        @Test
        func `an invitation that this daemon never gave is refused`() async throws {
            let space = try await Space()
            // The daemon as it was before it invited anybody.
            let before = space.folder + "/before"
            try FileManager.default.copyItem(atPath: space.data, toPath: before)
            let invitation = try await space.invite("volunteer", "Fatima", areas: [Space.oudeNoorden])
            try await space.serve(data: before)
            let laptop = space.laptop("fatima")
            (try await laptop.run("join", "-", input: invitation)).refused(5, "invitation-unknown")
            (try await laptop.run("status")).refused(1, "store-not-found")
        }

        @Test(.enabled(if: FakeTime.library != nil, "libfaketime is missing: Tools/setup installs it"))
        func `an invitation expires after 24 hours by the daemon's clock`() async throws {
            let space = try await Space()
            let late = try await space.invite("volunteer", "Fatima", areas: [Space.oudeNoorden])
            let inTime = try await space.invite("volunteer", "Joost", areas: [Space.oudeNoorden])
            let day = 24 * 60 * 60
            try await space.serve(laterBySeconds: day - 300)
            try await space.laptop("joost").run("join", "-", input: inTime).done()
            try await space.stop()
            try await space.serve(laterBySeconds: day + 300)
            let laptop = space.laptop("fatima")
            (try await laptop.run("join", "-", input: late)).refused(5, "invitation-expired")
            (try await laptop.run("status")).refused(1, "store-not-found")
        }
    }
}
