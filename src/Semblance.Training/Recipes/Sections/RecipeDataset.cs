using Semblance.Tokenizers;

namespace Semblance.Training.Recipes;

/// <summary>Represents one data set of a <see cref="Recipe"/>, with its rows loaded.</summary>
public sealed class RecipeDataset
{
    private static readonly string[] Keys =
    [
        "name", "files", "form", "texts", "score", "score-range", "label", "labels", "keep-labels", "targets", "broken-rows", "first-rows",
        "most", "most-per-group", "max-tokens",
        "teacher", "label-separator", "contexts", "window", "overlap", "loss", "batch-size", "batch-tokens", "sampler", "share", "weight",
        "prompts", "routes", "source", "negatives", "head",
    ];

    private readonly RecipeNode _node;
    private readonly LabelNames? _labels;

    private RecipeDataset(RecipeNode node, IReadOnlyList<Example> rows, LabelNames? labels, long skipped)
    {
        (_node, Rows, _labels, Skipped) = (node, rows, labels, skipped);
        Name = node.Get("name").Text();
        Share = node.Find("share")?.Positive();
    }

    /// <summary>Gets the name in logs.</summary>
    public string Name { get; }

    /// <summary>Gets the rows.</summary>
    public IReadOnlyList<Example> Rows { get; }

    /// <summary>Gets the number of broken rows that were skipped.</summary>
    public long Skipped { get; }

    /// <summary>
    /// Gets the relative frequency of its batches; <see langword="null"/> to sample it in proportion to its number of batches.
    /// </summary>
    internal double? Share { get; }

    /// <summary>Returns the summary for the model card.</summary>
    /// <param name="loss">The loss that it is trained with.</param>
    internal DatasetSummary Summarize(Objective loss) =>
        new(Name, Rows.Count, loss)
        {
            Source = _node.Find("source")?.Text(),
            Examples = [.. Rows.Take(2)],
            BatchSize = _node.Find("batch-tokens") is { } tokens
                ? $"{ReportText.Count(tokens.Count())} tokens"
                : ReportText.Count(_node.Get("batch-size").Count()),
            Sampler = _node.Find("sampler")?.Text() ?? "shuffle",
            LossSettings = [.. _node.Get("loss").Named().Settings.Settings()],
        };

