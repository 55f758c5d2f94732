# For Homebrew, from a checkout, where there is no release yet to name with its checksum:
#   brew tap-new local/bittrickle
#   cp Deploy/bittrickle.rb "$(brew --repository local/bittrickle)/Formula/"
#   HOMEBREW_BITTRICKLE_REPOSITORY="file://$PWD" brew install --HEAD local/bittrickle/bittrickle
class Bittrickle < Formula
  desc "Share files with the members of a private network, straight from one to the other"
  homepage "https://bittrickle.invalid/"
  license "Apache-2.0"
  head ENV.fetch("HOMEBREW_BITTRICKLE_REPOSITORY", "file:///usr/local/src/bittrickle"), using: :git, branch: "main"

  depends_on "pkgconf" => :build
  depends_on "libnatpmp"
  depends_on "libpq"
  depends_on "miniupnpc"
  depends_on "qrencode"
  uses_from_macos "swift" => :build
  uses_from_macos "libedit"
  uses_from_macos "sqlite"

  def install
    ENV["BITTRICKLE_VERSION"] = Utils.safe_popen_read("Scripts/version").chomp
    arguments = ["--disable-sandbox", "--configuration", "release"]
    system "swift", "build", *arguments, "--product", "bittrickle"
    system "swift", "build", *arguments, "--product", "bittrickle-server"
    programs = Utils.safe_popen_read("swift", "build", *arguments, "--show-bin-path").chomp
    system "Scripts/lay-out", "client", programs, "", prefix, etc
    bin.install "#{programs}/bittrickle-server"
  end

  service do
    run [opt_bin/"bittrickle", "daemon"]
    keep_alive successful_exit: false
    process_type :background
    log_path var/"log/bittrickle.log"
    error_log_path var/"log/bittrickle.log"
  end

  test do
    assert_match version.to_s.split("-").last, shell_output("#{bin}/bittrickle --version")
    assert_match "bittrickle-server", shell_output("#{bin}/bittrickle-server --version")
  end
end
