using System.Diagnostics;

namespace Semblance.Cli.Tests.Commands;

public class CompletionCommandTests
{
    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task The_script_of_a_shell_asks_the_command_for_what_fits(string shell)
    {
        var script = (await Outcome.OfAsync("completion", shell)).Done().Output;
        script.ShouldContain("[suggest:");
        script.ShouldContain("semblance");
    }

    [Fact]
    public async Task The_command_suggests_commands_options_and_values()
    {
        (await Outcome.OfAsync("[suggest:4]", "enco")).Done().Lines.ShouldContain("encode");
        (await Outcome.OfAsync("[suggest:15]", "adapt --method ")).Done().Lines.ShouldContain("simcse");
        (await Outcome.OfAsync("[suggest:11]", "encode --pr")).Done().Lines.ShouldContain("--precision");
    }

    [Fact]
    public async Task A_line_that_ends_with_any_option_of_any_command_is_no_error()
    {
        var commands = CommandLine.Root(new Host(Stream.Null, Stream.Null, TextWriter.Null)).Subcommands;
        foreach (var (command, option) in commands.SelectMany(command => command.Options.Select(option => (command.Name, option.Name))))
        {
            var line = $"{command} {option} ";
            (await Outcome.OfAsync($"[suggest:{line.Length}]", line)).ExitCode.ShouldBe(CommandLine.Done, line);
        }
    }

    [Fact]
    public async Task Bash_accepts_the_script()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // no bash
        }

        using var folder = new TemporaryFolder();
        var script = folder.Write("completion.bash", (await Outcome.OfAsync("completion", "bash")).Done().Output);
        using var bash = Process.Start("bash", ["-c", $"source '{script}' && complete -p semblance >/dev/null"])!;
        await bash.WaitForExitAsync();
        bash.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task An_unknown_shell_is_a_wrong_command_line() =>
        (await Outcome.OfAsync("completion", "tcsh")).ExitCode.ShouldBe(CommandLine.Wrong);
}
