/// What makes a shell complete the command lines of a program.
///
/// Commands and options stand in the script. What else may follow the program says itself, asked with its hidden command
/// `complete`: see ``CompletionAnswer``.
package struct CompletionScript: Sendable {
    package enum Shell: String, CaseIterable, Sendable {
        case bash, zsh, fish
    }

    package let text: String

    package init(for program: ProgramForm, in shell: Shell) {
        text =
            switch shell {
            case .bash: Self.bash(program)
            case .zsh: Self.zsh(program)
            case .fish: Self.fish(program)
            }
    }

    private static func head(_ program: ProgramForm, _ shell: Shell) -> String {
        "# Completion of \(program.name) in \(shell.rawValue): what \"\(program.name) completions \(shell.rawValue)\" prints."
    }

    /// As the name of a function.
    private static func function(_ program: ProgramForm) -> String {
        "_" + program.name.map { $0 == "-" ? "_" : String($0) }.joined()
    }

    /// For each command its words, and the options that it takes.
    private static func commands(_ program: ProgramForm) -> [(form: CommandForm, options: [OptionForm])] {
        program.groups.flatMap { group in
            group.commands.map { ($0, $0.options + group.common + [ProgramForm.help]) }
        }
    }

    /// Those of the program, and those that may stand before a command.
    private static func first(_ program: ProgramForm) -> [OptionForm] {
        program.options + program.leading.filter { leading in !program.options.contains { $0.long == leading.long } }
            + [ProgramForm.help]
    }

    /// What may stand before a command, as a shell's patterns: with a value behind it, and as one word.
    ///
    /// - Parameter quote: Round what has a star.
    private static func patterns(
        _ program: ProgramForm, _ separator: String, quote: String = ""
    ) -> (valued: String, whole: String) {
        let valued = program.leading.filter { $0.value != nil }
        let whole =
            program.leading.filter { $0.value == nil }.flatMap(\.names) + valued.map { "\(quote)\($0.long)=*\(quote)" }
        return (valued.flatMap(\.names).joined(separator: separator), whole.joined(separator: separator))
    }

    /// For bash and zsh, which say it alike: sets `at` to the place of the command.
    ///
    /// - Parameters:
    ///   - words: The array of the words.
    ///   - here: The place of the word to complete.
    ///   - sign: What to do before a value that may stand behind an equals sign.
    ///   - part: What to do behind a value.
    private static func findsCommand(
        _ program: ProgramForm, words: String, here: String, sign: [String] = [], part: [String] = []
    ) -> String {
        guard !program.leading.isEmpty else { return "" }
        let (valued, whole) = patterns(program, "|")
        func indented(_ lines: [String]) -> [String] { lines.map { "                \($0)" } }
        let lines =
            [
                "    while ((at < \(here))); do", "        case ${\(words)[at]} in",
                "            \(whole))",
            ] + indented(["((at += 1))"] + part + [";;"]) + ["            \(valued))"]
            + indented(sign + ["((at += 2))"] + part + [";;"])
            + ["            *) break ;;", "        esac", "    done"]
        return lines.joined(separator: "\n") + "\n"
    }

    // Names may hold spaces and quotes: bash quotes them itself where it takes them for those of files. What it takes for
    // the word to complete may be a part of it, behind a colon or an at sign.
    private static func bash(_ program: ProgramForm) -> String {
        let words = program.commands.flatMap(\.words).joined(separator: " ")
        let cases = commands(program).map { form, options in
            "            \(form.words.joined(separator: "|"))) options='\(options.flatMap(\.names).joined(separator: " "))' ;;"
        }
        let own = first(program).flatMap(\.names).joined(separator: " ")
        // The value of an option is several words as well, and so is the option with an equals sign.
        let skips = findsCommand(
            program, words: "COMP_WORDS", here: "COMP_CWORD",
            sign: ["[[ ${COMP_WORDS[at + 1]-} == = ]] && ((at += 1))"],
            part: ["while [[ ${COMP_WORDS[at]-} == [:=@]* ]]; do ((at += 2)); done"])
        return """
            \(head(program, .bash))
            \(function(program))() {
                local word=${COMP_WORDS[COMP_CWORD]} options='\(own)' typed cut at=1
                local -a answer
                COMPREPLY=()
            \(skips)    if [[ $word == -* && $word != --*=* ]]; then
                    case ${COMP_WORDS[at]} in
            \(cases.joined(separator: "\n"))
                    esac
                    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
                    return
                fi
                if ((COMP_CWORD == at)) && [[ $word != --*=* ]]; then
                    mapfile -t COMPREPLY < <(compgen -W '\(words)' -- "$word")
                    return
                fi
                mapfile -t answer < <("${COMP_WORDS[0]}" complete --line "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
                case ${answer[0]-} in
                    files*) return ;;
                    folders*) compopt -o dirnames +o default; return ;;
                esac
                compopt -o filenames +o default
                [[ $word == [:=@] ]] && word=
                typed=${answer[0]#* }
                [[ $typed == *"$word" ]] && cut=${typed%"$word"}
                COMPREPLY=("${answer[@]:1}")
                COMPREPLY=("${COMPREPLY[@]#"$cut"}")
            }
            complete -o default -F \(function(program)) \(program.name)

            """
    }

    // A file of an fpath is called as its function.
    private static func zsh(_ program: ProgramForm) -> String {
        func described(_ name: String, _ summary: String) -> String {
            ShellWord.quoted("\(name):\(summary)")
        }
        let words = program.commands.flatMap { form in form.words.map { described($0, form.summary) } }
        func rows(_ options: [OptionForm]) -> String {
            options.flatMap { option in option.names.map { described($0, option.summary) } }.joined(separator: " ")
        }
        let cases = commands(program).map { form, options in
            "            \(form.words.joined(separator: "|"))) options=(\(rows(options))) ;;"
        }
        return """
            #compdef \(program.name)
            \(head(program, .zsh))
            _\(program.name)() {
                local -a commands options answer
                local at=2
            \(findsCommand(program, words: "words", here: "CURRENT"))    if [[ $PREFIX == -* && $PREFIX != --*=* ]]; then
                    options=(\(rows(first(program))))
                    case ${words[at]} in
            \(cases.joined(separator: "\n"))
                    esac
                    _describe -o option options
                    return
                fi
                if ((CURRENT == at)) && [[ $PREFIX != --*=* ]]; then
                    commands=(
                        \(words.joined(separator: "\n            "))
                    )
                    _describe command commands
                    return
                fi
                answer=("${(@f)$(${words[1]} complete -- "${(Q@)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
                [[ $PREFIX == --*=* && ${answer[1]} == (files|folders)* ]] && compset -P 1 '*='
                case ${answer[1]} in
                    files*) _files ;;
                    folders*) _files -/ ;;
                    *) shift answer; ((${#answer})) && compadd -a answer ;;
                esac
            }
            if [[ ${funcstack[1]} == _\(program.name) ]]; then
                _\(program.name) "$@"
            else
                compdef _\(program.name) \(program.name)
            fi

            """
    }

    private static func fish(_ program: ProgramForm) -> String {
        let (name, function) = (program.name, "_" + function(program))
        let (valued, whole) = patterns(program, " ", quote: "'")
        let skips =
            program.leading.isEmpty
            ? ""
            : "            case \(whole)\n                set at (math $at + 1)\n"
                + "            case \(valued)\n                set at (math $at + 2)\n"
        var lines = [
            head(program, .fish),
            """
            function \(function)_answer
                set -l tokens (commandline -opc)
                set -l option (string match -r -- '^(--[^=]+)=' (commandline -ct))[2]
                set -l value (string replace -r -- '^--[^=]+=' '' (commandline -ct))
                set -l answer ($tokens[1] complete -- $tokens[2..-1] $option '' 2>/dev/null)
                switch "$answer[1]"
                    case 'files*'
                        __fish_complete_path "$value"
                    case 'folders*'
                        __fish_complete_directories "$value"
                    case '*'
                        test (count $answer) -gt 1; and printf '%s\\n' $answer[2..-1]
                end
            end
            function \(function)_command
                set -l tokens (commandline -opc)
                set -l at 2
                while test $at -le (count $tokens)
                    switch $tokens[$at]
            \(skips)            case '*'
                            echo $tokens[$at]
                            return
                    end
                end
            end
            function \(function)_is
                set -l command (\(function)_command)
                test -n "$command"; and contains -- $command $argv
            end
            function \(function)_begins
                set -l command (\(function)_command)
                test -z "$command"
            end
            complete -c \(name) -f
            complete -c \(name) -n 'not \(function)_begins' -a '(\(function)_answer)'
            """,
        ]
        func option(_ option: OptionForm, _ condition: String) -> String {
            let short = option.short.map { " -s \($0.dropFirst())" } ?? ""
            let value = option.value == nil ? "" : " -r -a '(\(function)_answer)'"
            return "complete -c \(name) -n '\(condition)' -l \(option.long.dropFirst(2))\(short)\(value) "
                + "-d \(ShellWord.quoted(option.summary))"
        }
        lines += first(program).map { option($0, "\(function)_begins") }
        for (form, options) in commands(program) {
            lines += form.words.map {
                "complete -c \(name) -n \(function)_begins -a \($0) -d \(ShellWord.quoted(form.summary))"
            }
            let condition = "\(function)_is \(form.words.joined(separator: " "))"
            lines += options.map { option($0, condition) }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
