using Semblance.Training.Recipes;

namespace Semblance.Training.Tests.Recipes;

public class NegativesTests
{
    [Fact]
    public void A_row_with_fewer_negatives_than_others_repeats_them()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "r.yaml");
        File.WriteAllText(path, "negatives: [{ from: random, count: 8 }, { from: bm25, count: 1, within: 2 }]");
        var node = RecipeNode.Parse(RecipeNode.ReadText(path), path).Get("negatives");
        Example[] rows = [.. "abcdefghijklmnopqrstuvw".Select((letter, i) => new Example([$"where is {letter}", $"{letter} is here {i}"]))];
        var result = RecipeNegatives.Add(node, rows, 1, default);
        var lengths = result.Select(row => row.Texts.Count).Distinct().ToArray();
        lengths.Length.ShouldBe(1, "a batch needs rows of equally many texts");
        result.Select(row => row.Texts.Skip(2).Distinct().Count()).Distinct().Count().ShouldBeGreaterThan(1, "some rows have fewer negatives");
        foreach (var row in result)
        {
            row.Texts.Skip(2).ShouldNotContain(row.Texts[1]);
        }
    }
}