    /// <summary>Reads the files.</summary>
    /// <param name="node">The data set in the recipe.</param>
    /// <param name="folder">The folder that paths are relative to.</param>
    /// <param name="tokenizer">The tokenizer that splits running text into blocks.</param>
    /// <param name="seed">The random seed.</param>
    /// <param name="teachers">The vectors of teachers that were loaded, by their folders.</param>
    /// <param name="modelLabels">The labels of the model, which number those of the data; <see langword="null"/> if it has none.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    internal static RecipeDataset Load(
        RecipeNode node, string folder, Tokenizer tokenizer, int seed, Dictionary<string, TeacherVectors> teachers,
        LabelNames? modelLabels, CancellationToken cancellationToken)
    {
        node.Only(Keys);
        if (node.Find("files") is null && node.Find("teacher") is { } alone)
        {
            return new RecipeDataset(node, RecipeTargets.All(alone, teachers), null, 0);
        }

        var files = node.Get("files").Items().Select(file => Path.Combine(folder, file.Text())).ToArray();
        var labels = node.Find("label") is null
            ? null
            : modelLabels is not null
            ? modelLabels
            : node.Find("labels") is { } names
            ? new LabelNames(names.Items().Select(name => name.Text()))
            : new LabelNames();
        var broken = node.Find("broken-rows")?.OneOf(("stop", BrokenRows.Stop), ("skip", BrokenRows.Skip)) ?? BrokenRows.Stop;
        var most = node.Find("most-per-group")?.Count();
        var firstRows = node.Find("first-rows")?.Count() ?? int.MaxValue;
        var skipped = 0L;
        var rows = (node.Find("form")?.OneOf(
            ("rows", 0), ("pairs-of-groups", 1), ("triplets-of-groups", 2), ("pairs-of-documents", 3), ("triplets-of-documents", 4),
            ("triplets-of-inference", 5),
            ("sentences-of-documents", 6), ("twins-of-documents", 7), ("running-text", 8), ("lists", 9),
            ("passages-of-documents", 10), ("tagged-words", 11), ("questions", 12)) ?? 0) switch
        {
            0 => [.. Kept(Read(), node, labels)],
            1 => GroupedTexts.Pairs(Read(), seed, most),
            2 => GroupedTexts.Triplets(Read(), seed, most),
            3 => GroupedTexts.Pairs(Sentences(), seed, most),
            4 => GroupedTexts.Triplets(Sentences(), seed, most),
            5 => NliTriplets.From(Read(), labels ?? throw node.Fault("'triplets-of-inference' needs a 'label' column."), seed),
            6 => [.. Sentences().Select(row => new Example([row.Texts[1]]))],
            7 => [.. Sentences().Select(row => new Example([row.Texts[1], row.Texts[1]]))],
            9 => QueryLists.From(Read()),
            10 => [.. DocumentPassages.Read(files, tokenizer, seed)],
            11 => RecipeTaskData.TaggedWords(node, files, modelLabels),
            12 => RecipeTaskData.Questions(node, folder, files),
            _ => TextBlocks.Read(files, tokenizer, node.Get("max-tokens").Count(), null, cancellationToken),
        };
        if (rows.Count == 0)
        {
            throw node.Get("files").Fault(
                $"the data set '{node.Get("name").Text()}' has no rows{(skipped > 0 ? $"; all {skipped} are broken" : "")}.");
        }

        rows = node.Find("most") is { } rowCount ? [.. rows.Take(rowCount.Count())] : rows;
        if (node.Find("negatives") is { } negatives)
        {
            rows = labels is null || node.Find("keep-labels") is not null
                ? RecipeNegatives.Add(negatives, rows, seed, cancellationToken)
                : throw negatives.Fault("'negatives' are for rows without a label; keep those of some by 'keep-labels'.");
        }

        if (node.Find("teacher") is { } teacher)
        {
            (var count, rows) = (rows.Count, RecipeTargets.Add(teacher, rows, teachers));
            skipped += count - rows.Count;
        }

        return new RecipeDataset(node, rows, labels, skipped);

        IEnumerable<Example> Sentences() => DocumentSentences.Read(files, tokenizer, most: node.Find("max-tokens")?.Count() ?? 60);

        IEnumerable<Example> Read()
        {
            foreach (var file in files)
            {
                var reader = new DatasetReader(file, Columns(node, labels)) { BrokenRows = broken };
                foreach (var row in reader.Take(firstRows))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return row;
                }

                skipped += reader.Skipped;
            }
        }
    }

    /// <summary>Returns the model that its rows train: that of the recipe, or one of its heads.</summary>
    internal ITrainableModel ModelOf(ITrainableModel model) => RecipeJoint.HeadOf(model, _node);

    /// <summary>Returns the rows with their loss, for the trainer.</summary>
    /// <param name="loss">
    /// A function that creates the loss from its node and the number of classes, which is <see langword="null"/> without classes.
    /// </param>
    internal TrainingDataset ToTraining(Func<RecipeNode, int?, Objective> loss) =>
        new(Name, Rows, loss(_node.Get("loss"), _labels?.Names.Count))
        {
            Head = RecipeJoint.NameOf(_node),
            Weight = _node.Find("weight")?.Number(0f, 1e6f) ?? 1,
            Prompts = [.. _node.Find("prompts")?.Items().Select(prompt => prompt.Text()) ?? []],
            Routes = [.. _node.Find("routes")?.Items().Select(route => route.Text()) ?? []],
        };

    /// <summary>Creates the sampler of its batches. Incomplete batches are dropped, unless there is no complete one.</summary>
    internal BatchSampler Sampler(int seed)
    {
        if (_node.Find("batch-tokens") is { } tokens)
        {
            return Rows is TextBlocks blocks
                ? new TokenBudgetBatchSampler(blocks.TokenCounts, tokens.Count(), seed)
                : throw tokens.Fault("'batch-tokens' is for the form 'running-text'; name a 'batch-size'.");
        }

        var size = _node.Get("batch-size").Count();
        var dropLast = Rows.Count >= size;
        return (_node.Find("sampler")?.OneOf(("shuffle", 0), ("no-duplicates", 1), ("by-label", 2)) ?? 0) switch
        {
            0 => new DefaultBatchSampler(Rows.Count, size, seed) { DropLast = dropLast },
            1 => new NoDuplicatesBatchSampler(Rows, size, seed) { DropLast = dropLast },
            _ => new GroupByLabelBatchSampler(
                [.. Rows.Select(row => row.Label ?? throw _node.Get("sampler").Fault("'by-label' needs a 'label' column."))], size, seed)
            {
                DropLast = dropLast,
            },
        };
    }

    // The rows with the selected labels, without their labels: pairs of similar texts.
    private static IEnumerable<Example> Kept(IEnumerable<Example> rows, RecipeNode node, LabelNames? labels)
    {
        if (node.Find("keep-labels") is not { } keep)
        {
            return rows;
        }

        var kept = keep.Items().Select(label => label.Text()).ToHashSet();
        return labels is null
            ? throw keep.Fault("'keep-labels' needs a 'label' column.")
            : rows.Where(row => kept.Contains(labels.Names[row.Label!.Value])).Select(row => row with { Label = null });
    }

    private static ColumnMapping Columns(RecipeNode node, LabelNames? labels) =>
        new([.. node.Get("texts").Items().Select(column => column.Text())])
        {
            Score = node.Find("score")?.Text(),
            ScoreRange = node.Find("score-range")?.Items() is [var lowest, var highest]
            ? (lowest.Number(-1e9, 1e9), highest.Number(-1e9, 1e9))
            : null,
            Label = node.Find("label")?.Text(),
            LabelNames = labels,
            LabelSeparator = node.Find("label-separator")?.Text(),
            Targets = [.. node.Find("targets")?.Items().Select(column => column.Text()) ?? []],
        };
}
