namespace Semblance.Cli.Tests.Commands;

/// <summary>What a model's files say that is not applied is written to standard error, once, and a model that cannot be used is refused there.</summary>
public class WarningTests
{
    [Theory]
    [InlineData("encode", "--input", "-")]
    [InlineData("similarity", "a", "b")]
    [InlineData("info")]
    public async Task A_key_that_nobody_knows_is_named_once_on_standard_error(string command, params string[] arguments)
    {
        using var folder = Copy("mean-normalize");
        folder.Edit("config.json", "\"hidden_act\"", "\"hiden_act\": \"relu\", \"hidden_act\"");
        folder.Edit("1_Pooling/config.json", "\"include_prompt\"", "\"polling_mode\": 1, \"include_prompt\"");
        var outcome = (await Outcome.OfAsync([command, "--model", folder.Path, .. arguments])).Done();
        outcome.ErrorLines.Where(line => line.StartsWith("warning: ", StringComparison.Ordinal)).ShouldBe(
        [
            $"warning: {folder.Of("config.json")}: 'hiden_act' is not a known key and is ignored.",
            $"warning: {folder.Of("1_Pooling/config.json")}: 'polling_mode' is not a known key and is ignored.",
        ]);
        outcome.Output.ShouldNotContain("warning");
    }

    [Fact]
    public async Task A_folder_with_an_adapter_or_of_another_kind_of_model_is_refused_in_one_line()
    {
        using var folder = Copy("mean-normalize");
        folder.Write("adapter_config.json", """{"peft_type": "LORA"}""");
        var adapter = await Outcome.OfAsync("encode", "--model", folder.Path, "--input", "-");
        adapter.ExitCode.ShouldBe(1);
        adapter.ErrorLines.ShouldHaveSingleItem().ShouldContain("the folder has an adapter (LORA)");

        var pairs = await Outcome.OfAsync("encode", "--model", Fixtures.Own("st/cross-encoder"), "--input", "-");
        pairs.ExitCode.ShouldBe(1);
        pairs.ErrorLines.ShouldHaveSingleItem().ShouldContain("use the commands predict and rerank");
    }

    [Theory]
    [InlineData("cross-encoder", "CrossEncoder", "labels")]
    [InlineData("splade", "SparseEncoder", "dimension")]
    public async Task Info_says_what_kind_a_model_is_of(string fixture, string kind, string fact)
    {
        var text = (await Outcome.OfAsync("info", "--model", Fixtures.Own("st/" + fixture))).Done();
        text.Lines.ShouldContain(line => line.StartsWith("kind", StringComparison.Ordinal) && line.EndsWith(kind, StringComparison.Ordinal));
        text.Lines.ShouldContain(line => line.StartsWith(fact, StringComparison.Ordinal));
        using var json = System.Text.Json.JsonDocument.Parse((await Outcome.OfAsync("info", "--model", Fixtures.Own("st/" + fixture), "--format", "json")).Done().Output);
        json.RootElement.GetProperty("kind").GetString().ShouldBe(kind);
    }

    private static TemporaryFolder Copy(string fixture)
    {
        var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Fixtures.Own("st/" + fixture), "*", SearchOption.AllDirectories))
        {
            var target = folder.Of(Path.GetRelativePath(Fixtures.Own("st/" + fixture), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, File.ReadAllBytes(file));
        }

        return folder;
    }
}

/// <summary>Changes a file where the text must be.</summary>
file static class Edits
{
    public static void Edit(this TemporaryFolder folder, string name, string old, string replacement)
    {
        var text = File.ReadAllText(folder.Of(name));
        text.ShouldContain(old);
        File.WriteAllText(folder.Of(name), text.Replace(old, replacement, StringComparison.Ordinal));
    }
}
