using System.Text.Json;

namespace Semblance.Cli.Tests.Commands;

public class DoctorCommandTests
{
    [Fact]
    public async Task The_bundled_model_gives_the_vectors_that_were_recorded_with_it()
    {
        var outcome = (await Outcome.OfAsync("doctor", "--format", "json")).Done();
        var checks = outcome.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var bundled = checks.Single(check => check.GetProperty("name").GetString() == "bundled model");
        bundled.GetProperty("status").GetString().ShouldBe("ok");
        checks.Select(check => check.GetProperty("name").GetString()).ShouldContain("instruction set");
    }

    [Fact]
    public async Task A_bundled_model_with_other_vectors_fails()
    {
        var outcome = await Outcome.OfDefaultAsync(Fixtures.Own("st/mean-normalize"), "", "doctor");
        outcome.ExitCode.ShouldBe(CommandLine.Failed);
        outcome.Lines.ShouldContain(line => line.StartsWith("failed  bundled model", StringComparison.Ordinal));
        outcome.ErrorLines[^1].ShouldContain("bundled model");
    }
}
