using System.Globalization;

namespace Semblance.Training.Tests;

/// <summary>Every row of real data sets is read: as many as their tables say.</summary>
public class RealDatasetTests
{
    private static readonly string[] Texts =
        ["sentence1", "sentence2", "premise", "hypothesis", "question1", "question2", "question", "answer", "text", "title", "body", "definition1", "definition2"];

    private static readonly string[] Scores = ["score", "relatedness_score"];

    private static readonly string[] Labels = ["label", "intent", "entailment_label", "category", "group_id"];

    public static TheoryData<string> Folders => Fixtures.Shared is null
        ? ["none"]
        : [.. new[] { "sts", "nli", "classification", "intent", "chinese-pairs", "clustering", "paraphrase" }
            .SelectMany(task => Directory.GetDirectories(Fixtures.InShared($"data/{task}")))
            .Select(folder => Path.GetRelativePath(Fixtures.InShared("data"), folder))
            .Order(StringComparer.Ordinal)];

    [SharedTheory]
    [MemberData(nameof(Folders))]
    public void A_data_set_has_the_rows_that_its_table_says(string folder)
    {
        // A table row: | train.tsv.gz | 4487 | pair_id, sentence1, … | …
        var files = File.ReadLines(Fixtures.InShared($"data/{folder}/README.md"))
            .Where(line => line.Contains(".tsv", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length > 4 && int.TryParse(cells[2], CultureInfo.InvariantCulture, out _))
            .ToArray();
        files.ShouldNotBeEmpty();
        foreach (var cells in files)
        {
            var columns = cells[3].Split(", ");
            var texts = columns.Intersect(Texts).ToArray();
            var mapping = new ColumnMapping(texts.Length > 0 ? texts : columns[..1])
            {
                Score = columns.FirstOrDefault(Scores.Contains),
                Label = columns.FirstOrDefault(Labels.Contains),
                LabelNames = new LabelNames(),
            };
            new DatasetReader(Fixtures.InShared($"data/{folder}/{cells[1]}"), mapping).Count().ShouldBe(int.Parse(cells[2], CultureInfo.InvariantCulture), cells[1]);
        }
    }
}
