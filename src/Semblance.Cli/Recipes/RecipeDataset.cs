using Semblance.Training;

namespace Semblance.Cli.Recipes;

/// <summary>One of a recipe's data sets: its files, what their columns mean, the loss, and how batches are made of it.</summary>
internal sealed class RecipeDataset
{
    private static readonly string[] Keys =
    [
        "name", "files", "texts", "score", "score-range", "label", "labels", "broken-rows", "most",
        "loss", "batch-size", "sampler", "share", "weight", "prompts",
    ];

    private readonly RecipeNode _node;
    private readonly LabelNames? _labels;

    private RecipeDataset(RecipeNode node, IReadOnlyList<Example> rows, LabelNames? labels, long skipped)
    {
        (_node, Rows, _labels, Skipped) = (node, rows, labels, skipped);
        Name = node.Get("name").Text();
        Share = node.Find("share")?.Positive();
    }

    /// <summary>What logs call it.</summary>
    public string Name { get; }

    /// <summary>The rows.</summary>
    public IReadOnlyList<Example> Rows { get; }

    /// <summary>How many rows were broken and left out.</summary>
    public long Skipped { get; }

    /// <summary>How often its batches come among those of the others; null for as often as it has batches.</summary>
    public double? Share { get; }

    /// <summary>Reads the files.</summary>
    /// <param name="node">The data set in the recipe.</param>
    /// <param name="folder">What paths are relative to.</param>
    public static RecipeDataset Load(RecipeNode node, string folder)
    {
        node.Only(Keys);
        var labels = node.Find("label") is null ? null : node.Find("labels") is { } names ? new LabelNames(names.Items().Select(name => name.Text())) : new LabelNames();
        var columns = node.Find("texts") is null ? null : Columns(node, labels);
        var broken = node.Find("broken-rows")?.OneOf(("stop", BrokenRows.Stop), ("skip", BrokenRows.Skip)) ?? BrokenRows.Stop;
        var rows = new List<Example>();
        var skipped = 0L;
        foreach (var file in node.Get("files").Items())
        {
            var reader = new DatasetReader(Path.Combine(folder, file.Text()), columns) { BrokenRows = broken };
            rows.AddRange(reader);
            skipped += reader.Skipped;
        }

        if (rows.Count == 0)
        {
            throw node.Get("files").Fault($"the data set '{node.Get("name").Text()}' has no rows{(skipped > 0 ? $"; all {skipped} are broken" : "")}.");
        }

        return new RecipeDataset(node, node.Find("most") is { } most ? [.. rows.Take(most.Count())] : rows, labels, skipped);
    }

    /// <summary>The rows with their loss, as the trainer takes them.</summary>
    public TrainingDataset ToTraining(SentenceTransformer model, int seed) =>
        new(Name, Rows, RecipeLoss.Create(_node.Get("loss"), new RecipeLoss.Context(model, _labels?.Names.Count, seed)))
        {
            Weight = _node.Find("weight")?.Number(0f, 1e6f) ?? 1,
            Prompts = [.. _node.Find("prompts")?.Items().Select(prompt => prompt.Text()) ?? []],
        };

    /// <summary>Makes its batches. Batches of the full size only, unless there is not even one.</summary>
    public BatchSampler Sampler(int seed)
    {
        var size = _node.Get("batch-size").Count();
        var dropLast = Rows.Count >= size;
        return (_node.Find("sampler")?.OneOf(("shuffle", 0), ("no-duplicates", 1), ("by-label", 2)) ?? 0) switch
        {
            0 => new DefaultBatchSampler(Rows.Count, size, seed) { DropLast = dropLast },
            1 => new NoDuplicatesBatchSampler(Rows, size, seed) { DropLast = dropLast },
            _ => new GroupByLabelBatchSampler([.. Rows.Select(row => row.Label ?? throw _node.Get("sampler").Fault("'by-label' needs a 'label' column."))], size, seed) { DropLast = dropLast },
        };
    }

    private static ColumnMapping Columns(RecipeNode node, LabelNames? labels) => new([.. node.Get("texts").Items().Select(column => column.Text())])
    {
        Score = node.Find("score")?.Text(),
        ScoreRange = node.Find("score-range")?.Items() is [var lowest, var highest] ? (lowest.Number(-1e9, 1e9), highest.Number(-1e9, 1e9)) : null,
        Label = node.Find("label")?.Text(),
        LabelNames = labels,
    };
}
