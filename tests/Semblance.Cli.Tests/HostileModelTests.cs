namespace Semblance.Cli.Tests;

/// <summary>Model folders made to do harm: files laid over those of a good model, and what the one line says.</summary>
public class HostileModelTests
{
    private const string Expected = "expected.txt";

    public static TheoryData<string> Names => [.. Directory.EnumerateDirectories(Fixtures.Own("hostile/models")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_hostile_model_is_told_in_one_line(string name)
    {
        using var folder = new TemporaryFolder();
        var model = folder.Copy("st/mean-normalize");
        var hostile = Fixtures.Own($"hostile/models/{name}");
        foreach (var file in Directory.EnumerateFiles(hostile, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != Expected))
        {
            var path = Path.Combine(model, Path.GetRelativePath(hostile, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Delete(path);
            File.Copy(file, path);
        }

        var outcome = await Outcome.WithInputAsync("hello\n", "encode", "--model", model);
        outcome.ExitCode.ShouldBe(CommandLine.Failed);
        outcome.ErrorLines.Length.ShouldBe(1);
        outcome.Error.ShouldContain(File.ReadAllText(Path.Combine(hostile, Expected)).Trim());
        outcome.Error.ShouldNotContain("unexpected");
    }
}
