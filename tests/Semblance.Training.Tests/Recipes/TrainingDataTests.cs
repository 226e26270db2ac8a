using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Semblance.Training.Tests.Recipes;

public class TrainingDataTests
{
    private static readonly string[] Splits = ["dev", "val", "test"]; // also valid and validation

    [Fact]
    public void Training_recipes_read_no_file_of_an_evaluation_split()
    {
        var tested = EvaluationSuite.Tasks.SelectMany(task => task.Tested).GroupBy(file => file.Key, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(file => file.Key, file => file.Min(rows => rows.Value), StringComparer.OrdinalIgnoreCase);
        string[] recipes = [.. Directory.GetFiles(Path.Combine(Fixtures.Repository, "recipes"), "mini-*.yaml"), Path.Combine(Fixtures.Repository, "recipes", "reranker.yaml")];
        recipes.Length.ShouldBeGreaterThan(3);
        var read = recipes.SelectMany(recipe => FilesOf(recipe).Select(read => (Recipe: Path.GetFileName(recipe), read.File, read.Rows))).ToArray();
        read.Select(entry => entry.Recipe).Distinct().Count().ShouldBe(recipes.Length, "every recipe has data");
        read.Where(entry => IsSplit(entry.File) || (tested.TryGetValue(entry.File, out var first) && entry.Rows > first)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("sts/stsb/dev.tsv.gz", true)]
    [InlineData("sts/stsb-multilingual/zh.dev.tsv.gz", true)]
    [InlineData("paraphrase/wiki-split/validation.tsv.gz", true)]
    [InlineData("text/contests.tsv", false)]
    public void A_split_is_known_by_its_name(string file, bool expected) => IsSplit(file).ShouldBe(expected);

    // Also where a language stands before the split: zh.dev.tsv.gz.
    private static bool IsSplit(string file) =>
        file.Split('/')[^1].Split('.', '-', '_').Any(part => Splits.Any(split => part.StartsWith(split, StringComparison.OrdinalIgnoreCase)));

    // All files that a recipe names, also for a dictionary or a vocabulary, and how many rows of each it reads at most.
    private static (string File, int Rows)[] FilesOf(string recipe)
    {
        var yaml = new YamlStream();
        using var text = File.OpenText(recipe);
        yaml.Load(text);
        return
        [
            .. yaml.Documents[0].AllNodes.OfType<YamlMappingNode>().Where(node => node.Children.ContainsKey("files")).SelectMany(node =>
        {
            var rows = node.Children.TryGetValue("first-rows", out var first) ? int.Parse(((YamlScalarNode)first).Value!, CultureInfo.InvariantCulture) : int.MaxValue;
            return (node["files"] is YamlSequenceNode several ? several.Children : [node["files"]]).Select(file => (((YamlScalarNode)file).Value!, rows));
        }),
        ];
    }
}
