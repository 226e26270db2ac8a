using System.Text.RegularExpressions;
using Semblance.Transformers;

namespace Semblance.Tests;

/// <summary><c>docs/models.md</c> says what loads and which test proves it: both must be so.</summary>
public partial class ModelsDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "models.md"));

    [Fact]
    public void Every_row_names_a_test_that_exists()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Fixtures.Repository, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => TestMethod().Matches(File.ReadAllText(file)).Select(test => $"{Path.GetFileNameWithoutExtension(file)}.{test.Groups[1].Value}")).ToHashSet();
        var rows = Rows("model_type").Concat(Rows("module")).ToArray();
        rows.Length.ShouldBeGreaterThan(30);
        foreach (var row in rows)
        {
            var named = TestName().Matches(row[^1]).Select(name => name.Value).ToArray();
            named.ShouldNotBeEmpty(string.Join(" | ", row));
            named.ShouldAllBe(name => tests.Contains(name), string.Join(" | ", row));
        }

        var classes = tests.Select(test => test[..test.IndexOf('.', StringComparison.Ordinal)]).ToHashSet();
        TestClass().Matches(Document).Select(name => name.Groups[1].Value).ShouldAllBe(name => classes.Contains(name));
    }

    [Fact]
    public void Every_architecture_that_loads_has_a_row_and_every_row_loads()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("models/bert"));
        JsonEdit.Set(folder.Of("config.json"), "model_type", "\"unheard\"");
        var loads = Listed(Should.Throw<ModelFormatException>(() => Transformer.Load(folder.Path)).Message, "supported architectures are ");
        loads.Length.ShouldBeGreaterThan(15);
        Names("model_type").ShouldBe([.. loads, "clip"], ignoreOrder: true); // clip is two towers, no Transformer
    }

    [Fact]
    public void Every_module_that_loads_has_a_row_and_every_row_loads()
    {
        using var folder = new TemporaryFolder().With(Fixtures.Own("st/cls-dense"));
        JsonEdit.Set(folder.Of("modules.json"), "1.type", "\"sentence_transformers.models.Unheard\"");
        var loads = Listed(Should.Throw<ModelFormatException>(() => SentenceTransformer.Load(folder.Path)).Message, "modules that are: ");
        loads.Length.ShouldBeGreaterThan(15);
        Names("module").ShouldBe(loads, ignoreOrder: true);
    }

    private static string[] Listed(string message, string before) =>
        [.. message[(message.IndexOf(before, StringComparison.Ordinal) + before.Length)..].Split(" of ")[0].TrimEnd('.').Split(", ")];

    private static IEnumerable<string> Names(string header) => Rows(header).SelectMany(row => Name().Matches(row[0]).Select(name => name.Groups[1].Value)).Distinct();

    // The cells of the rows below a header.
    private static IEnumerable<string[]> Rows(string header) => Document.ReplaceLineEndings("\n").Split('\n')
        .SkipWhile(line => Cells(line) is not [var first, ..] || first.Trim('`') != header)
        .Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(Cells);

    private static string[] Cells(string line) => line.StartsWith('|') ? [.. line.Trim('|', ' ').Split('|').Select(cell => cell.Trim())] : [];

    [GeneratedRegex(@"\[(?:Fact|Theory|SharedFact|SharedTheory)\](?:\s*\[[^\n]*\][^\n]*\n)*\s*public (?:async )?(?:void|Task) (\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"(?<=`)\w+Tests\.\w+(?=`)")]
    private static partial Regex TestName();

    [GeneratedRegex(@"`(\w+Tests)\b")]
    private static partial Regex TestClass();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
