namespace Semblance.Cli.Tests.Commands;

public class ModelNameTests
{
    [Fact]
    public async Task A_name_that_is_neither_a_folder_nor_in_the_cache_is_one_line_that_says_what_names_are()
    {
        using var folder = new TemporaryFolder();
        var outcome = await RunAsync(folder, "nowhere");
        outcome.ExitCode.ShouldBe(CommandLine.Failed);
        var line = outcome.Error.TrimEnd('\n');
        line.ShouldNotContain("\n");
        line.ShouldStartWith("semblance: nowhere: there is no such folder");
        line.ShouldContain("sentence-transformers/nowhere");
        line.ShouldContain("HF_HUB_OFFLINE");
        line.ShouldContain("sentence-transformers/all-MiniLM-L6-v2");
    }

    [Fact]
    public async Task A_folder_with_a_similar_name_is_suggested()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Of("nowehre"));
        (await RunAsync(folder, "nowhere")).Error.ShouldContain("Did you mean 'nowehre'?");
    }

    [Fact]
    public async Task The_id_of_a_model_with_an_organization_keeps_the_message_of_the_Hub()
    {
        using var folder = new TemporaryFolder();
        (await RunAsync(folder, "someone/nowhere")).Error.ShouldStartWith("semblance: The model 'someone/nowhere'");
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(TemporaryFolder folder, string model)
    {
        var (exitCode, _, error) = await Command.RunAsync(
            folder.Path, new Dictionary<string, string?> { ["HF_HOME"] = folder.Of("cache"), ["HF_HUB_OFFLINE"] = "1" }, "info", "--model", model);
        return (exitCode, error);
    }
}
