import Terminal
import Testing

@Suite struct OwnVariablesTests {
    @Test func whatMeansNothingIsNamed() {
        #expect(
            OwnVariables.warnings(of: [
                "HOME", "BITTRICKLE_PASWORD", "BITTRICKLE_NETWORK", "BITTRICKLE_DATA", "BITTRICKLE_",
            ])
                == [
                    "BITTRICKLE_ in the environment means nothing to this program.",
                    "BITTRICKLE_PASWORD in the environment means nothing to this program. Did you mean BITTRICKLE_PASSWORD?",
                ])
    }
}
