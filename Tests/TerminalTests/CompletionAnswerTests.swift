import Terminal
import Testing

@Suite struct CompletionAnswerTests {
    /// bash quotes none of these where it completes names; what is typed of them by hand stays possible.
    @Test func namesThatWouldBeMoreThanNamesAreLeftOut() {
        let words = ["xx`id`", "ll$HOME", "~root", "a\nb", "a b.txt"]
        #expect(CompletionAnswer.words(words, typed: "").text == "words \na b.txt\n")
    }
}
